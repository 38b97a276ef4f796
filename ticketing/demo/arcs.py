"""Halls with curved rows, drawn as documents of our own hall format.

Measures are centimetres, the screen is at the top. Rows are arcs around a point on the far side of the screen, so
that everybody looks at its middle.
"""

import json
import math
from dataclasses import dataclass, field
from typing import Any

SEAT_PITCH = 56.0
ROW_PITCH = 100.0
AISLE = 110.0
# A wheelchair place is 0.80 m wide and 1.30 m deep.
WHEELCHAIR_PITCH = 96.0


@dataclass
class Arc:
    """A row to be drawn: how far it is from the screen, and its blocks of seats from left to right.

    A block is a list of (number, zone, kind); between two blocks there is an aisle, `aisle` wide.
    """

    row: str
    depth: float
    blocks: list[list[tuple[int, str, str]]]
    aisle: float = AISLE


@dataclass
class Part:
    """A section of the hall: rows that share their curve."""

    section: str
    kind: str
    name: dict[str, str]
    rows: list[Arc] = field(default_factory=list)
    shift_x: float = 0.0


def seats(first: int, count: int, zone: str, *, restricted: Any = ()) -> list[tuple[int, str, str]]:
    """A block of `count` neighbours from number `first` on; those in `restricted` see the screen aslant."""
    return [
        (
            number,
            "economy" if number in restricted and zone != "balcony" else zone,
            "restricted" if number in restricted else "standard",
        )
        for number in range(first, first + count)
    ]


def pairs(first: int, count: int, *, zone: str = "standard") -> list[tuple[int, str, str]]:
    """Wheelchair places, each with a companion's seat beside it."""
    return [(first + n, zone, "companion" if n % 2 else "wheelchair") for n in range(2 * count)]


def text(kk: str, ru: str, fr: str, en: str) -> dict[str, str]:
    """A text in the four languages."""
    return {"kk": kk, "ru": ru, "fr": fr, "en": en}


def hall(parts: list[Part], *, curve: float) -> str:
    """The file of a hall whose rows are arcs around a point `curve` centimetres behind the screen."""
    placed = [(part, [place_row(row, part, curve) for row in part.rows]) for part in parts]
    points = [seat for _, rows in placed for _, runs in rows for run in runs for seat in run]
    left, right = min(seat["x"] for seat in points), max(seat["x"] for seat in points)
    shift = 120.0 - left
    for seat in points:
        seat["x"] = round(seat["x"] + shift, 1)
    width = round(right - left + 240.0, 1)
    stalls = [
        seat["y"]
        for part, rows in placed
        if part.kind == "stalls"
        for _, runs in rows
        for run in runs
        for seat in run
    ]
    middle = round(shift, 1)
    half_screen = round(width * 0.28, 1)
    head = {
        "format": "ticketing-hall/1",
        "width": width,
        "height": round(max(seat["y"] for seat in points) + 120.0, 1),
        "focal": [middle, round(min(stalls) + (max(stalls) - min(stalls)) * 0.6, 1)],
        "screen": [round(middle - half_screen, 1), 60.0, round(middle + half_screen, 1), 60.0],
    }
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in head.items()]
    return (
        "{"
        + ",\n ".join(
            [*lines, '"sections": [\n  ' + ",\n  ".join(section_text(*entry) for entry in placed) + "\n ]"]
        )
        + "}\n"
    )


def place_row(row: Arc, part: Part, curve: float) -> tuple[Arc, list[list[dict[str, Any]]]]:
    """The seats of a row where they stand, block by block, the row centred on the hall's axis."""
    widths = [sum(width_of(kind) for _, _, kind in block) for block in row.blocks]
    along = -(sum(widths) + row.aisle * (len(row.blocks) - 1)) / 2
    radius = curve + row.depth
    runs: list[list[dict[str, Any]]] = []
    for block, width in zip(row.blocks, widths, strict=True):
        run = []
        beside = along
        for number, zone, kind in block:
            angle = (beside + width_of(kind) / 2) / radius
            beside += width_of(kind)
            seat = {
                "number": str(number),
                "x": round(radius * math.sin(angle) + part.shift_x, 1),
                "y": round(radius * math.cos(angle) - curve, 1),
                "zone": zone,
            }
            if kind != "standard":
                seat["kind"] = kind
            if kind == "companion":
                seat["companion_of"] = label(part.section, row.row, number - 1)
            run.append(seat)
        if run:
            runs.append(run)
        along += width + row.aisle
    return row, runs


def width_of(kind: str) -> float:
    """The room that a place takes along its row."""
    return WHEELCHAIR_PITCH if kind == "wheelchair" else SEAT_PITCH


def label(section: str, row: str, number: int) -> str:
    """A seat as the whole product names it."""
    return f"{section}/{row}-{number}" if section else f"{row}-{number}"


def section_text(part: Part, rows: list[tuple[Arc, list[list[dict[str, Any]]]]]) -> str:
    """A section as JSON with one run of seats a line, so that a change of one seat reads as one."""
    lines = []
    for row, runs in rows:
        run_lines = ",\n     ".join(json.dumps(run, ensure_ascii=False) for run in runs)
        lines.append(f'   {{"row": {json.dumps(row.row)}, "runs": [\n     {run_lines}]}}')
    head = json.dumps({"section": part.section, "kind": part.kind, "name": part.name}, ensure_ascii=False)[1:-1]
    return f'{{{head}, "rows": [\n' + ",\n".join(lines) + "]}"
