"""The letter with a ticket that was made anew at the box office."""

from ticketing.kernel.i18n import pick, translate
from ticketing.sales import links
from ticketing.sales.desk import Sales, read_order
from ticketing.sales.letters.letter import Button, Letter, frame_of
from ticketing.sales.letters.sending import Payload
from ticketing.sales.letters.tickets_listed import pdf_of, rows_of
from ticketing.sales.sheets import ticket_sheet


async def write_reprinted(sales: Sales, payload: Payload) -> Letter | None:
    """The new code of ``payload["ticket"]`` of ``payload["order"]``, to whoever shows it at the door.

    None once its revision is not ``payload["revision"]``, or where nobody left an address.

    Raises:
        UnknownOrder, DatabaseUnavailable, TooMany
    """
    order = await read_order(sales.context.postgres, payload["order"])
    ticket = next((one for one in order.tickets if one.ticket == payload["ticket"]), None)
    if ticket is None or ticket.status != "sold" or ticket.revision != payload["revision"]:
        return None
    to = order.email if ticket.holder_email is None else ticket.holder_email
    if not to:
        return None
    words = order.locale
    festival = await sales.catalogue.festival(order.festival)
    told = translate(
        "The box office has made this ticket anew, as you asked. The code of before is no longer good: show this "
        "one at the door.",
        words,
    )
    return Letter(
        key=f"reprinted-{ticket.ticket}-{ticket.revision}",
        to=to,
        locale=words,
        frame=frame_of(festival, words),
        subject=translate("Your ticket, made anew: %(festival)s", words) % {"festival": pick(festival.name, words)},
        paragraphs=(told,),
        button=Button(translate("Show my ticket", words), links.ticket_page(sales.context, ticket, words)),
        tickets=await rows_of(sales, order, [ticket]),
        attachments=(await pdf_of(await ticket_sheet(sales, order, ticket), ticket.ticket),),
    )
