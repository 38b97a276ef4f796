"""Passing a ticket on to somebody else."""

from ticketing.kernel import errors
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.sales.changes.rules import check_changeable, tickets_named
from ticketing.sales.desk import SQL as SALES_SQL
from ticketing.sales.desk import Sales, open_order, read_order, view_of
from ticketing.sales.model import OrderView

SQL = load_queries("changes")


async def transfer_ticket(
    sales: Sales, order_id: str, secret: str, ticket_id: str, *, holder: str, email: str | None = None
) -> OrderView:
    """Pass a ticket on: it bears another name, and the code that the first holder has is superseded.

    With ``email`` it is mailed to its new holder, and the buyer sees its code no more; without, the buyer still
    shows it. Passed on once more, the second holder's code is superseded in its turn. The same request sent again
    changes nothing.

    Raises:
        UnknownOrder, UnknownTicket, OrderNotConfirmed, AlreadyUsed, TransferNotAllowed, TooLateToChange,
        ExchangePending (the ticket waits for an exchange to be paid)
    """
    await open_order(sales, order_id, secret)
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        await connection.fetchval(SALES_SQL.lock_order, order_id)
        await connection.fetch(SQL.lock_tickets, order_id)
        order = await read_order(connection, order_id)
        (ticket,) = tickets_named(order, [ticket_id])
        if order.status != "confirmed" or ticket.status != "sold":
            raise errors.OrderNotConfirmed(order_status=order.status)
        now = sales.context.clock.now()
        check_changeable(ticket, await sales.catalogue.screening(ticket.screening), "transfer", now)
        if (ticket.holder, ticket.holder_email) != (holder, email):
            if order.waiting_exchange is not None and ticket_id in order.waiting_exchange.tickets:
                raise errors.ExchangePending
            await connection.execute(SQL.transfer_ticket, order_id, ticket_id, holder, email, now)
            order = await read_order(connection, order_id)
    return await view_of(sales, order)
