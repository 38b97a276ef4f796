"""What the page of the counter's sale shows: screenings, held seats with their tariffs, the sum. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from ticketing.kernel.i18n import pick
from ticketing.kernel.money import Money
from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening, TariffPrice
from ticketing.staff.model import Principal, Role
from ticketing.staff.reach import reaches
from ticketing.web.pages.formatting import moment_text, place_text
from ticketing.web.pages.rendering import heading_text
from ticketing.web.pages.screening_view import names_of_areas, names_of_sections

SCREENINGS_SHOWN_MAX: Final = 100


class ListedScreening(msgspec.Struct, frozen=True):
    """A screening to choose from. ``words`` are what a search finds it by; ``free`` is None where nobody knows."""

    screening: Screening
    free: int | None
    words: str


class SaleSeat(msgspec.Struct, frozen=True):
    """A held seat, the tariffs of its zone (those that are not public too), the one that is chosen, and the id of
    the one that would be without a choice: the zone's first that is public.
    """

    seat: str
    words: str
    tariffs: tuple[TariffPrice, ...]
    tariff: TariffPrice | None
    usual: str


def sold_here(screenings: Iterable[Screening], by: Principal, now: datetime) -> list[Screening]:
    """Those that somebody may sell at the counter now."""
    return [
        one
        for one in screenings
        if one.status == "published"
        and one.sales_open_at <= now < one.ends_at
        and reaches(by.reach, festival=one.festival, venue=one.venue.venue)
        and (one.audience != "invitation" or by.may(Role.SUPERVISOR, festival=one.festival, venue=one.venue.venue))
    ]


def search(screenings: Iterable[Screening], typed: str, language: str) -> list[tuple[Screening, str]]:
    """The screenings in whose words all that was typed is found, each with its words, at most a hundred."""
    wanted = typed.casefold().split()
    worded = ((one, words_of(one, language)) for one in screenings)
    return [(one, words) for one, words in worded if all(part in words for part in wanted)][:SCREENINGS_SHOWN_MAX]


def words_of(screening: Screening, language: str) -> str:
    """Its titles in all languages, its hall and venue, its day and hour; in small letters."""
    titles = [*screening.title.values(), *(screening.film.title.values() if screening.film else ())]
    parts = [
        heading_text(screening, language),
        *titles,
        pick(screening.hall.name, language),
        pick(screening.venue.name, language),
        moment_text(screening.starts_at, screening.timezone, language),
    ]
    return " ".join(dict.fromkeys(parts)).casefold()


def seats_to_sell(
    screening: Screening, layout: Layout, labels: Sequence[str], chosen: Mapping[str, str], language: str
) -> list[SaleSeat]:
    """Held seats with what each may be sold for; a tariff that its zone lacks falls back to the usual one."""
    sections, areas = names_of_sections(layout, language), names_of_areas(screening, layout, language)
    seats = []
    for label in labels:
        zone = layout.zone_of[layout.index_of[label]]
        tariffs = tuple(price for price in screening.prices if price.zone == zone)
        named = next((price for price in tariffs if price.tariff == chosen.get(label)), None)
        first = next((price for price in tariffs if price.public), tariffs[0] if tariffs else None)
        words = place_text(label, sections, areas, language)
        seats.append(SaleSeat(label, words, tariffs, named or first, first.tariff if first else ""))
    return seats


def total_of(seats: Iterable[SaleSeat], currency: str) -> Money:
    """What the seats come to."""
    return Money(sum(seat.tariff.amount for seat in seats if seat.tariff), currency)
