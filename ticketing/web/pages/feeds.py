"""The programme for others to list, whole or in part: a calendar to subscribe to, and a JSON feed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.context import Context
from ticketing.kernel.errors import Missing
from ticketing.kernel.i18n import pick, translate
from ticketing.kernel.threads import Threads
from ticketing.programme.calendar import MEDIA_TYPE, CalendarEntry, calendar_of, screening_entry
from ticketing.programme.catalogue import Catalogue
from ticketing.programme.model import Festival, Screening
from ticketing.programme.shared_cache import SharedCache
from ticketing.programme.shown import show_screening
from ticketing.tickets.notices import minors_need_company
from ticketing.web.pages.conditional import Document, answer, document
from ticketing.web.pages.formatting import moment_text, subtitles_text, version_text
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.programme import JSON_FEED_TYPE, filters_of, read_ahead
from ticketing.web.pages.programme_view import Filters, facets_of, matches, on_offer
from ticketing.web.pages.rendering import heading_text

FEED_FRESH_S: Final = 300
FEEDS_KEPT_MAX: Final = 200
REFRESH: Final = timedelta(hours=1)
VERSION: Final = "https://jsonfeed.org/version/1.1"

# An entry of a calendar takes a millisecond: too long for the loop, where a festival has hundreds.
_THREADS = Threads("feeds", threads_max=1, waiting_max=64)
feeds_kept: SharedCache[tuple[str, str, str, Filters], Document] = SharedCache(FEEDS_KEPT_MAX, FEED_FRESH_S)


class Feed(msgspec.Struct, frozen=True):
    """What a feed is made of."""

    festival: Festival
    screenings: Sequence[Screening]
    filters: Filters
    language: str
    origin: str
    now: datetime


@get("/{language:str}/feeds/{name:str}", opt={"access": "public"}, include_in_schema=False)
async def show_feed(
    request: AnyRequest,
    context: NamedDependency[Context],
    catalogue: NamedDependency[Catalogue],
    language: FromPath[str],
    name: FromPath[str],
) -> Response[bytes]:
    """What a festival still shows, for example ``/kk/feeds/premieres.ics?city=almaty&audio=kk``.

    The filters are those of the programme's page. What was cancelled stays in, as cancelled.
    """
    require_language(language)
    festival_id, _, kind = name.rpartition(".")
    if kind not in ("ics", "json"):
        raise Missing
    festival = await catalogue.festival(festival_id)
    now = context.clock.now()
    screenings = await read_ahead(catalogue, festival, now)
    filters = on_offer(filters_of(request), facets_of(screenings, language))
    filters = msgspec.structs.replace(filters, festival="")
    origin = context.settings.public_url

    async def make() -> Document:
        shown = [screening for screening in screenings if matches(screening, filters)]
        changed_at = max((screening.changed_at for screening in shown), default=None)
        feed = Feed(festival, shown, filters, language, origin, now)
        body = await _THREADS.run(_calendar if kind == "ics" else _json_feed, feed)
        return document(body, MEDIA_TYPE if kind == "ics" else JSON_FEED_TYPE, changed_at)

    found = await feeds_kept.get((f"{origin}/{festival_id}", kind, language, filters), make)
    return answer(request, found, f"public, max-age={FEED_FRESH_S}")


def _calendar(feed: Feed) -> bytes:
    return calendar_of(
        [_entry(screening, feed.language, feed.origin) for screening in feed.screenings],
        name=pick(feed.festival.name, feed.language),
        locale=feed.language,
        refresh=REFRESH,
    )


def _entry(screening: Screening, language: str, origin: str) -> CalendarEntry:
    return screening_entry(
        screening,
        language,
        uid=f"{screening.screening_id}@{urlsplit(origin).hostname}",
        changed_at=screening.changed_at,
        address=f"{origin}/{language}/screenings/{screening.screening_id}",
        lines=_facts(screening, language),
    )


def _facts(screening: Screening, language: str) -> list[str]:
    """What to know of a screening beside its name, place and time, a line each."""
    found = []
    if screening.version:
        found += [version_text(screening.version, language), subtitles_text(screening.version, language)]
    if screening.film:
        film = screening.film
        length = translate("%(minutes)s min", language) % {"minutes": film.running_minutes}
        found.append(f"{', '.join(film.directors)}, {film.year}, {length}")
        if minors_need_company(screening):
            found.append(translate("Ends after 22:00: minors only when accompanied by an adult", language))
    return [line for line in found if line]


def _json_feed(feed: Feed) -> bytes:
    """JSON Feed 1.1; ``_screening`` has each screening as ``GET /api/v1/programme`` tells it, without its seats."""
    festival, language, origin = feed.festival, feed.language, feed.origin
    told = {
        "version": VERSION,
        "title": pick(festival.name, language),
        "description": pick(festival.tagline, language),
        "home_page_url": f"{origin}/{language}/?festival={festival.festival}",
        "feed_url": origin + feed.filters.address(f"/{language}/feeds/{festival.festival}.json"),
        "language": language,
        "authors": [{"name": name} for name in festival.organisers],
        "expired": festival.ends_on < feed.now.date(),
        "items": [_item(screening, language, origin, feed.now) for screening in feed.screenings],
    }
    return msgspec.json.encode(told)


def _item(screening: Screening, language: str, origin: str, now: datetime) -> dict[str, Any]:
    place = (
        pick(screening.hall.name, language),
        pick(screening.venue.name, language),
        pick(screening.venue.city_name, language),
    )
    begins = moment_text(screening.starts_at, screening.timezone, language)
    lines = [begins, ", ".join(part for part in place if part), *_facts(screening, language)]
    told = msgspec.to_builtins(show_screening(screening, {}, language, now))
    for name in ("seats", "on_sale"):
        # True for minutes only: who sells seats asks the API.
        del told[name]
    item: dict[str, Any] = {
        "id": f"urn:ticketing:screening:{screening.screening_id}",
        "url": f"{origin}/{language}/screenings/{screening.screening_id}",
        "title": heading_text(screening, language),
        "content_text": "\n".join(lines),
        "date_modified": screening.changed_at.isoformat(),
        "tags": [tag for tag in (screening.venue.city, screening.version and screening.version.kind) if tag],
        "_screening": told,
    }
    if screening.film:
        item["image"] = f"{origin}/share/{language}/films/{screening.film.film}.png"
    return item


routes = [show_feed]
