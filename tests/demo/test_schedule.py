"""The demo's promises: always on sale, doors open, nothing moves."""

import itertools
import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketing.demo import draw_halls
from ticketing.demo.schedule import DATA, PlannedScreening, planned_screenings, write_demo

QUARTER = timedelta(minutes=15)
# Ordinary days, the turn of a year, and the two nights on which Paris changes its clocks.
WEEKS = [
    datetime(2026, 11, 21, tzinfo=UTC),
    datetime(2026, 12, 29, tzinfo=UTC),
    datetime(2027, 3, 26, tzinfo=UTC),
    datetime(2027, 10, 29, tzinfo=UTC),
    datetime(2028, 2, 27, tzinfo=UTC),
]
MOMENTS = st.datetimes(datetime(2024, 6, 1), datetime(2040, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001


def on_sale(screenings: list[PlannedScreening], now: datetime) -> list[PlannedScreening]:
    return [found for found in screenings if found.sales_open_at <= now < found.sales_close_at]


def earliest_on_sale(screenings: list[PlannedScreening], now: datetime) -> list[PlannedScreening]:
    """Those that start first; several where they start together, since then anybody may take any."""
    offered = on_sale(screenings, now)
    first = min(found.starts_at for found in offered)
    return [found for found in offered if found.starts_at == first]


@pytest.mark.parametrize("start", WEEKS, ids=lambda start: start.date().isoformat())
def test_the_earliest_screening_on_sale_always_has_its_doors_open(start: datetime) -> None:
    for quarter in range(5 * 24 * 4):
        now = start + quarter * QUARTER
        for found in earliest_on_sale(planned_screenings(now), now):
            assert found.doors_at <= now < found.ends_at, (now, found.screening_id)


@given(now=MOMENTS, later=st.integers(0, 24 * 60))
@settings(max_examples=150, deadline=None)
def test_it_holds_at_any_minute_and_for_a_day_without_a_new_import(now: datetime, later: int) -> None:
    then = now + timedelta(minutes=later)
    for found in earliest_on_sale(planned_screenings(now), then):
        assert found.doors_at <= then < found.ends_at, (now, then, found.screening_id)


@given(now=MOMENTS, hours=st.integers(1, 48))
@settings(max_examples=60, deadline=None)
def test_written_again_later_nothing_has_moved(now: datetime, hours: int) -> None:
    before = {found.screening_id: found for found in planned_screenings(now)}
    after = {found.screening_id: found for found in planned_screenings(now + timedelta(hours=hours))}
    for screening_id in before.keys() & after.keys():
        assert before[screening_id] == after[screening_id]
    gone = before.keys() - after.keys()
    assert all(before[screening_id].ends_at <= now + timedelta(hours=hours) for screening_id in gone)


@given(now=MOMENTS)
@settings(max_examples=60, deadline=None)
def test_two_screenings_never_overlap_in_one_hall(now: datetime) -> None:
    by_hall: dict[str, list[PlannedScreening]] = {}
    for found in planned_screenings(now):
        by_hall.setdefault(found.slot.hall, []).append(found)
    for screenings in by_hall.values():
        for one, other in itertools.pairwise(screenings):
            assert one.ends_at <= other.starts_at, (one.screening_id, other.screening_id)


@given(now=MOMENTS)
@settings(max_examples=60, deadline=None)
def test_a_week_is_on_sale(now: datetime) -> None:
    offered = Counter(found.slot.festival for found in on_sale(planned_screenings(now), now))
    assert offered["premieres"] >= 38
    assert offered["kazakh-week"] >= 5
    names = {found.slot.name for found in planned_screenings(now)}
    assert {"meeting", "tulpar-free", "nurly-dala-gala"} <= names


def test_a_folder_is_a_whole_import(tmp_path) -> None:
    now = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
    write_demo(tmp_path / "demo", now)
    write_demo(tmp_path / "demo", now)  # again into the same folder
    tables: dict[str, list[dict[str, object]]] = {}
    for file in (tmp_path / "demo").glob("*.toml"):
        for name, entries in tomllib.loads(file.read_text(encoding="utf-8")).items():
            tables.setdefault(name, []).extend(entries)
    assert {name: len(entries) for name, entries in tables.items() if name in ("festival", "film", "hall")} == {
        "festival": 2,
        "film": 24,
        "hall": 7,
    }
    assert len(tables["screening"]) == len(planned_screenings(now))
    for hall in tables["hall"]:
        assert (tmp_path / "demo" / str(hall["file"])).is_file()


def test_every_text_is_there_in_four_languages() -> None:
    def texts(value: object):
        if isinstance(value, dict):
            if value.keys() & {"kk", "ru", "fr", "en"}:
                yield value
            for inner in value.values():
                yield from texts(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from texts(inner)

    for file in DATA.glob("*.toml"):
        for text in texts(tomllib.loads(file.read_text(encoding="utf-8"))):
            assert text.keys() == {"kk", "ru", "fr", "en"}, (file.name, text)
            assert all(text.values()), (file.name, text)


def test_the_drawn_halls_are_what_the_generator_draws() -> None:
    for name, document in draw_halls.drawn_halls().items():
        assert (draw_halls.HALLS / name).read_text(encoding="utf-8") == document
