"""The programme: what is shown, where and when, in which version, and whether there are seats."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.context import Context
from ticketing.kernel.errors import TicketingError, UnknownFestival
from ticketing.kernel.i18n import LOCALES, pick, translate
from ticketing.programme.calendar import MEDIA_TYPE
from ticketing.programme.catalogue import SCREENINGS_LISTED_MAX, Catalogue, ListedFilm, ProgrammeFilters
from ticketing.programme.model import Festival, Film, Screening, SeatCounts, in_use
from ticketing.seating.counts import MirrorCounts
from ticketing.web.pages.cart import secure_cookies
from ticketing.web.pages.formatting import range_text, sorted_names
from ticketing.web.pages.head import Feed, Head
from ticketing.web.pages.languages import NAMES, AnyRequest, language_cookie, require_language
from ticketing.web.pages.programme_view import (
    Facets,
    Filters,
    chosen_of,
    current_festival,
    days_of,
    facets_of,
    first_days,
    matches,
    next_date,
    on_offer,
    poster_films,
)
from ticketing.web.pages.rendering import page

PAGES_READ_MAX: Final = 5
FILTER_SIGNS_MAX: Final = 63
JSON_FEED_TYPE: Final = "application/feed+json"


@get("/{language:str}", opt={"access": "public"}, include_in_schema=False)
async def show_programme(
    request: AnyRequest,
    context: NamedDependency[Context],
    catalogue: NamedDependency[Catalogue],
    counts: NamedDependency[MirrorCounts],
    language: FromPath[str],
) -> Response[str]:
    """The programme of a festival; without a choice, of the one that runs or comes next."""
    require_language(language)
    now = context.clock.now()
    asked = filters_of(request)
    festivals = await catalogue.festivals()
    festival = await festival_of(catalogue, asked.festival, now)
    if festival is None:
        return page(request, "empty.html", language, festival=None)
    everything = await read_ahead(catalogue, festival, now)
    facets = facets_of(everything, language)
    filters = on_offer(asked, facets)
    shown = [screening for screening in everything if matches(screening, filters)]
    free = await free_places(counts, shown)
    days, following = first_days(days_of(shown, free, now))
    if filters.date:
        following = next_date(facets.dates, filters.date)
    home = f"/{language}/"
    return page(
        request,
        "programme.html",
        language,
        private=False,
        compress=True,
        cookies=[language_cookie(language, secure=secure_cookies(request))],
        head=_head(festival, filters, language, found=bool(days)),
        languages=[(code, NAMES[code], filters.address(f"/{code}/")) for code in LOCALES],
        festival=festival,
        others=_others(festivals, festival, now.date()),
        filters=filters,
        facets=facets,
        choices=_choices(facets, language),
        chosen=chosen_of(filters, facets, home),
        days_list=days,
        following=following,
        posters=poster_films(everything),
        films=[] if everything else await named_films(catalogue, festival, language),
        zones=sorted({screening.venue.timezone for screening in everything}),
        today=_today(festival, now),
        home=home,
    )


def filters_of(request: AnyRequest) -> Filters:
    """The filters in the address. What is far too long to be one is cut, and then fits nothing."""
    chosen = {
        name: request.query_params.get(name, "")[: FILTER_SIGNS_MAX + 1] for name in Filters.__struct_fields__
    }
    return Filters(**chosen)


async def festival_of(catalogue: Catalogue, wanted: str, now: datetime) -> Festival | None:
    """The festival asked for, else the one that runs or comes next; None where there is none at all.

    Raises UnknownFestival where another was asked for.
    """
    if wanted:
        festivals = await catalogue.festivals()
        found = next((festival for festival in festivals if festival.festival == wanted), None)
        if found is None:
            raise UnknownFestival(festival=wanted)
        return found
    festivals = in_use(await catalogue.festivals())
    several = sum(festival.ends_on >= now.date() for festival in festivals) > 1
    sizes = await catalogue.screenings_ahead(now) if several else {}
    return current_festival(festivals, "", now.date(), sizes)


def _today(festival: Festival, now: datetime) -> date:
    return now.astimezone(ZoneInfo(festival.timezone)).date()


async def read_ahead(catalogue: Catalogue, festival: Festival, now: datetime) -> list[Screening]:
    """What a festival still has to show, and what it has shown since the morning of today."""
    zone = ZoneInfo(festival.timezone)
    # The day and not the moment, so that all who ask today share one answer of the catalogue.
    since = datetime.combine(_today(festival, now), time.min, tzinfo=zone)
    found: list[Screening] = []
    cursor = None
    for _ in range(PAGES_READ_MAX):
        screenings, cursor = await catalogue.programme(
            ProgrammeFilters(festival=festival.festival, since=since),
            now=now,
            limit=SCREENINGS_LISTED_MAX,
            cursor=cursor,
        )
        found += screenings
        if cursor is None:
            break
    return found


async def free_places(counts: SeatCounts, screenings: Sequence[Screening]) -> Mapping[str, int]:
    """Free places by screening; none while they can't be counted: the programme is read all the same."""
    try:
        return await counts.free_places([screening.screening_id for screening in screenings])
    except TicketingError:
        return {}


async def named_films(catalogue: Catalogue, festival: Festival, language: str) -> list[Film]:
    """The films of a festival by name, in the order of the language's alphabet."""
    return in_order(await catalogue.films(festival.festival), language)


def in_order(listed: Sequence[ListedFilm], language: str) -> list[Film]:
    """Films by name, in the order of the language's alphabet."""
    films = {one.film.film: one.film for one in listed}
    names = [(name, pick(film.title, language)) for name, film in films.items()]
    return [films[name] for name, _ in sorted_names(names, language)]


def _others(festivals: Sequence[Festival], shown: Festival, today: date) -> list[Festival]:
    """The other festivals that run or come, the next first."""
    ahead = [one for one in festivals if one.ends_on >= today and one.festival != shown.festival]
    return sorted(ahead, key=lambda one: (one.starts_on, one.festival))


def _choices(facets: Facets, language: str) -> list[tuple[str, str, str, tuple[tuple[str, str], ...]]]:
    """The selects of the filters: name, label, what stands for all, options. One without a choice is left out."""
    choices = (
        ("audio", translate("Spoken language", language), translate("Any language", language), facets.audio),
        ("subtitles", translate("Subtitles", language), translate("With or without", language), facets.subtitles),
        ("version", translate("Version", language), translate("All versions", language), facets.version),
        ("city", translate("City", language), translate("All cities", language), facets.cities),
        ("film", translate("Film", language), translate("All films", language), facets.films),
    )
    return [choice for choice in choices if choice[3]]


def _head(festival: Festival, filters: Filters, language: str, *, found: bool) -> Head:
    name = pick(festival.name, language)
    when = range_text(festival.starts_on, festival.ends_on, language)
    part = msgspec.structs.replace(filters, festival="", date="")
    return Head(
        place=f"/?festival={festival.festival}",
        title=name,
        description=f"{when}. {pick(festival.tagline, language)}".strip(),
        image=f"/share/{language}/festivals/{festival.festival}.png",
        feeds=feeds_of(festival, part, language),
        kept_out=not found and filters != Filters(festival=filters.festival),
    )


def feeds_of(festival: Festival, part: Filters, language: str) -> tuple[Feed, ...]:
    """A festival, or a part of it, as a calendar and as JSON."""
    name = pick(festival.name, language)
    address = f"/{language}/feeds/{festival.festival}"
    return (
        Feed(part.address(f"{address}.ics"), MEDIA_TYPE.partition(";")[0], name),
        Feed(part.address(f"{address}.json"), JSON_FEED_TYPE, name),
    )


routes: list[Any] = [show_programme]
