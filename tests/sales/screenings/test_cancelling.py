"""A sold screening cancelled: off sale at once, every ticket once, every buyer told, the books agree."""

import asyncio
import random

import pytest

from tests.sales.changes.conftest import ChangeDesk, change_desk
from tests.sales.mailbox import Mailbox, free_port, listening, text_of, work_through
from tests.seating.box_office import outcomes
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.mail import SmtpTransport
from ticketing.programme.model import Screening
from ticketing.sales.books import audit_books
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.changes.transfer import transfer_ticket
from ticketing.sales.screenings import orders as seen_to
from ticketing.sales.screenings.cancelling import Way, cancel_screening, look_at_screening
from ticketing.sales.screenings.orders import see_to_cancelled
from ticketing.web.house import build_house

REASON = {"en": "The projector is broken.", "kk": "Проектор істен шықты."}


@pytest.fixture
async def desk(context: Context, clock: ShiftedClock) -> ChangeDesk:
    """A desk of a festival that gives nothing back: what it cancels, it pays back all the same."""
    return await change_desk(context, clock, refund=False, refund_fee_percent=10)


async def screening_of(desk: ChangeDesk) -> Screening:
    return await desk.house.catalogue.screening(desk.screening)


async def cancel(desk: ChangeDesk, way: Way = "refund") -> None:
    await cancel_screening(desk.house.sales, await screening_of(desk), way, REASON, "olga")


async def see_to_all(desk: ChangeDesk) -> None:
    while await see_to_cancelled(desk.house.sales):
        pass


async def test_what_it_would_do_is_told_before(desk: ChangeDesk) -> None:
    await desk.sell("A-1", "A-2")
    await desk.order(await desk.hold("B-1"))
    look = await look_at_screening(desk.house.sales, await screening_of(desk))
    assert (look.concerned.sold, look.concerned.reserved, look.concerned.orders) == (2, 1, 2)
    assert (look.concerned.paid.amount, look.cancellation) == (700_000, None)
    assert (
        await desk.fetchval("select status from screening where screening_id = $1", desk.screening) == "published"
    )


async def test_everybody_is_paid_back_once_and_no_seat_is_held_any_more(desk: ChangeDesk) -> None:
    paid = [await desk.sell(f"A-{number}") for number in (1, 2, 3)]
    waiting = await desk.order(await desk.hold("B-1"))
    await cancel(desk)
    with pytest.raises(errors.SalesClosed):
        await desk.hold("C-1")
    await cancel(desk)
    await see_to_all(desk)
    assert await desk.money() == {"taken": 1_050_000, "back": 1_050_000, "live": 0, "fees": 0}
    assert await desk.fetchval("select count(*) from ledger_entry where kind = 'cancelled'") == 3
    assert await desk.fetchval("select count(*) from ticket where status <> 'void'") == 0
    assert await desk.fetchval("select count(*) from job where kind = 'mail_screening_cancelled'") == 4
    # Money that was on its way comes back by the rules of late payments.
    await desk.pay(waiting)
    assert await desk.fetchval("select reason from refund order by refund_id desc limit 1") == "paid_too_late"
    assert not any((await audit_books(desk.context)).values())
    assert (await see_to_cancelled(desk.house.sales), len(paid)) == (0, 3)


async def test_those_who_may_choose_keep_their_tickets_and_pay_no_fee(desk: ChangeDesk) -> None:
    order = await desk.sell("A-1")
    await cancel(desk, "choice")
    await see_to_all(desk)
    await see_to_all(desk)
    assert await desk.fetchval("select count(*) from job where kind = 'mail_screening_cancelled'") == 1
    assert await desk.fetchval("select count(*) from ticket where status = 'sold'") == 1
    with pytest.raises(errors.CancelledOtherwise):
        await cancel(desk, "refund")
    await cancel_order(desk.house.sales, order.order, order.secret or "")
    assert (await desk.money())["back"] == 350_000


async def test_an_exchange_into_it_is_given_up(desk: ChangeDesk) -> None:
    order = await desk.order(await desk.hold("A-1", screening=desk.other), tariff="student")
    await desk.pay(order)
    asked = await desk.exchange(order, await desk.hold("B-1"), tariff="full")
    await cancel(desk)
    await see_to_all(desk)
    assert await desk.fetchval("select status from exchange") == "withdrawn"
    assert await desk.fetchval("select screening_id from ticket where status = 'sold'") == desk.other
    await desk.pay_exchange(asked)
    assert (await desk.money())["back"] == 150_000


@pytest.mark.parametrize("seed", range(3))
async def test_buyers_workers_and_crashes_at_the_same_moment(
    desk: ChangeDesk, context: Context, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Several workers, one of which dies in the middle of its batch, while buyers give back by themselves."""
    chance = random.Random(seed)
    orders = [await desk.sell(f"{row}-{number}") for row in "AB" for number in range(1, 6)]
    await cancel(desk)
    houses = [build_house(context) for _ in range(3)]

    async def dies() -> None:
        task = asyncio.create_task(see_to_cancelled(houses[0].sales))
        await asyncio.sleep(chance.random() * 0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    monkeypatch.setattr(seen_to, "ORDERS_AT_ONCE_MAX", 3)
    buyers = chance.sample(orders, 5)
    done = await outcomes(
        dies(),
        *(see_to_cancelled(house.sales) for house in houses),
        *(cancel_order(houses[1].sales, order.order, order.secret or "") for order in buyers),
    )
    assert [one for one in done if isinstance(one, BaseException)] == []
    await see_to_all(desk)
    assert await desk.money() == {"taken": 3_500_000, "back": 3_500_000, "live": 0, "fees": 0}
    assert await desk.fetchval("select count(*) from ledger_entry where kind = 'cancelled'") == 10
    assert not any((await audit_books(context)).values())


async def test_it_ends_when_nobody_is_left_and_no_straggler_can_come(desk: ChangeDesk, clock: ShiftedClock) -> None:
    await desk.sell("A-1")
    await cancel(desk)
    await see_to_all(desk)
    assert await desk.fetchval("select done_at from screening_cancellation") is None
    clock.ahead += seen_to.STRAGGLERS_FOR
    await see_to_all(desk)
    assert await desk.fetchval("select done_at from screening_cancellation") is not None


async def test_what_was_sold_between_two_cancellations_is_paid_back_too(
    desk: ChangeDesk, clock: ShiftedClock
) -> None:
    await cancel(desk)
    clock.ahead += seen_to.STRAGGLERS_FOR
    await see_to_all(desk)
    # An import of an earlier release could put it on sale again.
    await desk.context.postgres.execute(
        "update screening set status = 'published' where screening_id = $1", desk.screening
    )
    desk.house.catalogue.forget()
    await desk.reconcile()
    await desk.sell("A-1")
    with pytest.raises(errors.CancelledOtherwise):
        await cancel(desk, "choice")
    await cancel(desk)
    await see_to_all(desk)
    assert (await desk.money())["back"] == 350_000
    assert await desk.fetchval("select count(*) from audit where act = 'screening_cancelled'") == 2


async def test_letters_tell_why_and_what_goes_back_in_the_buyers_language(desk: ChangeDesk) -> None:
    order = await desk.sell("A-1", "A-2")
    await desk.context.postgres.execute("update orders set locale = 'kk'")
    passed_on = order.tickets[1].ticket
    await transfer_ticket(
        desk.house.sales, order.order, order.secret or "", passed_on, holder="Dana", email="dana@example.org"
    )
    await desk.context.postgres.execute("delete from job")
    await cancel(desk)
    await see_to_all(desk)
    box, port = Mailbox(), free_port()
    async with listening(box, port) as url:
        await work_through(desk, SmtpTransport(url))
    by_address = {str(message["To"]): message for message in box.messages}
    assert len(box.messages) == len(by_address) == 2
    buyer = next(text_of(message) for to, message in by_address.items() if "aigerim" in to)
    assert "Проектор істен шықты." in buyer
    assert "7\u00a0000" in buyer
    assert "Dana" not in buyer.partition("Проектор")[0]


async def test_drafts_are_not_cancelled(desk: ChangeDesk) -> None:
    await desk.context.postgres.execute("update screening set status = 'draft'")
    desk.house.catalogue.forget()
    with pytest.raises(errors.ScreeningIsDraft):
        await cancel(desk)
