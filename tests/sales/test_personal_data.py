"""What is kept of a person: shown whole, forgotten where nothing hangs on it, and never more than that."""

from datetime import timedelta

from tests.seating.box_office import BUYER, BoxOffice
from ticketing.kernel.clock import ShiftedClock
from ticketing.sales.books import audit_books
from ticketing.sales.changes.transfer import transfer_ticket
from ticketing.sales.model import OrderView
from ticketing.sales.personal_data import ErasureRequest, erase_person, forget_old_orders, show_personal_data

FRIEND = "dana@example.org"


async def named(office: BoxOffice) -> tuple[str, str]:
    row = await office.context.postgres.fetchrow(
        "select buyer_email, buyer_name from orders order by placed_at limit 1"
    )
    assert row is not None
    return row["buyer_email"], row["buyer_name"]


async def facts(office: BoxOffice) -> list[tuple[object, ...]]:
    """All that the accounts and the door live on."""
    rows = await office.context.postgres.fetch(
        "select order_id, orders.status as paid, total_amount, ticket_id, ticket.status, seat, tariff, "
        "price_amount, revision from orders join ticket using (order_id) order by ticket_id"
    )
    entries = await office.context.postgres.fetch(
        "select entry_id, ticket_id, kind, amount from ledger_entry order by 1"
    )
    return [tuple(row) for row in (*rows, *entries)]


async def pass_on(office: BoxOffice, order: OrderView, ticket: int) -> None:
    one = order.tickets[ticket].ticket
    await transfer_ticket(office.house.sales, order.order, order.secret or "", one, holder="Dana", email=FRIEND)


async def test_everything_that_names_an_address_is_shown(office: BoxOffice) -> None:
    order = await office.sell("A-1", "A-2")
    await pass_on(office, order, 0)
    kept = await show_personal_data(office.house.sales, BUYER.email.upper(), "olga")
    assert [(one.order, one.name, one.email) for one in kept.orders] == [(order.order, BUYER.name, BUYER.email)]
    assert {one.seat for one in kept.orders[0].tickets} == {"A-1", "A-2"}
    received = await show_personal_data(office.house.sales, FRIEND, "olga")
    assert [(one.seat, one.holder) for one in received.passed_on] == [("A-1", "Dana")]
    assert received.orders == []
    assert (await show_personal_data(office.house.sales, "nobody@example.org", "olga")).orders == []
    acts = await office.context.postgres.fetch("select login, act, detail::text as detail from audit")
    assert [(row["login"], row["act"]) for row in acts] == [("olga", "personal_data_shown")] * 3
    assert not any("@" in row["detail"] for row in acts)


async def test_a_person_is_forgotten_and_the_accounts_are_not(office: BoxOffice, clock: ShiftedClock) -> None:
    order = await office.sell("A-1", "A-2")
    await pass_on(office, order, 0)
    before = await facts(office)
    clock.ahead = timedelta(days=2)
    erased = await erase_person(office.house.sales, ErasureRequest(BUYER.email.upper()), "olga")
    assert (erased.orders, erased.kept, erased.more) == (1, [], False)
    assert await named(office) == ("", "")
    assert await facts(office) == before
    # What was passed on is another person's.
    assert (await show_personal_data(office.house.sales, FRIEND, "olga")).passed_on[0].holder == "Dana"
    again = await erase_person(office.house.sales, ErasureRequest(BUYER.email), "olga")
    assert (again.orders, again.tickets, again.kept) == (0, 0, [])
    assert (await erase_person(office.house.sales, ErasureRequest(FRIEND), "olga")).tickets == 1
    holders = await office.context.postgres.fetch("select holder, holder_email from ticket order by seat")
    assert [tuple(row) for row in holders] == [(None, ""), (None, None)]
    assert await facts(office) == before
    await audit_books(office.context)


async def test_who_is_still_to_come_is_forgotten_only_where_that_is_asked(office: BoxOffice) -> None:
    order = await office.sell("A-1")
    waiting = await office.order(await office.hold("B-1"))
    erased = await erase_person(office.house.sales, ErasureRequest(BUYER.email), "olga")
    assert erased.orders == 0
    assert {one.order: one.reason for one in erased.kept} == {
        order.order: "upcoming",
        waiting.order: "awaiting_payment",
    }
    assert await named(office) == (BUYER.email, BUYER.name)
    erased = await erase_person(office.house.sales, ErasureRequest(BUYER.email, upcoming="forget"), "olga")
    assert erased.orders == 1
    assert [one.reason for one in erased.kept] == ["awaiting_payment"]
    assert await named(office) == ("", "")
    assert await office.fetchval("select status from ticket where seat = 'A-1'") == "sold"


async def test_names_go_when_the_festivals_time_is_over(office: BoxOffice, clock: ShiftedClock) -> None:
    order = await office.sell("A-1", "A-2")
    await pass_on(office, order, 1)
    await office.context.postgres.execute("update festival set rules = rules || '{\"personal_data_days\": 30}'")
    clock.ahead = timedelta(days=29)
    assert await forget_old_orders(office.house.sales) == 0
    clock.ahead = timedelta(days=31)
    assert await forget_old_orders(office.house.sales) == 1
    assert await named(office) == ("", "")
    assert await office.fetchval("select count(*) from ticket where holder is not null or holder_email <> ''") == 0
    assert await forget_old_orders(office.house.sales) == 0


async def test_an_order_that_is_owed_money_keeps_its_name(office: BoxOffice, clock: ShiftedClock) -> None:
    order = await office.sell("A-1")
    await office.context.postgres.execute(
        "insert into refund (order_id, amount, currency, reason, owed_at, payment_id) "
        "select order_id, 1000, currency, 'cancelled', now(), payment_id from payment where order_id = $1",
        order.order,
    )
    clock.ahead = timedelta(days=400)
    assert await forget_old_orders(office.house.sales) == 0
    erased = await erase_person(office.house.sales, ErasureRequest(BUYER.email), "olga")
    assert [one.reason for one in erased.kept] == ["refund_owed"]
    assert await named(office) == (BUYER.email, BUYER.name)
