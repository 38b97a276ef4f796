"""The rules of ``static/js/door-badges.js`` in Python, line by line, for devices of whole evenings."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

from ticketing.door.badges import BadgeEntered, EveningBadge
from ticketing.door.model import Direction, Verdict
from ticketing.door.offline import ScreeningShown

Signature = Literal["good", "wrong", "unknown_key", "unchecked"]


class Read(msgspec.Struct, frozen=True):
    """What a code says; ``ticket`` may be a badge."""

    ticket: str
    revision: int
    by_hand: bool = False
    digest: str = ""


class BadgeWait(msgspec.Struct, frozen=True):
    """A scan of the badge that the house may not have heard of: what it was let in to, and what was shown."""

    screening: str | None
    shown: str | None


class BadgeFacts(msgspec.Struct, frozen=True):
    """What a verdict is given by; named as there. ``open``: how many doors, where no screening was chosen."""

    read: Read
    signature: Signature
    badge: EveningBadge | None
    id: str | None
    open: int | None
    screenings: Mapping[str, ScreeningShown]
    listed: bool
    direction: Direction
    at: datetime
    left: int = 1
    """How many more badges there are places for."""


def standing_at(badge: EveningBadge | None, screening: str | None, waits: Sequence[BadgeWait]) -> tuple[int, bool]:
    """Entries, and whether its holder is inside."""
    entered = badge.entered if badge else ()
    entries, inside = next(((one.entries, one.inside) for one in entered if one.screening == screening), (0, False))
    for scan in waits:
        if scan.screening != screening:
            continue
        if scan.shown == "admitted":
            entries, inside = entries + 1, True
        elif scan.shown == "left":
            inside = False
    return entries, inside


def learnt(badge: EveningBadge, screening: str, shown: ScreeningShown, verdict: Verdict) -> EveningBadge:
    """The badge after the house has said so."""
    admitted = verdict is Verdict.ADMITTED
    entries, inside = standing_at(badge, screening, ())
    now = BadgeEntered(
        screening,
        shown.day,
        shown.kind == "film",
        max(1, entries + admitted),
        inside=verdict is not Verdict.LEFT and (admitted or inside),
    )
    others = tuple(one for one in badge.entered if one.screening != screening)
    return msgspec.structs.replace(badge, entered=(*others, now))


def used_on(
    badge: EveningBadge, day: date, screenings: Mapping[str, ScreeningShown], waits: Sequence[BadgeWait]
) -> int:
    """How many screenings of a day it has entered, of those that are counted."""
    used = {one.screening for one in badge.entered if one.day == day and one.counts and one.entries > 0}
    for scan in waits:
        about = screenings.get(scan.screening or "")
        if scan.shown == "admitted" and about and about.day == day and about.kind == "film":
            used.add(scan.screening or "")
    return len(used)


def entitled(badge: EveningBadge, screening_id: str, screening: ScreeningShown) -> bool:
    """May it enter this screening, its quota of the day aside?"""
    if badge.festival != screening.festival or not badge.first_day <= screening.day <= badge.last_day:
        return False
    if screening_id in badge.screenings:
        return True
    of_its_kind = badge.all_meetings if screening.kind == "meeting" else badge.all_screenings
    anywhere = not badge.cities and not badge.venues
    return of_its_kind and (anywhere or screening.city in badge.cities or screening.venue_id in badge.venues)


def screening_for(  # noqa: PLR0917 - as in the browser
    badge: EveningBadge | None,
    read: Read,
    screenings: Mapping[str, ScreeningShown],
    lets_in_to: str | None,
    direction: Direction,
    at: datetime,
    waits: Sequence[BadgeWait],
) -> tuple[str | None, int | None]:
    """The screening that a gate lets a badge in to, and how many are open where that decides."""
    if lets_in_to:
        return (lets_in_to if lets_in_to in screenings else None), None
    if direction == "out":
        return next((one for one in screenings if standing_at(badge, one, waits)[1]), None), None
    opened = [
        one
        for one, shown in screenings.items()
        if (shown.festival == badge.festival if badge else shown.festival_digest == read.digest)
        and shown.published
        and shown.doors_at <= at < shown.ends_at
    ]
    return (opened[0] if len(opened) == 1 else None), len(opened)


def places_left(
    screening_id: str,
    screening: ScreeningShown,
    sold: int,
    badges: Mapping[str, EveningBadge],
    waits: Mapping[str, Sequence[BadgeWait]],
) -> int:
    """How many more badges a screening has places for, of which ``sold`` have a ticket; ``waits`` by number."""
    taken = 0
    for number in {*badges, *waits}:
        entries, inside = standing_at(badges.get(number), screening_id, waits.get(number, ()))
        taken += entries > 0 and (inside or not screening.reentry)
    return max(0, max(0, min(screening.accredited_places, screening.place_count - sold)) - taken)


def decide_badge(facts: BadgeFacts, waits: Sequence[BadgeWait]) -> tuple[str, str | None]:  # noqa: PLR0911
    """The verdict on the code of a badge, and the reason where it explains one."""
    read, badge = facts.read, facts.badge
    if not read.by_hand and facts.signature == "wrong":
        return "forged", None
    if not facts.listed:
        return "unknown", "no_list"
    if not read.by_hand and facts.signature == "unknown_key":
        return "forged", "unknown_key"
    if badge is None and read.by_hand:
        return "unknown", "not_listed"
    if badge is None and facts.signature != "good":
        return "unknown", "unchecked"
    entries, inside = standing_at(badge, facts.id, waits)
    screening = facts.screenings.get(facts.id or "")
    if badge and badge.status == "revoked":
        return "void", "revoked"
    if badge and read.revision < badge.revision:
        return "superseded", None
    if facts.direction == "out":
        return ("left", None) if inside else ("unknown", "not_inside")
    if screening is None or facts.id is None:
        return "wrong_screening", "no_open_door" if facts.open == 0 else "choose_screening"
    may = entitled(badge, facts.id, screening) if badge else screening.festival_digest == read.digest
    quota = badge.screenings_per_day if badge and screening.kind == "film" and entries == 0 else None
    verdicts: tuple[tuple[bool, str, str | None], ...] = (
        (not screening.published, "void", "screening_cancelled"),
        (not may, "wrong_screening", "not_entitled"),
        (facts.at < screening.doors_at, "too_early", None),
        (facts.at >= screening.ends_at, "ended", None),
        (inside or (entries > 0 and not screening.reentry), "already_admitted", None),
        (
            badge is not None
            and quota is not None
            and used_on(badge, screening.day, facts.screenings, waits) >= quota,
            "wrong_screening",
            "quota_used",
        ),
        (facts.left <= 0, "wrong_screening", "no_places"),
    )
    let_in = ("admitted", None if badge else "accredited_since")
    return next(((verdict, reason) for applies, verdict, reason in verdicts if applies), let_in)
