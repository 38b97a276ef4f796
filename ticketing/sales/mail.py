"""The mail with the tickets."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from ticketing.kernel.i18n import translate
from ticketing.kernel.mail import MailTransport
from ticketing.sales.desk import Sales, read_order
from ticketing.sales.model import OrderFacts
from ticketing.sales.sheets import sheet_of
from ticketing.tickets.pdf import render_tickets_pdf
from ticketing.tickets.sheet import TicketFace, TicketSheet, day_text, time_text, zone_text


async def mail_order(sales: Sales, transport: MailTransport, order_id: str) -> None:
    """Mail the tickets of an order to its buyer, in the order's language, with the PDF.

    An order that has no ticket any more is not mailed. Sent again, the message has the same ``Message-ID``.

    Raises:
        OSError, aiosmtplib.SMTPException: the mail server did not take it.
        UnknownOrder, DatabaseUnavailable
    """
    order = await read_order(sales.context.postgres, order_id)
    if order.status != "confirmed":
        return
    sheet = await sheet_of(sales, order)
    pdf = await render_tickets_pdf(sheet)
    secret = sales.context.secrets.order_secret(order_id)
    page = f"{sales.context.settings.public_url}/{order.locale}/orders/{order_id}/{secret}"
    await transport.send(message_of(order, sheet, pdf, page=page, sender=sales.context.settings.mail_from))


def message_of(order: OrderFacts, sheet: TicketSheet, pdf: bytes, *, page: str, sender: str) -> EmailMessage:
    """The message, ready to be sent. Nothing of what a buyer typed can become a header of its own."""
    locale = order.locale
    subject = translate("Your tickets for %(festival)s, order %(order)s", locale)
    lines = [
        translate("Thank you for your order. Your tickets are attached, and always at this address:", locale),
        page,
        "",
        *(line for face in sheet.tickets for line in [*_lines_of(face, locale), ""]),
        translate("Keep this message: whoever has its link has your tickets.", locale),
        "",
        ", ".join(sheet.organisers),
    ]
    message = EmailMessage()
    message["Subject"] = subject % {"festival": sheet.festival, "order": order.order}
    message["From"] = Address(sheet.festival.replace('"', ""), addr_spec=sender)
    message["To"] = Address(addr_spec=order.email)
    message["Date"] = format_datetime(order.placed_at)
    message["Message-ID"] = f"<order-{order.order}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = locale
    message.set_content("\n".join(lines))
    name = translate("tickets", locale)
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"{name}-{order.order}.pdf")
    return message


def _lines_of(face: TicketFace, locale: str) -> list[str]:
    seat = f"{face.section} {face.row}-{face.number}".strip() if face.row else face.area
    time = f"{time_text(face.starts_at, face.timezone)} ({zone_text(face.starts_at, face.timezone)})"
    return [
        f"{face.title} ({face.age_category})" if face.age_category else face.title,
        " · ".join(part for part in (face.version, face.subtitles) if part),
        f"{day_text(face.starts_at, face.timezone, locale)}, {time}",
        f"{face.venue}, {face.city}, {face.hall}",
        f"{seat} · {face.tariff} · {face.ticket}",
    ]
