"""The programme: what is shown, where and when, in which version, and whether there are seats."""

from collections import Counter
from datetime import datetime
from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.context import Context
from ticketing.kernel.errors import TicketingError, UnknownFestival
from ticketing.kernel.i18n import translate
from ticketing.programme.catalogue import SCREENINGS_LISTED_MAX, Catalogue, ProgrammeFilters
from ticketing.programme.model import Screening
from ticketing.seating.counts import MirrorCounts
from ticketing.web.pages.cart import hold_ids_of, secure_cookies
from ticketing.web.pages.languages import AnyRequest, language_cookie, require_language
from ticketing.web.pages.programme_view import (
    Filters,
    current_festival,
    days_of,
    facets_of,
    matches,
    poster_films,
)
from ticketing.web.pages.rendering import page

PAGES_READ_MAX: Final = 5
FILTER_SIGNS_MAX: Final = 63


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
    filters = filters_of(request)
    festivals = await catalogue.festivals()
    festival = current_festival(festivals, filters.festival, now.date(), await sizes_of(catalogue, now))
    if festival is None or (filters.festival and festival.festival != filters.festival):
        if filters.festival:
            raise UnknownFestival(festival=filters.festival)
        return page(request, "empty.html", language, festival=None, cart_count=0)
    everything = await _read_all(catalogue, festival.festival, context)
    shown = [screening for screening in everything if matches(screening, filters)]
    free = await _free_places(counts, shown)
    follow_words = translate("To follow in: %(language)s", language)
    return page(
        request,
        "programme.html",
        language,
        private=False,
        compress=True,
        cookies=[language_cookie(language, secure=secure_cookies(request))],
        festival=festival,
        festivals=festivals,
        filters=filters,
        facets=facets_of(everything, language, follow_words),
        days_list=days_of(shown, free, now),
        posters=poster_films(everything, language),
        home=f"/{language}/",
    )


def filters_of(request: AnyRequest) -> Filters:
    """The filters in the address. What is far too long to be one counts as nothing chosen."""
    chosen = {name: request.query_params.get(name, "") for name in Filters.__struct_fields__}
    return Filters(**{name: value if len(value) <= FILTER_SIGNS_MAX else "" for name, value in chosen.items()})


async def sizes_of(catalogue: Catalogue, now: datetime) -> Counter[str]:
    """How many of the next screenings each festival has."""
    screenings, _ = await catalogue.programme(ProgrammeFilters(), now=now, limit=SCREENINGS_LISTED_MAX)
    return Counter(screening.festival for screening in screenings)


async def _read_all(catalogue: Catalogue, festival_id: str, context: Context) -> list[Screening]:
    found: list[Screening] = []
    cursor = None
    for _ in range(PAGES_READ_MAX):
        screenings, cursor = await catalogue.programme(
            ProgrammeFilters(festival=festival_id),
            now=context.clock.now(),
            limit=SCREENINGS_LISTED_MAX,
            cursor=cursor,
        )
        found += screenings
        if cursor is None:
            break
    return found


async def _free_places(counts: MirrorCounts, screenings: list[Screening]) -> dict[str, int]:
    try:
        return await counts.free_places([screening.screening_id for screening in screenings])
    except TicketingError:
        # The programme is read also while no seats can be counted.
        return {}
