"""The counter: until when, by whom, and what is handed out."""

from datetime import timedelta

import pytest

from tests.sales.providers.tellers import CounterTeller, order_by
from tests.sales.test_payments import books
from tests.seating.box_office import BoxOffice, outcomes
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.money import Money
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.counter import CounterPayment, hand_out_refund, list_hand_refunds, take_counter_payment
from ticketing.sales.desk import show_order
from ticketing.sales.payments import change_payment
from ticketing.staff.reach import EVERYWHERE

CASH = CounterPayment("R-1", "cash", Money(350_000, "KZT"))


@pytest.fixture
async def office(office: BoxOffice) -> BoxOffice:
    """A box office with three people at their tills."""
    for number in range(3):
        await office.at_till(f"till-{number}")
    return office


@pytest.mark.parametrize(
    ("starts_in", "rules", "until"),
    [
        (timedelta(days=7), {}, timedelta(hours=48)),
        (timedelta(days=7), {"counter_ttl_s": 3600}, timedelta(hours=1)),
        (timedelta(hours=5), {}, timedelta(hours=4)),
        (timedelta(hours=5), {"counter_deadline_minutes": 180}, timedelta(hours=2)),
        (timedelta(minutes=76), {}, timedelta(minutes=16)),
        (timedelta(minutes=74), {}, None),
        (timedelta(minutes=-30), {}, None),
        (timedelta(days=7), {"counter_ttl_s": 0}, None),
    ],
)
async def test_until_when_it_can_be_paid(
    context: Context, clock: ShiftedClock, starts_in: timedelta, rules: dict[str, int], until: timedelta | None
) -> None:
    now = clock.now()
    office = await BoxOffice.opened(context, rules=rules, starts_at=now + starts_in)
    screening = await office.house.catalogue.screening(office.screening)
    offers = {offer.provider: offer for offer in office.house.sales.providers.offers([screening], now, "en")}
    if until is None:
        assert set(offers) == {"stripe", "demo"}
        with pytest.raises(errors.PaymentProviderUnknown) as refused:
            office.house.sales.providers.chosen("counter", [screening], now)
        assert refused.value.data == {"provider": "counter", "offered": ["stripe", "demo"]}
    else:
        assert offers["counter"].until == now + until


async def test_an_order_waits_as_long_as_its_way_of_paying(office: BoxOffice, clock: ShiftedClock) -> None:
    order = await order_by(office, "counter", "A-1")
    assert order.expires_at is not None
    assert timedelta(hours=47) < order.expires_at - clock.now() <= timedelta(hours=48)


async def test_another_way_keeps_no_seat_longer_than_the_longest(office: BoxOffice, clock: ShiftedClock) -> None:
    order = await order_by(office, "demo", "A-1")
    secret = order.secret or ""
    clock.ahead += timedelta(minutes=10)
    at_the_counter = await change_payment(office.house.sales, order.order, secret, "counter")
    assert at_the_counter.expires_at == order.placed_at + timedelta(hours=48)
    assert at_the_counter.payment is not None
    assert at_the_counter.payment.provider == "counter"
    clock.ahead += timedelta(hours=40)
    online = await change_payment(office.house.sales, order.order, secret, "stripe")
    assert online.expires_at == at_the_counter.expires_at
    with pytest.raises(errors.PaymentProviderUnknown):
        await change_payment(office.house.sales, order.order, secret, "barter")
    await take_counter_payment(office.house.sales, order.order, CASH, "till-1")
    with pytest.raises(errors.OrderNotPayable):
        await change_payment(office.house.sales, order.order, secret, "demo")


async def test_money_taken_names_who_took_it(office: BoxOffice) -> None:
    order = await order_by(office, "counter", "A-1")
    await take_counter_payment(office.house.sales, order.order, CASH, "till-1")
    assert await office.fetchval("select (provider, method, taken_by) from payment") == (
        "counter",
        "cash",
        "till-1",
    )
    row = await office.context.postgres.fetchrow("select login, act, subject, detail from audit")
    assert tuple(row) == (
        "till-1",
        "took_payment",
        order.order,
        {"receipt": "R-1", "method": "cash", "amount": 350_000, "currency": "KZT"},
    )


async def test_an_order_of_another_way_can_be_paid_at_the_counter_too(office: BoxOffice) -> None:
    order = await order_by(office, "demo", "A-1")
    await take_counter_payment(office.house.sales, order.order, CASH, "till-1")
    assert (await show_order(office.house.sales, order.order, order.secret or "")).status == "confirmed"


async def test_a_receipt_stands_for_one_payment(office: BoxOffice) -> None:
    order = await order_by(office, "counter", "A-1")
    other = await order_by(office, "counter", "A-2")
    await take_counter_payment(office.house.sales, order.order, CASH, "till-1")
    with pytest.raises(errors.IdempotencyMismatch):
        await take_counter_payment(office.house.sales, other.order, CASH, "till-2")
    assert await books(office, other) == (0, 0, 0)


async def test_two_tills_take_the_money_of_one_order_once(office: BoxOffice) -> None:
    order = await order_by(office, "counter", "A-1")
    teller = CounterTeller(office)
    answers = await outcomes(*[teller.tell(await teller.pay(order)) for _ in range(4)])
    assert sum(one is None for one in answers) == 1
    assert {type(one) for one in answers if one is not None} == {errors.OrderNotPayable}
    assert await books(office, order) == (350_000, 0, 350_000)
    assert await office.fetchval("select count(*) from audit") == 1


async def test_what_was_paid_at_the_counter_is_handed_out_by_a_person_once(office: BoxOffice) -> None:
    order = await order_by(office, "counter", "A-1")
    await take_counter_payment(office.house.sales, order.order, CASH, "till-1")
    await cancel_order(office.house.sales, order.order, order.secret or "")
    online = await office.sell("A-2")
    await cancel_order(office.house.sales, online.order, online.secret or "")
    (owed,) = await list_hand_refunds(office.house.sales, EVERYWHERE)
    assert (owed.order, owed.money, owed.method) == (order.order, Money(350_000, "KZT"), "cash")
    await outcomes(*(hand_out_refund(office.house.sales, owed.refund, f"till-{till}") for till in range(3)))
    assert await office.fetchval("select count(*) from audit where act = 'handed_out_refund'") == 1
    assert await list_hand_refunds(office.house.sales, EVERYWHERE) == []
    others = await office.fetchval("select refund_id from refund where order_id = $1", online.order)
    for refund in (others, 999):
        with pytest.raises(errors.UnknownRefund):
            await hand_out_refund(office.house.sales, refund, "till-1")
