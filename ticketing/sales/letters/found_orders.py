"""The letter with the links of somebody's orders, to the address that ordered them."""

import hashlib
from datetime import datetime
from typing import Final

from ticketing.kernel.i18n import pick, translate
from ticketing.sales import links
from ticketing.sales.changes.finding import FoundOrder, orders_of
from ticketing.sales.desk import Sales
from ticketing.sales.letters.letter import Button, Letter, TicketRow, frame_of
from ticketing.sales.letters.sending import Payload
from ticketing.tickets.sheet import day_text, time_text

# Asked for several times within so long, one letter answers.
ONE_LETTER_PER_S: Final = 300


async def write_found_orders(sales: Sales, payload: Payload) -> Letter | None:
    """The orders of the address ``payload["email"]``, in the language in which they were asked for. None where it
    has none: then nobody is written to.

    Raises:
        DatabaseUnavailable
    """
    email, words = payload["email"], payload["locale"]
    found = await orders_of(sales, email)
    if not found:
        return None
    festival = await sales.catalogue.festival(found[0].festival)
    # A digest, so that no address stands among the keys; by the minute of asking, so that it can be asked again.
    asked = int(datetime.fromisoformat(payload["at"]).timestamp()) // ONE_LETTER_PER_S
    mark = hashlib.blake2b(f"{email.lower()} {words}".encode(), digest_size=12).hexdigest()
    return Letter(
        key=f"found-{mark}-{asked}",
        to=email,
        locale=words,
        frame=frame_of(festival, words),
        subject=translate("Your orders", words),
        paragraphs=(translate("You asked for the links of your orders. Each leads to its tickets:", words),),
        tickets=tuple([await _row(sales, order, words) for order in found]),
        closing=(
            translate("Keep this message: whoever has its link has your tickets.", words),
            translate("If it was not you who asked, there is nothing to do: nobody else got this message.", words),
        ),
    )


async def _row(sales: Sales, order: FoundOrder, words: str) -> TicketRow:
    screening = await sales.catalogue.screening(order.screening)
    name = pick(screening.title or (screening.film.title if screening.film else {}), words)
    zone = screening.venue.timezone
    title = translate("Order %(order)s", words) % {"order": order.order}
    starts = f"{day_text(screening.starts_at, zone, words)}, {time_text(screening.starts_at, zone)}"
    page = links.order_page(sales.context, order.order, words)
    return TicketRow(title, (name, starts), Button(translate("Open the order", words), page))
