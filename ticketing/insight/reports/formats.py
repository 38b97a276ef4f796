"""Reports as files. Nothing that a text says is ever taken for a formula by the program that opens it."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, Literal

import msgspec
import xlsxwriter

from ticketing.insight.reports.table import Cell, ColumnKind, Sheet
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import translate

Format = Literal["json", "csv", "xlsx", "pdf"]

MEDIA_TYPES: Final[dict[Format, str]] = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
# Signs with which spreadsheets begin a formula; tab and line ends, because some programs skip them first.
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# What Excel takes.
CELL_SIGNS_MAX: Final = 32_767
SHEET_NAME_SIGNS_MAX: Final = 31

WIDTHS: Final = {
    ColumnKind.TEXT: 22,
    ColumnKind.NUMBER: 12,
    ColumnKind.MONEY: 14,
    ColumnKind.DAY: 12,
    ColumnKind.TIME: 17,
}
NUMBER_FORMATS: Final = {
    ColumnKind.TEXT: "@",
    ColumnKind.NUMBER: "0",
    ColumnKind.MONEY: "#,##0.00",
    ColumnKind.DAY: "yyyy-mm-dd",
    ColumnKind.TIME: "yyyy-mm-dd hh:mm",
}


def write_csv(sheets: Sequence[Sheet], locale: str) -> bytes:
    """RFC 4180 in UTF-8 with a byte order mark, without which Excel reads Cyrillic as noise.

    Several sheets become one table: its first column says which part a row belongs to, its others are those of
    all the sheets. Texts that would be taken for a formula get an apostrophe before them. Money and times are
    written for machines: a point, no grouping; ISO 8601.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    headings = list(dict.fromkeys(column.heading for sheet in sheets for column in sheet.columns))
    in_parts = len(sheets) > 1
    part = [translate(N_("Part"), locale)] if in_parts else []
    writer.writerow(harmless(text) for text in (*part, *(translate(heading, locale) for heading in headings)))
    for sheet in sheets:
        name = [translate(sheet.name, locale)] if in_parts else []
        places = {column.heading: place for place, column in enumerate(sheet.columns)}
        for row in sheet.rows:
            cells = (row[places[heading]] if heading in places else None for heading in headings)
            writer.writerow([*name, *map(_csv_text, cells)])
    return buffer.getvalue().encode("utf-8-sig")


def write_xlsx(sheets: Sequence[Sheet], about: Sequence[tuple[str, str]], locale: str) -> bytes:
    """A workbook with a sheet a table and a last one that tells what the report is about.

    Rows are written out as they come, so memory does not grow with them. Times are those of the venue's clock:
    Excel knows no offsets.
    """
    buffer = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(buffer, options) as workbook:
        bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        formats = {kind: workbook.add_format({"num_format": text}) for kind, text in NUMBER_FORMATS.items()}
        for sheet in sheets:
            worksheet = workbook.add_worksheet(translate(sheet.name, locale)[:SHEET_NAME_SIGNS_MAX])
            worksheet.freeze_panes(1, 0)
            for place, column in enumerate(sheet.columns):
                worksheet.set_column(place, place, WIDTHS[column.kind])
                worksheet.write_string(0, place, translate(column.heading, locale), bold)
            for number, row in enumerate(sheet.rows, start=1):
                for place, (column, cell) in enumerate(zip(sheet.columns, row, strict=True)):
                    _write_cell(worksheet, number, place, cell, formats[column.kind])
            worksheet.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
        last = workbook.add_worksheet(translate(N_("About this report"), locale)[:SHEET_NAME_SIGNS_MAX])
        last.set_column(0, 0, 20)
        last.set_column(1, 1, 100)
        for number, (name, text) in enumerate(about):
            last.write_string(number, 0, name, bold)
            last.write_string(number, 1, text)
    return buffer.getvalue()


def write_json(report: msgspec.Struct) -> bytes:
    """The report itself: money in minor units with its currency."""
    return msgspec.json.encode(report)


def _write_cell(worksheet: Any, row: int, place: int, cell: Cell, form: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        # Written as a string whatever it begins with, never as a formula, a link or a number.
        worksheet.write_string(row, place, cell[:CELL_SIGNS_MAX], form)
    elif isinstance(cell, date):
        worksheet.write_datetime(row, place, cell, form)
    else:
        worksheet.write_number(row, place, cell, form)


def _csv_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
