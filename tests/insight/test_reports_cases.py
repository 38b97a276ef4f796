"""What is rare in a festival and must still be right in its reports."""

from datetime import timedelta

import pytest

from tests.insight.reported_week import ReportedWeek, report
from ticketing.insight.reports.making import ROWS_MAX, SQL
from ticketing.kernel import errors
from ticketing.sales.changes.exchange import exchange_tickets
from ticketing.sales.changes.rules import ExchangeWish


async def test_an_exchange_cancels_one_right_and_issues_another(week: ReportedWeek) -> None:
    sales = week.office.house.sales
    order = await week.office.sell("A-1", screening=week.midnight)
    for seat, screening, tariff in (("B-1", week.midnight, "student"), ("A-1", week.screenings[2], "student")):
        hold = await week.office.hold(seat, screening=screening)
        wish = ExchangeWish(order.tickets[0].ticket, tariff=tariff)
        await exchange_tickets(sales, order.order, order.secret or "", [wish], hold_id=hold.hold)
    await week.seal()
    made = await report(week, "screening-statement", festival=week.almaty, week=week.week)
    lines = {(row["screening"], line["tariff"]): line for row in made["rows"] for line in row["tariffs"]}

    def figures(screening: str, tariff: str) -> tuple[int, ...]:
        line = lines[screening, tariff]
        return (line["issued"], line["cancelled"], line["cancelled_in_presale"], line["next_number"], line["takings"]["amount"])  # fmt: skip  # noqa: E501

    assert figures(week.midnight, "full") == (1, 1, 1, 2, 0)
    assert figures(week.midnight, "student") == (1, 1, 1, 2, 0)
    assert figures(week.screenings[2], "student") == (1, 0, 0, 2, 200_000)
    assert figures(week.screenings[2], "full") == (0, 0, 0, 1, 0)


async def test_rights_of_a_moment_ago_are_counted_before_they_are_numbered(week: ReportedWeek) -> None:
    await week.office.sell("A-1", screening=week.midnight)
    await week.seal()
    await week.office.sell("A-2", "A-3", screening=week.midnight)
    lines = (await report(week, "screening-statement", week=week.week))["rows"][0]["tariffs"]
    full = next(line for line in lines if line["tariff"] == "full")
    assert (full["issued"], full["unnumbered"], full["first_number"], full["next_number"]) == (3, 2, 1, 2)
    assert full["takings"] == {"amount": 1_050_000, "currency": "KZT"}


async def test_the_prices_of_one_tariff_stand_apart(week: ReportedWeek) -> None:
    await week.execute(
        "insert into voucher (festival_id, voucher, percent, uses_max, valid_until)"
        " values ($1, 'PRESS-20', 20, 5, now() + interval '30 days')",
        week.almaty,
    )
    office = week.office
    await office.sell("A-1", "A-2", screening=week.midnight)
    await office.pay(await office.order(await office.hold("A-3", screening=week.midnight), voucher="PRESS-20"))
    await week.seal()
    rows = (await report(week, "screening-statement", week=week.week))["rows"]
    full = next(line for line in rows[0]["tariffs"] if line["tariff"] == "full")
    assert full["prices"] == [
        {"price": {"amount": 350_000, "currency": "KZT"}, "issued": 2, "cancelled": 0},
        {"price": {"amount": 280_000, "currency": "KZT"}, "issued": 1, "cancelled": 0},
    ]
    assert full["takings"]["amount"] == 980_000


async def test_what_nobody_saw_is_left_out_and_what_was_sold_stays(week: ReportedWeek) -> None:
    await week.office.sell("A-1", screening=week.midnight)
    await week.seal()
    await week.execute("update screening set status = 'cancelled' where festival_id = $1", week.almaty)
    rows = (await report(week, "screening-statement", festival=week.almaty, week=week.week))["rows"]
    assert [(row["screening"], row["status"]) for row in rows] == [(week.midnight, "cancelled")]


async def test_meetings_are_admitted_to_but_not_declared(week: ReportedWeek) -> None:
    meeting = await week.factory.screening(
        festival=week.almaty,
        kind="meeting",
        film_id=None,
        version_id=None,
        title={"en": "Co-production", "fr": "Coproduction"},
        starts_at=week.at(2, 10, 0, week.clock.now().tzinfo),  # type: ignore[arg-type]
    )
    order = await week.office.order(await week.office.hold("A-1", screening=meeting), tariff="invitation")
    assert order.status == "confirmed"
    rows = (await report(week, "admissions", week=week.week, locale="fr"))["rows"]
    line = next(row for row in rows if row["programme"]["title"] == "Coproduction")
    assert (line["programme"]["film"], line["programme"]["version"], line["sold"]) == (None, None, 1)
    for declared in ("screening-statement", "weekly-return"):
        rows = (await report(week, declared, week=week.week))["rows"]
        assert rows
        assert not [row for row in rows if row["title"] == "Co-production"]


async def test_days_are_those_of_the_venue(week: ReportedWeek) -> None:
    before = week.week - timedelta(days=1)
    rows = (await report(week, "screening-statement", first_day=week.week, last_day=week.week))["rows"]
    assert week.midnight in [row["screening"] for row in rows]
    rows = (await report(week, "screening-statement", first_day=before, last_day=before))["rows"]
    assert week.midnight not in [row["screening"] for row in rows]


async def test_one_query_and_a_bound(week: ReportedWeek) -> None:
    await week.execute(
        "insert into screening (screening_id, festival_id, film_id, version_id, hall_id, layout_id, starts_at,"
        " ends_at, doors_at, sales_open_at, sales_close_at, status, currency, price_list_id)"
        " select 'many-' || number, festival_id, film_id, version_id, hall_id, layout_id,"
        " starts_at + number * interval '1 minute', ends_at + number * interval '1 minute', doors_at,"
        " sales_open_at, sales_close_at, 'draft', currency, price_list_id"
        " from screening, generate_series(1, 6700) as number where screening_id = $1",
        week.midnight,
    )
    assert len((await report(week, "screening-statement"))["rows"]) == len(week.screenings)
    await week.execute("alter table screening drop constraint screening_hall_is_free")
    await week.execute("update screening set status = 'published'")
    with pytest.raises(errors.ReportTooLong):
        await report(week, "admissions")
    asked = (None, week.week, week.week + timedelta(days=30), ROWS_MAX, None)
    rows = await week.fetch(SQL.list_screening_facts, *asked)
    assert len(rows) > 6700


async def test_nobody_is_named(week: ReportedWeek) -> None:
    await week.trade()
    tickets = [row["ticket_id"] for row in await week.fetch("select ticket_id from ticket")]
    orders = [row["order_id"] for row in await week.fetch("select order_id from orders")]
    for name in ("admissions", "takings", "screening-statement", "weekly-return"):
        text = str(await report(week, name))
        assert "aigerim" not in text.lower()
        assert not [secret for secret in (*tickets, *orders) if secret in text]
