"""An order's tickets on the roll of a ticket printer."""

from ticketing.kernel import errors
from ticketing.sales.desk import Sales
from ticketing.sales.model import OrderFacts
from ticketing.sales.sheets import sheet_of
from ticketing.staff.model import Principal
from ticketing.staff.reach import require_reach
from ticketing.tickets.pdf import render_tickets_pdf


async def roll_of(sales: Sales, order: OrderFacts, by: Principal) -> bytes:
    """The tickets that an order's buyer holds, one to a page of 80 mm, as a PDF.

    Raises:
        OutOfReach: one of them is of another festival, or at another venue.
        OrderNotConfirmed: there are none.
        TooManyTickets, TooMany, NoSigningKey
    """
    if not order.tickets:
        raise errors.OrderNotConfirmed(order_status=order.status)
    for name in {ticket.screening for ticket in order.tickets}:
        screening = await sales.catalogue.screening(name)
        require_reach(by.reach, festival=screening.festival, venue=screening.venue.venue)
    return await render_tickets_pdf(await sheet_of(sales, order), "roll")
