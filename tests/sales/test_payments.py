"""Payments: late, twice, of another sum; and where the money then is."""

from datetime import timedelta

import pytest

from tests.sales.test_orders import voucher
from tests.seating.box_office import BoxOffice, outcomes
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.money import Money
from ticketing.sales.model import OrderStatus, OrderView, PaymentEffect, payment_effect
from ticketing.sales.orders import expire_orders
from ticketing.sales.payments import settle_refunds, take_notice
from ticketing.sales.providers import PaymentNotice


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
        ("awaiting_payment", True, True, PaymentEffect(take=True, sell=True)),
        ("awaiting_payment", True, False, PaymentEffect(take=True, refund="paid_too_late")),
        ("awaiting_payment", False, True, PaymentEffect(close=True)),
        ("confirmed", True, True, PaymentEffect(take=True, refund="paid_twice")),
        ("confirmed", False, True, PaymentEffect()),
        ("expired", True, True, PaymentEffect(take=True, sell=True)),
        ("expired", True, False, PaymentEffect(take=True, refund="paid_too_late")),
        ("expired", False, True, PaymentEffect()),
        ("refused", True, True, PaymentEffect(take=True, sell=True)),
        ("cancelled", True, True, PaymentEffect(take=True, refund="paid_too_late")),
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
    await office.context.postgres.execute(
        "insert into refund (order_id, amount, currency, reason, owed_at)"
        " select $1, 1, 'KZT', 'paid_twice', now() - interval '1 day' from generate_series(1, 120)",
        order.order,
    )
    await office.context.postgres.execute("update orders set payment_provider = 'gone'")
    other = await office.order(await office.hold("A-2"))
    await take_notice(office.house.sales, notice(other, "odd", 5))
    assert await settle_refunds(office.house.sales) == 1
    assert await settle_refunds(office.house.sales) == 0
