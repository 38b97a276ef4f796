"""The orders of cancelled screenings, seen to one by one: each in its own transaction, by any number of workers.

An order is locked first, as by everything that changes one. Whoever comes second, be it another worker or the buyer
who gives back by himself at this moment, finds its tickets void and has nothing left to do: no ticket is paid back
twice. A worker that dies leaves the rest as it was, and the next look finds it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from ticketing.kernel import errors
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.sales.changes.cancellation import SQL as CHANGES_SQL
from ticketing.sales.changes.cancellation import give_back
from ticketing.sales.changes.exchange_payment import end_exchange
from ticketing.sales.desk import SQL as SALES_SQL
from ticketing.sales.desk import Sales, SeatNews, read_order, tell_seats
from ticketing.sales.model import OrderFacts, TicketFacts
from ticketing.sales.screenings.cancelling import SQL, Way

ORDERS_AT_ONCE_MAX: Final = 50
STRAGGLERS_FOR: Final = timedelta(minutes=2)
"""So long an order may still come in that was begun before the screening was cancelled."""
LETTER: Final = "mail_screening_cancelled"

log = structlog.get_logger(__name__)


async def see_to_cancelled(sales: Sales) -> int:
    """See to the next orders of cancelled screenings; how many. Cancellations with none left are done.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        concerned = await sales.context.postgres.fetch(SQL.list_orders_concerned, ORDERS_AT_ONCE_MAX)
    seen_to = 0
    for row in concerned:
        try:
            await _see_to(sales, row["order_id"], row["screening_id"], row["way"])
            seen_to += 1
        except errors.Unforeseen:
            # Its books are wrong, which was logged; one order holds up no other.
            log.exception("order_not_seen_to", order=row["order_id"], screening=row["screening_id"])
    if not concerned:
        now = sales.context.clock.now()
        until = now - STRAGGLERS_FOR
        async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
            # A statement of its own: the next one has to see the tickets of whoever went first.
            await connection.execute(SQL.take_turns_on_cancellations, until)
            await connection.execute(SQL.end_cancellations, until, now)
    return seen_to


async def _see_to(sales: Sales, order_id: str, screening_id: str, way: Way) -> None:
    now = sales.context.clock.now()
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        await connection.fetchval(SALES_SQL.lock_order, order_id)
        await connection.fetch(CHANGES_SQL.lock_tickets, order_id)
        order = await read_order(connection, order_id)
        live = [one for one in order.tickets if one.screening == screening_id and one.status != "void"]
        news = await _end_waiting_exchange(connection, order, screening_id, now)
        first = await connection.fetchval(SQL.note_order, screening_id, order_id)
        if first:
            await _tell_holders(connection, order_id, live, now)
        if order.status == "awaiting_payment":
            # Part of an unpaid order can't be given back: its payment would not fit any more.
            rows = await connection.fetch(SALES_SQL.close_order, order_id, now, "cancelled")
            news += [SeatNews(row["screening_id"], row["seat"], "f") for row in rows]
            await _tell(connection, order_id, live, now)
        elif live and order.status == "confirmed" and way == "refund":
            refund = sum(ticket.amount for ticket in live)
            chosen = [ticket.ticket for ticket in live]
            news += await give_back(connection, order, chosen, refund=refund, fee=0, now=now, letter=LETTER)
        elif live and first:
            await _tell(connection, order_id, live, now)
    await tell_seats(sales, news)


async def _end_waiting_exchange(
    connection: Connection, order: OrderFacts, screening_id: str, now: datetime
) -> list[SeatNews]:
    """An exchange that waits for its payment and has places in the cancelled screening is given up; its tickets
    stay what they were.
    """
    waiting = order.waiting_exchange
    if waiting is None or all(place.screening != screening_id for place in waiting.places):
        return []
    return list(await end_exchange(connection, order.order, waiting.exchange, "withdrawn", now))


async def _tell(connection: Connection, order_id: str, tickets: Sequence[TicketFacts], now: datetime) -> None:
    if tickets:
        named = [one.ticket for one in tickets]
        await connection.execute(SQL.queue_cancelled_letter, order_id, named, None, now)


async def _tell_holders(
    connection: Connection, order_id: str, tickets: Sequence[TicketFacts], now: datetime
) -> None:
    """Those to whom tickets were passed on hear of it too; the money is the buyer's."""
    for ticket in tickets:
        if ticket.holder_email is not None:
            await connection.execute(SQL.queue_cancelled_letter, order_id, [ticket.ticket], ticket.ticket, now)
