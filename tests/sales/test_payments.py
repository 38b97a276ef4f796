"""Payments: late, twice, of another sum; and where the money then is."""

from datetime import timedelta

import asyncpg
import pytest

from tests.sales.test_orders import voucher
from tests.seating.box_office import BoxOffice, outcomes
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.money import Money
from ticketing.sales.model import OrderStatus, OrderView, PaymentEffect, payment_effect
from ticketing.sales.orders import expire_orders
from ticketing.sales.payments import take_notice
from ticketing.sales.providers import PaymentNotice
from ticketing.sales.refunds import owe_refund, settle_refunds


def notice(
    order: OrderView, reference: str = "bank-1", amount: int | None = None, currency: str = "KZT"
) -> PaymentNotice:
    money = Money(order.total.amount if amount is None else amount, currency)
    return PaymentNotice("demo", f"event-{reference}", order.order, "paid", reference, money)


async def books(office: BoxOffice, order: OrderView) -> tuple[int, int, int]:
    """Taken, on its way back, and standing in live tickets."""
    taken = await office.fetchval("select coalesce(sum(amount), 0) from payment where order_id = $1", order.order)
    back = await office.fetchval("select coalesce(sum(amount), 0) from refund where order_id = $1", order.order)
    live = await office.fetchval(
        "select coalesce(sum(price_amount), 0) from ticket where order_id = $1 and status = 'sold'", order.order
    )
    return int(taken), int(back), int(live)


@pytest.mark.parametrize(
    ("status", "paid", "fits", "effect"),
    [
        ("awaiting_payment", True, True, PaymentEffect(sell=True)),
        ("awaiting_payment", True, False, PaymentEffect(refund="paid_too_late")),
        ("awaiting_payment", False, True, PaymentEffect(close=True)),
        ("confirmed", True, True, PaymentEffect(refund="paid_twice")),
        ("confirmed", False, True, PaymentEffect()),
        ("expired", True, True, PaymentEffect(sell=True)),
        ("expired", True, False, PaymentEffect(refund="paid_too_late")),
        ("expired", False, True, PaymentEffect()),
        ("refused", True, True, PaymentEffect(sell=True)),
        ("cancelled", True, True, PaymentEffect(refund="paid_too_late")),
        ("cancelled", False, True, PaymentEffect()),
    ],
)
def test_what_a_notice_does(status: OrderStatus, paid: bool, fits: bool, effect: PaymentEffect) -> None:
    assert payment_effect(status, paid=paid, amount_fits=fits) == effect


async def test_the_same_notice_many_times_at_once_has_one_effect(office: BoxOffice) -> None:
    order = await office.order(await office.hold("A-1"))
    answers = await outcomes(*(take_notice(office.house.sales, notice(order)) for _ in range(10)))
    assert not [one for one in answers if isinstance(one, Exception)]
    assert await books(office, order) == (350_000, 0, 350_000)
    assert await office.fetchval("select count(*) from ledger_entry") == 1
    assert await office.fetchval("select count(*) from job") == 1


async def test_two_payments_of_one_order_leave_one(office: BoxOffice) -> None:
    order = await office.order(await office.hold("A-1"))
    await outcomes(*(take_notice(office.house.sales, notice(order, f"bank-{number}")) for number in range(3)))
    assert await books(office, order) == (1_050_000, 700_000, 350_000)


@pytest.mark.parametrize(("amount", "currency"), [(349_999, "KZT"), (350_001, "KZT"), (350_000, "EUR")])
async def test_a_payment_of_another_sum_is_sent_back(office: BoxOffice, amount: int, currency: str) -> None:
    order = await office.order(await office.hold("A-1"))
    settled = await take_notice(office.house.sales, notice(order, "odd", amount, currency))
    assert settled is not None
    assert settled.status == "awaiting_payment"
    assert await office.fetchval("select (amount, currency) from refund") == (amount, currency)


async def expired(office: BoxOffice, clock: ShiftedClock, order: OrderView) -> None:
    clock.ahead += timedelta(minutes=16)
    assert await expire_orders(office.house.sales) == 1
    assert (await office.states())[order.tickets[0].seat] == "f"


async def test_a_late_payment_sells_while_the_seats_are_free(office: BoxOffice, clock: ShiftedClock) -> None:
    order = await office.order(await office.hold("A-1"))
    await expired(office, clock, order)
    assert (await office.pay(order)).status == "confirmed"
    assert await office.state("A-1") == "s"


async def test_a_late_payment_for_seats_sold_meanwhile_goes_back(office: BoxOffice, clock: ShiftedClock) -> None:
    order = await office.order(await office.hold("A-1"))
    await expired(office, clock, order)
    other = await office.sell("A-1")
    assert (await office.pay(order)).status == "expired"
    assert await books(office, order) == (350_000, 350_000, 0)
    assert await books(office, other) == (350_000, 0, 350_000)


async def test_a_late_payment_uses_its_voucher_again_or_goes_back(office: BoxOffice, clock: ShiftedClock) -> None:
    name = await voucher(office)
    first = await office.order(await office.hold("A-1"), voucher=name)
    await expired(office, clock, first)
    assert await office.fetchval("select uses from voucher") == 0
    second = await office.order(await office.hold("A-2"), voucher=name)
    await office.pay(second)
    # The last use is somebody else's now.
    assert (await office.pay(first)).status == "expired"
    assert await books(office, first) == (175_000, 175_000, 0)
    assert await office.fetchval("select uses from voucher") == 1


async def test_a_refused_payment_frees_the_seats_and_a_second_try_takes_them(office: BoxOffice) -> None:
    order = await office.order(await office.hold("A-1"))
    assert (await office.pay(order, "refused")).status == "refused"
    assert await office.state("A-1") == "f"
    assert (await office.pay(order)).status == "confirmed"


async def test_refunds_of_a_provider_that_is_off_hold_up_no_others(office: BoxOffice) -> None:
    order = await office.order(await office.hold("A-1"))
    for number in range(3):
        await take_notice(office.house.sales, notice(order, f"odd-{number}", 5))
    await office.context.postgres.execute("update payment set provider = 'gone'")
    other = await office.order(await office.hold("A-2"))
    await take_notice(office.house.sales, notice(other, "odd", 5))
    assert await settle_refunds(office.house.sales) == 1
    assert await settle_refunds(office.house.sales) == 0


async def test_a_refund_is_taken_from_the_newest_payments_first_and_from_none_more_than_it_was(
    office: BoxOffice,
) -> None:
    order = await office.sell("A-1", "A-2")
    connection = await office.context.postgres.acquire()
    try:
        for reference, amount in (("first", 300), ("second", 200)):
            await connection.execute(
                "insert into payment (order_id, charge, provider, provider_reference, amount, currency, paid_at)"
                " values ($1, $1, 'demo', $2, $3, 'KZT', now() + interval '1 minute')",
                order.order,
                reference,
                amount,
            )
        now = office.context.clock.now()
        await owe_refund(connection, order.order, Money(450, "KZT"), "cancelled", now)
        parts = await connection.fetch(
            "select provider_reference, refund.amount from refund join payment using (payment_id)"
            " order by refund_id"
        )
        assert [tuple(part) for part in parts] == [("second", 200), ("first", 250)]
        with pytest.raises(errors.Unforeseen):
            async with connection.transaction():
                await owe_refund(connection, order.order, Money(700_051, "KZT"), "cancelled", now)
        assert await connection.fetchval("select sum(amount) from refund") == 450
        with pytest.raises(asyncpg.CheckViolationError, match="payment_not_refunded_beyond_itself"):
            await connection.execute(
                "insert into refund (order_id, payment_id, amount, currency, reason, owed_at)"
                " select order_id, payment_id, 51, currency, 'cancelled', now() from payment"
                " where provider_reference = 'first'"
            )
        with pytest.raises(asyncpg.RestrictViolationError):
            await connection.execute("update refund set amount = 1")
    finally:
        await office.context.postgres.release(connection)
