"""A layout as a seating plan of pretix. A centimetre is a pixel; `pretix.py` reads it again.

The plan has no unnumbered areas and no kinds of seats: a category tells both the price zone and the kind, as
`premium (wheelchair)`.
"""

from itertools import groupby
from typing import Any

import msgspec

from ticketing.programme.halls.writing_text import rows_of_runs
from ticketing.programme.layout import Layout, LayoutSeat, LayoutSection, SeatKind

KIND_WORDS = {
    SeatKind.WHEELCHAIR: " (wheelchair)",
    SeatKind.COMPANION: " (companion)",
    SeatKind.RESTRICTED: " (restricted view)",
}
COLOURS = ("#7f4a91", "#2f6fb0", "#3b8c5a", "#b5651d", "#a63d57", "#5c6370")
NAMELESS = "main"
SCREEN_ROOM_CM = 60


def write_pretix(layout: Layout, name: str) -> bytes:
    """The plan as JSON. Without numbered seats it has no zone."""
    categories = list(dict.fromkeys(_category(seat) for seat in layout.seats))
    sections = {section.section: section for section in layout.sections}
    plan = {
        "name": name,
        "categories": [
            {"name": category, "color": COLOURS[position % len(COLOURS)]}
            for position, category in enumerate(categories)
        ],
        "zones": [
            *_screen(layout),
            *(
                _zone(sections.get(section, LayoutSection(section)), [seats for _, seats in rows])
                for section, rows in groupby(_rows(layout), key=lambda row: row[0])
            ),
        ],
        "size": {"width": layout.width, "height": layout.height},
    }
    return msgspec.json.format(msgspec.json.encode(plan), indent=1)


def _rows(layout: Layout) -> list[tuple[str, list[LayoutSeat]]]:
    return [(row[0][0].section, [seat for run in row for seat in run]) for row in rows_of_runs(layout)]


def _zone(section: LayoutSection, rows: list[list[LayoutSeat]]) -> dict[str, Any]:
    names = section.name
    return {
        "name": names.get("en") or next(iter(names.values()), "") or section.section or NAMELESS,
        "zone_id": section.section or NAMELESS,
        "position": {"x": 0, "y": 0},
        "rows": [
            {
                "row_number": row[0].row,
                "row_number_position": "both",
                "position": {"x": 0, "y": 0},
                "seats": [
                    {
                        "seat_guid": seat.seat,
                        "seat_number": seat.number,
                        "position": {"x": seat.x, "y": seat.y},
                        "category": _category(seat),
                    }
                    for seat in row
                ],
            }
            for row in rows
        ],
        "areas": [],
    }


def _screen(layout: Layout) -> list[dict[str, Any]]:
    """The screen as a shape: it tells which way the hall looks."""
    if layout.screen is None:
        return []
    left, right = sorted((layout.screen[0], layout.screen[2]))
    top = min(layout.screen[1], layout.screen[3]) - SCREEN_ROOM_CM
    shape = {
        "shape": "rectangle",
        "color": "#cccccc",
        "border_color": "#666666",
        "rotation": 0,
        "position": {"x": left, "y": top},
        "rectangle": {"width": max(right - left, 1), "height": SCREEN_ROOM_CM / 2},
        "text": {"position": {"x": (right - left) / 2, "y": 15}, "color": "#333333", "text": "Screen"},
    }
    return [
        {"name": "Screen", "zone_id": "screen", "position": {"x": 0, "y": 0}, "rows": [], "areas": [shape]},
    ]


def _category(seat: LayoutSeat) -> str:
    return seat.zone + KIND_WORDS.get(seat.kind, "")
