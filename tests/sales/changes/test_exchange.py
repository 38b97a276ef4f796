"""Exchanges that are done at once, and those that are refused: nothing is ever half exchanged."""

from datetime import timedelta

import pytest

from tests.sales.changes.conftest import ChangeDesk, change_desk
from tests.sales.test_orders import voucher
from tests.seating.box_office import outcomes
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.changes.exchange import exchange_tickets, look_at_exchange
from ticketing.sales.changes.rules import ExchangeWish
from ticketing.sales.changes.transfer import transfer_ticket
from ticketing.sales.model import OrderView


async def test_the_same_exchange_many_times_at_once_is_one(free_desk: ChangeDesk) -> None:
    desk = free_desk
    order = await desk.sell("A-1")
    hold = await desk.hold("B-1")
    answers = await outcomes(*(desk.exchange(order, hold) for _ in range(6)))
    # One that comes when the hold has ended is refused; sent again, it is answered.
    assert {type(one) for one in answers} <= {OrderView, errors.HoldExpired}
    assert (await desk.exchange(order, hold)).tickets[0].seat == "B-1"
    assert await desk.fetchval("select revision from ticket") == 2
    assert [await desk.state("A-1"), await desk.state("B-1")] == ["f", "s"]
    assert await desk.fetchval("select count(*) from ledger_entry") == 3
    assert await desk.fetchval("select count(*) from job where kind = 'mail_exchanged'") == 1


async def test_one_ticket_exchanged_for_two_seats_at_once_gets_one(free_desk: ChangeDesk) -> None:
    desk = free_desk
    order = await desk.sell("A-1")
    holds = [await desk.hold(f"B-{number}") for number in range(1, 6)]
    answers = await outcomes(*(desk.exchange(order, hold) for hold in holds))
    assert not [one for one in answers if isinstance(one, Exception)]
    # They take turns: each moved the ticket on, and the last one has it.
    assert await desk.fetchval("select count(*) from ticket") == 1
    sold = [seat for seat, state in (await desk.states()).items() if state in "rs"]
    assert sold == [await desk.fetchval("select seat from ticket")]
    assert (await desk.money())["live"] == 350_000


async def test_a_cheaper_exchange_pays_the_difference_back_but_for_the_fee(desk: ChangeDesk) -> None:
    order = await desk.sell("A-1")
    after = await desk.exchange(order, await desk.hold("B-1"), tariff="student")
    assert (after.refunded.amount, after.exchange) == (140_000, None)
    assert await desk.money() == {"taken": 350_000, "back": 140_000, "live": 200_000, "fees": 10_000}


async def test_several_tickets_go_together_each_to_its_seat(free_desk: ChangeDesk) -> None:
    desk = free_desk
    order = await desk.sell("A-1", "A-2", "A-3")
    hold = await desk.hold("C-1", "C-2", screening=desk.other)
    first, second = (order.tickets[index].ticket for index in (0, 2))
    wishes = [ExchangeWish(first, "C-2"), ExchangeWish(second)]
    after = await exchange_tickets(
        desk.house.sales, order.order, order.secret or "", wishes, hold_id=hold.hold, due_shown=0
    )
    places = {ticket.ticket: (ticket.screening, ticket.seat) for ticket in after.tickets}
    assert places[first] == (desk.other, "C-2")
    assert places[second] == (desk.other, "C-1")
    states = await desk.states()
    assert [states[seat] for seat in ("A-1", "A-2", "A-3")] == ["f", "s", "f"]


async def test_what_was_paid_counts_and_a_voucher_goes_on_applying(free_desk: ChangeDesk) -> None:
    desk = free_desk
    order = await desk.order(await desk.hold("A-1"), voucher=await voucher(desk))
    await desk.pay(order)
    hold = await desk.hold("B-1")
    wishes = [ExchangeWish(order.tickets[0].ticket, tariff="student")]
    look = await look_at_exchange(desk.house.sales, order.order, order.secret or "", wishes, hold_id=hold.hold)
    # Half of 3,500.00 was paid; half of 2,000.00 is the new price.
    assert (look.terms.places[0].amount, look.terms.due) == (100_000, -75_000)
    after = await desk.exchange(order, hold, tariff="student")
    assert after.tickets[0].price.amount == 100_000
    assert (await desk.money())["back"] == 75_000


async def test_a_ticket_somebody_enters_with_at_that_moment_is_not_exchanged(free_desk: ChangeDesk) -> None:
    desk = free_desk
    order = await desk.sell("A-1")
    hold = await desk.hold("B-1")
    async with desk.context.postgres.acquire() as gate:
        admission = gate.transaction()
        await admission.start()
        await gate.execute("update ticket set entries = 1, inside = true")

        async def let_in() -> None:
            while not await desk.fetchval("select count(*) from pg_locks where not granted"):
                pass
            await admission.commit()

        answers = await outcomes(desk.exchange(order, hold), let_in())
    assert isinstance(answers[0], errors.AlreadyUsed)
    assert await desk.fetchval("select seat from ticket") == "A-1"
    assert await desk.fetchval("select count(*) from ledger_entry") == 1


async def test_a_way_of_paying_is_needed_only_where_something_is_to_pay(
    context: Context, clock: ShiftedClock
) -> None:
    desk = await change_desk(context, clock)
    order = await desk.sell_student("A-1")
    with pytest.raises(errors.PaymentProviderUnknown):
        await desk.exchange(order, await desk.hold("B-1"), tariff="full", payment="nowhere")
    after = await desk.exchange(order, await desk.hold("B-2"), payment="nowhere")
    assert after.tickets[0].seat == "B-2"
    assert await desk.fetchval("select count(*) from ticket where status = 'reserved'") == 0


async def test_what_can_not_be_exchanged_changes_nothing(
    desk: ChangeDesk, clock: ShiftedClock, context: Context
) -> None:
    order, other = await desk.sell("A-1", "A-2"), await desk.sell("A-3")
    unpaid = await desk.order(await desk.hold("A-4"))
    now = desk.context.clock.now()
    foreign = await desk.factory.screening(layout=desk.layout, sales_close_at=now + timedelta(days=1))
    before = await desk.fetchval("select jsonb_agg(ticket order by ticket_id) from ticket")
    hold = await desk.hold("B-1")
    two = await desk.hold("B-2", "B-3")
    abroad = await desk.hold("B-1", screening=foreign)
    ours, theirs = order.tickets[0].ticket, other.tickets[0].ticket
    secret = order.secret or ""

    async def refused(
        refusal: type[errors.TicketingError], *wishes: ExchangeWish, by: str = hold.hold, who: OrderView = order
    ) -> None:
        with pytest.raises(refusal):
            await exchange_tickets(desk.house.sales, who.order, who.secret or "", wishes, hold_id=by)

    await refused(errors.UnknownTicket, ExchangeWish(theirs))
    await refused(errors.TicketsDoNotMatchHold, ExchangeWish(ours), by=two.hold)
    await refused(errors.TicketsDoNotMatchHold, ExchangeWish(ours, "B-9"))
    await refused(errors.TicketsDoNotMatchHold, ExchangeWish(ours), ExchangeWish(ours), by=two.hold)
    await refused(errors.TicketsDoNotMatchHold)
    await refused(errors.TariffNotForZone, ExchangeWish(ours, tariff="nothing"))
    await refused(errors.AnotherFestival, ExchangeWish(ours), by=abroad.hold)
    await refused(errors.HoldExpired, ExchangeWish(ours), by="no-such-hold")
    await refused(errors.OrderNotConfirmed, ExchangeWish(unpaid.tickets[0].ticket), who=unpaid)
    with pytest.raises(errors.UnknownOrder):
        await exchange_tickets(desk.house.sales, other.order, secret, [ExchangeWish(theirs)], hold_id=hold.hold)
    assert await desk.fetchval("select jsonb_agg(ticket order by ticket_id) from ticket") == before
    assert await desk.fetchval("select count(*) from exchange") == 0
    assert [await desk.state("B-1"), await desk.state("A-1")] == ["h", "s"]
    await transfer_ticket(desk.house.sales, order.order, secret, ours, holder="Dana", email="dana@example.org")
    await refused(errors.TicketPassedOn, ExchangeWish(ours))
    await context.postgres.execute("update ticket set entries = 1 where ticket_id = $1", theirs)
    await refused(errors.AlreadyUsed, ExchangeWish(theirs), who=other)
    late = await desk.hold("D-1", screening=desk.other)
    clock.ahead = timedelta(hours=1)
    await refused(errors.TooLateToChange, ExchangeWish(order.tickets[1].ticket), by=late.hold)


async def test_tickets_of_two_screenings_are_exchanged_one_after_the_other(free_desk: ChangeDesk) -> None:
    desk = free_desk
    order = await desk.order(await desk.hold("A-1"), await desk.hold("A-1", screening=desk.other))
    await desk.pay(order)
    with pytest.raises(errors.ScreeningsMixed):
        await desk.exchange(order, await desk.hold("B-1", "B-2"), 0, 1)


async def test_a_festival_may_switch_exchanges_off(context: Context, clock: ShiftedClock) -> None:
    desk = await change_desk(context, clock, exchange=False)
    order = await desk.sell("A-1")
    with pytest.raises(errors.ExchangeNotAllowed):
        await desk.exchange(order, await desk.hold("B-1"))


async def test_an_exchange_pays_nothing_back_where_tickets_can_t_be_given_back(
    context: Context, clock: ShiftedClock
) -> None:
    desk = await change_desk(context, clock, refund=False)
    order = await desk.sell("A-1")
    hold = await desk.hold("B-1")
    with pytest.raises(errors.NothingPaidBack):
        await desk.exchange(order, hold, tariff="student")
    assert await desk.fetchval("select seat from ticket") == "A-1"
    # The same seats for as much, and dearer ones, are free to be had.
    after = await desk.exchange(order, hold)
    assert (after.tickets[0].seat, after.refunded.amount) == ("B-1", 0)
    assert (await desk.money())["back"] == 0


async def test_exchanging_too_late_does_not_bring_the_money_back_within_reach(
    context: Context, clock: ShiftedClock
) -> None:
    desk = await change_desk(context, clock, refund_until_minutes=180, exchange_until_minutes=5)
    # Two hours before the screening: given back until three hours, exchanged until five minutes before.
    await context.postgres.execute(
        "update screening set starts_at = starts_at + interval '2 days', ends_at = ends_at + interval '2 days',"
        " sales_close_at = sales_close_at + interval '2 days' where screening_id = $1",
        desk.other,
    )
    desk.house.catalogue.forget()
    order = await desk.sell("A-1")
    with pytest.raises(errors.TooLateToChange):
        await cancel_order(desk.house.sales, order.order, order.secret or "", None)
    with pytest.raises(errors.NothingPaidBack):
        await desk.exchange(order, await desk.hold("B-2", screening=desk.other), tariff="student")
    after = await desk.exchange(order, await desk.hold("B-1", screening=desk.other))
    assert after.tickets[0].screening == desk.other
    with pytest.raises(errors.RefundForfeited):
        await cancel_order(desk.house.sales, order.order, order.secret or "", None)
    # Nor does a second exchange, though its own time is not over.
    again = await desk.exchange(order, await desk.hold("C-1", screening=desk.other))
    assert again.tickets[0].seat == "C-1"
    with pytest.raises(errors.RefundForfeited):
        await cancel_order(desk.house.sales, order.order, order.secret or "", None)
    # What the house itself calls off is paid back.
    await context.postgres.execute("update screening set status = 'cancelled' where screening_id = $1", desk.other)
    desk.house.catalogue.forget()
    gone = await cancel_order(desk.house.sales, order.order, order.secret or "", None)
    assert (gone.status, gone.refunded.amount) == ("cancelled", 350_000)


async def test_an_exchange_in_time_leaves_the_right_to_money_back(free_desk: ChangeDesk) -> None:
    desk = free_desk
    order = await desk.sell("A-1")
    await desk.exchange(order, await desk.hold("B-1", screening=desk.other))
    gone = await cancel_order(desk.house.sales, order.order, order.secret or "", None)
    assert gone.refunded.amount == 350_000
