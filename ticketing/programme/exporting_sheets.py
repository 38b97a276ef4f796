"""A programme as a workbook: a sheet a table, a column for each language, as `importing_sheets` reads it."""

import io
from datetime import date, datetime
from typing import Any, Final

import xlsxwriter

from ticketing.programme.exporting import Tables
from ticketing.programme.importing_tables import TABLES
from ticketing.programme.importing_values import LANGUAGES

WIDTH_MIN: Final = 10
WIDTH_MAX: Final = 44
DATES: Final = ("starts_on", "ends_on")
BY_LANGUAGE: Final = ("name", "tagline", "title", "synopsis", "city_name", "address", "proof")
ABOUT: Final = (
    ("_about", ""),
    ("kk", "Әр парақ — бір кесте, бірінші жол — бағандар. Не өзгеретінін импорттан бұрын көресіз."),
    ("ru", "Каждый лист — таблица, первая строка — столбцы. Перед импортом будет показано, что изменится."),
    ("fr", "Une feuille par table, les colonnes en première ligne. Avant l’import, ce qui changerait est montré."),
    ("en", "A sheet a table, its columns in the first row. Before the import you are shown what would change."),
)


def write_programme_workbook(tables: Tables) -> bytes:
    """The rows as an .xlsx workbook. Every table has its sheet and every column its place, empty ones included, so
    that a workbook of an empty festival can be filled in. Nothing in a text is taken for a formula or a link.
    """
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        formats = {
            "head": workbook.add_format({"bold": True, "bottom": 1}),
            "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
            "time": workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "text": workbook.add_format({"num_format": "@"}),
        }
        for table in TABLES:
            rows = [_cells(row) for row in tables.get(table, [])]
            columns = _columns(table, rows)
            sheet = workbook.add_worksheet(table)
            sheet.freeze_panes(1, len(TABLES[table].key))
            for place, column in enumerate(columns):
                sheet.write_string(0, place, column, formats["head"])
                shown = [str(row[column]) for row in rows if row.get(column) is not None]
                width = max([len(column), *map(len, shown)]) + 2
                sheet.set_column(place, place, min(max(width, WIDTH_MIN), WIDTH_MAX))
                for number, row in enumerate(rows, start=1):
                    _write(sheet, number, place, row.get(column), formats)
            sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
        about = workbook.add_worksheet(ABOUT[0][0])
        about.set_column(1, 1, 100)
        for number, (language, text) in enumerate(ABOUT[1:]):
            about.write_string(number, 0, language)
            about.write_string(number, 1, text)
    return buffer.getvalue()


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    """A row with a column a part: `name.kk`, `rules.hold_ttl_s`; lists as one text."""
    cells: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            cells |= {f"{name}.{part}": said for part, said in value.items()}
        elif isinstance(value, list):
            cells[name] = "; ".join(map(str, value))
        else:
            cells[name] = value
    return cells


def _columns(table: str, rows: list[dict[str, Any]]) -> list[str]:
    """The columns in the order of the table; those that are texts by language, four beside each other."""
    there = dict.fromkeys(column for row in rows for column in row)
    columns: list[str] = []
    for column in TABLES[table].columns:
        parts = [name for name in there if name.startswith(f"{column.name}.")]
        if column.name in BY_LANGUAGE:
            columns += [f"{column.name}.{language}" for language in LANGUAGES]
        elif parts:
            columns += sorted(parts)
        elif column.name not in ("rules", "colours", "zones"):
            columns.append(column.name)
    return columns


def _write(sheet: Any, row: int, place: int, value: Any, formats: dict[str, Any]) -> None:
    match value:
        case None:
            return
        case bool():
            sheet.write_boolean(row, place, value)
        case int() | float():
            sheet.write_number(row, place, value)
        case datetime() if not value.second:
            sheet.write_datetime(row, place, value, formats["time"])
        case datetime():
            sheet.write_string(row, place, value.isoformat(), formats["text"])
        case str() if (day := _date(value)) is not None:
            sheet.write_datetime(row, place, datetime(day.year, day.month, day.day), formats["date"])  # noqa: DTZ001 - a day of the calendar
        case _:
            sheet.write_string(row, place, str(value), formats["text"])


def _date(value: str) -> date | None:
    """The day that a text is, and nothing else: as `starts_on` has it."""
    try:
        return date.fromisoformat(value) if len(value) == len("2024-10-21") else None
    except ValueError:
        return None
