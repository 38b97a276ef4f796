"""What the page of a screening needs to know of prices, zones and the visitor's choice. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from ticketing.kernel.i18n import pick, translations
from ticketing.kernel.money import Money
from ticketing.programme.layout import Layout, area_of
from ticketing.programme.model import Screening, TariffPrice
from ticketing.seating.model import Hold
from ticketing.web.pages.formatting import money_text
from ticketing.web.pages.hall_drawing import ZoneLook, shape_of


class Choice(msgspec.Struct, frozen=True):
    """The visitor's seats of one screening, as the tray at the foot of the page tells them.

    Times are milliseconds from the answer on, so that a wrong clock on a telephone does no harm.
    """

    seats: tuple[str, ...]
    title: str
    words: str
    total: str
    expires_in_ms: int
    extendable: bool


def public_prices(screening: Screening, zone: str) -> list[TariffPrice]:
    """The tariffs that the public can buy in a zone, in the festival's order."""
    return [price for price in screening.prices if price.zone == zone and price.public]


def price_text(amount: int, currency: str, language: str) -> str:
    """A price in words: nobody is asked for 0 ₸."""
    if amount == 0:
        return translations(language).gettext("free of charge")
    return money_text(Money(amount, currency), language)


def zone_looks(screening: Screening, language: str) -> tuple[ZoneLook, ...]:
    """How the zones of a screening are drawn, with the range of their prices in words."""
    looks = []
    for place, zone in enumerate(screening.zones):
        amounts = sorted(price.amount for price in public_prices(screening, zone.zone))
        price = ""
        if amounts:
            price = price_text(amounts[-1], screening.currency, language)
            if amounts[0] != amounts[-1]:
                cheapest = price_text(amounts[0], screening.currency, language)
                price = f"{cheapest} – {price}"
        looks.append(ZoneLook(zone.zone, pick(zone.name, language), zone.colour, shape_of(place), price))
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
    labels = [seat for hold in ours for seat in hold.seats]
    amounts = [_first_price(screening, layout, label) for label in labels]
    words = translations(language)
    title = words.ngettext("%(num)d seat is kept for you", "%(num)d seats are kept for you", len(labels))
    ends = min((hold.expires_at for hold in ours), default=now)
    return Choice(
        seats=tuple(labels),
        title=title % {"num": len(labels)},
        words="; ".join(places_words(labels, screening, layout, language)),
        total=price_text(sum(amounts), screening.currency, language),
        expires_in_ms=max(0, round((ends - now).total_seconds() * 1000)),
        extendable=any(hold.extendable_until > hold.expires_at for hold in ours),
    )


def _first_price(screening: Screening, layout: Layout, label: str) -> int:
    zone = layout.zone_of[layout.index_of[label]]
    prices = public_prices(screening, zone)
    return prices[0].amount if prices else 0
