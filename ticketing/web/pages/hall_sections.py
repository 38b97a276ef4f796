"""The parts of a hall (stalls, balcony, boxes) as an overview: a name, a price, and what is free. Pure."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from ticketing.kernel.i18n import pick
from ticketing.programme.layout import Layout
from ticketing.web.pages.hall_rows import Row, ZoneLook, whole

Point = tuple[float, float]


class HallPart(msgspec.Struct, frozen=True):
    """A part of a hall of several, for the overview: what it is called, from what price, and which labels are its.

    ``outline`` is the path around its seats, ``x``, ``y`` the middle of it. ``anchor`` is where its list begins.
    """

    section: str
    anchor: str
    name: str
    cheapest: str
    first: int
    length: int
    outline: str
    x: int
    y: int

    def free(self, views: Sequence[int]) -> int:
        """How many of its seats are free, from the variants of all seats."""
        return views[self.first : self.first + self.length].count(0)


def parts_of(
    layout: Layout, rows: Sequence[Row], looks: Mapping[str, ZoneLook], scale: float, language: str
) -> tuple[HallPart, ...]:
    """The parts in the order of the rows; none where the hall has only one."""
    names = {section.section: pick(section.name, language) for section in layout.sections if section.name}
    sections = list(dict.fromkeys(row.section for row in rows))
    if len(sections) < 2:
        return ()
    parts, first = [], 0
    for section in sections:
        seats = [seat for row in rows if row.section == section for seat in row.seats]
        points = [(seat.x * scale, seat.y * scale) for seat in seats]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        parts.append(
            HallPart(
                section,
                anchor_of(section),
                names.get(section, section),
                _cheapest(looks[seat.zone] for seat in seats if seat.zone in looks),
                first,
                len(seats),
                "M" + "L".join(f"{whole(x)} {whole(y)}" for x, y in hull(points)) + "z",
                round((min(xs) + max(xs)) / 2),
                round((min(ys) + max(ys)) / 2),
            )
        )
        first += len(seats)
    return tuple(parts)


def anchor_of(section: str) -> str:
    """The id of the heading under which a part of the hall is listed."""
    return f"part-{section}"


def hull(points: Iterable[Point]) -> list[Point]:
    """The smallest convex outline of some points, clockwise as seen on a screen (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered
    return _chain(ordered) + _chain(ordered[::-1])


def _chain(points: Sequence[Point]) -> list[Point]:
    kept: list[Point] = []
    for point in points:
        while len(kept) > 1 and _turn(kept[-2], kept[-1], point) <= 0:
            kept.pop()
        kept.append(point)
    return kept[:-1]


def _turn(one: Point, two: Point, three: Point) -> float:
    return (two[0] - one[0]) * (three[1] - one[1]) - (two[1] - one[1]) * (three[0] - one[0])


def _cheapest(looks: Iterable[ZoneLook]) -> str:
    priced = [(look.cheapest_amount, look.cheapest) for look in looks if look.cheapest_amount is not None]
    return min(priced, default=(0, ""))[1]
