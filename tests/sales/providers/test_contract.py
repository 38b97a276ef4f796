"""What every way of paying keeps, told in its own way: demo, Stripe, and the counter."""

from datetime import timedelta

import pytest

from tests.sales.providers.tellers import DemoTeller, StripeTeller, Teller, Told, order_by
from tests.sales.test_payments import books
from tests.seating.box_office import BoxOffice, outcomes
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.money import Money
from ticketing.sales.books import audit_books
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.desk import show_order
from ticketing.sales.letters.registry import LETTERS
from ticketing.sales.model import OrderView
from ticketing.sales.orders import expire_orders
from ticketing.sales.providers import RefundOwed
from ticketing.sales.refunds import settle_refunds

PRICE = 350_000


async def status_of(office: BoxOffice, order: OrderView) -> str:
    return (await show_order(office.house.sales, order.order, order.secret or "")).status


async def expired(office: BoxOffice, clock: ShiftedClock) -> None:
    clock.ahead += timedelta(days=3)
    assert await expire_orders(office.house.sales) == 1


async def told(teller: Teller, notice: object) -> str:
    """What became of telling it: "" or the code of the refusal."""
    try:
        await teller.tell(notice)
    except errors.TicketingError as error:
        return error.code
    return ""


async def told_of_return(office: BoxOffice, order: OrderView, why: str) -> bool:
    """Whether the buyer is told by mail why the money comes back, in each language."""
    payload = await office.fetchval("select payload from job where kind = 'mail_payment_returned'")
    letters = []
    for locale in ("en", "kk", "ru", "fr"):
        await office.context.postgres.execute(
            "update orders set locale = $2 where order_id = $1", order.order, locale
        )
        letters.append(await LETTERS["mail_payment_returned"](office.house.sales, payload))
    told = [letter for letter in letters if letter is not None]
    assert {letter.key for letter in told} == {f"payment-returned-{payload['refund']}"}
    assert len({letter.paragraphs for letter in told}) == len(letters)
    return why in told[0].paragraphs[0]


@pytest.fixture(autouse=True)
async def the_books_add_up(office: BoxOffice) -> object:
    yield
    assert set((await audit_books(office.context)).values()) == {0}


async def test_a_payment_sells(office: BoxOffice, teller: Teller) -> None:
    order = await order_by(office, teller.name, "A-1")
    assert order.status == "awaiting_payment"
    assert order.payment is not None
    assert order.payment.url == f"http://tickets.test/en/pay/{teller.name}/{order.order}/{order.secret}"
    await teller.tell(await teller.pay(order))
    assert await status_of(office, order) == "confirmed"
    assert await office.state("A-1") == "s"
    assert await books(office, order) == (PRICE, 0, PRICE)


async def test_a_refusal_frees_the_seats(office: BoxOffice, teller: Teller) -> None:
    if not isinstance(teller, DemoTeller | StripeTeller):
        # Nobody refuses at a counter: one leaves, and the time runs out.
        return
    order = await order_by(office, teller.name, "A-1")
    await teller.tell(await teller.refuse(order))
    assert await status_of(office, order) == "refused"
    assert await office.state("A-1") == "f"
    assert await books(office, order) == (0, 0, 0)


async def test_the_same_notice_many_times_at_once_has_one_effect(office: BoxOffice, teller: Teller) -> None:
    order = await order_by(office, teller.name, "A-1")
    notice = await teller.pay(order)
    answers = await outcomes(*(teller.tell(notice) for _ in range(6)))
    assert [one for one in answers if one is not None] == []
    assert await books(office, order) == (PRICE, 0, PRICE)
    assert await office.fetchval("select count(*) from ledger_entry") == 1
    assert await office.fetchval("select count(*) from job where kind = 'mail_order'") == 1


async def test_a_notice_that_is_not_the_providers_changes_nothing(office: BoxOffice, teller: Teller) -> None:
    order = await order_by(office, teller.name, "A-1")
    notice = await teller.pay(order)
    provider = office.house.sales.providers.offered(teller.name)
    body = notice.body if isinstance(notice, Told) else b"{}"
    genuine = notice.headers if isinstance(notice, Told) else {}
    forged = [{}, dict.fromkeys(genuine, "x"), {name: value[:-1] + "0" for name, value in genuine.items()}]
    for headers in forged:
        if headers == genuine:
            continue
        with pytest.raises(errors.Unauthenticated):
            provider.read_webhook(headers, body)
    with pytest.raises(errors.Unauthenticated):
        provider.read_webhook(genuine, body + b" ")
    assert await status_of(office, order) == "awaiting_payment"
    assert await office.fetchval("select count(*) from payment_event") == 0


@pytest.mark.parametrize("off", [-1, 1])
async def test_another_sum_buys_nothing(office: BoxOffice, teller: Teller, off: int) -> None:
    order = await order_by(office, teller.name, "A-1")
    refusal = await told(teller, await teller.pay(order, amount=PRICE + off))
    assert await status_of(office, order) == "awaiting_payment"
    if teller.sends_back:
        assert await books(office, order) == (PRICE + off, PRICE + off, 0)
        assert await settle_refunds(office.house.sales) == 1
    else:
        assert refusal == "price_changed"
        assert await books(office, order) == (0, 0, 0)


@pytest.mark.parametrize("number", ["22222222", "nonsense", "22222222-ABCDEFGH", "'; drop table orders"])
async def test_an_unknown_order_changes_nothing(office: BoxOffice, teller: Teller, number: str) -> None:
    order = await order_by(office, teller.name, "A-1")
    refusal = await told(teller, await teller.pay(order, order_id=number))
    assert refusal == ("" if teller.sends_back else "unknown_order")
    assert await office.fetchval("select count(*) from payment") == 0
    # A machine's notice is kept for a person to look at: money was taken somewhere.
    kept = await office.fetchval("select count(*) from payment_event where outcome = 'unknown_order'")
    assert kept == int(teller.sends_back)


async def test_late_money_sells_while_the_seats_are_free(
    office: BoxOffice, teller: Teller, clock: ShiftedClock
) -> None:
    order = await order_by(office, teller.name, "A-1")
    await expired(office, clock)
    assert await office.state("A-1") == "f"
    await teller.tell(await teller.pay(order))
    assert await status_of(office, order) == "confirmed"
    assert await office.state("A-1") == "s"


async def test_late_money_for_seats_that_are_gone_goes_back_by_itself(
    office: BoxOffice, teller: Teller, clock: ShiftedClock
) -> None:
    order = await order_by(office, teller.name, "A-1")
    await expired(office, clock)
    await office.sell("A-1")
    refusal = await told(teller, await teller.pay(order))
    assert await status_of(office, order) == "expired"
    if teller.sends_back:
        assert await books(office, order) == (PRICE, PRICE, 0)
        assert await told_of_return(office, order, "could not use your payment")
        assert await settle_refunds(office.house.sales) == 1
        assert await settle_refunds(office.house.sales) == 0
    else:
        assert refusal == "order_not_payable"
        assert await books(office, order) == (0, 0, 0)


async def test_what_is_paid_twice_goes_back_once(office: BoxOffice, teller: Teller) -> None:
    order = await order_by(office, teller.name, "A-1")
    await teller.tell(await teller.pay(order))
    refusal = await told(teller, await teller.pay(order))
    assert await status_of(office, order) == "confirmed"
    if teller.sends_back:
        assert await books(office, order) == (2 * PRICE, PRICE, PRICE)
        assert await office.fetchval("select reason from refund") == "paid_twice"
        assert await told_of_return(office, order, "paid twice")
        # The second payment goes back, the first one stays.
        assert await office.fetchval("select payment_id = (select max(payment_id) from payment) from refund")
        assert await settle_refunds(office.house.sales) == 1
    else:
        assert refusal == "order_not_payable"
        assert await books(office, order) == (PRICE, 0, PRICE)


async def test_a_refund_goes_once_however_often_it_is_asked_for(office: BoxOffice, teller: Teller) -> None:
    order = await order_by(office, teller.name, "A-1", "A-2")
    await teller.tell(await teller.pay(order))
    await cancel_order(office.house.sales, order.order, order.secret or "", [order.tickets[0].ticket])
    if not teller.sends_back:
        assert await settle_refunds(office.house.sales) == 0
        return
    settled = await outcomes(*(settle_refunds(office.house.sales) for _ in range(3)))
    assert sum(settled) == 1
    row = await office.context.postgres.fetchrow(
        "select refund_id, sent_as, provider_reference from refund join payment using (payment_id)"
    )
    owed = RefundOwed(row["refund_id"], order.order, row["provider_reference"], Money(PRICE, "KZT"))
    provider = office.house.sales.providers.offered(teller.name)
    assert {await provider.refund(owed) for _ in range(3)} == {row["sent_as"]}
    if isinstance(teller, StripeTeller):
        sent = teller.server.refunds_of(row["provider_reference"])
        assert [(one["amount"], one["currency"]) for one in sent] == [(PRICE, "kzt")]
