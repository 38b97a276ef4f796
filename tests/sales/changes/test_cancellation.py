"""Tickets given back: once each, for what the rules say, and the books agree."""

from datetime import timedelta

import pytest

from tests.sales.changes.conftest import ChangeDesk, change_desk
from tests.seating.box_office import outcomes
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.sales.books import audit_books
from ticketing.sales.changes.cancellation import cancel_order, look_at_cancellation


async def test_a_part_is_given_back_with_its_fee(desk: ChangeDesk) -> None:
    order = await desk.sell("A-1", "A-2")
    secret, first = order.secret or "", order.tickets[0].ticket
    look = await look_at_cancellation(desk.house.sales, order.order, secret, [first])
    assert (look.refund, look.fee) == (315_000, 35_000)
    after = await cancel_order(desk.house.sales, order.order, secret, [first])
    assert (after.status, after.refunded.amount) == ("confirmed", 315_000)
    assert [await desk.state("A-1"), await desk.state("A-2")] == ["f", "s"]
    assert await cancel_order(desk.house.sales, order.order, secret, [first]) == after
    last = await cancel_order(desk.house.sales, order.order, secret)
    assert last.status == "cancelled"
    assert await desk.money() == {"taken": 700_000, "back": 630_000, "live": 0, "fees": 70_000}
    told = await desk.fetchval("select payload from job where kind = 'mail_given_back' order by job_id limit 1")
    assert (told["order"], told["tickets"], told["refund"]) == (order.order, [first], 315_000)


async def test_cancelling_at_once_from_many_sides_pays_back_once(desk: ChangeDesk) -> None:
    order = await desk.sell("A-1", "A-2")
    answers = await outcomes(*(cancel_order(desk.house.sales, order.order, order.secret or "") for _ in range(8)))
    assert not [one for one in answers if isinstance(one, Exception)]
    assert (await desk.money())["back"] == 630_000
    assert await desk.fetchval("select count(*) from ledger_entry where kind = 'cancelled'") == 2


async def test_the_sum_that_was_shown_is_the_sum_or_nothing_is_done(desk: ChangeDesk) -> None:
    order = await desk.sell("A-1")
    with pytest.raises(errors.PriceChanged):
        await cancel_order(desk.house.sales, order.order, order.secret or "", refund_shown=350_000)
    assert await desk.state("A-1") == "s"
    after = await cancel_order(desk.house.sales, order.order, order.secret or "", refund_shown=315_000)
    assert after.status == "cancelled"


async def test_a_cancelled_screening_pays_everything_back_whoever_was_inside(
    context: Context, clock: ShiftedClock
) -> None:
    desk = await change_desk(context, clock, refund=False, refund_fee=1_000_000)
    order = await desk.sell("A-1", "A-2")
    with pytest.raises(errors.RefundNotAllowed):
        await cancel_order(desk.house.sales, order.order, order.secret or "")
    await context.postgres.execute("update screening set status = 'cancelled'")
    await context.postgres.execute("update ticket set entries = 1 where seat = 'A-1'")
    await context.postgres.execute("update ticket set holder_email = 'a@example.org' where seat = 'A-2'")
    clock.ahead = timedelta(days=3)
    desk.house.catalogue.forget()
    after = await cancel_order(desk.house.sales, order.order, order.secret or "")
    assert (after.status, after.refunded.amount) == ("cancelled", 700_000)
    assert (await audit_books(context))["money"] == 0


async def test_giving_back_a_ticket_gives_up_its_exchange_and_late_money_for_it_goes_back(desk: ChangeDesk) -> None:
    order = await desk.sell_student("A-1")
    waiting = await desk.dearer(order)
    assert await desk.state("B-1") == "r"
    await cancel_order(desk.house.sales, order.order, order.secret or "")
    assert [await desk.state("A-1"), await desk.state("B-1")] == ["f", "f"]
    after = await desk.pay_exchange(waiting)
    assert (after.status, after.exchange.status if after.exchange else "") == ("cancelled", "withdrawn")
    assert (await desk.money())["live"] == 0
    assert set((await audit_books(desk.context)).values()) == {0}


@pytest.mark.parametrize("secret", ["", "x", "Ж" * 22])
async def test_without_the_secret_nothing_is_told(desk: ChangeDesk, secret: str) -> None:
    order = await desk.sell("A-1")
    with pytest.raises(errors.UnknownOrder):
        await cancel_order(desk.house.sales, order.order, secret)


async def test_too_late_is_too_late(desk: ChangeDesk, clock: ShiftedClock) -> None:
    order = await desk.sell("A-1")
    clock.ahead = timedelta(hours=1)
    with pytest.raises(errors.TooLateToChange):
        await cancel_order(desk.house.sales, order.order, order.secret or "")


async def test_anothers_ticket_is_not_given_back(desk: ChangeDesk) -> None:
    order, other = await desk.sell("A-1"), await desk.sell("A-2")
    with pytest.raises(errors.UnknownTicket):
        await cancel_order(desk.house.sales, order.order, order.secret or "", [other.tickets[0].ticket])
    assert await desk.state("A-2") == "s"
