"""What the page of a screening needs to know of prices, zones and the visitor's choice. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from ticketing.kernel.i18n import pick, translations
from ticketing.kernel.money import Money
from ticketing.programme.layout import Layout, area_of
from ticketing.programme.model import Screening, TariffPrice
from ticketing.seating.model import Hold
from ticketing.web.pages.formatting import money_text, time_text
from ticketing.web.pages.hall_rows import ZoneLook, shape_of


class Choice(msgspec.Struct, frozen=True):
    """The visitor's seats of one screening, as the tray at the foot of the page tells them.

    Times are milliseconds from the answer on, so that a wrong clock on a telephone does no harm. ``until`` is the
    end on the venue's clock. ``more`` says what an extension would bring, and that there is none any more.
    """

    seats: tuple[str, ...] = ()
    title: str = ""
    words: str = ""
    total: str = ""
    expires_in_ms: int = 0
    until: str = ""
    extendable: bool = False
    more: str = ""
    hint: "Hint | None" = None


class OfferedSeats(msgspec.Struct, frozen=True):
    """Seats to be had by one tap: a whole choice of numbered seats, told in ``words`` and ``price``."""

    title: str
    words: str
    price: str
    seats: tuple[str, ...]


class Hint(msgspec.Struct, frozen=True):
    """What might be better about a choice that stands. ``seats`` are those it is about, for the drawing to mark."""

    title: str
    detail: str
    seats: tuple[str, ...]
    offer: OfferedSeats


def public_prices(screening: Screening, zone: str) -> list[TariffPrice]:
    """The tariffs that the public can buy in a zone, in the festival's order."""
    return [price for price in screening.prices if price.zone == zone and price.public]


def price_text(amount: int, currency: str, language: str) -> str:
    """A price in words: nobody is asked for 0 ₸."""
    if amount == 0:
        return translations(language).gettext("free of charge")
    return money_text(Money(amount, currency), language)


def zone_looks(screening: Screening, language: str) -> tuple[ZoneLook, ...]:
    """How the zones of a screening are drawn, with their prices in words."""
    looks = []
    for place, zone in enumerate(screening.zones):
        prices = public_prices(screening, zone.zone)
        amounts = sorted(price.amount for price in prices)
        texts = [price_text(amount, screening.currency, language) for amount in amounts]
        looks.append(
            ZoneLook(
                zone.zone,
                pick(zone.name, language),
                zone.colour,
                shape_of(place),
                " – ".join(dict.fromkeys([texts[0], texts[-1]])) if texts else "",
                texts[0] if texts else "",
                tuple(
                    (pick(price.name, language), price_text(price.amount, screening.currency, language))
                    for price in prices
                ),
                amounts[0] if amounts else None,
            )
        )
    return tuple(looks)


def names_of_sections(layout: Layout, language: str) -> dict[str, str]:
    """The names of the parts of a hall that labels refer to."""
    return {section.section: pick(section.name, language) for section in layout.sections if section.name}


def names_of_areas(screening: Screening, layout: Layout, language: str) -> dict[str, str]:
    """The names of unnumbered areas: that of their price zone, since a layout gives them none."""
    zones = {zone.zone: pick(zone.name, language) for zone in screening.zones}
    return {area.area: zones.get(area.zone, area.area) for area in layout.areas}


def places_words(labels: Sequence[str], screening: Screening, layout: Layout, language: str) -> list[str]:
    """Places for people: seats row by row, unnumbered places counted by area."""
    sections = names_of_sections(layout, language)
    areas = names_of_areas(screening, layout, language)
    row_words = translations(language).gettext("row %(row)s: %(seats)s")
    rows: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    for label in labels:
        area = area_of(label)
        if area is not None:
            counts[area] = counts.get(area, 0) + 1
        else:
            row, _, number = label.rpartition("-")
            rows.setdefault(row, []).append(number)
    words = []
    for row, numbers in rows.items():
        section, _, name = row.rpartition("/")
        seats = row_words % {"row": name, "seats": ", ".join(sorted(numbers, key=_by_number))}
        words.append(f"{sections.get(section, section)}, {seats}" if section else seats)
    return words + [f"{areas.get(area, area)} × {count}" for area, count in counts.items()]


def _by_number(number: str) -> tuple[int, str]:
    return (int(number), "") if number.isdecimal() else (0, number)


def choice_of(screening: Screening, layout: Layout, holds: Iterable[Hold], now: datetime, language: str) -> Choice:
    """The choice that the visitor's holds of this screening make."""
    ours = [hold for hold in holds if hold.screening == screening.screening_id]
    if not ours:
        return Choice()
    labels = [seat for hold in ours for seat in hold.seats]
    words = translations(language)
    title = words.ngettext("%(num)d seat is kept for you", "%(num)d seats are kept for you", len(labels))
    first = min(ours, key=lambda hold: hold.expires_at)
    term = timedelta(seconds=screening.rules.hold_ttl_s)
    extendable = any(hold.extendable_until > hold.expires_at for hold in ours)
    if extendable:
        until = min(now + term, first.extendable_until)
        more = words.gettext("With more time they are kept until %(time)s.")
    else:
        until = first.expires_at
        more = words.gettext("No more time can be added: at %(time)s they are given back, unless you order them.")
    return Choice(
        seats=tuple(labels),
        title=title % {"num": len(labels)},
        words="; ".join(places_words(labels, screening, layout, language)),
        total=price_of_places(screening, layout, labels, language),
        expires_in_ms=max(0, round((first.expires_at - now).total_seconds() * 1000)),
        until=time_text(first.expires_at, screening.timezone),
        extendable=extendable,
        more=more % {"time": time_text(until, screening.timezone)},
    )


def price_of_places(screening: Screening, layout: Layout, labels: Iterable[str], language: str) -> str:
    """What places cost at the first tariff of each one's zone, in words."""
    return price_text(sum(_first_price(screening, layout, label) for label in labels), screening.currency, language)


def _first_price(screening: Screening, layout: Layout, label: str) -> int:
    zone = layout.zone_of[layout.index_of[label]]
    prices = public_prices(screening, zone)
    return prices[0].amount if prices else 0
