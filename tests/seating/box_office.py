"""A box office for tests: holds seats, sells them, and looks into the books and the mirror."""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Any

from tests.factories import Factory, make_layout
from ticketing.kernel.context import Context
from ticketing.programme.layout import Layout
from ticketing.sales.demo_bank import report_demo_payment
from ticketing.sales.model import Buyer, HoldTickets, OrderRequest, OrderView, TicketRequest
from ticketing.sales.orders import place_order
from ticketing.seating.holds import hold_seats
from ticketing.seating.model import BestSeats, Hold, NamedSeats, Wish
from ticketing.seating.scripts import keys_of
from ticketing.tickets.keys import ensure_key
from ticketing.web.house import House, build_house

BUYER = Buyer("aigerim@example.org", "Aigerim")
CLIENT = "203.0.113.7"


class BoxOffice:
    """One house with one screening, in a hall of 5 rows of 10 unless another layout is given."""

    def __init__(self, context: Context, layout: Layout) -> None:
        self.context = context
        self.layout = layout
        self.house: House = build_house(context)
        self.factory = Factory(context)
        self.screening = ""

    @classmethod
    async def opened(
        cls, context: Context, layout: Layout | None = None, rules: dict[str, Any] | None = None, **columns: Any
    ) -> "BoxOffice":
        office = cls(context, layout or make_layout())
        await ensure_key(context)
        office.screening = await office.factory.screening(layout=office.layout, rules=rules, **columns)
        return office

    async def hold(self, *seats: str, screening: str | None = None) -> Hold:
        return await self.wish(NamedSeats(seats), screening=screening)

    async def best(self, count: int) -> Hold:
        return await self.wish(BestSeats(count))

    async def wish(self, wish: Wish, *, screening: str | None = None) -> Hold:
        return await hold_seats(self.house.seating, screening or self.screening, wish, CLIENT)

    def request(self, *holds: Hold, tariff: str = "full", voucher: str | None = None) -> OrderRequest:
        listed = [HoldTickets(hold.hold, [TicketRequest(seat, tariff) for seat in hold.seats]) for hold in holds]
        return OrderRequest(listed, BUYER, payment="demo", voucher=voucher)

    async def order(
        self, *holds: Hold, tariff: str = "full", key: str | None = None, voucher: str | None = None
    ) -> OrderView:
        request = self.request(*holds, tariff=tariff, voucher=voucher)
        return await place_order(self.house.sales, request, key or secrets.token_hex(8))

    async def sell(self, *seats: str, screening: str | None = None) -> OrderView:
        """A paid order for these seats."""
        order = await self.order(await self.hold(*seats, screening=screening))
        await self.pay(order)
        return order

    async def pay(self, order: OrderView, outcome: str = "paid") -> OrderView:
        return await report_demo_payment(self.house.sales, order.order, outcome, order.secret)

    async def at_till(self, login: str) -> None:
        """Somebody is at a till, if they are not there yet."""
        if not await self.fetchval("select true from till_shift where login = $1 and closed_at is null", login):
            await self.factory.shift(login)

    async def states(self, screening: str | None = None) -> dict[str, str]:
        """The state of each seat in the mirror, by its letter."""
        raw = await self.context.redis.call("GET", keys_of(screening or self.screening).shared()[1])
        return dict(zip(self.layout.labels, (raw or b"").decode(), strict=True))

    async def state(self, seat: str) -> str:
        return (await self.states())[seat]

    async def holds(self) -> dict[str, str]:
        """The live holds as the mirror lists them."""
        raw = await self.context.redis.call("HGETALL", keys_of(self.screening).shared()[2])
        pairs = raw.items() if isinstance(raw, dict) else zip(raw[::2], raw[1::2], strict=True)
        return {hold.decode(): text.decode() for hold, text in pairs}

    async def reconcile(self) -> int:
        return await self.house.mirror.reconcile([self.screening])

    async def fetchval(self, query: str, *arguments: Any) -> Any:
        return await self.context.postgres.fetchval(query, *arguments)


async def outcomes(*calls: Any) -> Sequence[Any]:
    """What each of these calls, made at once, gave or raised."""
    return await asyncio.gather(*calls, return_exceptions=True)
