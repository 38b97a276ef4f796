"""What to offer instead of a refusal: the nearest equal seats, and what a hall still has for a party. Pure.

Everything is decided from a layout and the places that are open, and is only an offer: between the look and the tap
somebody else may take it, and then the same is asked again.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Final, Literal

import msgspec

from ticketing.programme.layout import Layout, SeatKind
from ticketing.programme.ranking import rank_blocks
from ticketing.seating.single_seats import blocks_like, general_seats, groups_of, moved_cm2, singles_of

OFFERS_MAX: Final = 3
PARTY_MAX: Final = 40
"""Larger parties are offered nothing: they are better served by the box office."""

OfferKind = Literal["nearest", "other_zone", "split", "fewer"]


class Offer(msgspec.Struct, frozen=True):
    """Seats that could be taken now, as place indices in order; ``kind`` says in what they differ from the wish."""

    kind: OfferKind
    seats: tuple[int, ...]


def nearest_equal(
    layout: Layout, free_places: Collection[int], party: Collection[int], lost: Collection[int]
) -> tuple[int, ...]:
    """A whole choice for ``party`` without the ``lost`` seats: same zones and kinds, as near as can be.

    Seats side by side stay so: the group that lost one moves as a whole, at best by a seat, and leaves no single
    seat over where that can be helped. Groups that lost nothing stay. A wheelchair place moves with its company.
    Empty where there is nothing equal.
    """
    gone = set(lost)
    if not gone or len(party) > PARTY_MAX:
        return ()
    kinds = {layout.seats[seat].kind for seat in party if seat < len(layout.seats)}
    if SeatKind.WHEELCHAIR in kinds:
        return _wheelchair_party(layout, set(free_places) | set(party) - gone, sorted(party))
    choice = set(party)
    for group in groups_of(layout, sorted(party)):
        if gone.isdisjoint(group):
            continue
        rest = choice.difference(group)
        open_places = general_seats(layout, (set(free_places) | choice) - gone)
        block = _nearest_block(layout, open_places, rest, group)
        if not block:
            return ()
        choice = rest.union(block)
    return tuple(sorted(choice))


def instead_of_best(
    layout: Layout, free_places: Collection[int], count: int, zone: str | None, wheelchair: int
) -> list[Offer]:
    """What a hall has instead of ``count`` seats side by side in a zone: elsewhere, in two groups, or fewer.

    At most ``OFFERS_MAX``, the nearest to the wish first. With wheelchair places, what is offered has as many.
    """
    free = set(free_places)
    if count > PARTY_MAX:
        return []
    offers: list[Offer] = []
    if zone is not None and (block := _best_block(layout, free, count, None, wheelchair)):
        offers.append(Offer("other_zone", block))
    parts = _split(layout, free, count, zone, wheelchair)
    if not parts and not offers and zone is not None:
        parts = _split(layout, free, count, None, wheelchair)
    if parts:
        offers.append(Offer("split", parts))
    if not offers:
        fewer = (
            _best_block(layout, free, size, zone, wheelchair)
            for size in range(count - 1, max(wheelchair, 1) - 1, -1)
        )
        offers += [Offer("fewer", block) for block in fewer if block][:1]
    return offers[:OFFERS_MAX]


def _nearest_block(layout: Layout, free: set[int], rest: set[int], group: Sequence[int]) -> tuple[int, ...]:
    blocks = sorted((moved_cm2(layout, group, block), block) for block in blocks_like(layout, group, free - rest))
    spare = ((len(singles_of(layout, free, rest.union(block))), block) for _, block in blocks)
    best: tuple[int, tuple[int, ...]] | None = None
    for left, block in spare:
        if best is None or left < best[0]:
            best = (left, block)
        if left == 0:
            break
    return best[1] if best is not None else ()


def _wheelchair_party(layout: Layout, open_places: set[int], party: Sequence[int]) -> tuple[int, ...]:
    places = [layout.seats[seat] for seat in party]
    zones = {place.zone for place in places}
    wheelchairs = sum(place.kind is SeatKind.WHEELCHAIR for place in places)
    zone = zones.pop() if len(zones) == 1 else None
    blocks = [
        block for block in rank_blocks(layout, len(party), zone, wheelchairs) if open_places.issuperset(block)
    ]
    return min(blocks, key=lambda block: (moved_cm2(layout, party, block), block), default=())


def _best_block(layout: Layout, free: set[int], count: int, zone: str | None, wheelchair: int) -> tuple[int, ...]:
    """The first free block of the ranking that leaves no single seat over, else the first free one."""
    blocks = [block for block in rank_blocks(layout, count, zone, wheelchair) if free.issuperset(block)]
    general = general_seats(layout, free)
    whole = (block for block in blocks if not singles_of(layout, general, general_seats(layout, block)))
    return next(whole, blocks[0] if blocks else ())


def _split(layout: Layout, free: set[int], count: int, zone: str | None, wheelchair: int) -> tuple[int, ...]:
    """Two groups as near to each other as can be, the larger first chosen: 2 + 1 rather than 1 + 1 + 1.

    The wheelchair places stay in the first group. Nobody sits alone where the party can be halved otherwise.
    """
    for first in _sizes(count, wheelchair):
        block = _best_block(layout, free, first, zone, wheelchair)
        if not block:
            continue
        others = [
            other
            for other in rank_blocks(layout, count - first, zone, 0)
            if free.issuperset(other) and not set(other).intersection(block)
        ]
        if others:
            general = general_seats(layout, free)
            _, _, near = min(
                (
                    len(singles_of(layout, general, general_seats(layout, (*block, *other)))),
                    _apart_cm2(layout, block, other),
                    other,
                )
                for other in others
            )
            return tuple(sorted((*block, *near)))
    return ()


def _sizes(count: int, wheelchair: int) -> Iterator[int]:
    sizes = [size for size in range(count - 1, (count - 1) // 2, -1) if size >= max(wheelchair, 1)]
    # A group of one comes last: 2 + 2 before 3 + 1.
    yield from sorted(sizes, key=lambda size: (count - size == 1 and count > 3, -size))


def _apart_cm2(layout: Layout, one: Sequence[int], other: Sequence[int]) -> float:
    return min(
        (layout.seats[a].x - layout.seats[b].x) ** 2 + (layout.seats[a].y - layout.seats[b].y) ** 2
        for a in one
        for b in other
    )
