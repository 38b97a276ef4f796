"""Vista's `SeatLayoutData`, as its ticketing interface answers it.

The hall is a field of 100 × 100: each area's `Left`, `Top`, `Width`, `Height` place a grid of `ColumnCount` ×
`RowCount` cells in it, and a seat's `Position` names its cell. Row 0 is farthest from the screen, so the picture
is turned over: here the screen is at the top. Columns keep their order. `SeatsInGroup` lists the cells of a sofa:
its seats stay together in one run. An area without allocated seating becomes one of unnumbered places.

Assumed, as no public description says so: `OriginalStatus` 3 is a wheelchair place, 7 a companion's.
"""

from collections import Counter, defaultdict

import msgspec

from ticketing.kernel.i18n import Sentence
from ticketing.programme.halls.building import (
    ROW_PITCH_CM,
    SEAT_PITCH_CM,
    Run,
    accept,
    assign_companions,
    frame,
    slug_of,
    split_runs,
)
from ticketing.programme.halls.text_sections import section_kind
from ticketing.programme.layout import (
    PLACES_MAX,
    Layout,
    LayoutArea,
    LayoutSeat,
    LayoutSection,
    SeatKind,
    seat_label,
)
from ticketing.programme.nodes import Node
from ticketing.programme.problems import Problems

INDEX_MAX = 1000
KIND_OF_STATUS = {3: SeatKind.WHEELCHAIR, 7: SeatKind.COMPANION}

Cell = tuple[int, int, int]
"""Area number, row index, column index."""


class VistaSeat(msgspec.Struct):
    """A seat on the field: `x`, `y` are hundredths of its extent, y growing towards the screen."""

    area: int
    row: str
    number: str
    x: float
    y: float
    kind: SeatKind
    cell: Cell
    sofa: frozenset[Cell]


class VistaArea(msgspec.Struct):
    """An area: its box on the field, its grid, and its seats."""

    number: int
    name: str
    zone: str
    box: tuple[float, float, float, float]
    cell_width: float
    cell_height: float
    unnumbered: int
    seats: list[VistaSeat]


def is_vista(document: Node) -> bool:
    """Is it a seat layout of Vista, bare or in its envelope?"""
    return document.has("SeatLayoutData") or document.has("Areas")


def read_vista(document: Node, file: str, problems: Problems) -> Layout | None:
    """The layout, or None with every reason noted in `problems`."""
    before = problems.count
    data = document.child("SeatLayoutData") if document.has("SeatLayoutData") else document
    areas = [_area(area, index) for index, area in enumerate(data.items("Areas")) if area.fields()]
    for number, count in Counter(area.number for area in areas).items():
        if count > 1:
            expected = Sentence(
                "each area's Number once; %(number)s stands %(count)s times", number=number, count=count
            )
            data.child("Areas").wrong(expected)
    if problems.count > before:
        return None
    sections = _sections(areas)
    named = len(set(sections.values())) > 1
    layout = frame(
        assign_companions(_runs(areas, sections)),
        _unnumbered(areas),
        [
            LayoutSection(section, {"en": area.name} if named and area.name else {}, section_kind(section))
            for section, area in {sections[area.number]: area for area in reversed(areas)}.items()
        ][::-1],
    )
    return accept(layout, file, problems)


def _area(area: Node, index: int) -> VistaArea:
    rows = area.items("Rows", required=area.child("IsAllocatedSeating").value is not False)
    number = area.integer("Number", 0, INDEX_MAX, default=_number_of(rows, index + 1))
    box = (area.number("Left"), area.number("Top"), area.number("Width"), area.number("Height"))
    if box[2] <= 0 or box[3] <= 0:
        area.child("Width").wrong(Sentence("a Width and a Height above 0"), f"{box[2]} × {box[3]}")
    seats = [
        (name, seat, position.integer("RowIndex", 0, INDEX_MAX), position.integer("ColumnIndex", 0, INDEX_MAX))
        for row in rows
        if row.fields()
        for found in [row.items("Seats", required=False)]
        for name in [row.text("PhysicalName") if found else ""]
        for seat in found
        if seat.fields()
        for position in [seat.child("Position")]
        if position.fields()
    ]
    columns = area.integer("ColumnCount", 0, INDEX_MAX + 1, default=0)
    row_count = area.integer("RowCount", 0, INDEX_MAX + 1, default=0)
    # The counts may be missing or too small: the seats that are there decide.
    columns = max([columns, 1, *(column + 1 for *_, column in seats)])
    row_count = max([row_count, 1, len(rows), *(row + 1 for _, _, row, _ in seats)])
    name = area.text("Description", "")
    cell_width, cell_height = box[2] / columns, box[3] / row_count
    return VistaArea(
        number=number,
        name=name,
        zone=slug_of(name, f"area-{area.text('AreaCategoryCode', str(number))}", length_max=40),
        box=box,
        cell_width=cell_width,
        cell_height=cell_height,
        unnumbered=area.integer("NumberOfSeats", 1, PLACES_MAX)
        if not seats and area.child("IsAllocatedSeating").value is False
        else 0,
        seats=[
            VistaSeat(
                area=number,
                row=name,
                number=seat.text("Id"),
                x=box[0] + (column + 0.5) * cell_width,
                y=box[1] + (row + 0.5) * cell_height,
                kind=KIND_OF_STATUS.get(seat.integer("OriginalStatus", 0, 255, default=0), SeatKind.STANDARD),
                cell=(number, row, column),
                sofa=_sofa(seat),
            )
            for name, seat, row, column in seats
        ],
    )


def _number_of(rows: list[Node], default: int) -> int:
    """The area's number as its first seat says it: some exports leave `Number` out."""
    for row in rows:
        for seat in row.items("Seats", required=False):
            if seat.child("Position").has("AreaNumber"):
                return seat.child("Position").integer("AreaNumber", 0, INDEX_MAX)
    return default


def _sofa(seat: Node) -> frozenset[Cell]:
    return frozenset(
        (
            cell.integer("AreaNumber", 0, INDEX_MAX),
            cell.integer("RowIndex", 0, INDEX_MAX),
            cell.integer("ColumnIndex", 0, INDEX_MAX),
        )
        for cell in seat.items("SeatsInGroup", required=False)
        if cell.fields()
    )


def _sections(areas: list[VistaArea]) -> dict[int, str]:
    """Section by area number.

    Areas are price categories first: two of them may share a row. Only where a seat's name stands twice are they
    rooms of their own, and become sections.
    """
    names = Counter((seat.row, seat.number) for area in areas for seat in area.seats)
    if not any(count > 1 for count in names.values()):
        return dict.fromkeys((area.number for area in areas), "")
    wanted = {area.number: slug_of(area.name, f"area-{area.number}") for area in areas}
    twice = {section for section, count in Counter(wanted.values()).items() if count > 1}
    return {
        number: f"{section[:25]}-{number}" if section in twice else section for number, section in wanted.items()
    }


def _runs(areas: list[VistaArea], sections: dict[int, str]) -> list[Run]:
    """The rows from the screen to the back, in centimetres, parted at the aisles."""
    widths = [area.cell_width for area in areas for _ in area.seats]
    heights = [area.cell_height for area in areas for _ in area.seats]
    across, along = _centimetres(widths, SEAT_PITCH_CM), _centimetres(heights, ROW_PITCH_CM)
    zones = {area.number: area.zone for area in areas}
    order = {section: position for position, section in enumerate(dict.fromkeys(sections.values()))}
    rows: dict[tuple[int, float, str], list[LayoutSeat]] = defaultdict(list)
    sofas: dict[str, frozenset[Cell]] = {}
    cells: dict[str, Cell] = {}
    for area in areas:
        for seat in area.seats:
            section = sections[seat.area]
            label = seat_label(section, seat.row, seat.number)
            sofas[label], cells[label] = seat.sofa, seat.cell
            rows[order[section], -round(seat.y, 3), seat.row].append(
                LayoutSeat(
                    seat=label,
                    section=section,
                    row=seat.row,
                    number=seat.number,
                    x=seat.x * across,
                    y=-seat.y * along,
                    zone=zones[seat.area],
                    kind=seat.kind,
                )
            )
    runs: list[Run] = []
    for key in sorted(rows):
        for run in split_runs(rows[key], SEAT_PITCH_CM):
            last = runs[-1][-1].seat if runs else ""
            if last and cells[run[0].seat] in sofas[last] and _same_row(runs[-1][-1], run[0]):
                runs[-1].extend(run)
            else:
                runs.append(run)
    return _with_a_place_for_each_companion(runs)


def _with_a_place_for_each_companion(runs: list[Run]) -> list[Run]:
    """Where there is no wheelchair place at all, a companion's seat is an ordinary one."""
    if any(seat.kind is SeatKind.WHEELCHAIR for run in runs for seat in run):
        return runs
    return [[msgspec.structs.replace(seat, kind=SeatKind.STANDARD) for seat in run] for run in runs]


def _unnumbered(areas: list[VistaArea]) -> list[LayoutArea]:
    widths = [area.cell_width for area in areas for _ in area.seats]
    heights = [area.cell_height for area in areas for _ in area.seats]
    across, along = _centimetres(widths, SEAT_PITCH_CM), _centimetres(heights, ROW_PITCH_CM)
    return [
        LayoutArea(
            area=slug_of(area.name, f"area-{area.number}"),
            capacity=area.unnumbered,
            zone=area.zone,
            x=area.box[0] * across,
            y=-(area.box[1] + area.box[3]) * along,
            width=area.box[2] * across,
            height=area.box[3] * along,
        )
        for area in areas
        if area.unnumbered
    ]


def _centimetres(cells: list[float], pitch_cm: float) -> float:
    """How many centimetres a hundredth of the field is, so that the usual cell is as wide as a seat."""
    return pitch_cm / sorted(cells)[len(cells) // 2] if cells else 10.0


def _same_row(one: LayoutSeat, other: LayoutSeat) -> bool:
    return (one.section, one.row, one.y) == (other.section, other.row, other.y)
