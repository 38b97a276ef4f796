"""Tickets given back, exchanged, passed on: once each, and the books agree."""

from datetime import timedelta

import pytest

from tests.sales.test_payments import books
from tests.seating.box_office import BoxOffice, outcomes
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.sales.changes import cancel_order, exchange_ticket, transfer_ticket
from ticketing.sales.model import OrderView


@pytest.fixture
async def office(context: Context, clock: ShiftedClock) -> BoxOffice:
    """A box office two hours before its screening, which keeps ten per cent of what is given back."""
    clock.ahead = timedelta(hours=-2)
    opened = await BoxOffice.opened(context, rules={"refund_fee_percent": 10})
    await context.postgres.execute(
        "update screening set starts_at = starts_at + interval '2 hours', ends_at = ends_at + interval '2 hours',"
        " sales_close_at = sales_close_at + interval '2 hours'"
    )
    return opened


async def test_a_part_is_given_back_with_its_fee(office: BoxOffice) -> None:
    order = await office.sell("A-1", "A-2")
    after = await cancel_order(office.house.sales, order.order, order.secret or "", [order.tickets[0].ticket])
    assert (after.status, after.refunded.amount) == ("confirmed", 315_000)
    assert [await office.state("A-1"), await office.state("A-2")] == ["f", "s"]
    again = await cancel_order(office.house.sales, order.order, order.secret or "", [order.tickets[0].ticket])
    assert again == after
    last = await cancel_order(office.house.sales, order.order, order.secret or "")
    assert last.status == "cancelled"
    assert await books(office, order) == (700_000, 630_000, 0)
    assert await office.fetchval("select fee_amount from orders") == 70_000


async def test_cancelling_at_once_from_many_sides_pays_back_once(office: BoxOffice) -> None:
    order = await office.sell("A-1", "A-2")
    answers = await outcomes(*(cancel_order(office.house.sales, order.order, order.secret or "") for _ in range(8)))
    assert not [one for one in answers if isinstance(one, Exception)]
    assert await books(office, order) == (700_000, 630_000, 0)
    assert await office.fetchval("select count(*) from ledger_entry where kind = 'cancelled'") == 2


async def exchanged(office: BoxOffice, order: OrderView, hold: str, tariff: str | None = None) -> OrderView:
    ticket = order.tickets[0].ticket
    return await exchange_ticket(
        office.house.sales, order.order, order.secret or "", ticket, hold_id=hold, tariff=tariff
    )


async def test_the_same_exchange_many_times_at_once_is_one(office: BoxOffice) -> None:
    order = await office.sell("A-1")
    hold = await office.hold("B-1")
    answers = await outcomes(*(exchanged(office, order, hold.hold) for _ in range(6)))
    # One that comes when the hold has ended is refused; sent again, it is answered.
    assert {type(one) for one in answers} <= {OrderView, errors.HoldExpired}
    assert (await exchanged(office, order, hold.hold)).tickets[0].seat == "B-1"
    assert await office.fetchval("select revision from ticket") == 2
    assert [await office.state("A-1"), await office.state("B-1")] == ["f", "s"]
    assert await office.fetchval("select count(*) from ledger_entry") == 3


async def test_a_cheaper_exchange_pays_the_difference_back(office: BoxOffice) -> None:
    order = await office.sell("A-1")
    after = await exchanged(office, order, (await office.hold("B-1")).hold, "student")
    assert after.refunded.amount == 150_000
    assert await books(office, order) == (350_000, 150_000, 200_000)
    with pytest.raises(errors.ExchangeCostsMore):
        await exchanged(office, order, (await office.hold("C-1")).hold, "full")


async def test_a_ticket_somebody_enters_with_at_that_moment_is_not_exchanged(office: BoxOffice) -> None:
    order = await office.sell("A-1")
    hold = await office.hold("B-1")
    ticket = order.tickets[0].ticket
    async with office.context.postgres.acquire() as gate:
        admission = gate.transaction()
        await admission.start()
        await gate.execute("update ticket set entries = 1, inside = true where ticket_id = $1", ticket)

        async def let_in() -> None:
            while not await office.fetchval("select count(*) from pg_locks where not granted"):
                pass
            await admission.commit()

        answers = await outcomes(exchanged(office, order, hold.hold), let_in())
    assert isinstance(answers[0], errors.AlreadyUsed)
    assert await office.fetchval("select seat from ticket") == "A-1"
    assert await office.fetchval("select count(*) from ledger_entry") == 1


async def test_a_ticket_is_passed_on_and_its_first_code_superseded(office: BoxOffice) -> None:
    order = await office.sell("A-1")
    secret, ticket = order.secret or "", order.tickets[0].ticket
    after = await transfer_ticket(office.house.sales, order.order, secret, ticket, "Dana")
    again = await transfer_ticket(office.house.sales, order.order, secret, ticket, "Dana")
    assert after == again
    assert await office.fetchval("select revision from ticket") == 2


@pytest.mark.parametrize("secret", ["", "x", "Ж" * 22])
async def test_without_the_secret_nothing_is_told(office: BoxOffice, secret: str) -> None:
    order = await office.sell("A-1")
    with pytest.raises(errors.UnknownOrder):
        await cancel_order(office.house.sales, order.order, secret)


async def test_too_late_is_too_late(office: BoxOffice, clock: ShiftedClock) -> None:
    order = await office.sell("A-1")
    clock.ahead = timedelta(hours=1)
    with pytest.raises(errors.TooLateToChange):
        await cancel_order(office.house.sales, order.order, order.secret or "")
