"""Tickets passed on: by name alone, or to an address that then shows the ticket and nobody else does."""

from datetime import timedelta

import pytest

from tests.sales.changes.conftest import ChangeDesk, change_desk
from tests.seating.box_office import outcomes
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.changes.transfer import transfer_ticket
from ticketing.sales.desk import read_order
from ticketing.sales.model import OrderView
from ticketing.sales.sheets import faces_of, sheet_of


async def passed_on(
    desk: ChangeDesk, order: OrderView, holder: str = "Dana", email: str | None = "dana@example.org"
) -> OrderView:
    secret, ticket = order.secret or "", order.tickets[0].ticket
    return await transfer_ticket(desk.house.sales, order.order, secret, ticket, holder=holder, email=email)


async def test_by_name_alone_the_buyer_still_shows_it(desk: ChangeDesk) -> None:
    order = await desk.sell("A-1")
    paid = await desk.pay(order)
    after = await passed_on(desk, order, email=None)
    assert await passed_on(desk, order, email=None) == after
    assert after.tickets[0].holder == "Dana"
    assert after.tickets[0].code not in (None, paid.tickets[0].code)
    assert await desk.fetchval("select revision from ticket") == 2
    assert await desk.fetchval("select count(*) from job where kind = 'mail_transferred'") == 0


async def test_to_an_address_the_buyer_shows_it_no_more(desk: ChangeDesk) -> None:
    order = await desk.sell("A-1", "A-2")
    answers = await outcomes(*(passed_on(desk, order) for _ in range(5)))
    assert not [one for one in answers if isinstance(one, Exception)]
    after = await passed_on(desk, order)
    ticket = after.tickets[0]
    assert (ticket.holder, ticket.holder_email) == ("Dana", "dana@example.org")
    assert (ticket.code, ticket.links) == (None, None)
    assert after.tickets[1].code is not None
    assert await desk.fetchval("select max(revision) from ticket") == 2
    told = await desk.fetchval("select payload from job where kind = 'mail_transferred'")
    assert told == {"order": order.order, "ticket": ticket.ticket, "revision": 2}
    facts = await read_order(desk.context.postgres, order.order)
    assert [face.ticket for face in await faces_of(desk.house.sales, facts, "en")] == [order.tickets[1].ticket]
    assert len((await sheet_of(desk.house.sales, facts)).tickets) == 1


async def test_passed_on_it_is_neither_given_back_nor_shown_until_it_is_taken_back(desk: ChangeDesk) -> None:
    order = await desk.sell("A-1")
    await passed_on(desk, order)
    with pytest.raises(errors.TicketPassedOn):
        await cancel_order(desk.house.sales, order.order, order.secret or "")
    # A mistyped address is put right by passing it on once more; to oneself, by name alone.
    after = await passed_on(desk, order, "Aigerim", None)
    assert (after.tickets[0].holder_email, after.tickets[0].code is None) == (None, False)
    assert (await cancel_order(desk.house.sales, order.order, order.secret or "")).status == "cancelled"


async def test_what_can_not_be_passed_on(context: Context, clock: ShiftedClock) -> None:
    desk = await change_desk(context, clock, transfer_until_minutes=60)
    order = await desk.sell("A-1")
    unpaid = await desk.order(await desk.hold("A-2"))
    with pytest.raises(errors.OrderNotConfirmed):
        await passed_on(desk, unpaid)
    with pytest.raises(errors.UnknownTicket):
        await transfer_ticket(
            desk.house.sales, order.order, order.secret or "", unpaid.tickets[0].ticket, holder="Dana"
        )
    await context.postgres.execute("update ticket set entries = 1")
    with pytest.raises(errors.AlreadyUsed):
        await passed_on(desk, order)
    await context.postgres.execute("update ticket set entries = 0")
    clock.ahead = timedelta(minutes=-10)
    with pytest.raises(errors.TooLateToChange):
        await passed_on(desk, order)
    assert await desk.fetchval("select max(revision) from ticket") == 1


async def test_a_festival_may_switch_passing_on_off(context: Context, clock: ShiftedClock) -> None:
    desk = await change_desk(context, clock, transfer=False)
    with pytest.raises(errors.TransferNotAllowed):
        await passed_on(desk, await desk.sell("A-1"))
