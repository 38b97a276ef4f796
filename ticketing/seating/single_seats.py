"""No single seat left over: the rule of a cinema's box office, as a pure function over one hall.

A choice leaves a single seat over where a free seat, with a free neighbour before, has none after it: nobody buys
one seat between two parties. The rule asks no one for what can't be done: where every choice of the same party in
the same zone leaves a seat over (few are left, or the gap was there before), the choice is as good as any other.

Seats are place indices of a layout; ``open_places`` are those that are free or the visitor's own.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import msgspec

from ticketing.programme.layout import Layout, SeatKind
from ticketing.programme.ranking import GENERAL_KINDS

GROUPS_MOVED_MAX: Final = 10
"""A party in more pieces than these is looked at no further: it has chosen to sit apart."""


class Leftover(msgspec.Struct, frozen=True):
    """What a choice leaves over, and what to choose instead.

    ``singles`` are the seats that would stay alone; ``instead`` is a whole choice of the same size, in the same
    zones, that leaves fewer of them, as near as can be. Both are sorted.
    """

    singles: tuple[int, ...]
    instead: tuple[int, ...]


def singles_left(layout: Layout, open_places: Collection[int], chosen: Collection[int]) -> tuple[int, ...]:
    """The free seats that ``chosen`` leaves alone, sorted. Seats that were alone already are not among them.

    Wheelchair places and their companions are no neighbours in this sense, as they are never sold to a general
    party; nor do they leave anybody alone.
    """
    return singles_of(layout, general_seats(layout, open_places), general_seats(layout, chosen))


def avoidable_singles(layout: Layout, open_places: Collection[int], chosen: Collection[int]) -> Leftover | None:
    """What a choice leaves over although the same party could sit otherwise; None where nothing is to be said.

    Each group of seats side by side that leaves a seat over is moved to the nearest place in its zone where it
    leaves fewer, the other groups staying where they are.
    """
    free, ours = general_seats(layout, open_places), general_seats(layout, chosen)
    singles = singles_of(layout, free, ours)
    if not singles:
        return None
    better = ours
    for group in groups_of(layout, sorted(ours))[:GROUPS_MOVED_MAX]:
        better = _with_group_moved(layout, free, better, group)
    if len(singles_of(layout, free, better)) >= len(singles):
        return None
    return Leftover(singles, tuple(sorted({*better, *chosen} - (ours - better))))


def blocks_like(layout: Layout, group: Sequence[int], free: set[int]) -> Iterator[tuple[int, ...]]:
    """Blocks of the group's size side by side in ``free``, in its zones, and no worse in what is seen from them."""
    wanted = sorted(layout.seats[seat].zone for seat in group)
    restricted_max = sum(layout.seats[seat].kind is SeatKind.RESTRICTED for seat in group)
    for first, length in layout.runs:
        for start in range(first, first + length - len(group) + 1):
            block = tuple(range(start, start + len(group)))
            if not free.issuperset(block):
                continue
            places = [layout.seats[seat] for seat in block]
            restricted = sum(place.kind is SeatKind.RESTRICTED for place in places)
            if restricted <= restricted_max and sorted(place.zone for place in places) == wanted:
                yield block


def groups_of(layout: Layout, seats: Sequence[int]) -> list[tuple[int, ...]]:
    """Stretches of neighbours among sorted seats."""
    groups: list[list[int]] = []
    for seat in seats:
        if groups and groups[-1][-1] in layout.neighbours[seat]:
            groups[-1].append(seat)
        else:
            groups.append([seat])
    return [tuple(group) for group in groups]


def general_seats(layout: Layout, places: Collection[int]) -> set[int]:
    """Those of ``places`` that are numbered seats sold to anybody."""
    return {place for place in places if place < len(layout.seats) and layout.seats[place].kind in GENERAL_KINDS}


def moved_cm2(layout: Layout, group: Sequence[int], block: Sequence[int]) -> float:
    """How far people have to move in all, in square centimetres: only its order matters."""
    return sum(
        (layout.seats[one].x - layout.seats[other].x) ** 2 + (layout.seats[one].y - layout.seats[other].y) ** 2
        for one, other in zip(group, block, strict=True)
    )


def singles_of(layout: Layout, free: set[int], ours: set[int]) -> tuple[int, ...]:
    """What :func:`singles_left` says, for places that are known to be general seats."""
    neighbours = layout.neighbours
    found = {
        single
        for seat in ours
        for single in neighbours[seat]
        if single in free
        and single not in ours
        and not any(beyond in free and beyond not in ours for beyond in neighbours[single])
    }
    return tuple(sorted(found))


def _with_group_moved(layout: Layout, free: set[int], chosen: set[int], group: tuple[int, ...]) -> set[int]:
    """The choice with ``group`` where it leaves the fewest singles, nearest to where it was; else as it is."""
    rest = chosen.difference(group)
    now = len(singles_of(layout, free, chosen))
    if now == len(singles_of(layout, free, rest)):
        return chosen
    fewest, best = now, chosen
    for _, block in sorted(
        (moved_cm2(layout, group, block), block) for block in blocks_like(layout, group, free - rest)
    ):
        choice = rest.union(block)
        left = len(singles_of(layout, free, choice))
        if left < fewest:
            fewest, best = left, choice
        if fewest == 0:
            break
    return best
