"""The programme as a page shows it: what can be filtered, what is left, in what state each screening is. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Literal
from urllib.parse import urlencode

import msgspec

from ticketing.kernel.i18n import pick
from ticketing.kernel.money import Money
from ticketing.programme.model import Festival, Screening, from_price, has_ended, understood_in
from ticketing.web.pages.formatting import language_text, sorted_names, version_text
from ticketing.web.pages.rendering import heading_text

SaleState = Literal["cancelled", "ended", "invitation", "not_yet", "closed", "sold_out", "few", "open", "unknown"]
FEW_LEFT_PERCENT = 10
FEW_LEFT_MAX = 30
POSTERS_MAX = 5


class Filters(msgspec.Struct, frozen=True):
    """What a visitor wants to see; empty takes all. These are the names in the page's address."""

    festival: str = ""
    date: str = ""
    city: str = ""
    film: str = ""
    version: str = ""

    def address(self, path: str, **changes: str) -> str:
        """The address of the programme with other filters."""
        chosen = {name: changes.get(name, getattr(self, name)) for name in self.__struct_fields__}
        query = urlencode({name: value for name, value in chosen.items() if value})
        return f"{path}?{query}" if query else path


class Row(msgspec.Struct, frozen=True):
    """One screening in the list. ``free`` is None while the count can't be had."""

    screening: Screening
    state: SaleState
    free: int | None
    price: Money | None


class Facets(msgspec.Struct, frozen=True):
    """What can be chosen: pairs of (value, name), in the reader's order."""

    dates: tuple[date, ...]
    cities: tuple[tuple[str, str], ...]
    films: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]


def sale_state(screening: Screening, now: datetime, free: int | None) -> SaleState:
    """Can a visitor take seats, and if not, why not? The first reason that holds is the one told."""
    few = free is not None and free <= FEW_LEFT_MAX and free * 100 <= screening.place_count * FEW_LEFT_PERCENT
    reasons: tuple[tuple[SaleState, bool], ...] = (
        ("cancelled", screening.status == "cancelled"),
        ("ended", has_ended(screening, now)),
        ("invitation", screening.audience == "invitation"),
        ("not_yet", now < screening.sales_open_at),
        ("closed", now >= screening.sales_close_at),
        ("unknown", free is None),
        ("sold_out", free == 0),
        ("few", few),
    )
    return next((state for state, holds in reasons if holds), "open")


def local_day(screening: Screening) -> date:
    """The day a screening starts on, in the venue."""
    return screening.starts_at.astimezone(screening.timezone).date()


def matches(screening: Screening, filters: Filters) -> bool:
    """Does a screening pass the filters? ``version`` is ``dubbed-kk``, ``original-fr``, or ``follow-ru``."""
    film = screening.film.film if screening.film else ""
    facts = (
        (filters.date, local_day(screening).isoformat()),
        (filters.city, screening.venue.city),
        (filters.film, film),
    )
    if any(wanted and wanted != fact for wanted, fact in facts):
        return False
    version = screening.version
    if not filters.version or version is None:
        return not filters.version
    kind, _, language = filters.version.partition("-")
    if kind == "follow":
        return understood_in(version, language)
    return version.kind == kind and version.audio == language


def facets_of(screenings: Iterable[Screening], language: str, follow_words: str) -> Facets:
    """What the given screenings can be filtered by. ``follow_words`` has a place ``%(language)s``."""
    known = list(screenings)
    cities = {screening.venue.city: pick(screening.venue.city_name, language) for screening in known}
    films = {screening.film.film: pick(screening.film.title, language) for screening in known if screening.film}
    versions = [screening.version for screening in known if screening.version]
    languages = {code for version in versions for code in (version.audio, *version.subtitles)}
    follow = [
        (f"follow-{code}", follow_words % {"language": language_text(code, language)}) for code in sorted(languages)
    ]
    kinds = {f"{version.kind}-{version.audio}": version_text(version, language) for version in versions}
    return Facets(
        dates=tuple(sorted({local_day(screening) for screening in known})),
        cities=tuple(sorted_names(cities.items(), language)),
        films=tuple(sorted_names(films.items(), language)),
        versions=(*sorted_names(follow, language), *sorted_names(kinds.items(), language)),
    )


def days_of(
    screenings: Iterable[Screening], free: Mapping[str, int], now: datetime
) -> list[tuple[date, list[Row]]]:
    """The list by day. Within a day by the hour on the venue's clock, then by place."""

    def order(screening: Screening) -> tuple[date, str, str]:
        local = screening.starts_at.astimezone(screening.timezone)
        return local.date(), local.strftime("%H:%M"), screening.screening_id

    return [
        (day, [_row(screening, free, now) for screening in group])
        for day, group in groupby(sorted(screenings, key=order), key=local_day)
    ]


def _row(screening: Screening, free: Mapping[str, int], now: datetime) -> Row:
    places = free.get(screening.screening_id)
    return Row(screening, sale_state(screening, now, places), places, from_price(screening))


def current_festival(
    festivals: Sequence[Festival], wanted: str, today: date, sizes: Mapping[str, int]
) -> Festival | None:
    """The festival asked for; else the one that runs or comes next: of several at once, the one of most screenings.

    ``sizes`` counts the screenings of those it names.
    """
    for festival in festivals:
        if festival.festival == wanted:
            return festival
    ahead = [festival for festival in festivals if festival.ends_on >= today]

    def order(festival: Festival) -> tuple[date, int, str]:
        return max(festival.starts_on, today), -sizes.get(festival.festival, 0), festival.festival

    return min(ahead, key=order) if ahead else festivals[0] if festivals else None


def poster_films(screenings: Iterable[Screening], language: str) -> list[tuple[str, str]]:
    """(film, title) of the first films to be shown, for the strip of posters at the top."""
    seen: dict[str, str] = {}
    for screening in screenings:
        if screening.film is not None and len(seen) < POSTERS_MAX:
            seen.setdefault(screening.film.film, heading_text(screening, language))
    return list(seen.items())
