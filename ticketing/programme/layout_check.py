"""What keeps a layout from being sold: the rules of labels, coordinates, companions, areas and runs."""

import math
from collections import Counter
from collections.abc import Iterator

import msgspec

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

SLUG_EXPECTED = "lower case letters, digits and hyphens, at most {} signs"


class LayoutProblem(msgspec.Struct, frozen=True):
    """Something about a layout that can't stand: where, what was found, and what was expected."""

    place: str
    field: str
    value: str
    expected: str


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
        yield LayoutProblem("", "places", str(places), f"between 1 and {PLACES_MAX} places")
    for field, extent in (("width", layout.width), ("height", layout.height)):
        if not (math.isfinite(extent) and 0 < extent <= EXTENT_CM_MAX):
            yield LayoutProblem("", field, f"{extent}", f"above 0 and at most {EXTENT_CM_MAX:.0f} cm")
    for field, point in (("focal", layout.focal), ("screen", layout.screen or ())):
        if not all(_is_coordinate(value) for value in point):
            yield LayoutProblem("", field, f"{list(point)}", "finite coordinates in centimetres")
    yield from _section_problems(layout)
    yield from _seat_problems(layout)
    yield from _companion_problems(layout)
    yield from _area_problems(layout)
    yield from _run_problems(layout)


def _section_problems(layout: Layout) -> Iterator[LayoutProblem]:
    for section, count in Counter(section.section for section in layout.sections).items():
        if section and not SECTION_PATTERN.fullmatch(section):
            yield LayoutProblem(section, "section", section, SLUG_EXPECTED.format(31))
        if count > 1:
            yield LayoutProblem(section, "section", section, "a section only once")


def _seat_problems(layout: Layout) -> Iterator[LayoutProblem]:
    sections = {section.section for section in layout.sections}
    for seat in layout.seats:
        if seat.section not in sections:
            yield LayoutProblem(seat.seat, "section", seat.section, "one of the hall's sections")
        if not ROW_PATTERN.fullmatch(seat.row):
            yield LayoutProblem(seat.seat, "row", seat.row, "1 to 12 letters or digits")
        if not NUMBER_PATTERN.fullmatch(seat.number):
            yield LayoutProblem(seat.seat, "number", seat.number, "1 to 8 letters or digits")
        label = seat_label(seat.section, seat.row, seat.number)
        if seat.seat != label:
            yield LayoutProblem(seat.seat, "seat", seat.seat, label)
        if not ZONE_PATTERN.fullmatch(seat.zone):
            yield LayoutProblem(seat.seat, "zone", seat.zone, SLUG_EXPECTED.format(40))
        if not (_is_coordinate(seat.x) and _is_coordinate(seat.y)):
            yield LayoutProblem(seat.seat, "position", f"{seat.x}, {seat.y}", "finite coordinates in centimetres")
    for label, count in Counter(seat.seat for seat in layout.seats).items():
        if count > 1:
            yield LayoutProblem(label, "seat", f"{count} seats of this name", "each name once")


def _companion_problems(layout: Layout) -> Iterator[LayoutProblem]:
    wheelchairs = {seat.seat for seat in layout.seats if seat.kind is SeatKind.WHEELCHAIR}
    companions: Counter[str] = Counter()
    for seat in layout.seats:
        if seat.kind is not SeatKind.COMPANION:
            if seat.companion_of is not None:
                yield LayoutProblem(
                    seat.seat, "companion_of", seat.companion_of, "nothing, or the kind to be companion"
                )
        elif seat.companion_of is None or seat.companion_of not in wheelchairs:
            yield LayoutProblem(
                seat.seat, "companion_of", f"{seat.companion_of}", "the label of a wheelchair place"
            )
        else:
            companions[seat.companion_of] += 1
    for label, count in companions.items():
        if count > COMPANIONS_PER_WHEELCHAIR_MAX:
            yield LayoutProblem(
                label, "companion_of", f"{count} companions", f"at most {COMPANIONS_PER_WHEELCHAIR_MAX}"
            )


def _area_problems(layout: Layout) -> Iterator[LayoutProblem]:
    for area in layout.areas:
        if not AREA_PATTERN.fullmatch(area.area):
            yield LayoutProblem(area.area, "area", area.area, SLUG_EXPECTED.format(31))
        if not 1 <= area.capacity <= PLACES_MAX:
            yield LayoutProblem(area.area, "capacity", str(area.capacity), f"between 1 and {PLACES_MAX}")
        if not ZONE_PATTERN.fullmatch(area.zone):
            yield LayoutProblem(area.area, "zone", area.zone, SLUG_EXPECTED.format(40))
        box = (area.x, area.y, area.width, area.height)
        if not all(_is_coordinate(value) for value in box) or area.width <= 0 or area.height <= 0:
            yield LayoutProblem(area.area, "position", f"{list(box)}", "finite numbers, width and height above 0")
    for name, count in Counter(area.area for area in layout.areas).items():
        if count > 1:
            yield LayoutProblem(name, "area", f"{count} areas of this name", "each name once")


def _run_problems(layout: Layout) -> Iterator[LayoutProblem]:
    expected = 0
    for first, length in layout.runs:
        if first != expected or length < 1 or first + length > len(layout.seats):
            yield LayoutProblem("", "runs", f"({first}, {length})", f"a run that begins at {expected}")
            return
        rows = {(seat.section, seat.row) for seat in layout.seats[first : first + length]}
        if len(rows) > 1:
            yield LayoutProblem(layout.seats[first].seat, "runs", f"{len(rows)} rows", "seats of one row in a run")
        expected += length
    if expected != len(layout.seats):
        yield LayoutProblem("", "runs", f"{expected} seats", f"all {len(layout.seats)} seats")


def _is_coordinate(value: float) -> bool:
    return math.isfinite(value) and abs(value) <= EXTENT_CM_MAX
