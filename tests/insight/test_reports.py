"""The figures of the reports, equal to the unit to what an independent reading of the tickets gives."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.insight.reported_week import ReportedWeek
from ticketing.insight.reports.making import ROWS_MAX, SQL, make_report
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.sales.changes import exchange_ticket

# Raw tickets and orders, and neither the ledger nor its seals. Nothing here is exchanged, so a ticket is one right;
# and the week is counted from the Mondays that Postgres knows.
TICKETS = """
select screening.screening_id, screening.festival_id, film_id, version_id, hall_id, city, country, tariff,
    ticket.currency, price_amount as price, starts_at, to_char(starts_at at time zone timezone, 'HH24:MI') as time,
    (starts_at at time zone timezone)::date as day,
    (date_trunc('week', starts_at at time zone timezone - interval '2 days') + interval '2 days')::date as week,
    ticket.status = 'sold' as sold, entries > 0 as admitted,
    ticket.status = 'void' as cancelled,
    confirmed_at < doors_at as presale
from ticket join orders using (order_id) join screening using (screening_id) join hall using (hall_id)
join venue using (venue_id)
where confirmed_at is not null
"""


@pytest.fixture
async def week(context: Context, clock: ShiftedClock) -> ReportedWeek:
    return await ReportedWeek.opened(context, clock)


async def report(week: ReportedWeek, name: str, /, **asked: Any) -> dict[str, Any]:
    usual = {"festival_id": None, "first_day": None, "last_day": None, "week": None, "written_as": "json"}
    made = await make_report(week.office.house.insight, name, **{**usual, "locale": "en", **asked})
    return msgspec.json.decode(made.body)


async def counted(week: ReportedWeek, columns: str, aggregates: str, where: str = "true") -> list[tuple[Any, ...]]:
    """Aggregates over raw tickets, by columns; days and weeks as text."""
    rows = await week.fetch(
        f"select {columns}, {aggregates} from ({TICKETS}) as rights where {where}"
        f" group by {columns} order by {columns}"
    )
    return [tuple(str(part) if hasattr(part, "isoformat") else part for part in row) for row in rows]


async def test_there_is_something_of_everything(week: ReportedWeek) -> None:
    await week.trade()
    kinds = await week.fetch("select distinct status from orders")
    assert {row["status"] for row in kinds} == {"confirmed", "cancelled", "refused", "awaiting_payment"}
    on_hand = await counted(week, "presale, cancelled", "count(*)", f"screening_id = '{week.doors_open}'")
    assert len(on_hand) == 4


async def test_admissions(week: ReportedWeek) -> None:
    await week.trade()
    made = await report(week, "admissions")
    shown = sorted(
        (
            row["programme"]["festival"],
            row["programme"]["week"],
            row["programme"]["film"]["film"],
            row["programme"]["version"]["version"],
            row["programme"]["city"],
            row["programme"]["country"],
            row["screenings"],
            row["sold"],
            row["admitted"],
        )
        for row in made["rows"]
    )
    assert shown == await counted(
        week,
        "festival_id, week, film_id, version_id, city, country",
        "count(distinct screening_id), count(*) filter (where sold), count(*) filter (where sold and admitted)",
    )
    assert {row["programme"]["city"] for row in made["rows"]} == {"almaty", "paris"}


async def test_takings(week: ReportedWeek) -> None:
    await week.trade()
    made = await report(week, "takings")
    shown = sorted(
        (
            row["programme"]["festival"],
            row["programme"]["week"],
            row["programme"]["film"]["film"],
            row["tariff"],
            row["takings"]["currency"],
            row["issued"],
            row["cancelled"],
            row["sold"],
            row["takings"]["amount"],
        )
        for row in made["rows"]
    )
    assert shown == await counted(
        week,
        "festival_id, week, film_id, tariff, currency",
        "count(*), count(*) filter (where cancelled), count(*) filter (where sold),"
        " coalesce(sum(price) filter (where sold), 0)::bigint",
    )
    paid = await week.fetchval("select sum(amount)::bigint from payment")
    owed = await week.fetchval("select sum(amount)::bigint from refund")
    assert sum(row["takings"]["amount"] for row in made["rows"]) == paid - owed
    for row in made["rows"]:
        exact = row["takings"]["amount"] * 0.1072
        if row["programme"]["country"] == "FR":
            assert abs(row["tsa_estimate"]["amount"] - exact) <= 0.5
            assert row["tsa_estimate"]["currency"] == "EUR"
        else:
            assert row["tsa_estimate"] is None


async def test_screening_statement(week: ReportedWeek) -> None:
    await week.trade()
    made = await report(week, "screening-statement")
    shown = sorted(
        (
            row["screening"],
            line["tariff"],
            line["first_number"],
            line["next_number"],
            line["issued"],
            line["issued_in_presale"],
            line["cancelled"],
            line["cancelled_in_presale"],
            line["takings"]["amount"],
        )
        for row in made["rows"]
        for line in row["tariffs"]
        if line["issued"]
    )
    assert shown == await counted(
        week,
        "screening_id, tariff",
        "1, count(*) + 1, count(*), count(*) filter (where presale), count(*) filter (where cancelled),"
        " count(*) filter (where cancelled and presale), coalesce(sum(price) filter (where sold), 0)::bigint",
    )
    assert [row["screening"] for row in made["rows"]] == week.screenings[:1] + [
        row["screening_id"]
        for row in await week.fetch("select screening_id from screening order by starts_at, screening_id offset 1")
    ]
    statement = next(row for row in made["rows"] if row["screening"] == week.midnight)
    assert statement["starts_at"] == f"{week.week}T01:00:00+05:00"
    assert statement["film"]["visa_number"] == "155123"
    assert statement["version"] == {
        "version": statement["version"]["version"],
        "kind": "original",
        "audio": "fr",
        "subtitles": ["ru", "kk"],
    }
    assert {
        line["tariff"]: [price["price"]["amount"] for price in line["prices"]] for line in statement["tariffs"]
    } == {
        "full": [350_000],
        "student": [200_000],
        "invitation": [0],
    }


async def test_weekly_return(week: ReportedWeek) -> None:
    await week.trade()
    made = await report(week, "weekly-return", week=week.week + timedelta(days=4))
    assert (made["from"], made["to"]) == (str(week.week), str(week.week + timedelta(days=6)))
    mine = f"week = '{week.week}'"
    by_screening = sorted(
        (row["hall"]["hall"], day["day"], shown["screening"], shown["starts_at"][11:16], shown["admissions"],
         shown["admitted"], shown["takings"]["amount"])
        for row in made["rows"] for day in row["days"] for shown in day["by_screening"] if shown["admissions"]
    )  # fmt: skip
    sums = "coalesce(sum(price) filter (where sold), 0)::bigint"
    assert by_screening == [
        line
        for line in await counted(
            week,
            "hall_id, day, screening_id, time",
            f"count(*) filter (where sold), count(*) filter (where sold and admitted), {sums}",
            mine,
        )
        if line[4]
    ]
    by_day = sorted(
        (row["hall"]["hall"], row["film"]["film"], day["day"], day["admissions"], day["takings"]["amount"])
        for row in made["rows"] for day in row["days"]
    )  # fmt: skip
    assert by_day == await counted(week, "hall_id, film_id, day", f"count(*) filter (where sold), {sums}", mine)
    by_tariff = sorted(
        (row["hall"]["hall"], line["festival"], line["tariff"], line["admissions"], line["takings"]["amount"])
        for row in made["rows"] for line in row["tariffs"] if line["admissions"]
    )  # fmt: skip
    assert by_tariff == [
        line
        for line in await counted(
            week, "hall_id, festival_id, tariff", f"count(*) filter (where sold), {sums}", mine
        )
        if line[3]
    ]
    first = next(row for row in made["rows"] if len(row["days"]) == 3)
    assert [(day["screenings"], day["times"]) for day in first["days"]] == [
        (2, ["01:00", "19:30"]),
        (1, ["19:30"]),
        (1, ["23:30"]),
    ]
    assert first["admissions"] == sum(day["admissions"] for day in first["days"])
    assert first["takings"]["amount"] == sum(line["takings"]["amount"] for line in first["tariffs"])
    assert (first["film"]["distributor"], first["version"]["kind"]) == ("Studiocanal", "original")
    assert (first["rental_rate"], first["flat_rate"], first["distributor_share"]) == (None, None, None)
    paris = next(row for row in made["rows"] if row["hall"]["country"] == "FR")
    assert paris["tsa_estimate"] == {
        "amount": (paris["takings"]["amount"] * 1072 + 5000) // 10_000,
        "currency": "EUR",
    }


async def test_an_exchange_cancels_one_right_and_issues_another(week: ReportedWeek) -> None:
    sales = week.office.house.sales
    order = await week.office.sell("A-1", screening=week.midnight)
    for seat, screening, tariff in (("B-1", week.midnight, "student"), ("A-1", week.screenings[2], "student")):
        hold = await week.office.hold(seat, screening=screening)
        await exchange_ticket(
            sales, order.order, order.secret or "", order.tickets[0].ticket, hold_id=hold.hold, tariff=tariff
        )
    await week.seal()
    made = await report(week, "screening-statement", festival_id=week.almaty, week=week.week)
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
    rows = (await report(week, "screening-statement", festival_id=week.almaty, week=week.week))["rows"]
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
    rows = await week.fetch(SQL.list_screening_facts, None, week.week, week.week + timedelta(days=30), ROWS_MAX)
    assert len(rows) > 6700


async def test_nobody_is_named(week: ReportedWeek) -> None:
    await week.trade()
    tickets = [row["ticket_id"] for row in await week.fetch("select ticket_id from ticket")]
    orders = [row["order_id"] for row in await week.fetch("select order_id from orders")]
    for name in ("admissions", "takings", "screening-statement", "weekly-return"):
        text = str(await report(week, name))
        assert "aigerim" not in text.lower()
        assert not [secret for secret in (*tickets, *orders) if secret in text]
