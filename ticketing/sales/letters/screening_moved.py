"""The letter that a screening has another time: the old one, the new one, and the tickets with it."""

from datetime import datetime

from ticketing.kernel.i18n import pick, translate
from ticketing.programme.model import Screening, heading
from ticketing.sales import links
from ticketing.sales.desk import Sales, read_order, shown_by_buyer
from ticketing.sales.letters.letter import Attachment, Button, Letter, frame_of
from ticketing.sales.letters.sending import Payload
from ticketing.sales.letters.tickets_listed import dates_of, pdf_of, rows_of
from ticketing.sales.model import Locale
from ticketing.sales.sheets import sheet_of, ticket_sheet
from ticketing.tickets.sheet import day_text, time_text


def times_of_move(screening: Screening, was: datetime, words: Locale) -> dict[str, str]:
    """What letters say of a screening that began at ``was``: its title, its day and time, the old day and time."""
    zone = screening.venue.timezone
    return {
        "title": pick(heading(screening), words),
        "day": day_text(screening.starts_at, zone, words),
        "time": time_text(screening.starts_at, zone),
        "old_day": day_text(was, zone, words),
        "old_time": time_text(was, zone),
    }


async def write_screening_moved(sales: Sales, payload: Payload) -> Letter | None:
    """To the buyer of ``payload["order"]``, or where ``payload["passed_on"]`` to the holder of the ticket
    ``payload["ticket"]``: ``payload["screening"]`` begins at ``payload["starts_at"]``, not at ``payload["was"]``.

    None where it was moved again since, for then another letter tells that; or where nobody holds the tickets now.

    Raises:
        UnknownOrder, DatabaseUnavailable, TooMany
    """
    order = await read_order(sales.context.postgres, payload["order"])
    screening = await sales.catalogue.screening(payload["screening"])
    was, starts_at = datetime.fromisoformat(payload["was"]), datetime.fromisoformat(payload["starts_at"])
    held = [one for one in order.tickets if one.screening == screening.screening_id and one.status == "sold"]
    tickets = [one for one in held if shown_by_buyer(one) and not payload["passed_on"]]
    to = order.email
    if payload["passed_on"]:
        tickets = [one for one in held if one.ticket == payload["ticket"] and one.holder_email]
        to = (tickets[0].holder_email or "") if tickets else ""
    if not tickets or screening.starts_at != starts_at or screening.status == "cancelled":
        return None
    words = order.locale
    facts = times_of_move(screening, was, words)
    told = translate(
        "%(title)s begins on %(day)s at %(time)s, and not on %(old_day)s at %(old_time)s. Your tickets and seats "
        "stay good.",
        words,
    )
    if payload["passed_on"]:
        button = Button(translate("Show my ticket", words), links.ticket_page(sales.context, tickets[0], words))
        sheet = await ticket_sheet(sales, order, tickets[0])
        attachments: tuple[Attachment, ...] = (await pdf_of(sheet, tickets[0].ticket),)
    else:
        button = Button(translate("Show my tickets", words), links.order_page(sales.context, order.order, words))
        attachments = (await pdf_of(await sheet_of(sales, order), order.order), await dates_of(sales, order))
    return Letter(
        key=f"screening-moved-{payload['ticket']}-{int(starts_at.timestamp())}",
        to=to,
        locale=words,
        frame=frame_of(await sales.catalogue.festival(order.festival), words),
        subject=translate("Another time: %(title)s, %(day)s at %(time)s", words) % facts,
        paragraphs=(
            told % facts,
            translate("If the new time does not suit you, see on this page what can be done.", words),
        ),
        button=button,
        tickets=await rows_of(sales, order, tickets),
        attachments=attachments,
    )
