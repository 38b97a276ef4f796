"""A box office that gives back, exchanges and passes on."""

from datetime import timedelta
from typing import Any

import pytest

from tests.seating.box_office import BoxOffice
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.sales.changes.exchange import exchange_tickets
from ticketing.sales.changes.rules import ExchangeWish
from ticketing.sales.demo_bank import report_demo_payment
from ticketing.sales.model import OrderView
from ticketing.seating.model import Hold


class ChangeDesk(BoxOffice):
    """A box office two hours before its screening, with a second screening and a dearer row of seats in it."""

    other: str

    async def exchange(
        self, order: OrderView, hold: Hold, *tickets: int, tariff: str | None = None, **more: Any
    ) -> OrderView:
        """Exchange these tickets of an order (the first) for a hold's seats."""
        wishes = [ExchangeWish(order.tickets[index].ticket, tariff=tariff) for index in tickets or (0,)]
        secret = order.secret or ""
        return await exchange_tickets(self.house.sales, order.order, secret, wishes, hold_id=hold.hold, **more)

    async def dearer(self, order: OrderView, seat: str = "B-1") -> OrderView:
        """An exchange of a student's ticket for a full one: it waits for 1,500.00 and the fee."""
        return await self.exchange(order, await self.hold(seat), tariff="full")

    async def sell_student(self, *seats: str) -> OrderView:
        order = await self.order(await self.hold(*seats), tariff="student")
        await self.pay(order)
        return order

    async def pay_exchange(self, order: OrderView, outcome: str = "paid") -> OrderView:
        assert order.exchange is not None
        return await report_demo_payment(self.house.sales, order.exchange.exchange, outcome, order.secret)

    async def money(self) -> dict[str, int]:
        """All that was taken, goes back, stands in live tickets and was kept as fees; and whether it adds up."""
        sums = {
            name: int(await self.fetchval(query))
            for name, query in {
                "taken": "select coalesce(sum(amount), 0) from payment",
                "back": "select coalesce(sum(amount), 0) from refund",
                "live": "select coalesce(sum(price_amount), 0) from ticket where status = 'sold'",
                "fees": "select coalesce(sum(fee_amount), 0) from orders",
            }.items()
        }
        assert sums["taken"] == sums["back"] + sums["live"] + sums["fees"]
        return sums


async def change_desk(context: Context, clock: ShiftedClock, **rules: Any) -> ChangeDesk:
    """A desk of a festival with these rules."""
    clock.ahead = timedelta(hours=-2)
    desk = await ChangeDesk.opened(context, rules=rules)
    assert isinstance(desk, ChangeDesk)
    festival = await desk.fetchval("select festival_id from screening")
    desk.other = await desk.factory.screening(festival=festival, layout=desk.layout)
    await context.postgres.execute(
        "update screening set starts_at = starts_at + interval '2 hours', ends_at = ends_at + interval '2 hours',"
        " sales_close_at = sales_close_at + interval '2 hours'"
    )
    return desk


@pytest.fixture
async def desk(context: Context, clock: ShiftedClock) -> ChangeDesk:
    """A desk that keeps ten per cent of what is given back, and takes 100.00 for an exchange."""
    return await change_desk(context, clock, refund_fee_percent=10, exchange_fee=10_000)


@pytest.fixture
async def free_desk(context: Context, clock: ShiftedClock) -> ChangeDesk:
    """A desk whose changes cost nothing."""
    return await change_desk(context, clock)
