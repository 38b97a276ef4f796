"""Small halls in the formats of others, made anew for each test, and how they are read."""

import json
from typing import Any

from ticketing.programme.halls import parse_hall
from ticketing.programme.layout import Layout
from ticketing.programme.problems import ImportProblem, Problems


def read(document: Any) -> Layout:
    problems = Problems()
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    layout = parse_hall(content, "hall", problems)
    assert layout is not None, [str(problem) for problem in problems.found]
    return layout


def problems_of(document: Any) -> list[ImportProblem]:
    problems = Problems()
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    assert parse_hall(content, "hall", problems) is None
    assert problems.found
    assert all(problem.file == "hall" and problem.expected for problem in problems.found)
    return problems.found


def own_document() -> dict[str, Any]:
    """Two rows and an area in our own format."""
    return {
        "format": "ticketing-hall/1",
        "width": 600,
        "height": 700,
        "focal": [300, 450.5],
        "screen": [100, 40, 500, 40],
        "sections": [
            {
                "section": "",
                "name": {"en": "Stalls"},
                "kind": "stalls",
                "zone": "standard",
                "rows": [
                    {
                        "row": row,
                        "runs": [
                            [
                                {"number": "1", "x": 100, "y": y},
                                {"number": 2, "x": 155, "y": y, "kind": "restricted"},
                            ],
                            [
                                {"number": "3", "x": 300, "y": y, "kind": "wheelchair", "zone": "premium"},
                                {"number": "4", "x": 355, "y": y, "kind": "companion", "companion_of": f"{row}-3"},
                            ],
                        ],
                    }
                    for row, y in (("A", 300), ("B", 395))
                ],
            }
        ],
        "areas": [
            {
                "area": "parterre",
                "capacity": 40,
                "zone": "standing",
                "x": 100,
                "y": 500,
                "width": 400,
                "height": 150,
            }
        ],
    }


def pretix_plan() -> dict[str, Any]:
    """Two rows of 3 + 3 seats, the second with a wheelchair place, and a balcony of four; 25 pixels a seat."""

    def seat(row: str, number: int, x: float, category: str) -> dict[str, Any]:
        return {
            "seat_guid": f"g-{row}-{number}",
            "seat_number": str(number),
            "position": {"x": x, "y": 0},
            "category": category,
        }

    def row(zone: str, name: str, y: float, categories: list[str]) -> dict[str, Any]:
        xs = [25 * number + (50 if number >= 3 and zone == "" else 0) for number in range(len(categories))]
        return {
            "row_number": name,
            "position": {"x": 10, "y": y},
            "seats": [
                seat(f"{zone}{name}", number, x, category)
                for number, (x, category) in enumerate(zip(xs, categories, strict=True), start=1)
            ],
        }

    return {
        "name": "Kino",
        "categories": [
            {"name": "Kategorie 1", "color": "#fff"},
            {"name": "Rollstuhl"},
            {"name": "Begleitperson"},
        ],
        "size": {"width": 600, "height": 600},
        "zones": [
            {
                "name": "Parkett",
                "position": {"x": 50, "y": 100},
                "rows": [
                    row("", "A", 0, ["Kategorie 1"] * 6),
                    row("", "B", 40, ["Rollstuhl", "Begleitperson", *["Kategorie 1"] * 4]),
                ],
                "areas": [
                    {"shape": "text", "position": {"x": 0, "y": -90}, "text": {"text": "Leinwand", "position": {}}}
                ],
            },
            {
                "name": "Balkon",
                "zone_id": "balkon",
                "position": {"x": 50, "y": 300},
                "rows": [row("b", "A", 0, ["Kategorie 1"] * 4)],
            },
            {"name": "Foyer", "position": {"x": 0, "y": 0}, "rows": []},
        ],
    }


def vista_layout() -> dict[str, Any]:
    """Rows A (nearest the screen) and B of 3 + 3 seats, a row H of love seats far behind, and a foyer."""

    def seat(area: int, row: int, column: int, number: int, status: int = 0) -> dict[str, Any]:
        return {
            "Id": str(number),
            "OriginalStatus": status,
            "Position": {"AreaNumber": area, "RowIndex": row, "ColumnIndex": column},
            "Priority": 1,
            "SeatStyle": 0,
            "SeatsInGroup": None,
            "Status": 0,
        }

    columns = (0, 1, 2, 4, 5, 6)
    rows = [
        {
            "PhysicalName": name,
            "Seats": [
                seat(1, row, column, number, (statuses[number - 1] if number <= len(statuses) else 0))
                for number, column in enumerate(columns, start=1)
            ],
        }
        for row, name, statuses in ((0, "B", ()), (2, "A", (3, 7)))
    ]
    return {
        "ResponseCode": 0,
        "SeatLayoutData": {
            "AreaCategories": [],
            "Areas": [
                {
                    "AreaCategoryCode": "0000000001",
                    "Description": "Standard",
                    "Number": 1,
                    "ColumnCount": 7,
                    "RowCount": 3,
                    "Left": 10,
                    "Top": 60,
                    "Width": 70,
                    "Height": 30,
                    "IsAllocatedSeating": True,
                    "Rows": [rows[0], {"PhysicalName": None, "Seats": []}, rows[1]],
                },
                {
                    "AreaCategoryCode": "0000000002",
                    "Description": "Love seats",
                    "Number": 2,
                    "ColumnCount": 7,
                    "RowCount": 1,
                    "Left": 10,
                    "Top": 10,
                    "Width": 70,
                    "Height": 10,
                    "IsAllocatedSeating": True,
                    "Rows": [
                        {"PhysicalName": "H", "Seats": [seat(2, 0, column, column + 1) for column in range(4)]}
                    ],
                },
                {
                    "Description": "Foyer",
                    "Number": 3,
                    "NumberOfSeats": 25,
                    "Left": 0,
                    "Top": 0,
                    "Width": 100,
                    "Height": 8,
                    "IsAllocatedSeating": False,
                    "Rows": None,
                },
            ],
            "BoundaryLeft": 0,
            "BoundaryRight": 100,
            "BoundaryTop": 0,
            "ScreenStart": 10,
            "ScreenWidth": 70,
        },
    }
