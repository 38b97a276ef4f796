"""A layout as Vista's `SeatLayoutData`: seats in cells of a grid, row 0 farthest from the screen.

An area of it is a price zone of a section. Exact places, restricted views and the names of sections have no field.
"""

from collections import defaultdict
from typing import Any

import msgspec

from ticketing.kernel.errors import FormatTooNarrow
from ticketing.programme.halls.building import ROW_PITCH_CM, SEAT_PITCH_CM, usual_gap
from ticketing.programme.halls.vista import INDEX_MAX, KIND_OF_STATUS
from ticketing.programme.halls.writing_text import Runs, rows_of_runs
from ticketing.programme.layout import Layout, LayoutSeat

STATUS_OF_KIND = {kind: status for status, kind in KIND_OF_STATUS.items()}
FIELD = 100.0


class _Cell(msgspec.Struct, frozen=True):
    seat: LayoutSeat
    row: int
    """From the screen, at first; the file counts from the back."""
    column: int


def write_vista(layout: Layout) -> bytes:
    """The file with its envelope.

    Raises:
        FormatTooNarrow: the grid would need more than a thousand rows or columns.
    """
    cells = _cells(layout)
    rows = max((cell.row for cell in cells), default=0) + 1
    columns = max((cell.column for cell in cells), default=0) + 1
    if max(rows, columns) > INDEX_MAX:
        raise FormatTooNarrow(format="vista", problem=f"{rows} × {columns} cells")
    areas: dict[tuple[str, str], list[_Cell]] = defaultdict(list)
    for cell in cells:
        areas[cell.seat.section, cell.seat.zone].append(cell)
    documents = [
        _area(number, section or zone, found, rows, columns)
        for number, ((section, zone), found) in enumerate(areas.items(), start=1)
    ]
    documents += [
        _unnumbered(number, area.area, area.capacity, _box(layout, area.x, area.y, area.width, area.height))
        for number, area in enumerate(layout.areas, start=len(documents) + 1)
    ]
    return msgspec.json.format(msgspec.json.encode({"SeatLayoutData": {"Areas": documents}}), indent=1)


def _cells(layout: Layout) -> list[_Cell]:
    """Each seat in a cell of its own: neighbours side by side, an empty cell at each aisle."""
    rows = rows_of_runs(layout)
    runs = [run for row in rows for run in row]
    pitch = usual_gap([run for run in runs if len(run) > 1], SEAT_PITCH_CM)
    left = min((seat.x for run in runs for seat in run), default=0.0)
    placed: list[_Cell] = []
    previous_y, index, taken = 0.0, -1, set[int]()
    for row in sorted(rows, key=_depth):
        columns = _columns(row, left, pitch)
        apart = index >= 0 and _depth(row) - previous_y > ROW_PITCH_CM / 2
        if index < 0 or apart or taken & set(columns):
            steps = round((_depth(row) - previous_y) / ROW_PITCH_CM) if index >= 0 else 1
            index, taken, previous_y = index + max(1, steps), set(), _depth(row)
        taken |= set(columns)
        seats = [seat for run in row for seat in run]
        placed += [_Cell(seat, index, column) for seat, column in zip(seats, columns, strict=True)]
    first = min((cell.column for cell in placed), default=0)
    return [_Cell(cell.seat, cell.row, cell.column - first) for cell in placed]


def _depth(row: Runs) -> float:
    seats = [seat for run in row for seat in run]
    return sum(seat.y for seat in seats) / len(seats)


def _columns(row: Runs, left: float, pitch: float) -> list[int]:
    columns: list[int] = []
    for run in row:
        # The reader orders a row from left to right, whichever way its numbers go.
        start = round((min(seat.x for seat in run) - left) / pitch)
        start = start if not columns else max(columns[-1] + 2, start)
        columns += range(start, start + len(run))
    return columns


def _area(number: int, name: str, cells: list[_Cell], rows: int, columns: int) -> dict[str, Any]:
    by_row: dict[tuple[int, str], list[_Cell]] = defaultdict(list)
    for cell in cells:
        by_row[rows - 1 - cell.row, cell.seat.row].append(cell)
    return {
        "Number": number,
        "Description": name,
        "AreaCategoryCode": f"{number:010}",
        "IsAllocatedSeating": True,
        "Left": 0.0,
        "Top": 0.0,
        "Width": FIELD,
        "Height": FIELD,
        "ColumnCount": columns,
        "RowCount": rows,
        "NumberOfSeats": len(cells),
        "Rows": [
            {
                "PhysicalName": name,
                "Seats": [
                    {
                        "Id": cell.seat.number,
                        "Position": {"AreaNumber": number, "RowIndex": index, "ColumnIndex": cell.column},
                        "OriginalStatus": STATUS_OF_KIND.get(cell.seat.kind, 0),
                        "SeatsInGroup": None,
                    }
                    for cell in found
                ],
            }
            for (index, name), found in sorted(by_row.items(), key=lambda entry: entry[0])
        ],
    }


def _unnumbered(number: int, name: str, capacity: int, box: tuple[float, float, float, float]) -> dict[str, Any]:
    left, top, width, height = box
    return {
        "Number": number,
        "Description": name,
        "AreaCategoryCode": f"{number:010}",
        "IsAllocatedSeating": False,
        "Left": left,
        "Top": top,
        "Width": width,
        "Height": height,
        "ColumnCount": 0,
        "RowCount": 0,
        "NumberOfSeats": capacity,
        "Rows": [],
    }


def _box(layout: Layout, x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
    """A rectangle of the hall on the field, whose y grows towards the screen."""
    across, along = FIELD / layout.width, FIELD / layout.height
    return (
        round(x * across, 3),
        round(FIELD - (y + height) * along, 3),
        max(round(width * across, 3), 0.001),
        max(round(height * along, 3), 0.001),
    )
