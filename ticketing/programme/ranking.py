"""Which seats are best, decided in advance for a layout, a party size and a zone.

The seat script walks these blocks in order and takes the first that is free, so everything that needs geometry
is settled here, once a layout, and nothing of it inside the atomic step.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

from ticketing.programme.layout import Layout, LayoutSeat, SeatKind

GENERAL_KINDS = frozenset({SeatKind.STANDARD, SeatKind.RESTRICTED})
BLOCKS_MAX = 20_000
"""As many as a hall can have seats: a shorter list would refuse parties while the last rows are still free."""
PARTY_APART_CM_MAX = 400.0
"""Wheelchair places further apart than this are not one party any more."""
NEARBY_BLOCKS_MAX = 4

BOTH_SIDES, LEFT, RIGHT = (-1, 1), (-1,), (1,)

Rank = tuple[float, ...]


def rank_blocks(
    layout: Layout, count: int, zone: str | None, wheelchair: int, *, blocks_max: int = BLOCKS_MAX
) -> list[tuple[int, ...]]:
    """Groups of place indices for a party of `count`, best first, at most `blocks_max`; each group is sorted.

    Without wheelchairs: seats of one run, side by side, nearest the focal point (sum of squared distances, which
    prefers compact groups); blocks with a restricted view come after all others; wheelchair and companion places
    never appear. With `wheelchair` places asked for: so many of them near each other, their companion seats for
    the rest of the party, then ordinary seats beside them, or side by side in a row nearby. With `zone`: all
    seats of that zone. Slots of unnumbered areas are never candidates. A request that can't be met in this hall
    gives an empty list.

    Ties are decided by the lowest index, so every process ranks alike.
    """
    if count < 1 or not 0 <= wheelchair <= count:
        return []
    ranked = (
        _wheelchair_blocks(layout, count, zone, wheelchair) if wheelchair else _general_blocks(layout, count, zone)
    )
    best: dict[tuple[int, ...], Rank] = {}
    for rank, block in ranked:
        if block not in best or rank < best[block]:
            best[block] = rank
    return sorted(best, key=lambda block: (best[block], block))[:blocks_max]


def run_starts(layout: Layout) -> bytes:
    """One byte a place, `1` where a run begins and `0` elsewhere; every area slot is a run of its own.

    With it the seat script sees whether a block would leave a single seat between itself and a neighbour.
    """
    starts = bytearray(b"0" * len(layout.seats))
    for first, _ in layout.runs:
        starts[first : first + 1] = b"1"
    return bytes(starts) + b"1" * (layout.capacity - len(layout.seats))


def _general_blocks(layout: Layout, count: int, zone: str | None) -> Iterator[tuple[Rank, tuple[int, ...]]]:
    """All windows of `count` seats inside a run, by running sums: the work is one step a seat."""
    costs = [_squared_distance(layout, seat) for seat in layout.seats]
    for first, length in layout.runs:
        eligible = restricted = 0
        cost = 0.0
        for index in range(first, first + length):
            seat = layout.seats[index]
            cost += costs[index]
            eligible += _is_general(seat, zone)
            restricted += seat.kind is SeatKind.RESTRICTED
            left = index - count
            if left >= first:
                leaving = layout.seats[left]
                cost -= costs[left]
                eligible -= _is_general(leaving, zone)
                restricted -= leaving.kind is SeatKind.RESTRICTED
            if eligible == count and index - first + 1 >= count:
                yield (float(restricted > 0), round(cost, 3)), tuple(range(left + 1, index + 1))


def _wheelchair_blocks(
    layout: Layout, count: int, zone: str | None, wheelchair: int
) -> Iterator[tuple[Rank, tuple[int, ...]]]:
    """Each wheelchair place as the anchor of a party: the nearest others, companions, then neighbours."""
    places = [
        index
        for index, seat in enumerate(layout.seats)
        if seat.kind is SeatKind.WHEELCHAIR and (zone is None or seat.zone == zone)
    ]
    company = _Company(layout, zone)
    for anchor in places:
        near = sorted(places, key=lambda index: (_apart(layout, anchor, index), index))
        near = [index for index in near if _apart(layout, anchor, index) <= PARTY_APART_CM_MAX**2]
        # Beside the nearest group also the next nearest ones: when a place is taken, its neighbours still serve.
        others = near[1 : wheelchair + _spare(wheelchair)]
        for group in ((anchor, *rest) for rest in combinations(others, wheelchair - 1)):
            for kind, seats in company.of(group, count - wheelchair):
                block = tuple(sorted((*group, *seats)))
                spread = max(_apart(layout, anchor, index) for index in block)
                cost = sum(_squared_distance(layout, layout.seats[index]) for index in block)
                yield (float(kind), round(spread, 3), round(cost, 3)), block


class _Company:
    """Who sits with a group of wheelchair places: companions, then neighbours, then people in a row nearby."""

    def __init__(self, layout: Layout, zone: str | None) -> None:
        self._layout, self._zone = layout, zone
        self._run_of = {index: run for run in layout.runs for index in range(run[0], run[0] + run[1])}
        self._windows: dict[int, list[tuple[int, ...]]] = {}

    def of(self, group: tuple[int, ...], wanted: int) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Seats for `wanted` people, with their grade: 0 is best."""
        layout = self._layout
        companions = [
            index
            for wheelchair in group
            for index in layout.companions_of[wheelchair]
            if self._zone is None or layout.seats[index].zone == self._zone
        ]
        companions.sort(key=lambda index: (_nearest(layout, group, index), index))
        if len(companions) >= wanted:
            for chosen in combinations(companions[: wanted + _spare(wanted)], wanted):
                yield 0, chosen
            return
        party = (*group, *companions)
        for sides in BOTH_SIDES, LEFT, RIGHT:
            beside = self._beside(party, wanted - len(companions), sides)
            if beside is not None:
                yield 1, (*companions, *beside)
        for block in self._nearby(party, wanted - len(companions)):
            yield 2, (*companions, *block)

    def _beside(self, party: tuple[int, ...], wanted: int, sides: Sequence[int]) -> tuple[int, ...] | None:
        """`wanted` ordinary seats growing out of the party along its runs; None where there are too few."""
        taken = list(party)
        while len(taken) < len(party) + wanted:
            edges = [
                neighbour
                for index in taken
                for neighbour in (index + side for side in sides)
                if neighbour not in taken
                and self._run_of.get(neighbour) == self._run_of[index]
                and _is_general(self._layout.seats[neighbour], self._zone)
            ]
            if not edges:
                return None
            taken.append(min(edges, key=lambda index: (_nearest(self._layout, party, index), index)))
        return tuple(taken[len(party) :])

    def _nearby(self, party: tuple[int, ...], wanted: int) -> list[tuple[int, ...]]:
        """The nearest few blocks of ordinary seats side by side: where wheelchairs have a row of their own."""
        if wanted not in self._windows:
            self._windows[wanted] = [block for _, block in _general_blocks(self._layout, wanted, self._zone)]
        near = [
            (distance, block)
            for block in self._windows[wanted]
            for distance in [
                max(_apart(self._layout, party[0], block[0]), _apart(self._layout, party[0], block[-1]))
            ]
            if distance <= (PARTY_APART_CM_MAX + 55.0 * wanted) ** 2
        ]
        return [block for _, block in sorted(near)[:NEARBY_BLOCKS_MAX]]


def _spare(wanted: int) -> int:
    """How many more seats than needed are looked at: combinations of a crowd would not be bounded work."""
    return 2 if wanted <= 10 else 0


def _is_general(seat: LayoutSeat, zone: str | None) -> bool:
    return seat.kind in GENERAL_KINDS and (zone is None or seat.zone == zone)


def _squared_distance(layout: Layout, seat: LayoutSeat) -> float:
    return (seat.x - layout.focal[0]) ** 2 + (seat.y - layout.focal[1]) ** 2


def _apart(layout: Layout, one: int, other: int) -> float:
    """Squared distance between two seats, in square centimetres: only its order matters."""
    first, second = layout.seats[one], layout.seats[other]
    return (first.x - second.x) ** 2 + (first.y - second.y) ** 2


def _nearest(layout: Layout, group: Sequence[int], index: int) -> float:
    return min(_apart(layout, member, index) for member in group)
