"""Programme files apart from any database: folders, workbooks, and whatever else somebody hands in."""

import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.programme.programme_folder import FOYER, HALL, change
from ticketing.kernel.context import Context
from ticketing.kernel.errors import ImportRefused
from ticketing.kernel.i18n import Sentence
from ticketing.programme.importing import import_programme, read_programme
from ticketing.programme.importing_files import TOML_BYTES_MAX, ProgrammeFile
from ticketing.programme.importing_sheets import WORKBOOK_BYTES_MAX
from ticketing.programme.importing_tables import TABLES, read_row
from ticketing.programme.layout import layout_id
from ticketing.programme.problems import PROBLEMS_MAX, ImportProblem, Problems

DOCS = Path(__file__).parents[2] / "docs"


def problems_of(path: Path) -> tuple[ImportProblem, ...]:
    with pytest.raises(ImportRefused) as refusal:
        read_programme(path)
    problems: tuple[ImportProblem, ...] = refusal.value.data["problems"]
    assert all(problem.file and problem.expected for problem in problems)
    return problems


def write_workbook(path: Path, programme: ProgrammeFile) -> None:
    """The same programme as a workbook: a sheet a table, texts by language in columns, halls as drawings."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    workbook.create_sheet("_notes").append(["what we talked about"])
    for table, rows in programme.rows.items():
        sheet = workbook.create_sheet(table)
        columns: dict[str, None] = {}
        lines = []
        for row in rows:
            line: dict[str, Any] = {}
            for name, value in row.values.items():
                if isinstance(value, dict):
                    line |= {f"{name}.{part}": inner for part, inner in value.items()}
                elif isinstance(value, list):
                    line[name] = "; ".join(value)
                elif (table, name) != ("hall", "file") and value is not None:
                    line[name] = value
            lines.append(line)
            columns |= dict.fromkeys(line)
        sheet.append(list(columns))
        for line in lines:
            sheet.append([line.get(name) for name in columns])
    one = workbook.create_sheet("hall alatau-1")
    for text in HALL.replace("3-8", "3 4 5 6 7 8").replace("1-4 _ 5-8", "1 2 3 4 _ 5 6 7 8").split("\n"):
        words = text.split(" ") if not text.startswith("zone") else [text]
        # A number is a number in a spreadsheet, and an aisle is an empty cell.
        one.append([int(word) if word.isdigit() else None if word == "_" else word for word in words])
    workbook.create_sheet("hall alatau-foyer").append([FOYER])
    workbook.save(path)


async def test_a_workbook_says_the_same_as_a_folder(context: Context, folder: Path, tmp_path: Path) -> None:
    change(folder, "halls/one.txt", "\n", "\nalign: left\n")
    programme = read_programme(folder)
    workbook = tmp_path / "programme.xlsx"
    write_workbook(workbook, programme)
    again = read_programme(workbook)
    for table, rows in programme.rows.items():
        theirs = [row.values | {"file": None} for row in again.rows[table]]
        assert [row.values | {"file": None} for row in rows] == theirs, table
    assert layout_id(again.layouts["alatau-1"]) == layout_id(programme.layouts["alatau-1"])
    now = context.clock.now()
    await import_programme(context, folder, now=now)
    report = await import_programme(context, workbook, now=now)
    assert all((count.added, count.changed) == (0, 0) for count in report.tables.values())


def edit_workbook(path: Path, sheet: str, cell: str, value: Any) -> None:
    workbook = openpyxl.load_workbook(path)
    workbook[sheet][cell] = value
    workbook.save(path)


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        (("film", "A1", "flim"), ("film", 2, "flim")),
        (("film", "A1", None), ("film", 2, "A")),
        (("film", "B1", "film"), ("film", 1, "film")),
        (("price", "E3", "cheap"), ("price", 3, "amount")),
        (("hall alatau-1", "B3", "1x"), ("hall alatau-1", 3, "A, word 2")),
        (("hall alatau-1", "J3", "next to the door"), ("hall alatau-1", 3, "A, word 10")),
    ],
)
def test_a_slip_in_a_workbook_is_named_with_its_cell(
    folder: Path, tmp_path: Path, edit: tuple[str, str, Any], place: tuple[str, int, str]
) -> None:
    workbook = tmp_path / "programme.xlsx"
    write_workbook(workbook, read_programme(folder))
    edit_workbook(workbook, *edit)
    assert place in [(problem.table, problem.row, problem.column) for problem in problems_of(workbook)]


def test_a_sheet_of_an_unknown_name_is_refused(folder: Path, tmp_path: Path) -> None:
    workbook = tmp_path / "programme.xlsx"
    write_workbook(workbook, read_programme(folder))
    book = openpyxl.load_workbook(workbook)
    book.create_sheet("screenings")
    book.save(workbook)
    (problem,) = problems_of(workbook)
    assert problem.table == "screenings"
    assert "screening perhaps" in problem.expected


def test_what_is_no_programme_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    text = tmp_path / "programme.txt"
    text.write_text("hello", encoding="utf-8")
    no_workbook = tmp_path / "programme.xlsx"
    no_workbook.write_bytes(b"hello")
    other_zip = tmp_path / "other.xlsx"
    with zipfile.ZipFile(other_zip, "w") as archive:
        archive.writestr("hello.txt", "hello")
    bomb = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/workbook.xml", "w") as member,
    ):
        for _ in range(310):
            member.write(b"\0" * 1_000_000)
    large = tmp_path / "large.xlsx"
    with large.open("wb") as stream:
        stream.truncate(WORKBOOK_BYTES_MAX + 1)
    blank = tmp_path / "blank.xlsx"
    openpyxl.Workbook().save(blank)
    for path in (
        empty,
        text,
        no_workbook,
        other_zip,
        bomb,
        large,
        blank,
        tmp_path / "none",
        tmp_path / "none.xlsx",
    ):
        assert len(problems_of(path)) == 1, path.name


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[[film]\n", "line 1"),
        (b'film = "one"', "[[film]]"),
        (b"film = [1, 2]", "[[film]]"),
        (b"[[filn]]", "film perhaps"),
        (b"a = " + b"[" * 10_000, "nested"),
        (b"a = " + b"9" * 10_000, "TOML"),
        (b"a = '\xff'", "UTF-8"),
        (b"# " + b"x" * TOML_BYTES_MAX, "bytes"),
        (b"[[film]]\nfilm = 1979-05-27", "a text"),
        (b'[[film]]\nfilm = "a\\u0000b"', "control"),
    ],
)
def test_what_is_no_toml_is_refused(tmp_path: Path, content: bytes, expected: str) -> None:
    (tmp_path / "festival.toml").write_bytes(content)
    problems = problems_of(tmp_path)
    assert any(expected in problem.expected for problem in problems), problems


@pytest.mark.parametrize(
    "file",
    ["/etc/hostname", "../outside.txt", "halls", "halls/link.txt", "halls/loop", "halls/\u0000", "h" * 290],
)
def test_a_hall_stays_beneath_its_folder(folder: Path, tmp_path: Path, file: str) -> None:
    (tmp_path / "outside.txt").write_text("A 1-8", encoding="utf-8")
    (folder / "halls" / "link.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "halls" / "loop").symlink_to(folder / "halls" / "loop")
    change(folder, "screenings.toml", '"halls/one.txt"', '"' + file.replace("\0", "\\u0000") + '"')
    (problem,) = problems_of(folder)
    assert (problem.table, problem.column, problem.row) == ("hall", "file", 1)


def test_zones_of_a_hall_are_renamed(folder: Path) -> None:
    change(
        folder, "screenings.toml", 'file = "halls/one.txt"', 'file = "halls/one.txt"\nzones = { premium = "vip" }'
    )
    assert read_programme(folder).layouts["alatau-1"].zones() == ("standard", "vip")
    change(folder, "screenings.toml", "zones = { premium", "zones = { premum")
    assert "premium perhaps" in problems_of(folder)[0].expected


def test_problems_stop_at_a_thousand_and_are_counted_on(tmp_path: Path) -> None:
    (tmp_path / "films.toml").write_text("[[film]]\n" * 400, encoding="utf-8")
    with pytest.raises(ImportRefused) as refusal:
        read_programme(tmp_path)
    assert len(refusal.value.data["problems"]) == PROBLEMS_MAX
    assert refusal.value.data["count"] == 400 * 7


def test_a_problem_reads_like_a_sentence() -> None:
    expected = Sentence("a number")
    problem = ImportProblem("festival.toml", "price", "week/standard", 3, "amount", "cheap", expected)
    assert str(problem) == "festival.toml, price, row 3, “week/standard”, amount: found cheap; expected a number"


def test_the_documentation_names_every_table_and_column() -> None:
    documented = (DOCS / "import.md").read_text(encoding="utf-8")
    for table in TABLES.values():
        chapter = documented.split(f"### {table.name}\n")[1].split("\n##")[0]
        for column in table.columns:
            names = [cell for line in chapter.splitlines() for cell in line.split("|")[1:2]]
            words = {word.strip(" *") for cell in names for word in cell.split(",")}
            assert column.name in words, f"{table.name}.{column.name}"
            bold = any(f"**{column.name}**" in cell for cell in names)
            assert bold == column.required, f"{table.name}.{column.name}"


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.datetimes()
    | st.dates()
    | st.times()
    | st.just("9" * 6000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(TABLES)), st.data())
def test_anything_in_any_column_is_taken_or_named(name: str, data: st.DataObject) -> None:
    table = TABLES[name]
    entry = {column.name: data.draw(ANYTHING) for column in table.columns}
    problems = Problems()
    row = read_row("file.toml", table, 1, entry, problems)
    assert (row is None) == bool(problems.count)
    assert all(str(problem) for problem in problems.found)


@pytest.mark.parametrize(
    ("column", "value", "read"),
    [
        ("starts_at", "2024-10-21T19:00", datetime(2024, 10, 21, 19, 0)),  # noqa: DTZ001 - local, until the venue is known
        ("starts_at", "2024-10-21 19:00:30", datetime(2024, 10, 21, 19, 0, 30)),  # noqa: DTZ001
        ("starts_at", "2024-10-21", None),
        ("starts_at", "9999-12-31T23:59", None),
        ("starts_at", "0001-01-01T00:00+14:00", None),
        ("starts_at", date(2024, 10, 21), None),
        ("doors_minutes_before", 15.0, 15),
        ("doors_minutes_before", "15", None),
        ("title", {"kk": " Кездесу "}, {"kk": "Кездесу"}),
        ("title", {}, None),
        ("title", "Meeting", None),
    ],
)
def test_values_are_read_as_they_are_meant(column: str, value: Any, read: Any) -> None:
    entry = {
        "festival": "week",
        "screening": "mo-19",
        "hall": "one",
        "starts_at": "2024-10-21T19:00",
        "title": {"en": "M"},
    } | {column: value}
    row = read_row("file.toml", TABLES["screening"], 1, entry, Problems())
    assert (row.values[column] if row else None) == read
