"""One ticket in its holder's hand: opened by a secret of its own, until it changes hands or place."""

from ticketing.kernel import errors
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.sales.desk import Sales, read_order
from ticketing.sales.model import OrderFacts, TicketFacts

SQL = load_queries("held_tickets")
# So many earlier revisions are known by their secrets; an older one is told that it is unknown.
REVISIONS_KNOWN_MAX = 50


async def open_ticket(sales: Sales, ticket_id: str, secret: str) -> tuple[OrderFacts, TicketFacts]:
    """A sold ticket and its order, for somebody who knows the ticket's present secret.

    Whoever knows an earlier one is told what became of the ticket; whoever knows none, nothing.

    Raises:
        UnknownTicket: there is none of this number and secret.
        TicketSuperseded: it was exchanged or passed on since.
        TicketVoid: it was given back.
        DatabaseUnavailable
    """
    async with database_errors():
        order_id = await sales.context.postgres.fetchval(SQL.find_order_of_ticket, ticket_id)
    order = await read_order(sales.context.postgres, order_id) if order_id else None
    ticket = next((one for one in order.tickets if one.ticket == ticket_id), None) if order else None
    if order is None or ticket is None:
        raise errors.UnknownTicket(ticket=ticket_id)
    opens = sales.context.secrets.opens_ticket
    if not opens(ticket_id, ticket.revision, secret):
        earlier = range(ticket.revision - 1, max(0, ticket.revision - 1 - REVISIONS_KNOWN_MAX), -1)
        if any(opens(ticket_id, revision, secret) for revision in earlier):
            raise errors.TicketSuperseded(ticket=ticket_id)
        raise errors.UnknownTicket(ticket=ticket_id)
    if ticket.status != "sold":
        raise errors.TicketVoid(ticket=ticket_id)
    return order, ticket
