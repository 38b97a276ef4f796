"""The letter after an exchange: the new tickets, since the codes of the old ones no longer count."""

from ticketing.kernel.i18n import translate
from ticketing.kernel.money import Money
from ticketing.sales import links
from ticketing.sales.desk import Sales, read_order
from ticketing.sales.letters.letter import Button, Letter, frame_of
from ticketing.sales.letters.sending import Payload
from ticketing.sales.letters.tickets_listed import dates_of, pdf_of, rows_of
from ticketing.sales.sheets import held_by_buyer, sheet_of
from ticketing.tickets.sheet import money_text


async def write_exchanged(sales: Sales, payload: Payload) -> Letter | None:
    """The tickets ``payload["tickets"]`` of ``payload["order"]`` after the exchange ``payload["exchange"]``.

    For it, ``payload["paid"]`` was paid or ``payload["refund"]`` goes back (minor units). None once its buyer holds
    none of them.

    Raises:
        UnknownOrder, DatabaseUnavailable, TooMany
    """
    order = await read_order(sales.context.postgres, payload["order"])
    named = set(payload["tickets"])
    tickets = [ticket for ticket in held_by_buyer(order) if ticket.ticket in named]
    if not tickets:
        return None
    words = order.locale
    paragraphs = [
        translate("Your tickets were exchanged. The codes you had before no longer open the door; these do.", words)
    ]
    if payload["refund"]:
        owed = translate("%(sum)s goes back to you, the way it was paid.", words)
        paragraphs.append(owed % {"sum": money_text(Money(payload["refund"], order.currency), words)})
    if payload["paid"]:
        paid = translate("%(sum)s was paid for the difference.", words)
        paragraphs.append(paid % {"sum": money_text(Money(payload["paid"], order.currency), words)})
    return Letter(
        key=f"exchanged-{payload['exchange']}",
        to=order.email,
        locale=words,
        frame=frame_of(await sales.catalogue.festival(order.festival), words),
        subject=translate("Tickets exchanged, order %(order)s", words) % {"order": order.order},
        paragraphs=tuple(paragraphs),
        button=Button(translate("Show my tickets", words), links.order_page(sales.context, order.order, words)),
        tickets=await rows_of(sales, order, tickets),
        closing=(translate("Keep this message: whoever has its link has your tickets.", words),),
        attachments=(await pdf_of(await sheet_of(sales, order), order.order), await dates_of(sales, order)),
    )
