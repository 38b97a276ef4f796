"""A small festival, its servers, and what its clients were told."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import redis.asyncio

from tests.factories import Factory, make_layout
from tests.sales.waiting_room import noon_zone
from tests.simulator.proxy import PostgresProxy
from ticketing.embedded import ValkeyServer
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context, open_context
from ticketing.kernel.money import Money
from ticketing.kernel.settings import Settings
from ticketing.programme.layout import Layout, SeatKind
from ticketing.sales.model import Buyer, OrderRequest, OrderView
from ticketing.tickets.keys import ensure_key
from ticketing.web.house import House, build_house

BUYER = Buyer("zhanar.oral@example.org", "Жанар Орал")
HOLDER = "Сәуле Ахметова"
Call = Callable[[], Awaitable[Any]]
ORDER_TTL_S = 60


class World:
    """Three screenings of two festivals in small halls, so that everybody wants the same seats."""

    def __init__(self, context: Context, clock: ShiftedClock, valkey: ValkeyServer, proxy: PostgresProxy) -> None:
        self.context, self.clock, self.valkey, self.proxy = context, clock, valkey, proxy
        self.house: House = build_house(context)
        self.layout = small_hall()
        self.screenings: list[str] = []
        self.auditor: asyncpg.Connection[asyncpg.Record]
        self.redis: redis.asyncio.Redis
        # A screening with six seats, for which people wait; the others' deeds leave it alone.
        self.sought = ""
        self.sought_seats = tuple(f"F-{number}" for number in range(1, 7))
        self.waiting: dict[str, str] = {}
        self.joined: dict[str, str] = {}
        # What clients know.
        self.holds: dict[str, tuple[str, ...]] = {}
        self.requests: dict[str, OrderRequest] = {}
        self.placed: dict[str, OrderView] = {}
        self.orders: dict[str, str] = {}
        self.codes: list[str] = []
        self.tickets: dict[str, str] = {}
        self.screening_of: dict[str, str] = {}
        self.scans: dict[str, str] = {}
        self.exchanges: dict[str, tuple[str, Money]] = {}
        self.confirmed: set[str] = set()
        self.asked_back: set[str] = set()
        # A key of Redis was lost alone: until the next reconciliation a seat may be held by nobody.
        self.keys_lost = False

    @classmethod
    @contextlib.asynccontextmanager
    async def opened(cls, settings: Settings) -> AsyncIterator["World"]:
        """A world of its own Valkey, with a proxy before its database."""
        clock = ShiftedClock()
        proxy = PostgresProxy(settings.database_url)
        with tempfile.TemporaryDirectory(prefix="tk-") as folder, ValkeyServer(Path(folder)) as valkey:
            own = msgspec.structs.replace(
                settings,
                database_url=proxy.url,
                redis_url=valkey.url,
                redis_timeout_ms=500,
                payment_providers="demo,counter",
            )
            async with proxy.running(), open_context(own, clock) as context:
                world = cls(context, clock, valkey, proxy)
                world.auditor = await asyncpg.connect(settings.database_url)
                world.redis = redis.asyncio.Redis.from_url(valkey.url)
                try:
                    await world._furnish()
                    yield world
                finally:
                    await world.redis.aclose()
                    await world.auditor.close()

    async def _furnish(self) -> None:
        await ensure_key(self.context)
        factory = Factory(self.context)
        rules = {
            "order_ttl_s": ORDER_TTL_S,
            "refund_until_minutes": 0,
            "exchange_until_minutes": 0,
            "refund_fee_percent": 7,
            "waiting_offer_ttl_s": 150,
            "waiting_offers_max": 2,
            "refund_fee": 1_000,
            "exchange_fee": 5_000,
        }
        tenge = await factory.festival("week", rules=rules)
        euros = await factory.festival("semaine", currency="EUR", rules=rules | {"reentry": False})
        now = self.context.clock.now()
        for festival in (tenge, tenge, euros):
            screening = await factory.screening(
                festival=festival,
                layout=self.layout,
                starts_at=now + timedelta(days=2),
                doors_at=now - timedelta(hours=2),
                sales_close_at=now + timedelta(days=2),
            )
            self.screenings.append(screening)
        await factory.shift("till-1", KZT=1_000_000)
        self.sought = await self._sought(factory)
        await self.context.postgres.execute(
            "insert into voucher (festival_id, voucher, percent, uses_max, valid_until)"
            " values ('week', 'HALF', 50, 12, now() + interval '9 days'),"
            " ('semaine', 'ALL', 100, 5, now() + interval '9 days')"
        )

    async def _sought(self, factory: Factory) -> str:
        now = self.context.clock.now()
        # At noon, and by day as long as the walk lasts: offers made at night stand until the morning.
        hall = await factory.hall(layout=self.layout, timezone=noon_zone(now))
        screening = await factory.screening(
            festival="week", hall=hall, starts_at=now + timedelta(days=2), sales_close_at=now + timedelta(days=2)
        )
        kept_back = [label for label in self.layout.labels if label not in self.sought_seats]
        await self.context.postgres.execute(
            "insert into allotment (screening_id, allotment_id, owner) values ($1, 'house', 'The house')", screening
        )
        await self.context.postgres.execute(
            "insert into allotment_seat (screening_id, seat, allotment_id) select $1, unnest($2::text[]), 'house'",
            screening,
            kept_back,
        )
        return screening

    @property
    def everywhere(self) -> list[str]:
        """All screenings."""
        return [*self.screenings, self.sought]

    def saw(self, order: OrderView) -> None:
        """A client was shown an order."""
        if order.secret:
            self.orders[order.order] = order.secret
        if order.status == "confirmed":
            self.confirmed.add(order.order)
        if order.exchange is not None and order.exchange.due.amount > 0:
            self.exchanges[order.exchange.exchange] = (order.order, order.exchange.due)
        for ticket in order.tickets:
            self.tickets[ticket.ticket] = order.order
            self.screening_of[ticket.ticket] = ticket.screening
            if ticket.code and ticket.code not in self.codes[-400:]:
                self.codes.append(ticket.code)

    async def restart_redis(self) -> None:
        """Kill the server as a power cut does, and start another at the same socket."""
        self.stop_redis()
        self.valkey.start()

    def stop_redis(self) -> None:
        """Kill the server."""
        assert self.valkey.process is not None
        self.valkey.process.kill()
        self.valkey.process.wait()


def small_hall() -> Layout:
    """Six rows of eight, an area of six, and a wheelchair place with its companion."""
    plain = make_layout(rows=6, seats=8, area_capacity=6)
    seats = list(plain.seats)
    seats[0] = msgspec.structs.replace(seats[0], kind=SeatKind.WHEELCHAIR)
    seats[1] = msgspec.structs.replace(seats[1], kind=SeatKind.COMPANION, companion_of=seats[0].seat)
    return msgspec.structs.replace(plain, seats=tuple(seats))


async def nothing() -> None:
    """There is nobody to do it with yet."""
