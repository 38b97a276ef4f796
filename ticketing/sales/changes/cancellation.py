"""Giving tickets back: all of an order, or some."""

from collections.abc import Sequence
from datetime import datetime

from ticketing.kernel import errors
from ticketing.kernel.money import Money
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.model import Screening
from ticketing.sales.changes.exchange_payment import end_exchange
from ticketing.sales.changes.rules import Cancellation, cancellation_of
from ticketing.sales.desk import SQL as SALES_SQL
from ticketing.sales.desk import Sales, SeatNews, open_order, read_order, tell_seats, view_of
from ticketing.sales.model import OrderFacts, OrderView
from ticketing.sales.refunds import owe_refund

SQL = load_queries("changes")


async def look_at_cancellation(
    sales: Sales, order_id: str, secret: str, tickets: Sequence[str] | None = None
) -> Cancellation:
    """What giving back tickets (None: all) would come to now. Nothing is changed.

    Raises:
        UnknownOrder, UnknownTicket, AlreadyUsed, TicketPassedOn, RefundNotAllowed,
        RefundForfeited, TooLateToChange
    """
    order = await open_order(sales, order_id, secret)
    return cancellation_of(order, tickets, await screenings_of(sales, order), sales.context.clock.now())


async def cancel_order(
    sales: Sales,
    order_id: str,
    secret: str,
    tickets: Sequence[str] | None = None,
    *,
    refund_shown: int | None = None,
) -> OrderView:
    """Give back tickets (None: all), under the festival's rules: seats free, codes void, the money owed.

    Giving back what was given back already changes nothing. An exchange of these tickets that waits for its payment
    is given up. ``refund_shown``: the sum that the buyer has agreed to, in minor units; null agrees to any.

    Raises:
        UnknownOrder, UnknownTicket, AlreadyUsed, TicketPassedOn, RefundNotAllowed,
        RefundForfeited, TooLateToChange, PriceChanged
    """
    await open_order(sales, order_id, secret)
    news: list[SeatNews] = []
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        await connection.fetchval(SALES_SQL.lock_order, order_id)
        await connection.fetch(SQL.lock_tickets, order_id)
        order = await read_order(connection, order_id)
        now = sales.context.clock.now()
        given_back = cancellation_of(order, tickets, await screenings_of(sales, order), now)
        chosen = [ticket.ticket for ticket in given_back.tickets]
        if order.status == "awaiting_payment" and chosen:
            # Part of an unpaid order can't be given back: its payment would not fit any more.
            rows = await connection.fetch(SALES_SQL.close_order, order_id, now, "cancelled")
            news = [SeatNews(row["screening_id"], row["seat"], "f") for row in rows]
        elif order.status == "confirmed" and chosen:
            if refund_shown is not None and refund_shown != given_back.refund:
                raise errors.PriceChanged
            news = await give_back(connection, order, chosen, refund=given_back.refund, fee=given_back.fee, now=now)
        order = await read_order(connection, order_id)
    await tell_seats(sales, news)
    return await view_of(sales, order)


async def give_back(
    connection: Connection,
    order: OrderFacts,
    chosen: Sequence[str],
    *,
    refund: int,
    fee: int,
    now: datetime,
    letter: str = "mail_given_back",
) -> list[SeatNews]:
    """Void the tickets ``chosen`` of a confirmed order that are sold, or were released, in the transaction that has
    locked it and them: rights cancelled, ``refund`` owed and ``fee`` kept (minor units), a ``letter`` queued. The
    seats that are free by it.

    An exchange of these tickets that waits for its payment is given up.
    """
    news: list[SeatNews] = []
    waiting = order.waiting_exchange
    if waiting is not None and not waiting.tickets.isdisjoint(chosen):
        news += await end_exchange(connection, order.order, waiting.exchange, "withdrawn", now)
    rows = await connection.fetch(SQL.give_back_tickets, order.order, chosen, now, fee, refund, letter)
    news += [SeatNews(row["screening_id"], row["seat"], "f") for row in rows]
    if refund:
        await owe_refund(connection, order.order, Money(refund, order.currency), "cancelled", now)
    return news


async def screenings_of(sales: Sales, order: OrderFacts) -> dict[str, Screening]:
    """The screenings that an order has, or had, tickets for."""
    return {
        screening_id: await sales.catalogue.screening(screening_id)
        for screening_id in {ticket.screening for ticket in order.tickets}
    }
