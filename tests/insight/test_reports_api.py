"""Reports over HTTP: who may have them, how they are asked for, and the files read back."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import httpx
import openpyxl
import pytest

from tests.insight.reported_week import FORMULA, ReportedWeek
from tests.web.conftest import running
from ticketing.kernel.context import Context
from ticketing.staff.model import Role
from ticketing.web.app import create_app

REPORTS = ["admissions", "takings", "totals", "screening-statement", "weekly-return"]


@pytest.fixture
async def week(week: ReportedWeek) -> ReportedWeek:
    """A week with five tickets sold, and one screening of a film with a dangerous name."""
    await week.office.sell("A-1", "A-2", screening=week.midnight)
    await week.office.sell("B-1", "B-2", "B-3", screening=week.screenings[-1])
    await week.seal()
    return week


@pytest.fixture
async def client(context: Context, week: ReportedWeek) -> AsyncIterator[httpx.AsyncClient]:
    """An organiser who reads English."""
    app = create_app(context=context)
    async with (
        running(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://tickets.test/api/v1/reports"
        ) as opened,
    ):
        opened.headers["authorization"] = f"Bearer {await week.factory.staff(Role.ORGANISER)}"
        opened.headers["accept-language"] = "en"
        yield opened


def table(answer: httpx.Response) -> list[list[str]]:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), strict=True))


def workbook(answer: httpx.Response) -> dict[str, list[tuple[Any, ...]]]:
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


@pytest.mark.parametrize("role", [Role.DOOR, Role.BOX_OFFICE, Role.SUPERVISOR])
async def test_others_may_not(client: httpx.AsyncClient, week: ReportedWeek, role: Role) -> None:
    answer = await client.get("/takings", headers={"authorization": f"Bearer {await week.factory.staff(role)}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_the_public_may_not(client: httpx.AsyncClient) -> None:
    del client.headers["authorization"]
    answer = await client.get("/takings")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_an_unknown_report_tells_which_there_are(client: httpx.AsyncClient) -> None:
    answer = await client.get("/profits")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    problem = answer.json()
    assert (problem["code"], problem["reports"]) == ("unknown_report", REPORTS)
    assert all(report in problem["detail"] for report in REPORTS)


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"format": "docx"}, 422, "invalid_field"),
        ({"from": "yesterday", "to": "2026-11-20"}, 422, "invalid_field"),
        ({"week": "2026-13-01"}, 422, "invalid_field"),
        ({"festival": "No Such Name"}, 422, "invalid_field"),
        ({"festival": "no-such-festival"}, 404, "unknown_festival"),
        ({"from": "2026-11-20"}, 422, "invalid_period"),
        ({"to": "2026-11-20"}, 422, "invalid_period"),
        ({"from": "2026-11-20", "to": "2026-11-19"}, 422, "invalid_period"),
        ({"from": "2026-01-01", "to": "2027-02-05"}, 422, "invalid_period"),
        ({"from": "2026-01-01", "to": "2026-01-02", "week": "2026-01-01"}, 422, "invalid_period"),
        ({"week": "0001-01-01"}, 422, "invalid_period"),
        ({"week": "9999-12-31"}, 422, "invalid_period"),
    ],
)
async def test_bad_questions(client: httpx.AsyncClient, asked: dict[str, str], status: int, code: str) -> None:
    for report in REPORTS:
        answer = await client.get(f"/{report}", params=asked)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["detail"]


async def test_a_refusal_is_in_the_callers_language(client: httpx.AsyncClient) -> None:
    answer = await client.get("/takings?from=2026-11-20", headers={"accept-language": "kk"})
    assert "күн" in answer.json()["detail"]
    assert answer.json()["days_max"] == 400


@pytest.mark.parametrize("report", REPORTS)
async def test_four_hundred_days_are_the_most(client: httpx.AsyncClient, report: str) -> None:
    for days, status in ((399, 200), (400, 422)):
        last = date(2026, 1, 1) + timedelta(days=days)
        answer = await client.get(f"/{report}", params={"from": "2026-01-01", "to": str(last)})
        assert answer.status_code == status


@pytest.mark.parametrize("report", REPORTS)
async def test_json_says_what_it_covers(client: httpx.AsyncClient, week: ReportedWeek, report: str) -> None:
    answer = await client.get(f"/{report}", params={"festival": week.paris})
    starts_on = await week.fetchval("select starts_on from festival where festival_id = $1", week.paris)
    assert answer.headers["cache-control"] == "no-store"
    made = answer.json()
    assert (made["report"], made["festival"]) == (report, week.paris)
    # The festival's days, where nothing is said; the weekly return is never of half a week.
    assert made["from"] <= str(starts_on)
    assert (made["from"] == str(starts_on)) == (report != "weekly-return" or starts_on.weekday() == 2)
    assert datetime.fromisoformat(made["as_of"]).tzinfo is not None
    assert made["notice"]
    everything = (await client.get(f"/{report}")).json()
    assert everything["festival"] is None
    assert len(everything["rows"]) > len(made["rows"])


async def test_declarations_claim_nothing(client: httpx.AsyncClient) -> None:
    for report, article in (("screening-statement", "D212-85"), ("weekly-return", "D212-88")):
        notice = (await client.get(f"/{report}")).json()["notice"]
        assert article in notice
        assert "no homologated declaration" in notice


async def test_takings_as_csv(client: httpx.AsyncClient, week: ReportedWeek) -> None:
    answer = await client.get("/takings", params={"format": "csv", "week": str(week.week)})
    last = week.week + timedelta(days=6)
    name = f"takings_{week.week}_{last}.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    headings, *rows = table(answer)
    lines = [dict(zip(headings, row, strict=True)) for row in rows]
    assert [(line["Takings"], line["Currency"], line["Sold"], line["TSA (estimate)"]) for line in lines] == [
        ("7000.00", "KZT", "2", ""),
        ("10500.00", "EUR", "3", "1125.60"),
    ]
    assert lines[0]["Version"] == "original version"
    assert lines[0]["Week from"] == str(week.week)


async def test_the_statement_as_csv(client: httpx.AsyncClient, week: ReportedWeek) -> None:
    headings, *rows = table(
        await client.get("/screening-statement", params={"format": "csv", "week": str(week.week)})
    )
    lines = [dict(zip(headings, row, strict=True)) for row in rows]
    line = next(one for one in lines if one["Screening"] == week.midnight and one["Tariff"] == "Full price")
    assert line["Starts at"] == f"{week.week}T01:00+05:00"
    assert (line["First number issued"], line["First number for the next screening"]) == ("1", "3")
    assert (line["Rights issued"], line["Issued in pre-sale"], line["Price"]) == ("2", "2", "3500.00")
    # What would be a formula is a text.
    assert line["Original title"] == f"'{FORMULA}"


async def test_the_weekly_return_as_csv_is_one_table(client: httpx.AsyncClient, week: ReportedWeek) -> None:
    headings, *rows = table(await client.get("/weekly-return", params={"format": "csv", "week": str(week.week)}))
    lines = [dict(zip(headings, row, strict=True)) for row in rows]
    assert len(set(headings)) == len(headings)
    assert headings[0] == "Part"
    for part in ("Days", "Screenings", "Tariffs of the week"):
        assert sum(float(line["Takings"]) for line in lines if line["Part"] == part) == 17_500
    assert {"Visa number", "Distributor", "Rental rate, percent", "Flat rate", "Distributor's share"} <= set(
        headings
    )
    shares = [
        (line["Distributor"], line["Rental rate, percent"], line["Flat rate"], line["Rental base (estimate)"],
         line["Distributor's share"], line["Currency of the share"])
        for line in lines if line["Part"] == "Distributors" and line["Currency"] == "EUR"
    ]  # fmt: skip
    assert shares == [
        ("Haut et Court", "47.50", "", "8827.01", "4192.83", "EUR"),
        ("Kazakhfilm", "", "20000.01", "8827.01", "40000.02", "KZT"),
    ]
    day = next(line for line in lines if line["Part"] == "Days" and line["Day"] == str(week.week))
    assert (day["Number of screenings"], day["Times of screenings"]) == ("2", "01:00, 19:30")


async def test_xlsx_is_read_back(client: httpx.AsyncClient, week: ReportedWeek) -> None:
    answer = await client.get("/screening-statement", params={"format": "xlsx", "week": str(week.week)})
    sheets = workbook(answer)
    assert list(sheets) == ["Statement per screening", "About this report"]
    headings, *rows = sheets["Statement per screening"]
    lines = [dict(zip(headings, row, strict=True)) for row in rows]
    line = next(one for one in lines if one["Screening"] == week.midnight and one["Tariff"] == "Full price")
    assert line["Takings"] == 7000
    assert line["Starts at"] == datetime.combine(week.week, datetime.min.time()) + timedelta(hours=1)
    assert line["Original title"] == FORMULA
    assert line["First number for the next screening"] == 3
    assert dict(sheets["About this report"])["From"] == str(week.week)


async def test_no_cell_is_a_formula(client: httpx.AsyncClient) -> None:
    for report in REPORTS:
        book = openpyxl.load_workbook(io.BytesIO((await client.get(f"/{report}?format=xlsx")).content))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        # openpyxl itself takes a text with "=" for a formula unless the file says that it is a text.
        assert not [cell for cell in cells if cell.data_type == "f"]
        assert not [cell for cell in cells if cell.hyperlink]


@pytest.mark.parametrize(("language", "heading"), [("kk", "Түсім"), ("ru", "Выручка"), ("fr", "Recettes")])
async def test_headings_are_in_the_callers_language(client: httpx.AsyncClient, language: str, heading: str) -> None:
    for report in ("takings", "screening-statement", "weekly-return"):
        asked = await client.get(f"/{report}?format=csv", headers={"accept-language": language})
        assert asked.headers["content-language"] == language
        assert heading in table(asked)[0]
        sheets = workbook(await client.get(f"/{report}?format=xlsx", headers={"accept-language": language}))
        assert heading in next(iter(sheets.values()))[0]
        assert all(0 < len(name) <= 31 for name in sheets)


async def test_an_empty_report_has_its_headings(client: httpx.AsyncClient) -> None:
    for report in REPORTS:
        assert (await client.get(f"/{report}?week=2001-01-01")).json()["rows"] == []
        assert len(table(await client.get(f"/{report}?format=csv&week=2001-01-01"))) == 1
        assert all(workbook(await client.get(f"/{report}?format=xlsx&week=2001-01-01")).values())


async def test_too_many_at_once_are_asked_to_wait(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(client.get("/weekly-return?format=xlsx") for _ in range(40)))
    statuses = {answer.status_code for answer in answers}
    assert 200 in statuses
    assert statuses <= {200, 429}
    assert all(answer.json()["transient"] for answer in answers if answer.status_code == 429)
