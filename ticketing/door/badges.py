"""Badges as a gate that may be alone needs them: what each may enter, and where it has. No personal data."""

from datetime import date, datetime

import msgspec

from ticketing.accreditation.model import Category, Status


class BadgeEntered(msgspec.Struct, frozen=True, omit_defaults=True):
    """A screening of these days that a badge has entered: first when and where, and whether its holder is inside.

    ``day`` is that on which it starts; ``counts``: against the quota of that day, as meetings do not.
    """

    screening: str
    day: date
    counts: bool
    entries: int
    inside: bool = False
    at: datetime | None = None
    gate: str | None = None


class EveningBadge(msgspec.Struct, frozen=True, omit_defaults=True):
    """A badge as a gate needs it. ``photo``: it has one, to be looked at.

    What it may enter is told as in :class:`ticketing.accreditation.model.Entitlement`; ``screenings`` are those of
    this evening.
    """

    badge: str
    festival: str
    category: Category
    revision: int
    status: Status
    first_day: date
    last_day: date
    photo: bool = False
    all_screenings: bool = False
    all_meetings: bool = False
    cities: tuple[str, ...] = ()
    venues: tuple[str, ...] = ()
    screenings: tuple[str, ...] = ()
    screenings_per_day: int | None = None
    entered: tuple[BadgeEntered, ...] = ()
