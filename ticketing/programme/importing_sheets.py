"""A spreadsheet as tables: a sheet a table, its first row the columns; `hall …` sheets are drawings of halls."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import msgspec
import openpyxl

from ticketing.kernel.i18n import Sentence
from ticketing.programme.importing_tables import TABLES
from ticketing.programme.problems import Problems, one_of

WORKBOOK_BYTES_MAX = 32_000_000
UNPACKED_BYTES_MAX = 300_000_000
SHEETS_MAX = 100
SHEET_ROWS_MAX = 20_001
SHEET_COLUMNS_MAX = 1000

# What openpyxl raises at a file that is no workbook, or a broken one.
BROKEN = (
    OSError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    EOFError,
    zipfile.BadZipFile,
    ParseError,
)


class Sheet(msgspec.Struct):
    """A sheet: `entries` of a table by row number, or the `cells` of a hall's drawing."""

    name: str
    entries: list[tuple[int, dict[str, Any]]]
    cells: list[tuple[int, list[str]]]


def read_workbook(path: Path, problems: Problems, unpacked_bytes_max: int = UNPACKED_BYTES_MAX) -> list[Sheet]:
    """The sheets of a workbook that are tables or halls; one that begins with `_` is a note and is left out."""
    sheets: list[Sheet] = []
    if not _is_sound(path, problems, unpacked_bytes_max):
        return sheets
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except BROKEN as error:
        problems.add(path.name, Sentence("an .xlsx workbook (%(why)s)", why=type(error).__name__))
        return sheets
    try:
        for worksheet in workbook.worksheets[:SHEETS_MAX]:
            title = worksheet.title.strip()
            if title.startswith("_"):
                continue
            try:
                rows = list(
                    worksheet.iter_rows(max_row=SHEET_ROWS_MAX, max_col=SHEET_COLUMNS_MAX, values_only=True)
                )
            except BROKEN as error:
                expected = Sentence("a sheet that can be read (%(why)s)", why=type(error).__name__)
                problems.add(path.name, expected, table=title)
                continue
            if title.startswith("hall "):
                sheets.append(Sheet(title, [], list(_cells(rows))))
            elif title in TABLES:
                sheets.append(Sheet(title, list(_entries(path.name, title, rows, problems)), []))
            else:
                rest = one_of(TABLES, title)
                expected = Sentence("a sheet named after a table, %(rest)s; or “hall …”, or _notes", rest=rest)
                problems.add(path.name, expected, table=title, value=title)
    finally:
        workbook.close()
    return sheets


def _is_sound(path: Path, problems: Problems, unpacked_bytes_max: int) -> bool:
    """Small enough, packed and unpacked: a zip of a few kilobytes can unpack to gigabytes."""
    try:
        packed = path.stat().st_size
        if packed > WORKBOOK_BYTES_MAX:
            expected = Sentence("a workbook of at most %(most)s bytes", most=WORKBOOK_BYTES_MAX)
            problems.add(path.name, expected, value=packed)
            return False
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        problems.add(path.name, Sentence("an .xlsx workbook (%(why)s)", why=error))
        return False
    if unpacked > unpacked_bytes_max:
        expected = Sentence("a workbook of at most %(most)s bytes unpacked", most=unpacked_bytes_max)
        problems.add(path.name, expected, value=unpacked)
        return False
    return True


def _entries(
    file: str, table: str, rows: list[tuple[Any, ...]], problems: Problems
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows below the header as entries; `name.kk` and `name.ru` come together in one field `name`."""
    header = [str(cell).strip() if cell is not None else "" for cell in (rows[0] if rows else ())]
    named = [name for name in header if name]
    for name in {name for name in named if named.count(name) > 1}:
        problems.add(file, Sentence("each column once"), table=table, row=1, column=name)
    for number, cells in enumerate(rows[1:], start=2):
        entry: dict[str, Any] = {}
        for index, cell in enumerate(cells):
            if cell is None or (isinstance(cell, str) and not cell.strip()):
                continue
            name = header[index] if index < len(header) else ""
            if not name:
                problems.add(
                    file,
                    Sentence("a column name above the value"),
                    table=table,
                    row=number,
                    column=_letters(index),
                    value=cell,
                )
                continue
            field, dot, part = name.partition(".")
            if not dot:
                entry[field] = cell
            elif isinstance(parts := entry.setdefault(field, {}), dict):
                parts[part] = cell
        if entry:
            yield number, entry


def _cells(rows: list[tuple[Any, ...]]) -> Iterator[tuple[int, list[str]]]:
    """The rows of a drawing as words; numbers lose the `.0` that spreadsheets give them."""
    for number, cells in enumerate(rows, start=1):
        words = [_word(cell) for cell in cells]
        while words and not words[-1]:
            words.pop()
        yield number, words


def _word(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _letters(index: int) -> str:
    """The column as a spreadsheet names it: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
