"""The letter after tickets were given back."""

from ticketing.kernel.i18n import translate
from ticketing.kernel.money import Money
from ticketing.sales import links
from ticketing.sales.desk import Sales, read_order
from ticketing.sales.letters.letter import Button, Letter, frame_of
from ticketing.sales.letters.sending import Payload
from ticketing.sales.letters.tickets_listed import dates_of, rows_of
from ticketing.tickets.sheet import money_text


async def write_given_back(sales: Sales, payload: Payload) -> Letter | None:
    """The tickets ``payload["tickets"]`` of ``payload["order"]``, which were given back, and what is owed for them:
    ``payload["refund"]`` in minor units. With the dates, cancelled where no ticket is left for them.

    Raises:
        UnknownOrder, DatabaseUnavailable, TooMany
    """
    order = await read_order(sales.context.postgres, payload["order"])
    named = set(payload["tickets"])
    tickets = [ticket for ticket in order.tickets if ticket.ticket in named]
    if not tickets:
        return None
    words = order.locale
    paragraphs = [translate("These tickets were given back. Their codes no longer open the door.", words)]
    if payload["refund"]:
        owed = translate("%(sum)s goes back to you, the way it was paid.", words)
        paragraphs.append(owed % {"sum": money_text(Money(payload["refund"], order.currency), words)})
    return Letter(
        # A ticket is given back once, so the first of them names the occasion.
        key=f"given-back-{order.order}-{min(named)}",
        to=order.email,
        locale=words,
        frame=frame_of(await sales.catalogue.festival(order.festival), words),
        subject=translate("Tickets given back, order %(order)s", words) % {"order": order.order},
        paragraphs=tuple(paragraphs),
        button=Button(translate("Show my order", words), links.order_page(sales.context, order.order, words)),
        tickets=await rows_of(sales, order, tickets),
        attachments=(await dates_of(sales, order),),
    )
