"""The letter to whom a ticket was passed on."""

from ticketing.kernel.i18n import pick, translate
from ticketing.sales import links
from ticketing.sales.calendars import ticket_calendar
from ticketing.sales.desk import Sales, read_order
from ticketing.sales.letters.letter import Attachment, Button, Letter, frame_of
from ticketing.sales.letters.sending import Payload
from ticketing.sales.letters.tickets_listed import CALENDAR, pdf_of, rows_of
from ticketing.sales.sheets import ticket_sheet


async def write_transferred(sales: Sales, payload: Payload) -> Letter | None:
    """The ticket ``payload["ticket"]`` of ``payload["order"]`` for its new holder, in the order's language.

    None once its revision is not ``payload["revision"]``: then it has changed hands or place again, or is void.

    Raises:
        UnknownOrder, DatabaseUnavailable, TooMany
    """
    order = await read_order(sales.context.postgres, payload["order"])
    ticket = next((one for one in order.tickets if one.ticket == payload["ticket"]), None)
    if ticket is None or ticket.status != "sold" or ticket.revision != payload["revision"]:
        return None
    if ticket.holder_email is None:
        return None
    words = order.locale
    festival = await sales.catalogue.festival(order.festival)
    name = pick(festival.name, words)
    told = translate("A ticket for %(festival)s was passed on to you. It is yours alone now.", words)
    word = translate("tickets", words)
    return Letter(
        key=f"transferred-{ticket.ticket}-{ticket.revision}",
        to=ticket.holder_email,
        locale=words,
        frame=frame_of(festival, words),
        subject=translate("Your ticket for %(festival)s", words) % {"festival": name},
        paragraphs=(told % {"festival": name},),
        button=Button(translate("Show my ticket", words), links.ticket_page(sales.context, ticket, words)),
        tickets=await rows_of(sales, order, [ticket]),
        closing=(translate("Keep this message: whoever has its link has your tickets.", words),),
        attachments=(
            await pdf_of(await ticket_sheet(sales, order, ticket), ticket.ticket),
            Attachment(f"{word}-{ticket.ticket}.ics", CALENDAR, await ticket_calendar(sales, order, ticket, words)),
        ),
    )
