"""A ticket printed anew: another code, and every earlier one superseded, with and without a network."""

import hashlib
from uuid import UUID

import asyncpg
import msgspec

from ticketing.kernel import errors
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.sales.after_sale.finding import SQL, TICKETS_SQL, require_hand
from ticketing.sales.after_sale.model import Reprint, ReprintWish
from ticketing.sales.after_sale.rules import check_explained
from ticketing.sales.changes.cancellation import SQL as CHANGES_SQL
from ticketing.sales.changes.cancellation import screenings_of
from ticketing.sales.desk import SQL as SALES_SQL
from ticketing.sales.desk import Sales, read_order
from ticketing.sales.model import OrderFacts, TicketFacts
from ticketing.sales.sheets import ticket_sheet
from ticketing.staff.model import Principal
from ticketing.tickets.sheet import TicketSheet

# A code carries its revision in two bytes.
REVISION_MAX = 65_535


def _used_before(_error: asyncpg.PostgresError) -> errors.TicketingError:
    return errors.IdempotencyMismatch()


async def reprint_ticket(sales: Sales, ticket_id: str, wish: ReprintWish, clerk: Principal) -> Reprint:
    """Give a sold ticket another code, to be printed (see :func:`sheet_of_reprint`) or mailed to whoever shows it.

    Its seat, price and admission stay as they are. The same wish again gives the same code.

    Raises:
        UnknownTicket, OutOfReach
        TicketsNotSold: it was given back, released or never paid for.
        ExchangePending: it waits for an exchange to be paid.
        NoAddress: it is to be mailed, and nobody left an address.
        InvalidField: "other" without a note.
        IdempotencyMismatch: ``reprint`` stands for another wish.
        DatabaseUnavailable: it may or may not be done: send the same again.
    """
    check_explained(wish.reason, wish.note)
    fingerprint = hashlib.sha256(msgspec.json.encode([ticket_id, wish])).digest()
    async with (
        database_errors({"reprint_pkey": _used_before}),
        sales.context.postgres.acquire() as connection,
        connection.transaction(),
    ):
        order = await _lock_order_of(connection, ticket_id)
        require_hand(clerk, order, [ticket_id], await screenings_of(sales, order))
        known = await connection.fetchrow(SQL.find_reprint, wish.reprint)
        if known is None:
            _check_reprintable(order, _ticket_of(order, ticket_id), wish)
            await connection.execute(
                SQL.reprint_ticket,
                wish.reprint,
                ticket_id,
                fingerprint,
                wish.reason,
                wish.note.strip(),
                wish.way,
                sales.context.clock.now(),
                clerk.login,
            )
        elif (known["ticket_id"], known["fingerprint"]) != (ticket_id, fingerprint):
            raise errors.IdempotencyMismatch
        body = await connection.fetchval(SQL.read_reprint, wish.reprint)
    return msgspec.json.decode(body, type=Reprint)


async def sheet_of_reprint(sales: Sales, reprint: UUID, clerk: Principal) -> TicketSheet:
    """The ticket of a reprint, to be printed. As long as its code counts: no paper leaves the house that does not.

    Raises:
        UnknownReprint, OutOfReach
        TicketsNotSold: it was given back since.
        TicketSuperseded: it has changed hands or place since, or was printed anew once more.
        NoSigningKey, DatabaseUnavailable
    """
    async with database_errors():
        body = await sales.context.postgres.fetchval(SQL.read_reprint, reprint)
    if body is None:
        raise errors.UnknownReprint
    made = msgspec.json.decode(body, type=Reprint)
    order = await read_order(sales.context.postgres, made.order)
    require_hand(clerk, order, [made.ticket], await screenings_of(sales, order))
    ticket = _ticket_of(order, made.ticket)
    if ticket.status != "sold":
        raise errors.TicketsNotSold(tickets=[ticket.ticket])
    if ticket.revision != made.revision:
        raise errors.TicketSuperseded(ticket=ticket.ticket)
    return await ticket_sheet(sales, order, ticket)


def _check_reprintable(order: OrderFacts, ticket: TicketFacts, wish: ReprintWish) -> None:
    if ticket.status != "sold" or ticket.revision >= REVISION_MAX:
        raise errors.TicketsNotSold(tickets=[ticket.ticket])
    waiting = order.waiting_exchange
    if waiting is not None and ticket.ticket in waiting.tickets:
        # It would be exchanged no more: its revision is part of what the buyer is paying for.
        raise errors.ExchangePending
    if wish.way == "mail" and not (ticket.holder_email or (ticket.holder_email is None and order.email)):
        raise errors.NoAddress


def _ticket_of(order: OrderFacts, ticket_id: str) -> TicketFacts:
    for ticket in order.tickets:
        if ticket.ticket == ticket_id:
            return ticket
    raise errors.UnknownTicket(ticket=ticket_id)


async def _lock_order_of(connection: Connection, ticket_id: str) -> OrderFacts:
    # What can't be a number is not asked for: such texts come from anywhere, with signs Postgres refuses.
    found = None
    if ticket_id.isascii() and ticket_id.isalnum():
        found = await connection.fetchval(TICKETS_SQL.find_order_of_ticket, ticket_id)
    if found is None:
        raise errors.UnknownTicket(ticket=ticket_id)
    await connection.fetchval(SALES_SQL.lock_order, found)
    await connection.fetch(CHANGES_SQL.lock_tickets, found)
    return await read_order(connection, found)
