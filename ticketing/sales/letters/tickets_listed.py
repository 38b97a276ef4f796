"""How tickets stand in a letter: listed, attached as PDF, and as dates for a calendar."""

from collections.abc import Iterable

from ticketing.kernel.i18n import translate
from ticketing.sales import links
from ticketing.sales.calendars import order_calendar
from ticketing.sales.desk import Sales
from ticketing.sales.letters.letter import Attachment, Button, TicketRow
from ticketing.sales.model import OrderFacts, TicketFacts
from ticketing.sales.sheets import face_of
from ticketing.tickets.pdf import render_tickets_pdf
from ticketing.tickets.sheet import (
    TicketFace,
    TicketSheet,
    day_text,
    money_text,
    number_text,
    seat_text,
    time_text,
    zone_text,
)

CALENDAR = "text/calendar; method=PUBLISH"


async def rows_of(sales: Sales, order: OrderFacts, tickets: Iterable[TicketFacts]) -> tuple[TicketRow, ...]:
    """Tickets of an order, the next screening first; those that count lead to their own page."""
    words = order.locale
    faces = [(await face_of(sales, order, ticket, words), ticket) for ticket in tickets]
    faces.sort(key=lambda pair: (pair[0].starts_at, pair[0].ticket))
    text = translate("This ticket alone", words)
    return tuple(
        ticket_row(
            face,
            words,
            Button(text, links.ticket_page(sales.context, ticket, words)) if ticket.status == "sold" else None,
        )
        for face, ticket in faces
    )


def ticket_row(face: TicketFace, locale: str, link: Button | None = None) -> TicketRow:
    """A ticket as it is listed in a letter."""
    time = f"{time_text(face.starts_at, face.timezone)} ({zone_text(face.starts_at, face.timezone)})"
    doors = translate("Doors open at %(time)s", locale) % {"time": time_text(face.doors_at, face.timezone)}
    proof = translate("To show at the door: %(proof)s", locale) % {"proof": face.proof} if face.proof else ""
    notice = translate("Ends after 22:00: minors are let in with an adult only.", locale)
    number = translate("Ticket %(ticket)s", locale) % {"ticket": number_text(face.ticket)}
    lines = (
        " · ".join(part for part in (face.version, face.subtitles) if part),
        f"{day_text(face.starts_at, face.timezone, locale)}, {time}. {doors}",
        ", ".join(part for part in (face.venue, face.hall, face.city, face.address) if part),
        seat_text(face, locale),
        f"{face.tariff}, {money_text(face.price, locale)}",
        proof,
        face.holder,
        notice if face.minors_need_company else "",
        number,
    )
    title = f"{face.title} ({face.age_category})" if face.age_category else face.title
    return TicketRow(title, tuple(line for line in lines if line), link)


async def pdf_of(sheet: TicketSheet, name: str) -> Attachment:
    """The PDF of tickets; ``name`` is the order's or the ticket's number.

    Raises:
        TooMany: too many documents are wanted at once.
    """
    word = translate("tickets", sheet.locale)
    return Attachment(f"{word}-{name}.pdf", "application/pdf", await render_tickets_pdf(sheet))


async def dates_of(sales: Sales, order: OrderFacts) -> Attachment:
    """The dates of an order as they stand, with those that were cancelled.

    Raises:
        DatabaseUnavailable, TooMany
    """
    word = translate("tickets", order.locale)
    return Attachment(f"{word}-{order.order}.ics", CALENDAR, await order_calendar(sales, order, order.locale))
