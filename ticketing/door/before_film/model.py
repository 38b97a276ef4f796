"""Who is there and who is missing, and when a place may be given to others: pure."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from ticketing.programme.model import Screening

Presence = Literal["in", "left", "missing", "unpaid", "released"]


class TicketThere(msgspec.Struct, frozen=True):
    """A ticket as its row stands."""

    ticket: str
    seat: str
    tariff: str
    status: Literal["reserved", "sold", "void"]
    entries: int
    inside: bool
    at: datetime | None
    gate: str | None
    released_at: datetime | None


class SeatThere(msgspec.Struct, frozen=True):
    """A place of a screening and its ticket: ``in``, ``left`` (came and went out), ``missing``, ``unpaid``, or
    ``released``: nobody came with it in time. ``at`` and ``gate`` are of the first entry.
    """

    seat: str
    ticket: str
    tariff: str
    presence: Presence
    at: datetime | None = None
    gate: str | None = None


class BrokenSeat(msgspec.Struct, frozen=True):
    """A seat that nobody can sit on. ``ticket`` had it; without ``moved_to`` no equal seat was free for it."""

    seat: str
    note: str
    ticket: str | None
    moved_to: str | None


class GuestCounts(msgspec.Struct, frozen=True):
    """People of the list of guests, those who come along included."""

    expected: int
    arrived: int


class PresenceCounts(msgspec.Struct, frozen=True):
    """Tickets by where their holders are; ``inside``, ``left`` and ``missing`` are together those that are sold."""

    sold: int
    inside: int
    left: int
    missing: int
    unpaid: int
    released: int
    broken: int


class House(msgspec.Struct, frozen=True):
    """Who is there. ``release_at``: from when no-shows may be released; None: this festival never does.

    ``seats`` are in the order of their names; a place that was released and given to somebody else stands there
    twice. ``badges`` are inside by a badge, on ``badge_places``, and are counted nowhere else.
    """

    screening: str
    counts: PresenceCounts
    guests: GuestCounts
    seats: tuple[SeatThere, ...]
    broken: tuple[BrokenSeat, ...]
    release_at: datetime | None
    release_due: bool
    badges: int = 0
    badge_places: int = 0

    def tag(self) -> str:
        """The same for the same house."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()[:32]


def presence_of(ticket: TicketThere) -> Presence:
    """Where the holder of a live or released ticket is."""
    if ticket.released_at is not None:
        return "released"
    if ticket.status == "reserved":
        return "unpaid"
    if ticket.inside:
        return "in"
    return "left" if ticket.entries else "missing"


def release_moment(screening: Screening) -> datetime | None:
    """From when places of people who have not come may be given to others; None: never."""
    minutes = screening.rules.no_show_release_minutes
    return None if minutes is None else screening.starts_at - timedelta(minutes=minutes)


def release_due(screening: Screening, now: datetime) -> bool:
    """May no-shows be released at ``now``? From the festival's moment until the end, of what takes place."""
    moment = release_moment(screening)
    return moment is not None and screening.status == "published" and moment <= now < screening.ends_at


def house_of(
    screening: Screening,
    tickets: Sequence[TicketThere],
    broken: Sequence[BrokenSeat],
    guests: GuestCounts,
    now: datetime,
) -> House:
    """Who is there and who is missing, seat by seat and in numbers."""
    seats = tuple(
        SeatThere(one.seat, one.ticket, one.tariff, presence_of(one), one.at, one.gate) for one in tickets
    )
    by = [one.presence for one in seats]
    counts = PresenceCounts(
        sold=len(by) - by.count("unpaid") - by.count("released"),
        inside=by.count("in"),
        left=by.count("left"),
        missing=by.count("missing"),
        unpaid=by.count("unpaid"),
        released=by.count("released"),
        broken=len(broken),
    )
    return House(
        screening=screening.screening_id,
        counts=counts,
        guests=guests,
        seats=seats,
        broken=tuple(broken),
        release_at=release_moment(screening),
        release_due=release_due(screening, now),
    )
