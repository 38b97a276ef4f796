"""What keeps a layout from being sold: the rules of labels, coordinates, companions, areas and runs."""

import math
from collections import Counter
from collections.abc import Iterator

import msgspec

from ticketing.kernel.i18n import Sentence
from ticketing.programme.layout import (
    AREA_PATTERN,
    COMPANIONS_PER_WHEELCHAIR_MAX,
    EXTENT_CM_MAX,
    NUMBER_PATTERN,
    PLACES_MAX,
    ROW_PATTERN,
    SECTION_PATTERN,
    ZONE_PATTERN,
    Layout,
    SeatKind,
    seat_label,
)

NAME_EXPECTED = Sentence("lower case letters, digits and hyphens, at most %(most)s signs", most=31)
ZONE_EXPECTED = Sentence("lower case letters, digits and hyphens, at most %(most)s signs", most=40)
COORDINATES_EXPECTED = Sentence("finite coordinates in centimetres")
NAME_ONCE_EXPECTED = Sentence("each name once")


class LayoutProblem(msgspec.Struct, frozen=True):
    """Something about a layout that can't stand: where, what was found (may be a `Sentence`), what was expected."""

    place: str
    field: str
    value: str
    expected: Sentence


def check_layout(layout: Layout, *, problems_max: int = 1000) -> list[LayoutProblem]:
    """What keeps a layout from being sold, at most `problems_max` entries; empty when all is well.

    The size is judged by arithmetic before anything is unrolled: an area of a thousand million places costs
    nothing here.
    """
    found: list[LayoutProblem] = []
    for problem in _problems(layout):
        found.append(problem)
        if len(found) >= problems_max:
            break
    return found


def _problems(layout: Layout) -> Iterator[LayoutProblem]:
    places = len(layout.seats) + sum(max(0, area.capacity) for area in layout.areas)
    if not 1 <= places <= PLACES_MAX:
        yield LayoutProblem("", "places", str(places), Sentence("between 1 and %(most)s places", most=PLACES_MAX))
    for field, extent in (("width", layout.width), ("height", layout.height)):
        if not (math.isfinite(extent) and 0 < extent <= EXTENT_CM_MAX):
            yield LayoutProblem(
                "", field, f"{extent}", Sentence("above 0 and at most %(most)s cm", most=round(EXTENT_CM_MAX))
            )
    for field, point in (("focal", layout.focal), ("screen", layout.screen or ())):
        if not all(_is_coordinate(value) for value in point):
            yield LayoutProblem("", field, f"{list(point)}", COORDINATES_EXPECTED)
    yield from _section_problems(layout)
    yield from _seat_problems(layout)
    yield from _companion_problems(layout)
    yield from _area_problems(layout)
    yield from _run_problems(layout)


def _section_problems(layout: Layout) -> Iterator[LayoutProblem]:
    for section, count in Counter(section.section for section in layout.sections).items():
        if section and not SECTION_PATTERN.fullmatch(section):
            yield LayoutProblem(section, "section", section, NAME_EXPECTED)
        if count > 1:
            yield LayoutProblem(section, "section", section, Sentence("a section only once"))


def _seat_problems(layout: Layout) -> Iterator[LayoutProblem]:
    sections = {section.section for section in layout.sections}
    for seat in layout.seats:
        if seat.section not in sections:
            yield LayoutProblem(seat.seat, "section", seat.section, Sentence("one of the hall's sections"))
        if not ROW_PATTERN.fullmatch(seat.row):
            yield LayoutProblem(seat.seat, "row", seat.row, Sentence("1 to 12 letters or digits"))
        if not NUMBER_PATTERN.fullmatch(seat.number):
            yield LayoutProblem(seat.seat, "number", seat.number, Sentence("1 to 8 letters or digits"))
        label = seat_label(seat.section, seat.row, seat.number)
        if seat.seat != label:
            yield LayoutProblem(seat.seat, "seat", seat.seat, Sentence("the label %(label)s", label=label))
        if not ZONE_PATTERN.fullmatch(seat.zone):
            yield LayoutProblem(seat.seat, "zone", seat.zone, ZONE_EXPECTED)
        if not (_is_coordinate(seat.x) and _is_coordinate(seat.y)):
            yield LayoutProblem(seat.seat, "position", f"{seat.x}, {seat.y}", COORDINATES_EXPECTED)
    for label, count in Counter(seat.seat for seat in layout.seats).items():
        if count > 1:
            yield LayoutProblem(
                label, "seat", Sentence("%(count)s seats of this name", count=count), NAME_ONCE_EXPECTED
            )


def _companion_problems(layout: Layout) -> Iterator[LayoutProblem]:
    wheelchairs = {seat.seat for seat in layout.seats if seat.kind is SeatKind.WHEELCHAIR}
    companions: Counter[str] = Counter()
    for seat in layout.seats:
        if seat.kind is not SeatKind.COMPANION:
            if seat.companion_of is not None:
                yield LayoutProblem(
                    seat.seat, "companion_of", seat.companion_of, Sentence("nothing, or the kind to be companion")
                )
        elif seat.companion_of is None or seat.companion_of not in wheelchairs:
            yield LayoutProblem(
                seat.seat, "companion_of", f"{seat.companion_of}", Sentence("the label of a wheelchair place")
            )
        else:
            companions[seat.companion_of] += 1
    for label, count in companions.items():
        if count > COMPANIONS_PER_WHEELCHAIR_MAX:
            yield LayoutProblem(
                label,
                "companion_of",
                Sentence("%(count)s companions", count=count),
                Sentence("at most %(most)s", most=COMPANIONS_PER_WHEELCHAIR_MAX),
            )


def _area_problems(layout: Layout) -> Iterator[LayoutProblem]:
    for area in layout.areas:
        if not AREA_PATTERN.fullmatch(area.area):
            yield LayoutProblem(area.area, "area", area.area, NAME_EXPECTED)
        if not 1 <= area.capacity <= PLACES_MAX:
            yield LayoutProblem(
                area.area, "capacity", str(area.capacity), Sentence("between 1 and %(most)s", most=PLACES_MAX)
            )
        if not ZONE_PATTERN.fullmatch(area.zone):
            yield LayoutProblem(area.area, "zone", area.zone, ZONE_EXPECTED)
        box = (area.x, area.y, area.width, area.height)
        if not all(_is_coordinate(value) for value in box) or area.width <= 0 or area.height <= 0:
            yield LayoutProblem(
                area.area, "position", f"{list(box)}", Sentence("finite numbers, width and height above 0")
            )
    for name, count in Counter(area.area for area in layout.areas).items():
        if count > 1:
            yield LayoutProblem(
                name, "area", Sentence("%(count)s areas of this name", count=count), NAME_ONCE_EXPECTED
            )


def _run_problems(layout: Layout) -> Iterator[LayoutProblem]:
    expected = 0
    for first, length in layout.runs:
        if first != expected or length < 1 or first + length > len(layout.seats):
            yield LayoutProblem(
                "", "runs", f"({first}, {length})", Sentence("a run that begins at %(first)s", first=expected)
            )
            return
        rows = {(seat.section, seat.row) for seat in layout.seats[first : first + length]}
        if len(rows) > 1:
            yield LayoutProblem(
                layout.seats[first].seat,
                "runs",
                Sentence("%(count)s rows", count=len(rows)),
                Sentence("seats of one row in a run"),
            )
        expected += length
    if expected != len(layout.seats):
        yield LayoutProblem(
            "",
            "runs",
            Sentence("%(count)s seats", count=expected),
            Sentence("all %(count)s seats", count=len(layout.seats)),
        )


def _is_coordinate(value: float) -> bool:
    return math.isfinite(value) and abs(value) <= EXTENT_CM_MAX
