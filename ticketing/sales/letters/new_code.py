"""The letters with a ticket's new code: made anew at the box office, or for another seat."""

from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import pick, translate
from ticketing.sales import links
from ticketing.sales.desk import Sales, read_order
from ticketing.sales.letters.letter import Button, Letter, frame_of
from ticketing.sales.letters.sending import Payload
from ticketing.sales.letters.tickets_listed import pdf_of, rows_of
from ticketing.sales.sheets import ticket_sheet


async def write_reprinted(sales: Sales, payload: Payload) -> Letter | None:
    """The ticket was made anew, as its holder asked; as :func:`_letter` has it."""
    return await _letter(
        sales,
        payload,
        kind="reprinted",
        subject=N_("Your ticket, made anew: %(festival)s"),
        told=N_(
            "The box office has made this ticket anew, as you asked. The code of before is no longer good: show "
            "this one at the door."
        ),
    )


async def write_reseated(sales: Sales, payload: Payload) -> Letter | None:
    """The ticket has another seat, since its own is broken; as :func:`_letter` has it."""
    return await _letter(
        sales,
        payload,
        kind="reseated",
        subject=N_("You have another seat: %(festival)s"),
        told=N_(
            "Your seat can't be used at this screening. We have given you the nearest equal one; the code of "
            "before is no longer good."
        ),
    )


async def _letter(sales: Sales, payload: Payload, *, kind: str, subject: str, told: str) -> Letter | None:
    """The new code of ``payload["ticket"]`` of ``payload["order"]``, to whoever shows it at the door.

    None once its revision is not ``payload["revision"]``, or where its holder left no address or is forgotten.

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
    return Letter(
        key=f"{kind}-{ticket.ticket}-{ticket.revision}",
        to=to,
        locale=words,
        frame=frame_of(festival, words),
        subject=translate(subject, words) % {"festival": pick(festival.name, words)},
        paragraphs=(translate(told, words),),
        button=Button(translate("Show my ticket", words), links.ticket_page(sales.context, ticket, words)),
        tickets=await rows_of(sales, order, [ticket]),
        attachments=(await pdf_of(await ticket_sheet(sales, order, ticket), ticket.ticket),),
    )
