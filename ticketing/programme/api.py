"""The programme over the wire, for everybody."""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, QueryParameter

from ticketing.kernel.context import Context
from ticketing.kernel.errors import InvalidField, Unavailable, UnknownScreening
from ticketing.kernel.wire import locale_of, problems
from ticketing.programme.catalogue import (
    SCREENINGS_LISTED_MAX,
    Catalogue,
    ProgrammeCursor,
    ProgrammeFilters,
)
from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening, SeatCounts
from ticketing.programme.shared_cache import SharedCache
from ticketing.programme.shown import (
    ShownProgramme,
    ShownWholeScreening,
    show_screening,
    show_whole_screening,
)
from ticketing.programme.shown_map import SeatMap, show_seat_map
from ticketing.staff.guards import PUBLIC

CURSOR_SIGNS_MAX = 300
SEAT_MAPS_CACHED_MAX = 300
SEAT_MAP_FRESH_S = 60
# A day outside these years is a slip of the pen.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)

SLUG = r"^[a-z0-9][a-z0-9-]{0,62}$"
LANGUAGE = r"^[a-z]{2,3}$"

# Drawn once per layout, colours and language: the bytes are what every visitor of a screening is sent.
_seat_maps: SharedCache[str, bytes] = SharedCache(SEAT_MAPS_CACHED_MAX, None)


@get("/api/v1/programme", summary="Find screenings", tags=["programme"], opt=PUBLIC, responses=problems())
async def get_programme(  # noqa: PLR0917 - one parameter a filter, by name
    request: Request[Any, Any, Any],
    context: NamedDependency[Context],
    catalogue: NamedDependency[Catalogue],
    seat_counts: NamedDependency[SeatCounts],
    festival: Annotated[str | None, QueryParameter(pattern=SLUG, description="Of this festival only.")] = None,
    city: Annotated[str | None, QueryParameter(pattern=SLUG, description="In this city only.")] = None,
    date: Annotated[date | None, QueryParameter(description="On this day of the venue, over or not.")] = None,
    film: Annotated[str | None, QueryParameter(pattern=SLUG, description="Of this film only.")] = None,
    version: Annotated[str | None, QueryParameter(pattern=SLUG, description="In this version only.")] = None,
    lang: Annotated[
        str | None,
        QueryParameter(pattern=LANGUAGE, description="That can be followed in this language, by ear or subtitles."),
    ] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=SCREENINGS_LISTED_MAX)] = 100,
    cursor: Annotated[
        str | None, QueryParameter(max_length=CURSOR_SIGNS_MAX, description="`next` of the page before.")
    ] = None,
) -> ShownProgramme:
    """Screenings by start: those that are not over yet, unless a date is asked for.

    Texts are in the caller's language, from `Accept-Language`; times have the offset of the venue.
    """
    if date is not None and not FIRST_DAY <= date <= LAST_DAY:
        raise InvalidField(field="date", problem=f"date: expected a day from {FIRST_DAY} to {LAST_DAY}")
    now = context.clock.now()
    filters = ProgrammeFilters(festival, city, date, film, version, lang)
    after = None if cursor is None else _read_cursor(cursor)
    screenings, following = await catalogue.programme(filters, now=now, limit=limit, cursor=after)
    free = await _free_places(seat_counts, screenings)
    locale = locale_of(request)
    return ShownProgramme(
        [show_screening(screening, free, locale, now) for screening in screenings],
        None if following is None else _write_cursor(following),
    )


@get(
    "/api/v1/screenings/{screening:str}",
    summary="A screening, whole",
    tags=["programme"],
    opt=PUBLIC,
    responses=problems(UnknownScreening),
)
async def get_screening(
    request: Request[Any, Any, Any],
    screening: FromPath[str],
    context: NamedDependency[Context],
    catalogue: NamedDependency[Catalogue],
    seat_counts: NamedDependency[SeatCounts],
) -> ShownWholeScreening:
    """With its film, its hours, and the tariffs that the public can buy in each price zone."""
    found = await catalogue.public_screening(screening)
    free = await _free_places(seat_counts, [found])
    return show_whole_screening(found, free, locale_of(request), context.clock.now())


@get(
    "/api/v1/screenings/{screening:str}/seat-map",
    summary="The seat map of a screening",
    tags=["programme"],
    opt=PUBLIC,
    responses={
        200: ResponseSpec(SeatMap, generate_examples=False, description="The map, with a strong ETag"),
        304: ResponseSpec(None, generate_examples=False, description="The map you have is still right"),
        **problems(UnknownScreening),
    },
)
async def get_seat_map(
    request: Request[Any, Any, Any],
    screening: FromPath[str],
    catalogue: NamedDependency[Catalogue],
) -> Response[bytes]:
    """Where each seat is and what it is. Which are free is told by the availability."""
    found = await catalogue.public_screening(screening)
    locale = locale_of(request)
    tag = _map_tag(found, locale)
    headers = {
        "etag": tag,
        "cache-control": f"public, max-age={SEAT_MAP_FRESH_S}",
        "vary": "accept-language",
        "content-language": locale,
    }
    if _has_tag(request.headers.get("if-none-match", ""), tag):
        return Response(b"", status_code=304, headers=headers)

    async def draw() -> bytes:
        layout: Layout = await catalogue.layout(found.layout_id)
        return msgspec.json.encode(show_seat_map(found, layout, locale))

    return Response(await _seat_maps.get(tag, draw), media_type="application/json", headers=headers)


async def _free_places(seat_counts: SeatCounts, screenings: Sequence[Screening]) -> dict[str, int]:
    """Free places by screening; none while the live mirror is down, since the programme can be read without."""
    if not screenings:
        return {}
    try:
        return await seat_counts.free_places([screening.screening_id for screening in screenings])
    except Unavailable:
        return {}


def _map_tag(screening: Screening, locale: str) -> str:
    """A strong entity tag: the layout, how its zones are called and coloured, and the language."""
    zones = msgspec.json.encode([screening.zones, locale])
    return f'"{screening.layout_id}-{hashlib.sha256(zones).hexdigest()[:16]}"'


def _has_tag(if_none_match: str, tag: str) -> bool:
    """Does the header name our tag? Compared weakly, as RFC 9110, 13.1.2 asks."""
    named = [part.strip().removeprefix("W/") for part in if_none_match[:2000].split(",")]
    return tag in named or named == ["*"]


def _write_cursor(cursor: ProgrammeCursor) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def _read_cursor(text: str) -> ProgrammeCursor:
    """Raises InvalidField where the text is not a `next` of ours."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        cursor = msgspec.json.decode(raw, type=ProgrammeCursor)
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise InvalidField(field="cursor", problem="cursor: expected the `next` of an answer") from error
    starts_at = cursor.starts_at
    in_time = starts_at.tzinfo is not None and FIRST_DAY.year <= starts_at.year <= LAST_DAY.year
    if not in_time or not re.fullmatch(SLUG, cursor.screening_id):
        raise InvalidField(field="cursor", problem="cursor: expected the `next` of an answer")
    return cursor


routes = [get_programme, get_screening, get_seat_map]
