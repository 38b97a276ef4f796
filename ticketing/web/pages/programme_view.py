"""The programme as a page shows it: what can be filtered, what is left, in what state each screening is. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Final, Literal
from urllib.parse import urlencode

import msgspec

from ticketing.kernel.i18n import pick, translate
from ticketing.kernel.money import Money
from ticketing.programme.model import Festival, Film, Screening, from_price, has_ended
from ticketing.web.pages.formatting import language_text, sorted_names

SaleState = Literal["cancelled", "ended", "invitation", "not_yet", "closed", "sold_out", "few", "open", "unknown"]
FEW_LEFT_PERCENT: Final = 10
FEW_LEFT_MAX: Final = 30
POSTERS_MAX: Final = 5
ROWS_SHOWN_MAX: Final = 60
"""Rows that fill a first page; the day that reaches this is still shown whole, and a link leads to the next."""


class Filters(msgspec.Struct, frozen=True):
    """What a visitor wants to see; empty takes all. These are the names in the page's address.

    ``audio`` and ``subtitles`` are language codes, ``version`` is ``original``, ``dubbed`` or ``voice_over``.
    """

    festival: str = ""
    date: str = ""
    city: str = ""
    film: str = ""
    audio: str = ""
    subtitles: str = ""
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


class Day(msgspec.Struct, frozen=True):
    """A day of the list: what is still to come, and what is over or has begun too long ago."""

    date: date
    ahead: tuple[Row, ...]
    over: tuple[Row, ...]


class Facets(msgspec.Struct, frozen=True):
    """What can be chosen: pairs of (value, name), in the reader's order."""

    dates: tuple[date, ...]
    cities: tuple[tuple[str, str], ...]
    films: tuple[tuple[str, str], ...]
    audio: tuple[tuple[str, str], ...]
    subtitles: tuple[tuple[str, str], ...]
    version: tuple[tuple[str, str], ...]


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
    """Does a screening pass the filters?"""
    version = screening.version
    facts = (
        (filters.date, (local_day(screening).isoformat(),)),
        (filters.city, (screening.venue.city,)),
        (filters.film, (screening.film.film,) if screening.film else ()),
        (filters.audio, (version.audio,) if version else ()),
        (filters.subtitles, version.subtitles if version else ()),
        (filters.version, (version.kind,) if version else ()),
    )
    return all(wanted in found for wanted, found in facts if wanted)


def facets_of(screenings: Iterable[Screening], language: str) -> Facets:
    """What the given screenings can be filtered by."""
    known = list(screenings)
    cities = {screening.venue.city: pick(screening.venue.city_name, language) for screening in known}
    films = {screening.film.film: pick(screening.film.title, language) for screening in known if screening.film}
    versions = [screening.version for screening in known if screening.version]
    kinds = {version.kind for version in versions}
    words = (
        ("original", translate("Original versions", language)),
        ("dubbed", translate("Dubbed", language)),
        ("voice_over", translate("With voice-over", language)),
    )
    return Facets(
        dates=tuple(sorted({local_day(screening) for screening in known})),
        cities=tuple(sorted_names(cities.items(), language)),
        films=tuple(sorted_names(films.items(), language)),
        audio=_languages({version.audio for version in versions}, language),
        subtitles=_languages({code for version in versions for code in version.subtitles}, language),
        version=tuple(pair for pair in words if pair[0] in kinds) if len(kinds) > 1 else (),
    )


def _languages(codes: Iterable[str], language: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted_names([(code, language_text(code, language)) for code in codes], language))


def on_offer(filters: Filters, facets: Facets) -> Filters:
    """The filters with what is not on offer marked as such: nothing that came with a request is ever shown again.

    What was mistyped or made up still narrows the list to nothing, so that the page says so.
    """
    values = {
        "date": {day.isoformat() for day in facets.dates},
        "city": {value for value, _ in facets.cities},
        "film": {value for value, _ in facets.films},
        "audio": {value for value, _ in facets.audio},
        "subtitles": {value for value, _ in facets.subtitles},
        "version": {"original", "dubbed", "voice_over"},
    }
    changes = {
        name: NOT_ON_OFFER
        for name, known in values.items()
        if getattr(filters, name) and getattr(filters, name) not in known
    }
    return msgspec.structs.replace(filters, **changes)


NOT_ON_OFFER: Final = "-"


def chosen_of(filters: Filters, facets: Facets, path: str) -> list[tuple[str, str]]:
    """What is chosen, by name, each with the address of the programme without it."""
    names = {
        "city": dict(facets.cities),
        "film": dict(facets.films),
        "audio": dict(facets.audio),
        "subtitles": dict(facets.subtitles),
        "version": dict(facets.version),
    }
    return [
        (known[getattr(filters, name)], filters.address(path, **{name: ""}))
        for name, known in names.items()
        if getattr(filters, name) in known
    ]


def days_of(screenings: Iterable[Screening], free: Mapping[str, int], now: datetime) -> list[Day]:
    """The list by day. Within a day by the hour on the venue's clock, then by place."""

    def order(screening: Screening) -> tuple[date, str, str]:
        local = screening.starts_at.astimezone(screening.timezone)
        return local.date(), local.strftime("%H:%M"), screening.screening_id

    days = []
    for day, group in groupby(sorted(screenings, key=order), key=local_day):
        rows = [row_of(screening, free.get(screening.screening_id), now) for screening in group]
        ahead = tuple(row for row in rows if not _is_over(row, now))
        days.append(Day(day, ahead, tuple(row for row in rows if _is_over(row, now))))
    return days


def first_days(days: Sequence[Day]) -> tuple[list[Day], date | None]:
    """The days that fill a first page, whole, and the day after them."""
    shown: list[Day] = []
    count = 0
    for day in days:
        if count >= ROWS_SHOWN_MAX:
            return shown, day.date
        shown.append(day)
        count += len(day.ahead) + len(day.over)
    return shown, None


def next_date(dates: Sequence[date], chosen: str) -> date | None:
    """The next day with screenings after the one that is chosen."""
    return next((day for day in dates if day.isoformat() > chosen), None)


def row_of(screening: Screening, free: int | None, now: datetime) -> Row:
    """One screening for a list; ``free`` is None while its places can't be counted."""
    return Row(screening, sale_state(screening, now, free), free, from_price(screening))


def _is_over(row: Row, now: datetime) -> bool:
    """What nobody can go to any more: ended, or begun and no longer sold."""
    return row.state == "ended" or (row.screening.starts_at < now and row.state in ("closed", "cancelled"))


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


def poster_films(screenings: Iterable[Screening]) -> list[Film]:
    """The first films to be shown, for the strip of posters at the top."""
    seen: dict[str, Film] = {}
    for screening in screenings:
        if screening.film is not None and len(seen) < POSTERS_MAX:
            seen.setdefault(screening.film.film, screening.film)
    return list(seen.values())
