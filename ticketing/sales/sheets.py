"""An order's tickets as they are printed."""

from collections.abc import Sequence

from ticketing.kernel import errors
from ticketing.kernel.money import Money
from ticketing.sales.desk import Sales, code_of_ticket, shown_by_buyer
from ticketing.sales.model import OrderFacts, TicketFacts
from ticketing.tickets.sheet import TicketFace, TicketSheet, make_face, make_sheet


def held_by_buyer(order: OrderFacts) -> list[TicketFacts]:
    """The tickets of an order that count, and that its buyer has not passed on to somebody with an address."""
    return [ticket for ticket in order.tickets if shown_by_buyer(ticket)]


async def faces_of(sales: Sales, order: OrderFacts, locale: str) -> Sequence[TicketFace]:
    """The tickets that the buyer of an order holds, in a language, in the order of their screenings and seats."""
    faces = [await face_of(sales, order, ticket, locale) for ticket in held_by_buyer(order)]
    return sorted(faces, key=lambda face: face.starts_at)


async def face_of(sales: Sales, order: OrderFacts, ticket: TicketFacts, locale: str) -> TicketFace:
    """A sold ticket of an order, in a language."""
    screening = await sales.catalogue.screening(ticket.screening)
    return make_face(
        screening,
        await sales.catalogue.layout(screening.layout_id),
        ticket=ticket.ticket,
        code=await code_of_ticket(sales, ticket),
        seat=ticket.seat,
        tariff=ticket.tariff,
        price=Money(ticket.amount, order.currency),
        locale=locale,
        holder=ticket.holder,
    )


async def ticket_sheet(
    sales: Sales, order: OrderFacts, ticket: TicketFacts, locale: str | None = None
) -> TicketSheet:
    """One sold ticket alone, in the order's language unless another is asked for."""
    locale = locale or order.locale
    festival = await sales.catalogue.festival(order.festival)
    return make_sheet(festival, order.order, (await face_of(sales, order, ticket, locale),), locale)


async def sheet_of(sales: Sales, order: OrderFacts, locale: str | None = None) -> TicketSheet:
    """The tickets of an order for its PDF, in its own language unless another is asked for.

    Raises:
        OrderNotConfirmed: its buyer holds no ticket.
    """
    faces = tuple(await faces_of(sales, order, locale or order.locale))
    if not faces:
        raise errors.OrderNotConfirmed(order_status=order.status)
    festival = await sales.catalogue.festival(order.festival)
    return make_sheet(festival, order.order, faces, locale or order.locale)
