"""The book in which orders are written: those that come at once share a round trip and a commit."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from ticketing.kernel.batches import Batches
from ticketing.kernel.postgres import Connection, Pool
from ticketing.kernel.queries import load_queries
from ticketing.sales.model import PricedTicket

SQL = load_queries("sales")
ORDERS_TOGETHER_MAX = 32
SENDERS_MAX = 2
ORDERS_WAITING_MAX = 2_000


class OrderEntry(msgspec.Struct, frozen=True):
    """An order about to be written; the columns of ``place_orders`` in their order. ``total`` in minor units."""

    order_id: str
    festival: str
    email: str
    name: str
    locale: str
    currency: str
    total: int
    provider: str
    voucher: str | None
    idempotency_key: str
    fingerprint: bytes
    placed_at: datetime
    expires_at: datetime | None


class TicketEntry(msgspec.Struct, frozen=True):
    """A ticket of it; the columns of ``place_orders`` in their order."""

    order_id: str
    ticket_id: str
    screening: str
    seat: str
    zone: str
    tariff: str
    amount: int
    holder: str | None


def ticket_entry(order_id: str, ticket_id: str, ticket: PricedTicket) -> TicketEntry:
    """The entry of a priced ticket."""
    return TicketEntry(
        order_id, ticket_id, ticket.screening, ticket.seat, ticket.zone, ticket.tariff, ticket.amount, ticket.holder
    )


class OrderBook:
    """Writes orders down. One per process."""

    def __init__(self, postgres: Pool) -> None:
        self._postgres = postgres
        self._batches: Batches[tuple[OrderEntry, Sequence[TicketEntry]], bool] = Batches(
            self._write,
            batch_max=ORDERS_TOGETHER_MAX,
            senders_max=SENDERS_MAX,
            waiting_max=ORDERS_WAITING_MAX,
        )

    async def place(self, order: OrderEntry, tickets: Sequence[TicketEntry]) -> bool:
        """Write an order with its tickets; False where its idempotency key was used before.

        An order that can't be written (a seat is taken) does not hold up those it shared a round trip with.

        Raises:
            TooMany: too many orders wait in this process. It was not written.
            asyncpg.PostgresError, OSError: as the driver raises them.
        """
        return await self._batches.call((order, tickets))

    async def _write(self, asked: Sequence[tuple[OrderEntry, Sequence[TicketEntry]]]) -> list[bool]:
        return await write_orders(self._postgres, asked)


async def write_orders(
    postgres: Pool | Connection,
    asked: Sequence[tuple[OrderEntry, Sequence[TicketEntry]]],
    statement: str = SQL.place_orders,
) -> list[bool]:
    """Write orders with their tickets in one statement; for each, False where its idempotency key was used before.

    Only the benchmark has another ``statement``, with the same columns.

    Raises:
        asyncpg.PostgresError, OSError: as the driver raises them; nothing was written then.
    """
    orders = list(zip(*(msgspec.structs.astuple(order) for order, _ in asked), strict=True))
    tickets = list(zip(*(msgspec.structs.astuple(ticket) for _, listed in asked for ticket in listed), strict=True))
    rows = await postgres.fetch(statement, *orders, *tickets)
    placed = {row["order_id"] for row in rows}
    return [order.order_id in placed for order, _ in asked]
