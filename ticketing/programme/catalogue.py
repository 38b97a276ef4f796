"""The programme as it is read: by every page, hold, order and scan, many times a second.

A process keeps what it has read for `PROGRAMME_CACHE_S`, so that hot paths ask Postgres nothing, and a change
of the programme is seen everywhere within that time. Layouts never change: they are kept while there is room.
"""

import re
from collections.abc import Hashable
from datetime import date, datetime, timedelta

import msgspec

from ticketing.kernel.context import Context
from ticketing.kernel.errors import UnknownFestival, UnknownFilm, UnknownScreening
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.layout import Layout, layout_from_body
from ticketing.programme.model import Festival, Film, Screening
from ticketing.programme.shared_cache import SharedCache

PROGRAMME_CACHE_S = 5.0
SCREENINGS_CACHED_MAX = 2000
PAGES_CACHED_MAX = 200
FESTIVALS_CACHED_MAX = 100
LAYOUTS_CACHED_MAX = 200
FESTIVALS_LISTED_MAX = 100
SCREENINGS_LISTED_MAX = 200
FILMS_CACHED_MAX = 500
FILMS_LISTED_MAX = 1000
# Nothing lasts longer than a week, so what is still to end started at most so long ago.
SCREENING_LASTS_MAX = timedelta(days=7)

SQL = load_queries("programme")

# Under another name, since a filter is called `date` as well.
Day = date

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class ProgrammeFilters(msgspec.Struct, frozen=True):
    """What part of the programme is asked for; None takes any.

    `date` is a day in the venue's own zone. `language` takes versions that can be followed in that language,
    by ear or by subtitles. Without a `date` only what has not ended yet is listed; or what had not at `since`, for
    a page that shows what is over today too.
    """

    festival: str | None = None
    city: str | None = None
    date: Day | None = None
    film: str | None = None
    version: str | None = None
    language: str | None = None
    since: datetime | None = None


class ListedFilm(msgspec.Struct, frozen=True):
    """A film of a festival, and when a screening of it was last changed."""

    film: Film
    changed_at: datetime


class ProgrammeCursor(msgspec.Struct, frozen=True, array_like=True):
    """Where the next page begins: behind this screening."""

    starts_at: datetime
    screening_id: str


class Catalogue:
    """The published programme of a database. One per process; its methods may be called at once."""

    def __init__(self, context: Context) -> None:
        self._postgres = context.postgres
        self._screenings: SharedCache[str, Screening] = SharedCache(SCREENINGS_CACHED_MAX, PROGRAMME_CACHE_S)
        self._pages: SharedCache[Hashable, tuple[list[Screening], ProgrammeCursor | None]] = SharedCache(
            PAGES_CACHED_MAX, PROGRAMME_CACHE_S
        )
        self._festivals: SharedCache[str | None, list[Festival]] = SharedCache(
            FESTIVALS_CACHED_MAX, PROGRAMME_CACHE_S
        )
        self._layouts: SharedCache[str, Layout] = SharedCache(LAYOUTS_CACHED_MAX, None)
        self._films: SharedCache[str, Film] = SharedCache(FILMS_CACHED_MAX, PROGRAMME_CACHE_S)
        self._film_lists: SharedCache[str, list[ListedFilm]] = SharedCache(FESTIVALS_CACHED_MAX, PROGRAMME_CACHE_S)
        self._ahead: SharedCache[str, dict[str, int]] = SharedCache(1, PROGRAMME_CACHE_S)

    async def screening(self, screening_id: str) -> Screening:
        """A screening, whole, in whatever status: drafts are for staff, see `public_screening`.

        Raises UnknownScreening, and DatabaseUnavailable as every method here does.
        """
        known = self._screenings.peek(screening_id)
        if known is not None:
            return known

        async def load() -> Screening:
            # What can't be an id is not asked for: such texts come from anywhere, with signs Postgres refuses.
            if not _SLUG.fullmatch(screening_id):
                raise UnknownScreening(screening=screening_id)
            async with database_errors():
                body = await self._postgres.fetchval(SQL.get_screening, screening_id)
            if body is None:
                raise UnknownScreening(screening=screening_id)
            return msgspec.json.decode(body, type=Screening)

        return await self._screenings.get(screening_id, load)

    async def fresh_screening(self, screening_id: str) -> Screening:
        """A screening as it stands now: what was kept of the programme is read anew.

        Raises UnknownScreening.
        """
        self.forget()
        return await self.screening(screening_id)

    async def public_screening(self, screening_id: str) -> Screening:
        """A screening that the public may know of: a draft is as unknown as one that is not there.

        Raises UnknownScreening.
        """
        screening = await self.screening(screening_id)
        if screening.status == "draft":
            raise UnknownScreening(screening=screening_id)
        return screening

    async def layout(self, layout_id: str) -> Layout:
        """The layout of that id, the very same object each time.

        Raises LookupError: ids come from screenings, so one that is not there is a fault of ours.
        """
        known = self._layouts.peek(layout_id)
        if known is not None:
            return known

        async def load() -> Layout:
            async with database_errors():
                body = await self._postgres.fetchval(SQL.get_layout, layout_id)
            if body is None:
                raise LookupError(f"no layout {layout_id}")
            return layout_from_body(body)

        return await self._layouts.get(layout_id, load)

    async def festival(self, festival_id: str) -> Festival:
        """A festival, whole. Raises UnknownFestival."""
        if not _SLUG.fullmatch(festival_id):
            raise UnknownFestival(festival=festival_id)
        found = await self._festivals.get(festival_id, lambda: self._read_festivals(festival_id))
        if not found:
            raise UnknownFestival(festival=festival_id)
        return found[0]

    async def festivals(self) -> list[Festival]:
        """All festivals, those that end last first; at most `FESTIVALS_LISTED_MAX`."""
        return await self._festivals.get(None, lambda: self._read_festivals(None))

    async def programme(
        self,
        filters: ProgrammeFilters,
        *,
        now: datetime,
        limit: int = 100,
        cursor: ProgrammeCursor | None = None,
    ) -> tuple[list[Screening], ProgrammeCursor | None]:
        """Published and cancelled screenings by start, and where to go on, or None at the end.

        `limit` is cut to 1 … `SCREENINGS_LISTED_MAX`.
        """
        wanted = min(max(limit, 1), SCREENINGS_LISTED_MAX)

        async def load() -> tuple[list[Screening], ProgrammeCursor | None]:
            return await self._read_programme(filters, now, wanted, cursor)

        return await self._pages.get((filters, wanted, cursor), load)

    async def film(self, film_id: str) -> Film:
        """A film of which the public may know: one that is or was shown. Raises UnknownFilm."""

        async def load() -> Film:
            if not _SLUG.fullmatch(film_id):
                raise UnknownFilm(film=film_id)
            async with database_errors():
                body = await self._postgres.fetchval(SQL.get_film, film_id)
            if body is None:
                raise UnknownFilm(film=film_id)
            return msgspec.json.decode(body, type=Film)

        return await self._films.get(film_id, load)

    async def films(self, festival_id: str) -> list[ListedFilm]:
        """The films of a festival by their ids, over or not; at most `FILMS_LISTED_MAX`."""

        async def load() -> list[ListedFilm]:
            async with database_errors():
                rows = await self._postgres.fetch(SQL.list_films, festival_id, FILMS_LISTED_MAX)
            return [ListedFilm(msgspec.json.decode(body, type=Film), changed_at) for body, changed_at in rows]

        return await self._film_lists.get(festival_id, load)

    async def last_screenings(
        self, *, festival: str | None = None, film: str | None = None, now: datetime, limit: int
    ) -> list[Screening]:
        """What is over, of a festival or of a film, the last first."""

        async def load() -> tuple[list[Screening], None]:
            async with database_errors():
                rows = await self._postgres.fetch(SQL.list_last_screenings, festival, film, now, limit)
            return [msgspec.json.decode(row[0], type=Screening) for row in rows], None

        return (await self._pages.get(("over", festival, film, limit), load))[0]

    async def screenings_ahead(self, now: datetime) -> dict[str, int]:
        """How many screenings each festival has still to show; those that have none are left out."""

        async def load() -> dict[str, int]:
            async with database_errors():
                rows = await self._postgres.fetch(SQL.count_screenings_ahead, now, now - SCREENING_LASTS_MAX)
            return {str(festival): int(count) for festival, count in rows}

        return await self._ahead.get("", load)

    async def screening_changes(self, festival_id: str, limit: int) -> list[tuple[str, datetime]]:
        """Ids and last changes of a festival's screenings by start, over or not; not kept: for machines."""
        async with database_errors():
            rows = await self._postgres.fetch(SQL.list_screening_changes, festival_id, limit)
        return [(str(screening_id), changed_at) for screening_id, changed_at in rows]

    async def picture_size(self, picture_id: str, width_max: int) -> bytes | None:
        """The WebP of a picture in one of its sizes; None where there is none. It never changes."""
        async with database_errors():
            found: bytes | None = await self._postgres.fetchval(SQL.get_picture_size, picture_id, width_max)
        return found

    def forget(self) -> None:
        """Read everything that can change anew: for a process that has just changed the programme itself."""
        self._screenings.forget()
        self._pages.forget()
        self._festivals.forget()
        self._films.forget()
        self._film_lists.forget()
        self._ahead.forget()

    async def _read_festivals(self, festival_id: str | None) -> list[Festival]:
        async with database_errors():
            rows = await self._postgres.fetch(SQL.list_festivals, festival_id, FESTIVALS_LISTED_MAX)
        return [msgspec.json.decode(row[0], type=Festival) for row in rows]

    async def _read_programme(
        self, filters: ProgrammeFilters, now: datetime, limit: int, cursor: ProgrammeCursor | None
    ) -> tuple[list[Screening], ProgrammeCursor | None]:
        start = cursor or ProgrammeCursor(_earliest_start(filters, now), "")
        async with database_errors():
            rows = await self._postgres.fetch(
                SQL.list_screenings,
                filters.festival,
                filters.city,
                filters.date,
                filters.film,
                filters.version,
                filters.language,
                filters.since or now,
                start.starts_at,
                start.screening_id,
                limit + 1,
            )
        screenings = [msgspec.json.decode(row[0], type=Screening) for row in rows]
        if len(screenings) <= limit:
            return screenings, None
        last = screenings[limit - 1]
        return screenings[:limit], ProgrammeCursor(last.starts_at, last.screening_id)


def _earliest_start(filters: ProgrammeFilters, now: datetime) -> datetime:
    if filters.date is None:
        return (filters.since or now) - SCREENING_LASTS_MAX
    # The day itself narrows the search; the start only must not cut it.
    midnight = datetime.combine(filters.date, datetime.min.time(), tzinfo=now.tzinfo)
    return midnight - timedelta(days=1)
