"""A counter that takes tickets back and prints them anew."""

import uuid
from typing import Any

import msgspec
import pytest

from tests.sales.changes.conftest import ChangeDesk, change_desk
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.money import Money
from ticketing.kernel.settings import Settings
from ticketing.sales.after_sale.cancelling import cancel_at_counter, look_at_counter_cancellation
from ticketing.sales.after_sale.model import (
    CancellationChoice,
    CancellationWish,
    CounterCancellation,
    Reprint,
    ReprintWish,
)
from ticketing.sales.after_sale.reprinting import reprint_ticket
from ticketing.sales.counter import CounterPayment, take_counter_payment
from ticketing.sales.model import OrderView
from ticketing.staff.model import Principal, Role
from ticketing.staff.reach import Place, reach_of

CLERK = Principal("bota", Role.BOX_OFFICE)
SUPERVISOR = Principal("sara", Role.SUPERVISOR)
ELSEWHERE = Principal("ella", Role.SUPERVISOR, reach=reach_of([Place(None, "another-venue")]))


class Counter(ChangeDesk):
    """A desk with a till: what is sold here was paid at the counter."""

    async def sell_here(self, *seats: str, method: str = "cash") -> OrderView:
        """An order paid at the counter, in cash or at the terminal."""
        order = await self.order(await self.hold(*seats))
        receipt = CounterPayment(uuid.uuid4().hex, method, order.total)  # type: ignore[arg-type]  # one of two literals
        await take_counter_payment(self.house.sales, order.order, receipt, CLERK.login)
        return order

    async def take_back(
        self, order: OrderView, *tickets: int, clerk: Principal = CLERK, money: int | None = None, **more: Any
    ) -> CounterCancellation:
        """Take back these tickets of an order (the first), for what it comes to unless another sum is told."""
        chosen = tuple(order.tickets[index].ticket for index in tickets or (0,))
        choice = CancellationChoice(chosen, more.pop("waive_fee", False))
        if money is None:
            terms = await look_at_counter_cancellation(self.house.sales, order.order, choice, clerk)
            money = terms.refund.amount
        wish = CancellationWish(
            tickets=chosen,
            waive_fee=choice.waive_fee,
            cancellation=more.pop("cancellation", None) or uuid.uuid4(),
            reason=more.pop("reason", "plans_changed"),
            money=Money(money, order.total.currency),
            **more,
        )
        return await cancel_at_counter(self.house.sales, order.order, wish, clerk)

    async def reprint(self, ticket: str, clerk: Principal = CLERK, **wish: Any) -> Reprint:
        """Print a ticket anew, since it was lost."""
        asked = ReprintWish(wish.pop("reprint", None) or uuid.uuid4(), wish.pop("reason", "lost"), **wish)
        return await reprint_ticket(self.house.sales, ticket, asked, clerk)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, payment_providers="counter,demo")


@pytest.fixture
async def counter(context: Context, clock: ShiftedClock) -> Counter:
    """A counter two and a half hours before the film; ten per cent of what is given back is kept, until 30 minutes
    before.
    """
    desk = await change_desk(context, clock, refund_fee_percent=10, refund_until_minutes=30, exchange_fee=10_000)
    counter = Counter(context, desk.layout)
    for clerk in (CLERK, SUPERVISOR):
        await counter.factory.shift(clerk.login, KZT=500_000)
    counter.house, counter.screening, counter.other = desk.house, desk.screening, desk.other
    return counter
