"""A sold-out screening and people who wait for it."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from tests.factories import make_layout
from tests.seating.box_office import BoxOffice
from ticketing.kernel.context import Context
from ticketing.programme.layout import Layout
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.model import OrderView
from ticketing.sales.waiting.joining import join_waiting_list, show_waiting
from ticketing.sales.waiting.model import JoinRequest, Party, WaitingView
from ticketing.sales.waiting.offering import offer_seats
from ticketing.seating.holds import hold_seats
from ticketing.seating.model import Hold, NamedSeats
from ticketing.tickets.keys import ensure_key

CLIENT = "203.0.113.9"


def noon_zone(now: datetime) -> str:
    """The name of a zone in which it is noon: an offer made at night would stand until the morning."""
    # By POSIX, zones ahead of UTC have a minus.
    return f"Etc/GMT{now.hour - 12:+d}"


class WaitingRoom:
    """A box office whose hall (2 rows of 5, unless another is given) is sold out but for ``free``."""

    def __init__(self, office: BoxOffice) -> None:
        self.office = office
        self.context = office.context
        self.house = office.house
        self.screening = office.screening
        self.entries: dict[str, WaitingView] = {}
        self.sold: dict[str, OrderView] = {}

    @classmethod
    async def opened(
        cls,
        context: Context,
        *,
        layout: Layout | None = None,
        free: str = "",
        rules: dict[str, Any] | None = None,
        **columns: Any,
    ) -> "WaitingRoom":
        now = context.clock.now()
        columns.setdefault("starts_at", now + timedelta(hours=3))
        columns.setdefault("sales_close_at", now + timedelta(hours=2))
        rules = {"refund_until_minutes": 0, **(rules or {})}
        office = BoxOffice(context, layout or make_layout(rows=2, seats=5))
        await ensure_key(context)
        hall = await office.factory.hall(layout=office.layout, timezone=noon_zone(now))
        office.screening = await office.factory.screening(hall=hall, rules=rules, **columns)
        room = cls(office)
        for label in office.layout.labels:
            if label not in free.split():
                room.sold[label] = await office.sell(label)
        return room

    async def join(self, who: str, people: int = 1, key: str | None = None, **wish: Any) -> WaitingView:
        """Somebody named ``who`` joins."""
        request = JoinRequest(Party(people, **wish), f"{who}@example.org", who.title(), consent=True)
        view = await join_waiting_list(self.house.sales, self.screening, request, key, CLIENT)
        if view.secret:
            self.entries[who] = view
        return view

    async def show(self, who: str) -> WaitingView:
        """The place of somebody, as they see it."""
        entry, secret = self.secret_of(who)
        return await show_waiting(self.house.sales, entry, secret)

    def secret_of(self, who: str) -> tuple[str, str]:
        """The entry of somebody, and its secret."""
        view = self.entries[who]
        assert view.entry
        assert view.secret
        return view.entry, view.secret

    async def give_back(self, *seats: str) -> None:
        """Seats come free, by their buyers' giving them back."""
        for seat in seats:
            order = self.sold.pop(seat)
            assert order.secret
            await cancel_order(self.house.sales, order.order, order.secret)

    async def offer(self) -> None:
        """The worker's duty, until there is nothing left to do."""
        for _ in range(20):
            if not await offer_seats(self.house.sales):
                return
        raise AssertionError("the duty finds no end")

    async def pass_by(self, *seats: str) -> Hold:
        """Somebody who does not wait takes seats."""
        return await hold_seats(self.house.seating, self.screening, NamedSeats(seats), "203.0.113.77")

    async def standing(self) -> str:
        """What everybody has: ``anna offered A-1 A-2; berik waiting 1``, by name."""
        views = await asyncio.gather(*(self.show(who) for who in sorted(self.entries)))
        texts = []
        for who, view in zip(sorted(self.entries), views, strict=True):
            more = view.offer.seats if view.offer else (str(view.place),) if view.place else ()
            texts.append(" ".join([who, view.status, *more]))
        return "; ".join(texts)

    async def letters(self, kind: str) -> int:
        """How many letters of a kind are queued."""
        return await self.office.fetchval("select count(*) from job where kind = $1", kind)
