"""Films: the page of one with all its screenings in all cities, and the list of those a festival shows."""

from datetime import datetime
from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.context import Context
from ticketing.kernel.i18n import pick, translate
from ticketing.programme.catalogue import SCREENINGS_LISTED_MAX, Catalogue, ProgrammeFilters
from ticketing.programme.model import Festival, Screening
from ticketing.seating.counts import MirrorCounts
from ticketing.web.pages.formatting import sorted_names
from ticketing.web.pages.head import Head, data_block, origin_of
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.programme import festival_of, filters_of, free_places, named_films
from ticketing.web.pages.programme_view import Row, row_of
from ticketing.web.pages.rendering import page
from ticketing.web.pages.structured import in_context, movie, screening_event

PUBLIC = {"access": "public"}
OVER_SHOWN_MAX: Final = 20


@get("/{language:str}/films/{film:str}", opt=PUBLIC, include_in_schema=False)
async def show_film(  # noqa: PLR0917 - one parameter a part of the house
    request: AnyRequest,
    context: NamedDependency[Context],
    catalogue: NamedDependency[Catalogue],
    counts: NamedDependency[MirrorCounts],
    language: FromPath[str],
    film: FromPath[str],
) -> Response[str]:
    """A film: what it is, and where and when it is shown, in which versions."""
    require_language(language)
    found = await catalogue.film(film)
    now = context.clock.now()
    ahead, _ = await catalogue.programme(ProgrammeFilters(film=film), now=now, limit=SCREENINGS_LISTED_MAX)
    over = await catalogue.last_screenings(film=film, now=now, limit=OVER_SHOWN_MAX)
    free = await free_places(counts, ahead)
    rows = [row_of(screening, free.get(screening.screening_id), now) for screening in ahead]
    origin, image = origin_of(request), f"/share/{language}/films/{found.film}.png"
    events = [screening_event(row, language, origin=origin, image=image) for row in rows]
    directors = ", ".join(found.directors)
    return page(
        request,
        "film.html",
        language,
        private=False,
        compress=True,
        head=Head(
            place=f"/films/{found.film}",
            title=f"{pick(found.title, language)} ({directors}, {found.year})",
            description=pick(found.synopsis, language) or f"{found.original_title}, {directors}, {found.year}",
            image=image,
            kind="video.movie",
            data=data_block(in_context([movie(found, language, origin=origin, image=image), *events], language)),
        ),
        film=found,
        festival=await _festival_of(catalogue, [*ahead, *over], now),
        cities=_by_city(rows, language),
        over=[row_of(screening, None, now) for screening in over],
        zones=sorted({screening.venue.timezone for screening in ahead}),
    )


@get("/{language:str}/films", opt=PUBLIC, include_in_schema=False)
async def list_films(
    request: AnyRequest,
    context: NamedDependency[Context],
    catalogue: NamedDependency[Catalogue],
    language: FromPath[str],
) -> Response[str]:
    """All films of a festival, by name, in the order of the language's alphabet."""
    require_language(language)
    festival = await festival_of(catalogue, filters_of(request).festival, context.clock.now())
    if festival is None:
        return page(request, "empty.html", language, festival=None)
    name = pick(festival.name, language)
    return page(
        request,
        "films.html",
        language,
        private=False,
        compress=True,
        head=Head(
            place=f"/films?festival={festival.festival}",
            title=f"{translate('All films', language)} · {name}",
            description=pick(festival.tagline, language) or name,
            image=f"/share/{language}/festivals/{festival.festival}.png",
        ),
        festival=festival,
        films=await named_films(catalogue, festival, language),
    )


async def _festival_of(catalogue: Catalogue, screenings: list[Screening], now: datetime) -> Festival | None:
    """The festival whose colours a film's page wears: the one that shows it next, or showed it last."""
    wanted = screenings[0].festival if screenings else ""
    return await festival_of(catalogue, wanted, now)


def _by_city(rows: list[Row], language: str) -> list[tuple[str, list[Row]]]:
    """Screenings by city, each by start; cities in the order of the alphabet."""
    cities = {row.screening.venue.city: pick(row.screening.venue.city_name, language) for row in rows}
    return [
        (name, [row for row in rows if row.screening.venue.city == city])
        for city, name in sorted_names(cities.items(), language)
    ]


routes: list[Any] = [show_film, list_films]
