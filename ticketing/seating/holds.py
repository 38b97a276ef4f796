"""Taking seats and giving them back: the verbs of the box office before anything is paid."""

import asyncio
import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.ids import new_hold_id, screening_of_hold
from ticketing.programme.catalogue import Catalogue
from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening
from ticketing.programme.ranking import rank_blocks, run_starts
from ticketing.programme.shared_cache import SharedCache
from ticketing.seating.mirror import Mirror
from ticketing.seating.model import (
    AreaPlaces,
    BestSeats,
    Hold,
    NamedSeats,
    Wish,
    companions_apart,
    labels_of,
    unknown_seats,
)
from ticketing.seating.scripts import keys_of

CHANGE_ATTEMPTS_MAX = 5
SEATS_PER_REQUEST_MAX = 100
"""What a request may name at all; how many it may take is the festival's rule."""
CANDIDATES_KEPT_S = 86_400
WISHES_CACHED_MAX = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Seating:
    """What the verbs of this package need."""

    context: Context
    catalogue: Catalogue
    mirror: Mirror
    # Ranking a large hall takes some milliseconds: done once a layout and wish, for all its screenings.
    packed_blocks: SharedCache[tuple[str, BestSeats], bytes] = dataclasses.field(
        default_factory=lambda: SharedCache(WISHES_CACHED_MAX, None)
    )


class Claim(msgspec.Struct, frozen=True):
    """A hold that is being ordered: its seats can't expire while the order is written."""

    hold: str
    screening: Screening
    layout: Layout
    seats: tuple[str, ...]
    indices: tuple[int, ...]


async def hold_seats(
    seating: Seating, screening_id: str, wish: Wish, client: str, *, staff_until: datetime | None = None
) -> Hold:
    """Keep seats for a buyer, all that are asked for or none. ``client`` is the address that asks.

    ``staff_until``: the box office asks, which may hold seats until then, whatever the public's window, and as many
    and as often as it likes.

    Raises:
        UnknownScreening, UnknownSeats, SeatsTaken, NotAdjacentAvailable, CompanionApart, SalesClosed,
        WaitingListFirst (what would do is kept for those who wait), TooManySeats, TooMany, SeatingUnavailable
    """
    screening = await seating.catalogue.public_screening(screening_id)
    layout = await seating.catalogue.layout(screening.layout_id)
    rate_max = seating.context.settings.holds_per_client_per_minute_max
    hold_id = new_hold_id(screening_id)
    by_staff = int(staff_until.timestamp() * 1000) if staff_until else 0
    arguments: list[str | int] = [hold_id, 0 if by_staff else rate_max, by_staff]
    keys = [keys_of(screening_id).rate(client)]
    match wish:
        case NamedSeats(seats):
            name = "hold_named"
            arguments.append(_named_indices(layout, seats))
        case BestSeats(count, zone, wheelchair):
            name = "hold_best"
            if zone is not None and zone not in layout.zones():
                raise errors.InvalidField(problem=f"best.zone: this hall has no zone {zone}", field="best.zone")
            arguments.append(count)
            keys += keys_of(screening_id).ranking(screening.layout_id, count, zone, wheelchair)
        case AreaPlaces(area, count):
            name = "hold_area"
            places = layout.area_ranges.get(area)
            if places is None:
                raise errors.UnknownSeats(seats=[area])
            arguments += [count, places.start, places.stop - 1]
    outcome, rest = await seating.mirror.run(name, screening_id, arguments, keys, layout_id=screening.layout_id)
    if outcome == "candidates" and isinstance(wish, BestSeats):
        await _load_candidates(seating, screening.layout_id, layout, wish, keys[1])
        outcome, rest = await seating.mirror.run(name, screening_id, arguments, keys, layout_id=screening.layout_id)
    if outcome != "ok":
        raise _refusal(outcome, rest, layout)
    return _hold(hold_id, screening_id, layout, rest)


async def show_hold(seating: Seating, hold_id: str) -> Hold:
    """A hold as it stands.

    Raises:
        UnknownHold, SeatingUnavailable
    """
    return await _run_on_hold(seating, hold_id, "show_hold", [])


async def extend_hold(seating: Seating, hold_id: str) -> Hold:
    """Keep a hold for another term; at its cap it stays as it is.

    Raises:
        UnknownHold, SeatingUnavailable
    """
    return await _run_on_hold(seating, hold_id, "extend_hold", [])


async def release_hold(seating: Seating, hold_id: str) -> None:
    """Give all seats of a hold back. One that is gone already, or never was, is no error.

    Raises:
        SeatingUnavailable
    """
    screening_id = screening_of_hold(hold_id)
    if screening_id is None:
        return
    try:
        await seating.catalogue.public_screening(screening_id)
    except errors.UnknownScreening:
        return
    await seating.mirror.run("release_hold", screening_id, [hold_id])


async def change_hold(
    seating: Seating, hold_id: str, add: Sequence[str], remove: Sequence[str], *, seats_max: int = 0
) -> Hold:
    """Give up the seats of ``remove`` and take those of ``add``, all or nothing. ``seats_max``: how many it may
    have then, instead of what the festival gives the public; 0 is no more than that.

    Raises:
        UnknownHold, UnknownSeats (also for seats to give up that the hold lacks), SeatsTaken, CompanionApart,
        WaitingListFirst, TooManySeats, InvalidField (nothing would be left: release it instead), SeatingUnavailable
    """
    _, screening, layout = await _place_of(seating, hold_id)
    for _ in range(CHANGE_ATTEMPTS_MAX):
        before = await show_hold(seating, hold_id)
        not_ours = [seat for seat in remove if seat not in before.seats]
        if not_ours:
            raise errors.UnknownSeats(seats=not_ours)
        new = [seat for seat in dict.fromkeys(add) if seat not in before.seats or seat in remove]
        after = [seat for seat in before.seats if seat not in remove] + new
        if not after:
            raise errors.InvalidField(problem="remove: a hold keeps at least one seat", field="remove")
        given_up = [seat for seat in before.seats if seat in remove and seat not in new]
        taken = [seat for seat in new if seat not in before.seats]
        _named_indices(layout, after)
        parts = (_csv(layout, seats) for seats in (before.seats, given_up, taken))
        outcome, rest = await seating.mirror.run(
            "change_hold",
            screening.screening_id,
            [hold_id, *parts, seats_max],
            layout_id=screening.layout_id,
        )
        if outcome == "ok":
            return _hold(hold_id, screening.screening_id, layout, rest)
        if outcome != "changed":
            raise _refusal(outcome, rest, layout)
    raise errors.SeatingUnavailable


async def claim_hold(seating: Seating, hold_id: str, ttl_ms: int) -> Claim:
    """Keep a hold alive for at least ``ttl_ms`` while its order is written.

    Raises:
        HoldExpired, SalesClosed (the screening was cancelled meanwhile), SeatingUnavailable
    """
    try:
        screening_id, screening, layout = await _place_of(seating, hold_id)
    except errors.UnknownHold:
        raise errors.HoldExpired(hold=hold_id) from None
    if screening.status != "published":
        raise errors.SalesClosed(opens_at=screening.sales_open_at, closes_at=screening.sales_close_at)
    outcome, rest = await seating.mirror.run(
        "claim_hold", screening_id, [hold_id, ttl_ms], layout_id=screening.layout_id
    )
    if outcome != "ok":
        raise errors.HoldExpired(hold=hold_id)
    indices = tuple(int(index) for index in rest[0].split(b","))
    return Claim(hold_id, screening, layout, tuple(layout.labels[index] for index in indices), indices)


async def _run_on_hold(seating: Seating, hold_id: str, name: str, arguments: list[str | int]) -> Hold:
    screening_id, screening, layout = await _place_of(seating, hold_id)
    outcome, rest = await seating.mirror.run(
        name, screening_id, [hold_id, *arguments], layout_id=screening.layout_id
    )
    if outcome != "ok":
        raise _refusal(outcome, rest, layout)
    return _hold(hold_id, screening_id, layout, rest)


async def _place_of(seating: Seating, hold_id: str) -> tuple[str, Screening, Layout]:
    screening_id = screening_of_hold(hold_id)
    if screening_id is None:
        raise errors.UnknownHold
    try:
        screening = await seating.catalogue.public_screening(screening_id)
    except errors.UnknownScreening:
        raise errors.UnknownHold from None
    return screening_id, screening, await seating.catalogue.layout(screening.layout_id)


def _named_indices(layout: Layout, seats: Sequence[str]) -> str:
    index_of = layout.index_of
    try:
        indices = [index_of[seat] for seat in seats]
    except KeyError:
        raise errors.UnknownSeats(seats=unknown_seats(layout, seats)) from None
    if len(set(indices)) != len(indices):
        raise errors.InvalidField(problem="seats: a seat is named twice", field="seats")
    if not layout.companion_places.isdisjoint(indices):
        apart = companions_apart(layout, seats)
        if apart:
            raise errors.CompanionApart(seats=apart)
    return ",".join(map(str, indices))


def _csv(layout: Layout, seats: Sequence[str]) -> str:
    return ",".join(str(layout.index_of[seat]) for seat in seats)


async def _load_candidates(seating: Seating, layout_id: str, layout: Layout, wish: BestSeats, key: str) -> None:
    packed = await seating.packed_blocks.get(
        (layout_id, wish), lambda: asyncio.to_thread(_pack_blocks, layout, wish)
    )
    await seating.context.redis.call("SET", key, packed, "EX", CANDIDATES_KEPT_S)


def _pack_blocks(layout: Layout, wish: BestSeats) -> bytes:
    blocks = rank_blocks(layout, wish.count, wish.zone, wish.wheelchair)
    return run_starts(layout) + b"".join(index.to_bytes(2, "big") for block in blocks for index in block)


def _hold(hold_id: str, screening_id: str, layout: Layout, rest: Sequence[Any]) -> Hold:
    seats, expires, cap = rest
    return Hold(
        hold=hold_id,
        screening=screening_id,
        seats=labels_of(layout, seats.decode()),
        expires_at=_moment(expires),
        extendable_until=_moment(cap),
    )


def _refusal(outcome: str, rest: Sequence[Any], layout: Layout) -> errors.TicketingError:
    refusal: errors.TicketingError = errors.SeatingUnavailable()
    match outcome:
        case "taken":
            refusal = errors.SeatsTaken(seats=list(labels_of(layout, rest[0].decode())))
        case "kept":
            refusal = errors.WaitingListFirst()
        case "none":
            refusal = errors.NotAdjacentAvailable()
        case "closed":
            refusal = errors.SalesClosed(opens_at=_moment(rest[0]), closes_at=_moment(rest[1]))
        case "too_many":
            refusal = errors.TooManySeats(max=int(rest[0]))
        case "slow":
            refusal = errors.TooMany(retry_after_s=max(1, int(rest[0]) // 1000 + 1))
        case "gone":
            refusal = errors.UnknownHold()
    return refusal


def _moment(milliseconds: bytes) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
