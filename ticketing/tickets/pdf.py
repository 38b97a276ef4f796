"""The tickets of an order as one PDF: A4 to print, or a page a ticket for a telephone or the roll of a printer."""

from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import fontpkg_noto_sans
import msgspec
import typst

from ticketing.kernel.errors import N_, TooManyTickets
from ticketing.kernel.i18n import translate
from ticketing.kernel.threads import Threads
from ticketing.tickets.colours import letters_on
from ticketing.tickets.qr import qr_svg
from ticketing.tickets.sheet import (
    TicketFace,
    TicketSheet,
    day_text,
    money_text,
    number_text,
    time_text,
    zone_text,
)

TICKETS_PER_PDF_MAX: Final = 60
# A longer text is cut: whoever imports a programme or names a holder shall not break the page.
TEXT_SIGNS_MAX: Final = 200

PageFormat = Literal["a4", "phone", "roll"]

_TEMPLATES: Final[dict[PageFormat, str]] = {"a4": "sheet.typ", "phone": "phone.typ", "roll": "roll.typ"}
_THREADS = Threads("pdf", threads_max=2, waiting_max=64)


async def render_tickets_pdf(sheet: TicketSheet, page_format: PageFormat = "a4") -> bytes:
    """The tickets in the order given: two to a page of A4, one to a page of a telephone's shape, or on a roll of
    80 mm one to a page as long as it needs. PDF/UA, fonts inside, the same bytes for the same sheet.

    Raises:
        TooManyTickets: more than ``TICKETS_PER_PDF_MAX``.
        TooMany: too many documents are wanted at once.
    """
    if len(sheet.tickets) > TICKETS_PER_PDF_MAX:
        raise TooManyTickets(max=TICKETS_PER_PDF_MAX)
    return await _THREADS.run(_compile, sheet, page_format)


def _compile(sheet: TicketSheet, page_format: PageFormat = "a4") -> bytes:
    inputs = {"sheet": msgspec.json.encode(_printed(sheet)).decode()}
    try:
        return typeset(_template(page_format), inputs, ["ua-1"])
    except typst.TypstError:
        # A sign that the font lacks (an emoji in a holder's name, a title in Japanese) is enough to miss the
        # standard for accessible documents. The visitor gets a ticket all the same, with a box for the sign.
        return typeset(_template(page_format), inputs, [])


def typeset(template: bytes, inputs: dict[str, str], standards: list[Any]) -> bytes:
    """A document of a template and its data, in the package's own font; the same bytes for the same data.

    Takes its time, so it belongs into a thread. What ``inputs`` say is never read as markup by our templates.

    Raises:
        typst.TypstError: above all, a standard can't be kept.
    """
    pdf = typst.compile(
        template, font_paths=_fonts(), format="pdf", sys_inputs=inputs, pdf_standards=standards, timestamp=0
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no document")
    return pdf


@cache
def _template(page_format: PageFormat) -> bytes:
    return Path(__file__).with_name(_TEMPLATES[page_format]).read_bytes()


@cache
def _fonts() -> typst.Fonts:
    # The package's own font and nothing of the system's: a ticket looks the same wherever it is printed from.
    folder = Path(fontpkg_noto_sans.__file__).parent / "files"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def _printed(sheet: TicketSheet) -> dict[str, Any]:
    words = sheet.locale
    return {
        "lang": words,
        "title": f"{_cut(sheet.festival)} · {sheet.order}",
        "colour": sheet.colour,
        "on_colour": letters_on(sheet.colour),
        "festival": _cut(sheet.festival),
        "order_label": translate("Order %(order)s", words) % {"order": sheet.order},
        "advice": translate("Show this code at the door, on paper or on a screen. It lets one person in.", words),
        "tickets": [_printed_ticket(sheet, ticket) for ticket in sheet.tickets],
    }


def _printed_ticket(sheet: TicketSheet, ticket: TicketFace) -> dict[str, Any]:
    words = sheet.locale
    number = number_text(ticket.ticket)
    notices = []
    if ticket.minors_need_company:
        notices.append(translate("Ends after 22:00: minors are let in with an adult only.", words))
    places = [
        (translate("Section", words), ticket.section),
        (translate("Row", words), ticket.row),
        (translate("Seat", words), ticket.number),
        (translate("Area", words), ticket.area),
    ]
    doors = time_text(ticket.doors_at, ticket.timezone)
    return {
        "title": _cut(ticket.title),
        "original_title": _cut(ticket.original_title),
        "age_category": ticket.age_category,
        "version_lines": [text for text in (_cut(ticket.version), _cut(ticket.subtitles)) if text],
        "day": day_text(ticket.starts_at, ticket.timezone, words),
        "starts": time_text(ticket.starts_at, ticket.timezone),
        "zone": zone_text(ticket.starts_at, ticket.timezone),
        "doors": translate("Doors open at %(time)s", words) % {"time": doors},
        "venue": " · ".join(_cut(part) for part in (ticket.venue, ticket.hall) if part),
        "address": ", ".join(_cut(part) for part in (ticket.city, ticket.address) if part),
        "places": [(name, _cut(value)) for name, value in places if value],
        "proof": _filled(N_("Show at the door: %(proof)s"), "proof", ticket.proof, words),
        "notices": notices,
        "organisers": _filled(N_("Organised by %(names)s"), "names", ", ".join(sheet.organisers), words),
        "qr": qr_svg(ticket.code),
        "qr_alt": translate("The code of ticket %(ticket)s", words) % {"ticket": number},
        "number": number,
        "tariff": _cut(ticket.tariff),
        "price": money_text(ticket.price, words),
        "holder": _cut(ticket.holder),
    }


def _filled(text: str, place: str, value: str, locale: str) -> str:
    return translate(text, locale) % {place: _cut(value)} if value else ""


def _cut(text: str) -> str:
    # Control signs have no shape in any font.
    clean = "".join(sign if sign.isprintable() else " " for sign in text)
    return clean if len(clean) <= TEXT_SIGNS_MAX else clean[: TEXT_SIGNS_MAX - 1] + "…"
