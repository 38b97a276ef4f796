"""Exchanges with a difference to pay: paid, refused, late, twice; and where the seats and the money then are."""

import asyncio
from datetime import timedelta

import pytest

from tests.sales.changes.conftest import ChangeDesk
from tests.seating.box_office import outcomes
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.money import Money
from ticketing.sales.books import audit_books
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.changes.exchange import give_up_exchange
from ticketing.sales.changes.exchange_payment import expire_exchanges
from ticketing.sales.changes.transfer import transfer_ticket
from ticketing.sales.charges import open_charge
from ticketing.sales.model import OrderView
from ticketing.sales.payments import take_notice
from ticketing.sales.providers import PaymentNotice


async def status(desk: ChangeDesk) -> str:
    return str(await desk.fetchval("select status from exchange order by asked_at desc limit 1"))


async def as_before(desk: ChangeDesk, order: OrderView) -> None:
    """Nothing was exchanged, and nothing waits."""
    ticket = order.tickets[0]
    row = await desk.context.postgres.fetchrow("select seat, revision, price_amount, status from ticket")
    assert tuple(row) == (ticket.seat, 1, ticket.price.amount, "sold")
    assert [await desk.state("A-1"), await desk.state("B-1")] == ["s", "f"]
    assert set((await audit_books(desk.context)).values()) == {0}


async def test_the_old_ticket_is_good_until_the_difference_is_paid(desk: ChangeDesk) -> None:
    order = await desk.sell_student("A-1")
    waiting = await desk.dearer(order)
    assert waiting.exchange is not None
    assert (waiting.exchange.due.amount, waiting.exchange.fee.amount) == (160_000, 10_000)
    assert waiting.exchange.payment is not None
    assert waiting.exchange.exchange in waiting.exchange.payment.url
    assert waiting.tickets[0].code is not None
    assert waiting.tickets[0].seat == "A-1"
    assert [await desk.state("A-1"), await desk.state("B-1")] == ["s", "r"]
    assert set((await audit_books(desk.context)).values()) == {0}
    charge = await open_charge(desk.house.sales, waiting.exchange.exchange, order.secret or "")
    assert charge.money == Money(160_000, "KZT")
    after = await desk.pay_exchange(waiting)
    assert (after.tickets[0].ticket, after.tickets[0].seat) == (order.tickets[0].ticket, "B-1")
    assert (after.exchange, after.paid, after.fees) == (None, Money(360_000, "KZT"), Money(10_000, "KZT"))
    assert after.tickets[0].code != waiting.tickets[0].code
    assert [await desk.state("A-1"), await desk.state("B-1")] == ["f", "s"]
    assert await desk.money() == {"taken": 360_000, "back": 0, "live": 350_000, "fees": 10_000}
    with pytest.raises(errors.OrderNotPayable):
        await open_charge(desk.house.sales, waiting.exchange.exchange, order.secret or "")


async def test_asked_again_it_is_the_same_exchange_and_another_has_to_wait(desk: ChangeDesk) -> None:
    order = await desk.sell_student("A-1")
    hold = await desk.hold("B-1")
    answers = await outcomes(*(desk.exchange(order, hold, tariff="full") for _ in range(5)))
    assert {type(one) for one in answers} <= {OrderView, errors.HoldExpired}
    assert await desk.fetchval("select count(*) from exchange") == 1
    again = await desk.exchange(order, hold, tariff="full")
    assert again.exchange is not None
    with pytest.raises(errors.ExchangePending):
        await desk.exchange(order, await desk.hold("B-2"))
    with pytest.raises(errors.ExchangePending):
        await transfer_ticket(
            desk.house.sales, order.order, order.secret or "", order.tickets[0].ticket, holder="Dana"
        )


async def test_two_exchanges_of_one_ticket_at_the_same_moment(desk: ChangeDesk) -> None:
    order = await desk.sell_student("A-1")
    holds = [await desk.hold(f"B-{number}") for number in range(1, 5)]
    answers = await outcomes(*(desk.exchange(order, hold, tariff="full") for hold in holds))
    assert sorted(type(one).__name__ for one in answers) == ["ExchangePending"] * 3 + ["OrderView"]
    assert await desk.fetchval("select count(*) from ticket where replaces is not null") == 1


async def test_refused_by_the_bank_everything_is_as_before(desk: ChangeDesk) -> None:
    order = await desk.sell_student("A-1")
    after = await desk.pay_exchange(await desk.dearer(order), "refused")
    assert after.exchange is not None
    assert after.exchange.status == "refused"
    await as_before(desk, order)
    # And the way is free for another one.
    assert (await desk.dearer(order, "B-2")).exchange is not None


async def test_given_up_it_is_as_before_and_late_money_goes_back(desk: ChangeDesk) -> None:
    order = await desk.sell_student("A-1")
    waiting = await desk.dearer(order)
    for _ in range(2):
        given_up = await give_up_exchange(desk.house.sales, order.order, order.secret or "")
        assert given_up.exchange is not None
        assert given_up.exchange.status == "withdrawn"
    await desk.pay_exchange(waiting)
    await as_before(desk, order)
    assert await desk.money() == {"taken": 360_000, "back": 160_000, "live": 200_000, "fees": 0}


async def expired(desk: ChangeDesk, clock: ShiftedClock) -> None:
    clock.ahead += timedelta(minutes=16)
    assert await expire_exchanges(desk.house.sales) == 1
    assert await expire_exchanges(desk.house.sales) == 0
    assert [await desk.state("A-1"), await desk.state("B-1")] == ["s", "f"]


async def test_out_of_time_it_is_as_before_and_late_money_still_does_it(
    desk: ChangeDesk, clock: ShiftedClock
) -> None:
    order = await desk.sell_student("A-1")
    waiting = await desk.dearer(order)
    await expired(desk, clock)
    await as_before(desk, order)
    after = await desk.pay_exchange(waiting)
    assert (after.tickets[0].seat, await status(desk)) == ("B-1", "done")
    assert [await desk.state("A-1"), await desk.state("B-1")] == ["f", "s"]
    assert (await desk.money())["fees"] == 10_000


async def test_late_money_for_a_seat_sold_meanwhile_goes_back(desk: ChangeDesk, clock: ShiftedClock) -> None:
    order = await desk.sell_student("A-1")
    waiting = await desk.dearer(order)
    await expired(desk, clock)
    await desk.sell("B-1")
    after = await desk.pay_exchange(waiting)
    assert (after.tickets[0].seat, after.refunded.amount) == ("A-1", 160_000)
    assert (await desk.money())["live"] == 550_000


@pytest.mark.parametrize("change", ["used", "given back", "passed on", "exchanged"])
async def test_late_money_for_a_ticket_that_has_changed_goes_back(
    desk: ChangeDesk, clock: ShiftedClock, change: str
) -> None:
    order = await desk.sell_student("A-1", "A-2")
    waiting = await desk.dearer(order)
    await expired(desk, clock)
    secret, ticket = order.secret or "", order.tickets[0].ticket
    if change == "used":
        await desk.context.postgres.execute("update ticket set entries = 1 where ticket_id = $1", ticket)
    elif change == "given back":
        await cancel_order(desk.house.sales, order.order, secret, [ticket])
    elif change == "passed on":
        await transfer_ticket(desk.house.sales, order.order, secret, ticket, holder="Dana")
    else:
        await desk.exchange(order, await desk.hold("D-1"), tariff="invitation")
    back = (await desk.money())["back"]
    await desk.pay_exchange(waiting)
    assert (await desk.money())["back"] == back + 160_000
    assert await desk.state("B-1") == "f"


async def test_somebody_enters_while_the_buyer_is_at_the_bank(desk: ChangeDesk) -> None:
    order = await desk.sell_student("A-1")
    waiting = await desk.dearer(order)
    await desk.context.postgres.execute("update ticket set entries = 1, inside = true where status = 'sold'")
    after = await desk.pay_exchange(waiting)
    assert (after.tickets[0].seat, after.refunded.amount, await status(desk)) == ("A-1", 160_000, "withdrawn")
    assert [await desk.state("A-1"), await desk.state("B-1")] == ["s", "f"]


@pytest.mark.parametrize("money", [Money(159_999, "KZT"), Money(160_001, "KZT"), Money(160_000, "EUR")])
async def test_another_sum_is_sent_back_and_the_exchange_goes_on_waiting(desk: ChangeDesk, money: Money) -> None:
    waiting = await desk.dearer(await desk.sell_student("A-1"))
    assert waiting.exchange is not None
    notice = PaymentNotice("demo", "odd", waiting.exchange.exchange, "paid", "odd", money)
    await take_notice(desk.house.sales, notice)
    assert await desk.fetchval("select (amount, currency) from refund") == (money.amount, money.currency)
    assert await status(desk) == "awaiting_payment"


async def test_paid_twice_one_payment_goes_back(desk: ChangeDesk) -> None:
    waiting = await desk.dearer(await desk.sell_student("A-1"))
    assert waiting.exchange is not None
    money = waiting.exchange.due
    notices = [
        PaymentNotice("demo", f"event-{number}", waiting.exchange.exchange, "paid", f"ref-{number % 2}", money)
        for number in range(6)
    ]
    await asyncio.gather(*(take_notice(desk.house.sales, notice) for notice in notices))
    assert await desk.money() == {"taken": 520_000, "back": 160_000, "live": 350_000, "fees": 10_000}
    assert await desk.fetchval("select revision from ticket") == 2


async def test_payment_and_the_end_of_the_time_at_once(desk: ChangeDesk, clock: ShiftedClock) -> None:
    for row in "BCDE":
        waiting = await desk.dearer(await desk.sell_student(f"{row}-9"), f"{row}-1")
        clock.ahead += timedelta(minutes=16)
        await asyncio.gather(
            desk.pay_exchange(waiting),
            expire_exchanges(desk.house.sales),
            give_up_exchange(desk.house.sales, waiting.order, waiting.secret or ""),
        )
        assert set((await audit_books(desk.context)).values()) == {0}
        taken = await desk.fetchval("select count(*) from ticket where replaces is not null")
        assert taken == 0
        await desk.money()


@pytest.mark.parametrize("charge", ["K7Q29XFM-AAAABBBB", "K7Q29XFM", "nothing", "", "K7Q29XFM-", "' or 1=1"])
async def test_money_for_an_unknown_exchange(desk: ChangeDesk, charge: str) -> None:
    order = await desk.sell("A-1")
    with pytest.raises(errors.UnknownOrder):
        await open_charge(desk.house.sales, charge, order.secret or "")
    crafted = f"{order.order}-AAAABBBB"
    notice = PaymentNotice("demo", "event", crafted, "paid", "reference", Money(100, "KZT"))
    await take_notice(desk.house.sales, notice)
    assert (await desk.money())["back"] == 100
