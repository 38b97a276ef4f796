"""Opening a programme: a folder of TOML files and halls, or one spreadsheet with a sheet a table."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from ticketing.kernel.i18n import Sentence
from ticketing.programme.halls import load_hall
from ticketing.programme.halls.text_rows import read_cells
from ticketing.programme.importing_sheets import UNPACKED_BYTES_MAX, read_workbook
from ticketing.programme.importing_tables import TABLES, Row, read_row
from ticketing.programme.layout import Layout, LayoutArea, LayoutSeat
from ticketing.programme.layout_check import check_layout
from ticketing.programme.problems import Problems, one_of, shown

FILES_MAX = 200
TOML_BYTES_MAX = 8_000_000
ROWS_PER_TABLE_MAX = 20_000
HALL_SHEET = "hall "


class Entry(msgspec.Struct):
    """A row as it stood in a file, unread."""

    file: str
    table: str
    number: int
    fields: dict[str, Any]


class ProgrammeFile(msgspec.Struct):
    """All that a programme says: its rows by table, in the order of the files, and the layouts of its halls."""

    rows: dict[str, list[Row]]
    layouts: dict[str, Layout]
    mentioned: set[tuple[str, tuple[str, ...]]]
    """Table and id of every entry, those that could not be read included: a reference to one is not unknown."""


def read_programme(path: Path) -> ProgrammeFile:
    """Read a programme apart from any database: types, ids, halls; references are looked at later.

    Raises ImportRefused with every problem that was found.
    """
    problems = Problems()
    programme = collect_programme(path, problems)
    problems.refuse_if_any()
    return programme


def collect_programme(
    path: Path, problems: Problems, *, unpacked_bytes_max: int = UNPACKED_BYTES_MAX
) -> ProgrammeFile:
    """What can be read of a programme; what can't is noted in `problems`. A workbook is read up to that size."""
    hall_sheets: dict[str, list[tuple[int, list[str]]]] = {}
    if path.is_dir():
        folder = path
        entries = list(_toml_entries(path, problems))
    elif path.suffix.lower() == ".xlsx":
        folder = path.parent
        entries = []
        for sheet in read_workbook(path, problems, unpacked_bytes_max):
            if sheet.name.startswith(HALL_SHEET):
                hall_sheets[sheet.name.removeprefix(HALL_SHEET).strip()] = sheet.cells
            else:
                entries += [Entry(path.name, sheet.name, number, fields) for number, fields in sheet.entries]
    else:
        problems.add(path.name, Sentence("a folder with TOML files, or one .xlsx file"))
        return ProgrammeFile({}, {}, set())
    if not entries and not problems.count:
        problems.add(path.name, Sentence("at least one table, %(rest)s", rest=one_of(TABLES)))
    rows = _rows(entries, problems)
    layouts = {
        hall.key[0]: layout
        for hall in rows.get("hall", [])
        if (layout := _hall_layout(hall, folder, path.name, hall_sheets, problems)) is not None
    }
    return ProgrammeFile(rows, layouts, {(entry.table, _raw_key(entry)) for entry in entries})


def _toml_entries(folder: Path, problems: Problems) -> Iterator[Entry]:
    files = sorted(folder.glob("*.toml"))
    if not files:
        problems.add(folder.name, Sentence("a folder with TOML files, such as festival.toml"))
    if len(files) > FILES_MAX:
        problems.add(folder.name, Sentence("at most %(most)s TOML files", most=FILES_MAX), value=len(files))
        return
    for file in files:
        document = _toml(file, problems)
        for table, entries in document.items():
            if table not in TABLES:
                expected = Sentence("a known table, %(rest)s", rest=one_of(TABLES, table))
                problems.add(file.name, expected, table=table, value=table)
                continue
            if not isinstance(entries, list):
                expected = Sentence("entries that begin with [[%(table)s]]", table=table)
                problems.add(file.name, expected, table=table, value=entries)
                continue
            for number, fields in enumerate(entries, start=1):
                if isinstance(fields, dict):
                    yield Entry(file.name, table, number, fields)
                else:
                    expected = Sentence("a table [[%(table)s]]", table=table)
                    problems.add(file.name, expected, table=table, row=number, value=fields)


def _toml(file: Path, problems: Problems) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            content = stream.read(TOML_BYTES_MAX + 1)
        if len(content) > TOML_BYTES_MAX:
            problems.add(file.name, Sentence("a file of at most %(most)s bytes", most=TOML_BYTES_MAX))
            return {}
        return tomllib.loads(content.decode("utf-8-sig"))
    except OSError as error:
        problems.add(file.name, Sentence("a file that can be read (%(why)s)", why=error.strerror or error))
    except UnicodeDecodeError as error:
        problems.add(file.name, Sentence("text in UTF-8"), value=Sentence("byte %(number)s", number=error.start))
    except ValueError as error:
        # A TOMLDecodeError says line and column; a number of thousands of digits is a plain ValueError.
        problems.add(file.name, Sentence("TOML (%(why)s)", why=error))
    except RecursionError:
        problems.add(file.name, Sentence("TOML that is not nested so deeply"))
    return {}


def _rows(entries: list[Entry], problems: Problems) -> dict[str, list[Row]]:
    """The entries as rows; an id that stands twice is told with both places."""
    rows: dict[str, list[Row]] = {}
    first: dict[tuple[str, tuple[str, ...]], Row] = {}
    counts: dict[str, int] = {}
    for entry in entries:
        counts[entry.table] = counts.get(entry.table, 0) + 1
        if counts[entry.table] > ROWS_PER_TABLE_MAX:
            if counts[entry.table] == ROWS_PER_TABLE_MAX + 1:
                problems.add(
                    entry.file, Sentence("at most %(most)s entries", most=ROWS_PER_TABLE_MAX), table=entry.table
                )
            continue
        row = read_row(entry.file, TABLES[entry.table], entry.number, entry.fields, problems)
        if row is None:
            continue
        other = first.setdefault((row.table, row.key), row)
        if other is not row:
            note = Sentence("each id once; %(file)s, row %(row)s has it too", file=other.file, row=other.number)
            column = TABLES[row.table].key[-1]
            problems.add(row.file, note, table=row.table, key=row.name, row=row.number, column=column)
            continue
        rows.setdefault(row.table, []).append(row)
    return rows


def _raw_key(entry: Entry) -> tuple[str, ...]:
    """The id of an entry as it stands in the file, for entries that can't be read."""
    columns = {column.name: column for column in TABLES[entry.table].columns}
    names = TABLES[entry.table].key
    return tuple(shown(entry.fields.get(name) or columns[name].default or "") for name in names)


def _hall_layout(
    hall: Row, folder: Path, source: str, sheets: dict[str, list[tuple[int, list[str]]]], problems: Problems
) -> Layout | None:
    """The layout of a hall: from the sheet of its name, or from the file it names beneath the folder."""
    name = hall.key[0]
    if hall.values["file"] is None:
        # Without a drawing a hall keeps the one it has; a new hall without one is refused where that is known.
        layout = read_cells(sheets[name], source, f"{HALL_SHEET}{name}", problems) if name in sheets else None
        return _renamed(layout, hall, problems) if layout else None
    path = _beneath(folder, hall.values["file"])
    if path is None:
        problems.add(
            hall.file,
            Sentence("a file beneath the programme's folder that is there"),
            table="hall",
            key=name,
            row=hall.number,
            column="file",
            value=hall.values["file"],
        )
        return None
    layout = load_hall(path, hall.values["file"], problems)
    return _renamed(layout, hall, problems) if layout else None


def _beneath(folder: Path, name: str) -> Path | None:
    """The file of that name beneath the folder, links followed; None where there is none."""
    try:
        path = (folder / name).resolve()
        return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
    except (OSError, RuntimeError):
        # A name too long for the file system, or links in a circle.
        return None


def _renamed(layout: Layout, hall: Row, problems: Problems) -> Layout | None:
    """The layout with the zones of its file given the festival's names, as the hall's `zones` says."""
    names: dict[str, str] = hall.values["zones"]
    if not names:
        return layout
    for name in names:
        if name not in layout.zones():
            expected = Sentence("a zone of the hall's file, %(rest)s", rest=one_of(layout.zones(), name))
            problems.add(
                hall.file, expected, table="hall", key=hall.name, row=hall.number, column="zones", value=name
            )

    def renamed(place: LayoutSeat | LayoutArea) -> Any:
        return msgspec.structs.replace(place, zone=names.get(place.zone, place.zone))

    changed = msgspec.structs.replace(
        layout, seats=tuple(map(renamed, layout.seats)), areas=tuple(map(renamed, layout.areas))
    )
    return changed if not check_layout(changed) else None
