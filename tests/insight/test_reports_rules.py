"""The rules of the reports: weeks, periods, the estimate of the tax, and texts that look like formulas."""

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from ticketing.insight.reports.facts import film_week, tsa_estimate
from ticketing.insight.reports.formats import CELL_SIGNS_MAX, write_csv, write_xlsx
from ticketing.insight.reports.period import Period, choose_period, whole_weeks
from ticketing.insight.reports.table import Column, ColumnKind, Sheet, units
from ticketing.kernel.errors import InvalidPeriod
from ticketing.kernel.money import Money
from ticketing.programme.festival_rules import FestivalRules
from ticketing.programme.model import Festival

TODAY = date(2026, 11, 22)


def festival(starts_on: date, ends_on: date) -> Festival:
    return Festival("week", {}, {}, (), "KZ", "KZT", "Asia/Almaty", starts_on, ends_on, {}, FestivalRules())


def chosen(
    first_day: date | None = None,
    last_day: date | None = None,
    week: date | None = None,
    of: Festival | None = None,
) -> Period:
    return choose_period(first_day=first_day, last_day=last_day, week=week, festival=of, today=TODAY)


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        (date(2024, 10, 15), date(2024, 10, 9)),  # a Tuesday: the last day of its week
        (date(2024, 10, 16), date(2024, 10, 16)),  # a Wednesday: the first
        (date(2024, 10, 17), date(2024, 10, 16)),
        (date(2025, 1, 1), date(2025, 1, 1)),
        (date(2025, 12, 31), date(2025, 12, 31)),
        (date(2026, 1, 6), date(2025, 12, 31)),
    ],
)
def test_a_film_week_runs_from_wednesday_to_tuesday(day: date, begins: date) -> None:
    assert film_week(day) == begins


def test_periods() -> None:
    wednesday, tuesday = date(2026, 11, 18), date(2026, 11, 24)
    assert chosen(week=TODAY) == Period(wednesday, tuesday)
    assert chosen(TODAY, TODAY) == Period(TODAY, TODAY)
    assert chosen(of=festival(TODAY, tuesday)) == Period(TODAY, tuesday)
    assert chosen(TODAY, TODAY, of=festival(wednesday, wednesday)) == Period(TODAY, TODAY)
    everything = chosen()
    assert (TODAY - everything.first_day).days == 200
    assert (everything.last_day - everything.first_day).days + 1 == 400
    assert whole_weeks(Period(TODAY, tuesday)) == Period(wednesday, tuesday)
    assert whole_weeks(Period(tuesday, date(2026, 11, 25))) == Period(wednesday, date(2026, 12, 1))
    with pytest.raises(InvalidPeriod):
        chosen(of=festival(date(2020, 1, 1), date(2026, 1, 1)))


@pytest.mark.parametrize(
    ("takings", "estimate"), [(0, 0), (1, 0), (4, 0), (5, 1), (1000, 107), (10_000, 1072), (350_000, 37_520)]
)
def test_the_tax_is_estimated_to_the_cent(takings: int, estimate: int) -> None:
    assert tsa_estimate(takings, "EUR", "FR") == Money(estimate, "EUR")
    assert tsa_estimate(takings, "KZT", "KZ") is None


def test_money_keeps_its_cents() -> None:
    assert str(units(Money(350_000, "KZT"))) == "3500.00"
    assert str(units(Money(5, "EUR"))) == "0.05"
    assert units(None) is None


def written(text: str) -> tuple[str, str | None, str]:
    """A text as it is read back: from CSV, from XLSX, and what XLSX says it is."""
    sheet = Sheet.of("Takings", (Column("Title"), Column("Takings", ColumnKind.MONEY)), [(text, Decimal("-1.50"))])
    rows = list(csv.reader(io.StringIO(write_csv([sheet], "en").decode("utf-8-sig"), newline="")))
    assert rows[1][1] == "-1.50"
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx([sheet], [], "en")))
    cell = book.worksheets[0].cell(2, 1)
    assert book.worksheets[0].cell(2, 2).value == -1.5
    return rows[1][0], cell.value, cell.data_type


@pytest.mark.parametrize("text", ["=1+1", "+7 727", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_a_text_is_no_formula(text: str) -> None:
    in_csv, in_xlsx, kind = written(text)
    assert in_csv == f"'{text}"
    # In XLSX it is whole; openpyxl leaves a carriage return as the file escapes it.
    assert (in_xlsx or "").replace("_x000D_", "\r") == text
    assert kind != "f"


@settings(max_examples=60, deadline=None)
@given(some.text(some.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=50))
def test_any_text_is_written_as_it_is(text: str) -> None:
    in_csv, in_xlsx, kind = written(text)
    assert in_csv in (text, f"'{text}")
    assert in_csv[:1] not in ("=", "+", "-", "@")
    assert kind != "f"
    assert (in_xlsx or "") == text


def test_a_long_text_is_cut_rather_than_lost() -> None:
    assert written("A" * (CELL_SIGNS_MAX + 1))[1] == "A" * CELL_SIGNS_MAX
