"""Halls drawn as text: ``x`` taken, ``o`` chosen, ``.`` free, ``_`` an aisle; one row a line."""

from collections.abc import Collection, Sequence

from ticketing.programme.halls import parse_hall
from ticketing.programme.layout import Layout
from ticketing.programme.problems import Problems

ROW_NAMES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def row_of(text: str) -> Layout:
    """A hall from rows as an organiser writes them."""
    problems = Problems()
    layout = parse_hall(text.encode(), "hall.txt", problems)
    assert layout is not None, [str(problem) for problem in problems.found]
    return layout


def drawn(*rows: str) -> tuple[Layout, set[int], set[int]]:
    """The hall of a drawing, its free places (those chosen among them), and those chosen."""
    lines, signs = [], ""
    for name, row in enumerate(rows):
        number, parts = 0, []
        for sign in row:
            number += sign != "_"
            parts.append("_" if sign == "_" else str(number))
        if number:
            label = ROW_NAMES[name // 26] * (name >= 26) + ROW_NAMES[name % 26]
            lines.append(f"{label} {' '.join(parts).strip(' _')}")
            signs += row.replace("_", "")
    layout = row_of("\n".join(lines) or "A 1")
    signs = signs or "x"
    assert len(layout.seats) == len(signs)
    return (
        layout,
        {place for place, sign in enumerate(signs) if sign != "x"},
        {place for place, sign in enumerate(signs) if sign == "o"},
    )


def picture(layout: Layout, rows: Sequence[str], chosen: Collection[int]) -> list[str]:
    """The drawing with another choice."""
    places = iter(range(len(layout.seats)))
    drawn_rows = []
    for row in rows:
        marks = []
        for sign in row:
            if sign == "_":
                marks.append(sign)
            else:
                place = next(places)
                marks.append("o" if place in chosen else "x" if sign == "x" else ".")
        drawn_rows.append("".join(marks))
    return drawn_rows
