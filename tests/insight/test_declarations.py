"""The statement and the weekly return of a busy week, equal to the unit to a reading of its raw tickets."""

import random
from datetime import timedelta
from typing import Any

import pytest

from tests.insight.reported_week import ReportedWeek, report
from ticketing.insight.reports.closing import close_week, over_at
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.changes.exchange import exchange_tickets
from ticketing.sales.changes.rules import ExchangeWish

# An exchange writes over its ticket, so what was bought at first is noted before: raw tickets, by another hand.
NOTE = "create table noted as select ticket_id, order_id, screening_id, tariff, price_amount from ticket"

# Every right that ever was: what was bought, then what it was exchanged for, each ending where the next begins, the
# last where its ticket was given back. Neither the ledger nor its seals; weeks are counted from Postgres's Mondays.
RIGHTS = """
with place as (
    select ticket_id, screening_id, tariff, price_amount, confirmed_at as issued_at
    from noted join orders using (order_id) where confirmed_at is not null
    union all
    select ticket_id, screening_id, tariff, price_amount, closed_at
    from exchanged_ticket join exchange using (exchange_id) where status = 'done'
), right_of_entry as (
    select place.*, coalesce(
        lead(issued_at) over (partition by ticket_id order by issued_at),
        case when ticket.status = 'void' then ticket.voided_at end
    ) as ended_at
    from place join ticket using (ticket_id)
), shown as (
    select right_of_entry.*, festival_id, film_id, hall_id, country, doors_at,
        (starts_at at time zone timezone)::date as day,
        to_char(starts_at at time zone timezone, 'HH24:MI') as time,
        (date_trunc('week', starts_at at time zone timezone - interval '2 days') + interval '2 days')::date as week,
        ended_at is not null and ended_at <= $1 as cancelled
    from right_of_entry join screening using (screening_id) join hall using (hall_id) join venue using (venue_id)
    where issued_at <= $1
)
"""
STATEMENT = """
select screening_id, tariff, 1, count(*) + 1, count(*), count(*) filter (where issued_at < doors_at),
    count(*) filter (where cancelled), count(*) filter (where cancelled and issued_at < doors_at),
    coalesce(sum(price_amount) filter (where not cancelled), 0)::bigint
from shown group by 1, 2 order by 1, 2
"""
BY_SCREENING = """
select hall_id, film_id, day::text, time, screening_id, count(*) filter (where not cancelled),
    coalesce(sum(price_amount) filter (where not cancelled), 0)::bigint
from shown where week = $2 group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
"""
BY_TARIFF = """
select hall_id, film_id, tariff, count(*) filter (where not cancelled),
    coalesce(sum(price_amount) filter (where not cancelled), 0)::bigint
from shown where week = $2 group by 1, 2, 3 order by 1, 2, 3
"""
# Terms of a screening stand instead of those of its film; a flat rate is for each screening that was not cancelled,
# sold or not. In numeric, which rounds half a cent up as no other figure of this test is rounded.
RENTALS = """
, rented as (
    select screening.screening_id, screening.film_id, hall_id, country, screening.currency, screening.status,
        distributor, rate_basis_points, flat_amount, flat_currency, coalesce(takings, 0) as takings
    from screening join hall using (hall_id) join venue using (venue_id)
    join rental on rental.festival_id = screening.festival_id and rental.film_id = screening.film_id
        and rental.screening_id is not distinct from (
            select min(own.screening_id::text) from rental as own where own.screening_id = screening.screening_id
        )
    left join (
        select screening_id, sum(price_amount) filter (where not cancelled) as takings from shown group by 1
    ) as sold on sold.screening_id = screening.screening_id
    where starts_at at time zone timezone >= $2::date and starts_at at time zone timezone < $2::date + 7
), summed as (
    select hall_id, film_id, distributor, rate_basis_points as rate, flat_amount, flat_currency, country,
        currency, count(*) filter (where status <> 'cancelled') as screenings, sum(takings) as takings
    from rented group by 1, 2, 3, 4, 5, 6, 7, 8
), taxed as (
    select *, case country when 'FR' then round(takings * 10.72 / 100) end as tsa,
        case country when 'FR' then round(takings - takings / 1.055) end as vat
    from summed
)
select hall_id, film_id, distributor, rate, flat_amount, flat_currency, screenings, takings::bigint, tsa::bigint,
    vat::bigint, (takings - coalesce(tsa + vat, 0))::bigint,
    coalesce(flat_amount * screenings, round((takings - coalesce(tsa + vat, 0)) * rate / 10000))::bigint,
    coalesce(flat_currency, currency)
from taxed order by 1, 2, 3, 4 nulls last
"""
LATER = """
select screening_id, tariff, count(*), (-sum(price_amount))::bigint
from shown where cancelled and ended_at > $2 group by 1, 2, price_amount order by 1, 2
"""


async def read(week: ReportedWeek, statement: str, *arguments: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await week.fetch(RIGHTS + statement, *arguments)]


async def trade_and_exchange(week: ReportedWeek, seed: int) -> None:
    """Some seventy orders with all their fates, and eight exchanges more, half of them given back later."""
    await week.trade(seed)
    chance, office = random.Random(seed), week.office
    bought = [await office.sell(f"C-{pair}", f"C-{pair + 1}", screening=week.midnight) for pair in (1, 3, 5, 7)]
    await week.execute(NOTE)
    for order, target in zip(bought, week.screenings[1:5], strict=True):
        secret = order.secret or ""
        for number, ticket in enumerate(order.tickets):
            hold = await office.hold(f"E-{10 - number}", screening=target)
            wish = ExchangeWish(ticket.ticket, tariff=chance.choice(["full", "student"]))
            await exchange_tickets(office.house.sales, order.order, secret, [wish], hold_id=hold.hold)
        await cancel_order(office.house.sales, order.order, secret, [chance.choice(order.tickets).ticket])
    await week.seal()


def statement_rows(made: dict[str, Any]) -> list[tuple[Any, ...]]:
    numbers = ("first_number", "next_number", "issued", "issued_in_presale", "cancelled", "cancelled_in_presale")
    return sorted(
        (row["screening"], line["tariff"], *(line[name] for name in numbers), line["takings"]["amount"])
        for row in made["rows"]
        for line in row["tariffs"]
        if line["issued"]
    )


def return_rows(made: dict[str, Any]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """By screening and by tariff, of what anything was issued for."""
    by_screening = sorted(
        (row["hall"]["hall"], row["film"]["film"], day["day"], shown["starts_at"][11:16], shown["screening"],
         shown["admissions"], shown["takings"]["amount"])
        for row in made["rows"] for day in row["days"] for shown in day["by_screening"]
    )  # fmt: skip
    by_tariff = sorted(
        (row["hall"]["hall"], row["film"]["film"], line["tariff"], line["admissions"], line["takings"]["amount"])
        for row in made["rows"] for line in row["tariffs"]
    )  # fmt: skip
    return by_screening, by_tariff


def amount(money: dict[str, Any] | None) -> int | None:
    return money["amount"] if money else None


def rental_rows(made: dict[str, Any]) -> list[tuple[Any, ...]]:
    """By hall, film, distributor and terms; those of a flat rate last."""
    return sorted(
        (
            (row["hall"]["hall"], row["film"]["film"], line["distributor"], line["rental_rate_basis_points"],
             amount(line["flat_rate"]), line["flat_rate"] and line["flat_rate"]["currency"],
             line["screenings"], line["takings"]["amount"],
             amount(line["tsa_estimate"]), amount(line["vat_estimate"]), line["rental_base"]["amount"],
             line["distributor_share"]["amount"], line["distributor_share"]["currency"])
            for row in made["rows"] for line in row["rentals"]
        ),
        key=lambda line: (*line[:3], line[3] is None, line[3]),
    )  # fmt: skip


@pytest.mark.parametrize("seed", [7, 2026])
async def test_a_busy_week_is_declared_to_the_unit(week: ReportedWeek, seed: int) -> None:
    await trade_and_exchange(week, seed)
    assert await week.fetchval("select count(*) from exchange where status = 'done'") == 8
    now = week.clock.now() + timedelta(days=1)
    asked = {"first_day": week.now.date() - timedelta(days=1), "last_day": week.week + timedelta(days=6)}
    expected = await read(week, STATEMENT, now)
    assert {line[1] for line in expected} == {"full", "student", "invitation"}
    assert any(line[6] for line in expected)
    assert any(line[4] != line[5] for line in expected)
    assert statement_rows(await report(week, "screening-statement", **asked)) == expected
    made = await report(week, "weekly-return", week=week.week)
    assert rental_rows(made) == await read(week, RENTALS, now, week.week)
    assert {line[12] for line in rental_rows(made)} == {"KZT", "EUR"}
    paris = next(row for row in made["rows"] if row["hall"]["country"] == "FR")
    assert [(share["currency"], share["amount"]) for share in paris["distributor_shares"]] == sorted(
        (line["distributor_share"]["currency"], line["distributor_share"]["amount"]) for line in paris["rentals"]
    )
    by_screening, by_tariff = return_rows(made)
    assert [line for line in by_screening if line[5]] == [
        line for line in await read(week, BY_SCREENING, now, week.week) if line[5]
    ]
    assert [line for line in by_tariff if line[3]] == [
        line for line in await read(week, BY_TARIFF, now, week.week) if line[3]
    ]


async def test_a_closed_week_stays_to_the_unit_and_what_follows_is_told_apart(week: ReportedWeek) -> None:
    await trade_and_exchange(week, 11)
    week.clock.ahead = over_at(week.week) - week.now + timedelta(minutes=1)
    closed = await close_week(week.office.house.insight, week.almaty, week.week, closed_by="dana")
    asked = {"festival": week.almaty, "week": week.week}
    declared = statement_rows(await report(week, "screening-statement", **asked))
    made = await report(week, "weekly-return", **asked)
    returned, rented = return_rows(made), rental_rows(made)
    assert rented == [line for line in await read(week, RENTALS, closed.closed_at, week.week) if line[8] is None]
    in_almaty = {row["screening_id"] for row in await week.fetch(
        "select screening_id from screening where festival_id = $1", week.almaty
    )}  # fmt: skip
    assert declared == [
        line
        for line in await read(week, STATEMENT, closed.closed_at)
        if line[0] in in_almaty and line[0] != week.doors_open
    ]

    # An organiser gives tickets back after the week, later than the rules let buyers do it.
    sales = week.office.house.sales
    await week.execute(
        "update screening set starts_at = starts_at + interval '30 days', ends_at = ends_at + interval '30 days'"
        " where festival_id = $1 and starts_at > $2",
        week.almaty,
        week.now + timedelta(days=2),
    )
    week.office.house.catalogue.forget()
    corrected = 0
    for order in await week.fetch(
        "select order_id, ticket_id from ticket where status = 'sold' and seat like 'E-%'"
        " order by screening_id, seat"
    ):
        secret = sales.context.secrets.order_secret(order["order_id"])
        await cancel_order(sales, order["order_id"], secret, [order["ticket_id"]])
        corrected += 1
    await week.seal()
    # The terms were others when the week was declared, and one screening's own are gone.
    await week.execute("update rental set rate_basis_points = rate_basis_points / 2 where rate_basis_points > 0")
    await week.execute("delete from rental where screening_id is not null")

    assert rental_rows(await report(week, "weekly-return", **asked)) == rented
    assert statement_rows(await report(week, "screening-statement", **asked)) == declared
    assert return_rows(await report(week, "weekly-return", **asked)) == returned
    next_week = await report(week, "weekly-return", festival=week.almaty, week=week.week + timedelta(days=7))
    later = sorted(
        (entry["screening"], entry["tariff"], entry["rights"], entry["takings"]["amount"])
        for entry in next_week["later_entries"]
    )
    assert later == await read(week, LATER, week.clock.now() + timedelta(days=1), closed.closed_at)
    assert sum(line[2] for line in later) == corrected == 4
