"""The letter with the tickets."""

from ticketing.kernel.i18n import translate
from ticketing.sales.desk import Sales, read_order
from ticketing.sales.letters.letter import Attachment, Button, Letter, TicketRow, frame_of
from ticketing.sales.letters.sending import Payload
from ticketing.sales.sheets import sheet_of
from ticketing.tickets.pdf import render_tickets_pdf
from ticketing.tickets.sheet import TicketFace, day_text, time_text, zone_text


async def write_order_confirmed(sales: Sales, payload: Payload) -> Letter | None:
    """The tickets of the order ``payload["order"]``, in its language, with the PDF. None once it has no ticket.

    Raises:
        UnknownOrder, DatabaseUnavailable
    """
    order = await read_order(sales.context.postgres, payload["order"])
    if order.status != "confirmed":
        return None
    words = order.locale
    sheet = await sheet_of(sales, order)
    name = translate("tickets", words)
    subject = translate("Your tickets for %(festival)s, order %(order)s", words)
    return Letter(
        key=f"order-{order.order}",
        to=order.email,
        locale=words,
        frame=frame_of(await sales.catalogue.festival(order.festival), words),
        subject=subject % {"festival": sheet.festival, "order": order.order},
        paragraphs=(
            translate("Thank you for your order. Your tickets are attached, and always at this address:", words),
        ),
        button=Button(translate("Show my tickets", words), order_page(sales, order.order, words)),
        tickets=tuple(ticket_row(face, words) for face in sheet.tickets),
        closing=(translate("Keep this message: whoever has its link has your tickets.", words),),
        attachments=(
            Attachment(
                f"{name}-{order.order}.pdf",
                "application/pdf",
                await render_tickets_pdf(sheet),
            ),
        ),
    )


def order_page(sales: Sales, order_id: str, locale: str) -> str:
    """The address of an order's page, for its buyer."""
    secret = sales.context.secrets.order_secret(order_id)
    return f"{sales.context.settings.public_url}/{locale}/orders/{order_id}/{secret}"


def ticket_row(face: TicketFace, locale: str) -> TicketRow:
    """A ticket as it is listed in a letter."""
    seat = f"{face.section} {face.row}-{face.number}".strip() if face.row else face.area
    time = f"{time_text(face.starts_at, face.timezone)} ({zone_text(face.starts_at, face.timezone)})"
    return TicketRow(
        f"{face.title} ({face.age_category})" if face.age_category else face.title,
        tuple(
            line
            for line in (
                " · ".join(part for part in (face.version, face.subtitles) if part),
                f"{day_text(face.starts_at, face.timezone, locale)}, {time}",
                f"{face.venue}, {face.city}, {face.hall}",
                f"{seat} · {face.tariff} · {face.ticket}",
            )
            if line
        ),
    )
