"""What is printed on a ticket: facts and texts, before any layout. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, get_currency_symbol

from ticketing.kernel.i18n import pick, translate
from ticketing.kernel.money import MINOR_UNITS_PER_UNIT, Money
from ticketing.programme.layout import Layout, area_of
from ticketing.programme.model import Festival, Screening, Version, heading
from ticketing.tickets.notices import minors_need_company

NO_BREAK_SPACE = "\u00a0"


class TicketFace(msgspec.Struct, frozen=True):
    """One ticket as it is printed; texts are in the sheet's language, "" where there is none.

    ``row`` and ``number`` are "" for an unnumbered place, which has an ``area`` instead. ``proof`` is what the
    tariff asks to be shown at the door. ``holder`` is printed, and never stands in the code.
    """

    ticket: str
    code: str
    title: str
    original_title: str
    version: str
    subtitles: str
    age_category: str
    minors_need_company: bool
    venue: str
    address: str
    city: str
    hall: str
    section: str
    row: str
    number: str
    area: str
    doors_at: datetime
    starts_at: datetime
    ends_at: datetime
    timezone: str
    tariff: str
    proof: str
    price: Money
    holder: str = ""

    @property
    def zone(self) -> ZoneInfo:
        """The venue's zone, in which its times are shown."""
        return ZoneInfo(self.timezone)


class TicketSheet(msgspec.Struct, frozen=True):
    """The tickets of an order. ``colour`` (``#rrggbb``) is the festival's."""

    locale: str
    order: str
    festival: str
    organisers: tuple[str, ...]
    tickets: tuple[TicketFace, ...]
    colour: str = "#1b2a49"


def make_face(
    screening: Screening,
    layout: Layout,
    *,
    ticket: str,
    code: str,
    seat: str,
    tariff: str,
    price: Money,
    locale: str,
    holder: str | None = None,
) -> TicketFace:
    """The face of a ticket of a screening; ``seat`` is its label in the layout, ``tariff`` the tariff's id."""
    sold_as = next((one for one in screening.prices if one.tariff == tariff), None)
    index = layout.index_of.get(seat)
    place = layout.seats[index] if index is not None and index < len(layout.seats) else None
    sections = {section.section: pick(section.name, locale) for section in layout.sections}
    film, title = screening.film, pick(heading(screening), locale)
    return TicketFace(
        ticket=ticket,
        code=code,
        title=title,
        original_title=film.original_title if film and film.original_title != title else "",
        version=version_text(screening.version, locale) if screening.version else "",
        subtitles=subtitles_text(screening.version, locale) if screening.version else "",
        age_category=film.age_category if film else "",
        minors_need_company=minors_need_company(screening),
        venue=pick(screening.venue.name, locale),
        address=pick(screening.venue.address, locale),
        city=pick(screening.venue.city_name, locale),
        hall=pick(screening.hall.name, locale),
        section=(sections.get(place.section) or place.section) if place else "",
        row=place.row if place else "",
        number=place.number if place else "",
        area=area_of(seat) or ("" if place else seat),
        doors_at=screening.doors_at,
        starts_at=screening.starts_at,
        ends_at=screening.ends_at,
        timezone=screening.venue.timezone,
        tariff=pick(sold_as.name, locale) if sold_as else tariff,
        proof=pick(sold_as.proof, locale) if sold_as else "",
        price=price,
        holder=holder or "",
    )


def make_sheet(festival: Festival, order: str, tickets: tuple[TicketFace, ...], locale: str) -> TicketSheet:
    """The tickets of an order of a festival."""
    colour = festival.colours.get("primary", "")
    sheet = TicketSheet(locale, order, pick(festival.name, locale), festival.organisers, tickets)
    return msgspec.structs.replace(sheet, colour=colour) if is_colour(colour) else sheet


def is_colour(text: str) -> bool:
    """Whether a text is ``#rrggbb``."""
    return len(text) == 7 and text[0] == "#" and all(sign in "0123456789abcdefABCDEF" for sign in text[1:])


def number_text(ticket: str) -> str:
    """A ticket's number as people read it to each other: ``ABCD EFGH JKLM``."""
    return " ".join(ticket[start : start + 4] for start in range(0, len(ticket), 4))


def seat_text(face: TicketFace, locale: str) -> str:
    """Where somebody sits, with its words: ``Row C, seat 4``, ``Balcony, row C, seat 4``, or the area's name."""
    if not face.row:
        return face.area
    place = translate("Row %(row)s, seat %(number)s", locale) % {"row": face.row, "number": face.number}
    return f"{face.section}, {place[:1].lower()}{place[1:]}" if face.section else place


def version_text(version: Version, locale: str) -> str:
    """What is heard: ``Original version: French``."""
    pattern = {
        "dubbed": translate("Dubbed: %(language)s", locale),
        "voice_over": translate("Voice-over: %(language)s", locale),
    }.get(version.kind) or translate("Original version: %(language)s", locale)
    return pattern % {"language": _language(version.audio, locale)}


def subtitles_text(version: Version, locale: str) -> str:
    """What is read: ``Subtitles: Russian, Kazakh``; "" where there are none."""
    if not version.subtitles:
        return ""
    names = ", ".join(_language(code, locale) for code in version.subtitles)
    return translate("Subtitles: %(languages)s", locale) % {"languages": names}


def day_text(moment: datetime, timezone: str, locale: str) -> str:
    """The day in the venue's zone, in full: ``Saturday 28 November 2026``."""
    pattern = "EEEE d MMMM y" if locale in ("fr", "en") else "EEEE, d MMMM y"
    text = str(format_date(moment.astimezone(ZoneInfo(timezone)).date(), pattern, locale=locale))
    return text[:1].upper() + text[1:]


def time_text(moment: datetime, timezone: str) -> str:
    """The time of the day in the venue's zone: ``19:30``."""
    return moment.astimezone(ZoneInfo(timezone)).strftime("%H:%M")


def zone_text(moment: datetime, timezone: str) -> str:
    """How far the venue's zone is from UTC then: ``UTC+5``, ``UTC+5:30``."""
    offset = moment.astimezone(ZoneInfo(timezone)).utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")


def money_text(money: Money, locale: str) -> str:
    """An amount with its sign, decimals only where there are any: ``3 500 ₸``, ``12,50 €``."""
    whole, rest = divmod(money.amount, MINOR_UNITS_PER_UNIT)
    number = format_decimal(whole, format="#,##0", locale=locale).replace("\u202f", NO_BREAK_SPACE)
    if rest:
        number += f"{Locale.parse(locale).number_symbols['latn']['decimal']}{rest:02d}"
    # CLDR prints the tenge sign in Kazakh alone; tickets are paid in it in every language.
    sign = "₸" if money.currency == "KZT" else str(get_currency_symbol(money.currency, locale=locale))
    return f"{sign}{number}" if locale == "en" and money.currency != "KZT" else f"{number}{NO_BREAK_SPACE}{sign}"


def _language(code: str, locale: str) -> str:
    return str(Locale.parse(locale).languages.get(code, code))
