"""The figures of the reports, equal to the unit to what an independent reading of the tickets gives."""

from datetime import timedelta
from typing import Any

from tests.insight.reported_week import ReportedWeek, report

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
    paris = next(row for row in made["rows"] if row["hall"]["country"] == "FR")
    assert paris["tsa_estimate"] == {
        "amount": (paris["takings"]["amount"] * 1072 + 5000) // 10_000,
        "currency": "EUR",
    }
