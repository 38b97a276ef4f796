"""Draws the invented halls of the demo that nobody wants to type: `python -m ticketing.demo.draw_halls`.

The files stand in `data/halls` beside those that were written by hand; a test keeps them equal to what is drawn
here. One is written as Vista exports it, so that this format too is lived in.
"""

import json
from pathlib import Path
from typing import Any

from ticketing.demo.arcs import ROW_PITCH, Arc, Part, hall, pairs, seats, text

HALLS = Path(__file__).parent / "data" / "halls"


def drawn_halls() -> dict[str, str]:
    """Every drawn hall, as the text of its file by file name."""
    return {
        "alatau.json": hall(alatau(), curve=2400.0),
        "nurly-dala.json": hall(nurly_dala(), curve=3000.0),
        "cheval-bleu.json": hall(cheval_bleu(), curve=4000.0),
        "alatau-salon.json": salon(),
        "esil.json": esil(),
    }


def alatau() -> list[Part]:
    """500 seats in two blocks of rows with a cross aisle, and 12 wheelchair places with a companion each."""
    part = Part("", "stalls", {})
    depth = 450.0
    for index, row in enumerate("ABCDEFGHIJKMNOPQRSTU"):
        if row == "M":  # the cross aisle before it carries the places of row L
            part.rows.append(Arc("L", depth + 15, [pairs(1, 2), pairs(5, 2)], aisle=1000.0))
            depth += 150.0
        centre = "premium" if row in "GHIJKMNOP" else "economy" if row in "AB" else "standard"
        side = "economy" if row in "ABC" else "standard"
        part.rows.append(
            Arc(
                row,
                depth,
                [
                    seats(1, 7, side, restricted=range(1, 4) if index == 0 else ()),
                    seats(8, 11, centre),
                    seats(19, 7, side, restricted=range(23, 26) if index == 0 else ()),
                ],
            )
        )
        depth += ROW_PITCH
    part.rows.append(Arc("V", depth + 30, [pairs(1, 3), pairs(7, 2), pairs(11, 3)]))
    return [part]


def nurly_dala() -> list[Part]:
    """A palace of about 1,050 seats: stalls, a balcony and a box on either side."""
    stalls = Part("", "stalls", text("Партер", "Партер", "Orchestre", "Stalls"))
    depth = 600.0
    rows = "ABCDEFGHIJKLMNOPQRST"
    for index, row in enumerate(rows):
        wing = 8 + index // 4
        centre = "premium" if row in "EFGHIJKLM" else "economy" if row == "A" else "standard"
        side = "economy" if row in "AB" else "standard"
        stalls.rows.append(
            Arc(
                row,
                depth,
                [
                    seats(1, wing, side, restricted=range(1, 4) if index < 2 else ()),
                    seats(1 + wing, 14, centre),
                    seats(
                        15 + wing, wing, side, restricted=range(12 + 2 * wing, 15 + 2 * wing) if index < 2 else ()
                    ),
                ],
            )
        )
        depth += ROW_PITCH
    stalls.rows.append(Arc("V", depth + 30, [pairs(1, 4), pairs(9, 4), pairs(17, 4)]))
    depth += 500.0
    balcony = Part("balcony", "balcony", text("Балкон", "Балкон", "Balcon", "Balcony"))
    for index, row in enumerate("ABCDEFGH"):
        wing = 10 + index // 3
        balcony.rows.append(
            Arc(
                row,
                depth,
                [
                    seats(1, wing, "balcony", restricted=range(1, 3) if index == 0 else ()),
                    seats(1 + wing, 16, "balcony"),
                    seats(
                        17 + wing,
                        wing,
                        "balcony",
                        restricted=range(15 + 2 * wing, 17 + 2 * wing) if index == 0 else (),
                    ),
                ],
            )
        )
        depth += ROW_PITCH + 5
    balcony.rows.append(Arc("J", depth + 30, [pairs(1, 5), pairs(11, 5)]))
    left = Part(
        "box-left", "box", text("Сол жақ ложа", "Левая ложа", "Loge de gauche", "Left box"), shift_x=-1420.0
    )
    right = Part(
        "box-right", "box", text("Оң жақ ложа", "Правая ложа", "Loge de droite", "Right box"), shift_x=1420.0
    )
    for box in (left, right):
        box.rows = [
            Arc(row, 900.0 + 130.0 * index, [seats(1, 3, "balcony", restricted=range(1, 4) if row == "A" else ())])
            for index, row in enumerate("ABCD")
        ]
    return [stalls, left, right, balcony]


def cheval_bleu() -> list[Part]:
    """A Paris hall of some 160 seats, numbered by row as in France."""
    part = Part("", "stalls", {})
    depth = 400.0
    for index, row in enumerate("ABCDEFGHIJK"):
        zone = "carre-or" if row in "EFGH" else "parterre"
        wing = 3 + index // 6
        part.rows.append(
            Arc(
                row,
                depth,
                [seats(1, wing, "parterre"), seats(1 + wing, 8, zone), seats(9 + wing, wing, "parterre")],
            )
        )
        depth += ROW_PITCH
    part.rows.append(
        Arc(
            "L",
            depth + 30,
            [pairs(1, 2, zone="parterre"), pairs(5, 1, zone="parterre"), pairs(7, 2, zone="parterre")],
        )
    )
    return [part]


def salon() -> str:
    """A room for talks: 120 places without numbers, and no screen."""
    area = {
        "area": "salon",
        "capacity": 120,
        "zone": "salon",
        "x": 80.0,
        "y": 80.0,
        "width": 1400.0,
        "height": 900.0,
    }
    document = {
        "format": "ticketing-hall/1",
        "width": 1560.0,
        "height": 1060.0,
        "focal": [780.0, 80.0],
        "areas": [area],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def esil() -> str:
    """Some 250 seats, written as Vista answers a `SeatLayoutData`: row 0 is farthest from the screen.

    `OriginalStatus` 3 is a wheelchair place, 7 the seat of its companion.
    """
    areas = [
        vista_area(1, "Standard", top=0.0, rows=[vista_row("P", "wc.wc.wc.wc.wc.wc.wc")]),
        vista_area(2, "Premium", top=10.0, rows=[vista_row(name, "sssssssss.sssssssss") for name in "ONMLKJI"]),
        vista_area(3, "Standard", top=55.0, rows=[vista_row(name, "sssssssss.sssssssss") for name in "HGFED"]),
        vista_area(4, "Economy", top=87.0, rows=[vista_row(name, "sssssssss.sssssssss") for name in "CB"]),
    ]
    return json.dumps({"SeatLayoutData": {"Areas": areas}}, ensure_ascii=False, separators=(",", ":")) + "\n"


def vista_row(name: str, cells: str) -> tuple[str, str]:
    """A row of Vista's grid: s seat, w wheelchair place, c companion, . aisle."""
    return name, cells


def vista_area(number: int, zone: str, *, top: float, rows: list[tuple[str, str]]) -> dict[str, Any]:
    """An area of Vista's field of 100 × 100, a cell being five wide and six and a half high."""
    columns = max(len(cells) for _, cells in rows)
    status = {"s": 0, "w": 3, "c": 7}
    return {
        "Number": number,
        "Description": zone,
        "AreaCategoryCode": f"{number:010d}",
        "IsAllocatedSeating": True,
        "Left": 50.0 - columns * 2.5,
        "Top": top,
        "Width": columns * 5.0,
        "Height": len(rows) * 6.4,
        "ColumnCount": columns,
        "RowCount": len(rows),
        "Rows": [
            {
                "PhysicalName": name,
                "Seats": [
                    {
                        "Id": str(sum(cell != "." for cell in cells[: column + 1])),
                        "Position": {"AreaNumber": number, "RowIndex": index, "ColumnIndex": column},
                        "OriginalStatus": status[kind],
                        "SeatsInGroup": None,
                    }
                    for column, kind in enumerate(cells)
                    if kind != "."
                ],
            }
            for index, (name, cells) in enumerate(rows)
        ],
    }


def main() -> None:
    """Write every drawn hall to where the demo reads it."""
    for name, document in drawn_halls().items():
        (HALLS / name).write_text(document, encoding="utf-8")


if __name__ == "__main__":
    main()
