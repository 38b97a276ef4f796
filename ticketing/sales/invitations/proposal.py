"""Who sits where, by protocol: a proposal that the organiser then changes. Pure.

The party of the highest rank gets the seats nearest to the middle of what is kept back. Each party sits side by
side where any such seats are left, the guest on the one nearest to the middle, companions next.
"""

import math
from collections.abc import Iterable, Sequence

import msgspec

from ticketing.programme.layout import Layout, SeatKind

Point = tuple[float, float]


class SeatedParty(msgspec.Struct, frozen=True):
    """A guest with companions: ``people`` in all, ``wheelchairs`` of them in wheelchairs. Rank 1 is the best."""

    party: str
    people: int
    rank: int
    wheelchairs: int = 0


def propose_seats(
    layout: Layout, places: Iterable[str], parties: Sequence[SeatedParty]
) -> dict[str, tuple[str, ...]]:
    """Seats for each party, of ``places``: labels of seats and unnumbered places of the layout, all of them free.

    Parties of one rank come in the order given. Wheelchair places, and those beside them for companions, go to
    parties with wheelchairs alone; seats with a restricted view go last. A party that can't sit together is seated
    as near to each other as can be; one for which too few places are left is not in the answer.
    """
    open_places = {layout.index_of[place] for place in places if place in layout.index_of}
    middle = _middle(layout, [place for place in open_places if place < len(layout.seats)])
    seated: dict[str, tuple[str, ...]] = {}
    for party in sorted(parties, key=lambda party: party.rank):
        found = (
            _together(layout, party, open_places, middle)
            or _near(layout, party, open_places, middle)
            or _unnumbered(layout, party, open_places)
        )
        if found:
            open_places.difference_update(found)
            seated[party.party] = tuple(layout.labels[place] for place in found)
    return seated


def _middle(layout: Layout, places: Sequence[int]) -> Point:
    if not places:
        return layout.focal
    seats = [layout.seats[place] for place in places]
    return sum(seat.x for seat in seats) / len(seats), sum(seat.y for seat in seats) / len(seats)


def _together(layout: Layout, party: SeatedParty, open_places: set[int], middle: Point) -> list[int]:
    """The best seats side by side, the nearest to the middle first; none where there are no such."""
    best: tuple[tuple[int, float, int], list[int]] | None = None
    for first, length in layout.runs:
        for start in range(first, first + length - party.people + 1):
            block = list(range(start, start + party.people))
            if not open_places.issuperset(block) or not _suits(layout, party, block):
                continue
            far = sum(_distance(layout, place, middle) for place in block)
            worth = (_restricted(layout, block), round(far, 3), start)
            if best is None or worth < best[0]:
                best = worth, block
    return _guest_first(layout, best[1], middle) if best else []


def _near(layout: Layout, party: SeatedParty, open_places: set[int], middle: Point) -> list[int]:
    """Seats as near to each other as can be, around the best one; none where too few are left."""
    seats = [place for place in open_places if place < len(layout.seats)]
    wheelchairs = [place for place in seats if layout.seats[place].kind is SeatKind.WHEELCHAIR]
    usual = [place for place in seats if layout.seats[place].kind in (SeatKind.STANDARD, SeatKind.RESTRICTED)]
    if party.wheelchairs:
        usual += [place for place in seats if layout.seats[place].kind is SeatKind.COMPANION]
    needed = party.people - party.wheelchairs
    if len(wheelchairs) < party.wheelchairs or len(usual) < needed:
        return []
    anchors = wheelchairs if party.wheelchairs else usual
    anchor = min(anchors, key=lambda place: (_restricted(layout, [place]), _distance(layout, place, middle), place))
    around = (layout.seats[anchor].x, layout.seats[anchor].y)

    def nearest(places: list[int], count: int) -> list[int]:
        order = sorted(
            places, key=lambda place: (_restricted(layout, [place]), _distance(layout, place, around), place)
        )
        return order[:count]

    return _guest_first(layout, nearest(wheelchairs, party.wheelchairs) + nearest(usual, needed), around)


def _unnumbered(layout: Layout, party: SeatedParty, open_places: set[int]) -> list[int]:
    """Places of one area, the first ones; an area has no wheelchair places to part from others."""
    for area in layout.area_ranges.values():
        free = [place for place in area if place in open_places]
        if len(free) >= party.people:
            return free[: party.people]
    return []


def _suits(layout: Layout, party: SeatedParty, block: Sequence[int]) -> bool:
    kinds = [layout.seats[place].kind for place in block]
    if kinds.count(SeatKind.WHEELCHAIR) != party.wheelchairs:
        return False
    return party.wheelchairs > 0 or SeatKind.COMPANION not in kinds


def _restricted(layout: Layout, block: Sequence[int]) -> int:
    return sum(layout.seats[place].kind is SeatKind.RESTRICTED for place in block)


def _distance(layout: Layout, place: int, point: Point) -> float:
    return math.dist((layout.seats[place].x, layout.seats[place].y), point)


def _guest_first(layout: Layout, block: Sequence[int], middle: Point) -> list[int]:
    """The seat nearest to the middle, then those beside it."""
    guest = min(block, key=lambda place: (round(_distance(layout, place, middle), 3), place))
    beside = (layout.seats[guest].x, layout.seats[guest].y)
    return sorted(block, key=lambda place: (round(_distance(layout, place, beside), 3), place))
