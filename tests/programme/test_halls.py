"""Halls in four formats, told apart, and refused with a clear word when they are not what they should be."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.programme.hall_files import own_document, pretix_plan, problems_of, read, vista_layout
from ticketing.kernel.errors import ImportRefused
from ticketing.programme import halls
from ticketing.programme.halls import HALL_BYTES_MAX, parse_hall, read_hall
from ticketing.programme.halls.own import hall_document
from ticketing.programme.layout import SeatKind
from ticketing.programme.problems import Problems

SCHEMA = json.loads((Path(halls.__file__).parent.parent / "hall.schema.json").read_text(encoding="utf-8"))


TEXT = """\
; a small hall
zone: premium
A 1-4 _ 5-8
zone: standard
B 1w 2c 3 4 _ 5r 6r 7-8@premium

# balcony | kk Балкон | ru Балкон | fr Balcon | en Balcony
A 6-1
area: promenade 40 @standing
""".encode()


def test_text_rows() -> None:
    layout = read(TEXT)
    kinds = {seat.seat: seat.kind for seat in layout.seats if seat.kind is not SeatKind.STANDARD}
    assert kinds == {
        "B-1": SeatKind.WHEELCHAIR,
        "B-2": SeatKind.COMPANION,
        "B-5": SeatKind.RESTRICTED,
        "B-6": SeatKind.RESTRICTED,
    }
    assert layout.seats[layout.index_of["B-2"]].companion_of == "B-1"
    assert [seat.zone for seat in layout.seats[:9]] == ["premium"] * 8 + ["standard"]
    assert layout.seats[layout.index_of["B-8"]].zone == "premium"
    assert [length for _, length in layout.runs] == [4, 4, 4, 4, 6]
    assert [section.kind for section in layout.sections] == ["stalls", "balcony"]
    assert layout.sections[1].name["kk"] == "Балкон"
    assert layout.places()[16] == "balcony/A-6"
    assert (layout.areas[0].capacity, layout.areas[0].zone) == (40, "standing")
    rows = [layout.seats[layout.index_of[label]].y for label in ("A-1", "B-1", "balcony/A-1")]
    assert rows == sorted(rows)
    assert layout.seats[0].x < layout.seats[1].x
    assert 0 < layout.focal[0] < layout.width
    assert rows[0] < layout.focal[1] < rows[1]


def test_text_rows_are_in_the_middle_unless_they_begin_at_the_left() -> None:
    centred, left = read(b"A 1-4\nB 1-2"), read(b"align: left\nA 1-4\nB 1-2")
    assert centred.seats[4].x == pytest.approx((centred.seats[1].x + centred.seats[0].x) / 2 + 27.5)
    assert left.seats[4].x == left.seats[0].x


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        (b"", None, "at least one row"),
        (b"; nothing but a note", None, "at least one row"),
        (b"A 1-4\nB 1 2 x", 2, "a seat such as"),
        (b"A 1-4\nB", 2, "at least one seat"),
        (b"A 1-9999", 1, "at most 2000"),
        (b"A 1 " + b"2 " * 3000, 1, "at most 2000"),
        (b"zome: premium\nA 1", 1, "zone perhaps"),
        (b"pitch: wide\nA 1", 1, "55 x 95"),
        (b"gap: -3\nA 1", 1, "centimetres"),
        (b"align: right\nA 1", 1, "left or centre"),
        (b"area: parterre\nA 1", 1, "parterre 80"),
        (b"# The Balcony\nA 1", 1, "a section's id"),
        (b"# balcony | xx Balcony\nA 1", 1, "names by language"),
        (b"A 1 1", None, "each name once"),
        (b"A 1 2c", None, "wheelchair place"),
        (b"A 1w 2-5c", None, "wheelchair place"),
        (b"zone: Premium!\nA 1", None, "lower case letters"),
        (b"\n".join(b"R%d 1-2000" % row for row in range(12)), 12, "20000 places"),
        (b"area: parterre 20000\nA 1", None, "20000 places"),
        (b"A 1\n" * 6000, 5001, "5000 lines"),
        (b"A \xff", None, "UTF-8"),
    ],
)
def test_a_slip_in_a_text_is_named_with_its_line(text: bytes, row: int | None, expected: str) -> None:
    problems = problems_of(text)
    assert any(problem.row == row and expected in problem.expected for problem in problems), problems


def test_our_own_json_fits_its_schema_and_comes_back_equal() -> None:
    for layout in (read(own_document()), read(TEXT), read(pretix_plan()), read(vista_layout())):
        document = hall_document(layout)
        jsonschema.validate(document, SCHEMA)
        assert read(document) == layout


def test_our_own_json_is_as_documented() -> None:
    documented = (Path(__file__).parents[2] / "docs" / "halls.md").read_text(encoding="utf-8")
    example = json.loads(documented.split("```json")[1].split("```")[0])
    jsonschema.validate(example, SCHEMA)
    layout = read(example)
    assert layout.places()[:4] == ["A-1", "A-2", "A-3", "A-4"]
    assert layout.runs == ((0, 2), (2, 2))
    text = documented.split("```text")[1].split("```")[0]
    assert read(text.encode()).capacity == 8 + 8 + 8 + 12 + 12 + 40


@pytest.mark.parametrize(
    ("path", "value", "column"),
    [
        ("format", "ticketing-hall/9", "format"),
        ("width", "wide", "width"),
        ("width", 0, "width"),
        ("width", 10**400, "width"),
        ("focal", [1], "focal"),
        ("focal", ["a", 1], "focal.[0]"),
        ("colour", "red", "colour"),
        ("sections", {}, "sections"),
        ("sections.0.rows", None, "sections[0].rows"),
        ("sections.0.kind", "attic", "sections[0].kind"),
        ("sections.0.name", {"kz": "Партер"}, "sections[0].name.kz"),
        ("sections.0.rows.0", [], "sections[0].rows[0]"),
        ("sections.0.rows.0.row", {}, "sections[0].rows[0].row"),
        ("sections.0.rows.0.runs.0", "A-1", "sections[0].rows[0].runs[0]"),
        ("sections.0.rows.0.runs.0.0.x", None, "sections[0].rows[0].runs[0][0].x"),
        ("sections.0.rows.0.runs.0.0.x", True, "sections[0].rows[0].runs[0][0].x"),
        ("sections.0.rows.0.runs.0.0.kind", "vip", "sections[0].rows[0].runs[0][0].kind"),
        ("sections.0.rows.0.runs.0.0.number", "1\u0000", "sections[0].rows[0].runs[0][0].number"),
        ("sections.0.rows.0.runs.0.0.number", "2", "seat"),
        ("sections.0.rows.0.runs.0.0.seat", "A-1", "sections[0].rows[0].runs[0][0].seat"),
        ("areas.0.capacity", 10**9, "areas[0].capacity"),
        ("areas.0.capacity", 2.5, "areas[0].capacity"),
    ],
)
def test_a_slip_in_our_own_json_is_named_with_its_path(path: str, value: Any, column: str) -> None:
    document = own_document()
    *parents, last = path.split(".")
    place: Any = document
    for name in parents:
        place = place[int(name)] if isinstance(place, list) else place[name]
    place[int(last) if isinstance(place, list) else last] = value
    assert column in [problem.column for problem in problems_of(document)]


def test_all_slips_of_a_hall_come_together() -> None:
    document = own_document()
    document["sections"][0]["rows"][0]["runs"][0] = [{"number": str(number), "x": "?"} for number in range(100)]
    assert len(problems_of(document)) == 200


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"[]",
        b"[" * 100_000,
        b'{"format": "ticketing-hall/1", "sections": ' + b"[" * 100_000,
        b'{"zones": NaN, "categories": []}',
        b'{"zones": 1, "categories": 1e999}',
        b'{"zones": {"a": 1}, "categories": 3}',
        b'{"SeatLayoutData": [1, 2]}',
        b'{"Areas": [null, 7, "x", {}]}',
        b'{"zones": [null, 7, {}], "categories": [{}], "size": {}}',
        b'{"format": "ticketing-hall/1"}',
        b'{"format": ["ticketing-hall/1"]}',
        b"\x00\x01\x02",
        b"PK\x03\x04",
    ],
)
def test_what_is_no_hall_is_refused(content: bytes) -> None:
    problems_of(content)


def test_more_than_a_hall_holds_is_refused() -> None:
    document = own_document()
    seats = [{"number": str(number), "x": number, "y": 300} for number in range(20_001)]
    document["sections"][0]["rows"] = [{"row": "A", "runs": [seats]}]
    assert problems_of(document)[0].column == "places"


def test_a_file_that_can_not_be_read_is_refused(tmp_path: Path) -> None:
    huge = tmp_path / "huge.json"
    with huge.open("wb") as stream:
        stream.truncate(HALL_BYTES_MAX + 1)
    for path in (huge, tmp_path, tmp_path / "none.json"):
        with pytest.raises(ImportRefused) as refusal:
            read_hall(path)
        assert refusal.value.data["count"] == 1
    good = tmp_path / "good.txt"
    good.write_bytes(TEXT)
    assert read_hall(good).capacity == 62


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_anything_in_the_place_of_anything_is_a_clear_problem(data: st.DataObject) -> None:
    document = data.draw(st.sampled_from([own_document, pretix_plan, vista_layout]))()
    place: Any = document
    while isinstance(place, dict | list) and place:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            place[key] = data.draw(JSON)
            break
        place = place[key]
    problems = Problems()
    layout = parse_hall(msgspec.json.encode(document), "hall", problems)
    assert (layout is None) == bool(problems.count)
