"""An order found by whatever is shown at the counter, and told with its history."""

from collections.abc import Iterable
from typing import Final

import msgspec

from ticketing.kernel import errors
from ticketing.kernel.money import Money
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.model import Screening
from ticketing.sales.after_sale.model import CounterOrder, CounterTicket, OrderHistory, TicketPresence
from ticketing.sales.after_sale.rules import beyond_of, is_paid_for
from ticketing.sales.changes.cancellation import screenings_of
from ticketing.sales.changes.rules import refund_fee_of
from ticketing.sales.desk import Sales, read_order
from ticketing.sales.model import OrderFacts, TicketFacts
from ticketing.sales.providers import order_of_charge
from ticketing.staff.model import Principal
from ticketing.staff.reach import EVERYWHERE, reaches, require_reach
from ticketing.tickets.code import CodeRefused

SQL = load_queries("after_sale")
TICKETS_SQL = load_queries("held_tickets")
SCANS_TOLD_MAX: Final = 100


async def find_at_counter(sales: Sales, typed: str, clerk: Principal) -> CounterOrder:
    """The order whose number was typed, or that has the ticket whose number was typed or code was scanned.

    A number counts in whatever way it is typed: small letters, spaces and dashes within.

    Raises:
        UnknownOrder: nothing of ours has that number or code.
        OutOfReach: all its tickets are for festivals or venues that are not the clerk's.
        DatabaseUnavailable
    """
    sought, revision = None, None
    number = "".join(sign for sign in typed if not sign.isspace()).upper()
    order_id = order_of_charge(number)
    if order_id is None:
        try:
            payload = await sales.keys.decode(typed.strip("\r\n"))
            sought, revision = payload.ticket_id, payload.revision
        except CodeRefused:
            sought = number.replace("-", "")
        async with database_errors():
            order_id = await _order_of_ticket(sales, sought)
        if order_id is None:
            raise errors.UnknownOrder
    found = await show_at_counter(sales, order_id, clerk)
    if sought is None:
        return found
    present = next((ticket.revision for ticket in found.tickets if ticket.ticket == sought), 0)
    return msgspec.structs.replace(found, sought=sought, superseded=revision is not None and revision < present)


async def show_at_counter(sales: Sales, order_id: str, clerk: Principal) -> CounterOrder:
    """An order with its history, for somebody who works where one of its tickets is good.

    Raises:
        UnknownOrder, OutOfReach, DatabaseUnavailable
    """
    if order_of_charge(order_id) != order_id:
        raise errors.UnknownOrder
    order = await read_order(sales.context.postgres, order_id)
    screenings = await screenings_of(sales, order)
    require_sight(clerk, screenings.values())
    async with database_errors():
        body = await sales.context.postgres.fetchval(SQL.read_order_file, order_id, SCANS_TOLD_MAX)
    history = msgspec.json.decode(body, type=OrderHistory)
    presence = {one.ticket: one for one in history.tickets}
    now = sales.context.clock.now()

    def shown(ticket: TicketFacts) -> CounterTicket:
        screening, paid_for = screenings[ticket.screening], is_paid_for(ticket)
        rule = beyond_of(ticket, screening, now) if paid_for else None
        return CounterTicket(
            ticket=ticket.ticket,
            screening=ticket.screening,
            seat=ticket.seat,
            tariff=ticket.tariff,
            price=Money(ticket.amount, order.currency),
            status=ticket.status,
            revision=ticket.revision,
            entries=ticket.entries,
            presence=presence.get(ticket.ticket) or TicketPresence(ticket.ticket, False, None, None, None, None),
            holder=ticket.holder,
            holder_email=ticket.holder_email,
            fee=Money(refund_fee_of(ticket, screening), order.currency) if paid_for else None,
            beyond=(rule,) if rule else (),
        )

    return CounterOrder(
        order=order.order,
        festival=order.festival,
        status=order.status,
        placed_at=order.placed_at,
        name=order.name,
        email=order.email,
        total=Money(order.total, order.currency),
        paid=Money(order.paid, order.currency),
        refunded=Money(order.refunded, order.currency),
        fees=Money(order.fees, order.currency),
        tickets=tuple(shown(ticket) for ticket in order.tickets),
        history=history,
    )


def require_sight(clerk: Principal, screenings: Iterable[Screening]) -> None:
    """Go on where the clerk works at one of these screenings at least: an order may lead through several houses.

    Raises:
        OutOfReach
    """
    seen = [one for one in screenings if reaches(clerk.reach, festival=one.festival, venue=one.venue.venue)]
    if not seen and clerk.reach != EVERYWHERE:
        raise errors.OutOfReach(festival=None, venue=None)


def require_hand(
    clerk: Principal, order: OrderFacts, tickets: Iterable[str], screenings: dict[str, Screening]
) -> None:
    """Go on where the clerk works at the screenings of all these tickets of an order.

    Raises:
        OutOfReach
    """
    named = set(tickets)
    for ticket in order.tickets:
        if ticket.ticket in named:
            screening = screenings[ticket.screening]
            require_reach(clerk.reach, festival=screening.festival, venue=screening.venue.venue)


async def _order_of_ticket(sales: Sales, number: str) -> str | None:
    # What can't be a number is not asked for: such texts come from anywhere, with signs Postgres refuses.
    if not (number.isascii() and number.isalnum()):
        return None
    found: str | None = await sales.context.postgres.fetchval(TICKETS_SQL.find_order_of_ticket, number)
    return found
