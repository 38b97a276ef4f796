"""Reports as people read them, on a page or on paper: a heading, some facts, tables with their sums."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import msgspec
from babel.dates import format_date
from babel.numbers import format_decimal

from ticketing.insight.reports.table import Cell, Column, ColumnKind, Sheet
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import translate

NOTHING: Final = "–"
NO_BREAK_SPACE: Final = "\u00a0"
NUMBERS: Final = frozenset({ColumnKind.NUMBER, ColumnKind.MONEY})
CURRENCY: Final = Column(N_("Currency"))
# What has a fact's name and no value here stands on the paper all the same: the form has a place for it.
NOT_ENTERED: Final = N_("not entered: to be filled in")


class Heading(msgspec.Struct, frozen=True):
    """The head of a column; ``number``: set to the right."""

    text: str
    number: bool


class PaperTable(msgspec.Struct, frozen=True):
    """A table in words: a text a cell. ``sums`` are further rows of the same width, one a currency."""

    caption: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[str, ...], ...]
    sums: tuple[tuple[str, ...], ...] = ()


class Paper(msgspec.Struct, frozen=True):
    """One document: the statement of one screening, the return of one film, or a whole table.

    ``facts`` are names with their values, in the order of the form.
    """

    heading: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[PaperTable, ...]


def table_of(sheet: Sheet, locale: str) -> PaperTable:
    """A sheet in words, with sums under the columns that are summed, apart by currency."""
    return PaperTable(
        caption=translate(sheet.name, locale),
        headings=tuple(
            Heading(translate(column.heading, locale), column.kind in NUMBERS) for column in sheet.columns
        ),
        rows=tuple(tuple(cell_text(cell, locale) for cell in row) for row in sheet.rows),
        sums=tuple(_sums(sheet, locale)),
    )


def cut(papers: Iterable[Paper], rows_max: int) -> tuple[list[Paper], bool]:
    """The first papers with at most so many rows altogether, and whether anything was left out. Sums stay whole."""
    shown: list[Paper] = []
    room = rows_max
    for paper in papers:
        if room <= 0:
            return shown, True
        tables = []
        for table in paper.tables:
            tables.append(msgspec.structs.replace(table, rows=table.rows[: max(0, room)]))
            room -= len(table.rows)
        shown.append(msgspec.structs.replace(paper, tables=tuple(tables)))
    return shown, room < 0


def cell_text(cell: Cell, locale: str) -> str:
    """A cell as it is read: amounts and days as the language writes them, nothing as a dash."""
    if cell is None or cell == "":
        return NOTHING
    if isinstance(cell, str):
        return cell
    if isinstance(cell, datetime):
        return f"{_day(cell.date(), locale)}, {cell:%H:%M}"
    if isinstance(cell, date):
        return _day(cell, locale)
    pattern = "#,##0.00" if isinstance(cell, Decimal) else "#,##0"
    # Old telephones, and the font of our documents, lack the narrow no-break space.
    return format_decimal(cell, format=pattern, locale=locale).replace("\u202f", NO_BREAK_SPACE)


def _day(day: date, locale: str) -> str:
    return str(format_date(day, "d MMM y", locale=locale))


def _sums(sheet: Sheet, locale: str) -> Iterable[tuple[str, ...]]:
    summed = [place for place, column in enumerate(sheet.columns) if column.summed]
    if not summed or not sheet.rows:
        return
    currency = next((place for place, column in enumerate(sheet.columns) if column == CURRENCY), None)
    groups: dict[Cell, list[tuple[Cell, ...]]] = {}
    for row in sheet.rows:
        groups.setdefault(row[currency] if currency is not None else None, []).append(row)
    for name, rows in groups.items():
        cells: list[str] = ["" for _ in sheet.columns]
        for place in summed:
            cells[place] = cell_text(_sum(row[place] for row in rows), locale)
        if currency is not None:
            cells[currency] = cell_text(name, locale)
        cells[0] = translate(N_("Total"), locale)
        yield tuple(cells)


def _sum(cells: Iterable[Cell]) -> int | Decimal | None:
    """The sum of what is there; None where nothing is."""
    numbers: Sequence[int | Decimal] = [cell for cell in cells if isinstance(cell, int | Decimal)]
    return sum(numbers) if numbers else None
