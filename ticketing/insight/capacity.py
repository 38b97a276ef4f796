"""How full screenings are, and what they took."""

import asyncio
import dataclasses
from collections.abc import Sequence

import msgspec
from asyncpg import Record

from ticketing.insight.model import (
    Capacity,
    FestivalCapacity,
    FestivalFacts,
    ScreeningFacts,
    TicketGroup,
    capacity_of,
    told_in,
)
from ticketing.kernel.context import Context
from ticketing.kernel.errors import UnknownFestival
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.catalogue import Catalogue
from ticketing.programme.festival_rules import FestivalRules
from ticketing.programme.model import Version
from ticketing.seating.counts import MirrorCounts
from ticketing.seating.model import Counts

SQL = load_queries("insight")
SCREENINGS_WATCHED_MAX = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class Insight:
    """What the questions of this package need."""

    context: Context
    catalogue: Catalogue
    counts: MirrorCounts


async def screening_capacity(insight: Insight, screening_id: str) -> Capacity:
    """How full a screening is, now.

    Raises:
        UnknownScreening, DatabaseUnavailable
    """
    screening = await insight.catalogue.screening(screening_id)
    counts, groups, waiting, badges = await asyncio.gather(
        insight.counts.counts(screening_id),
        _ticket_groups(insight, [screening_id]),
        _waiting(insight, [screening_id]),
        _badges(insight, screening_id),
    )
    return capacity_of(screening, groups, counts, waiting.get(screening_id, 0), badges)


async def festival_capacity(
    insight: Insight, festival_id: str, locale: str, venues: frozenset[str] | None = None
) -> FestivalCapacity:
    """How full a festival's screenings are, with texts in a language; those at ``venues``, where they are named.

    Raises:
        UnknownFestival, DatabaseUnavailable
    """
    festival = await insight.catalogue.festival(festival_id)
    return told_in(await read_festival(insight, festival.festival), locale, venues)


async def read_festival(insight: Insight, festival_id: str) -> FestivalFacts:
    """What is known of a festival's screenings now: one statement, and one round trip to the mirrors of those that
    are not over, whatever their number. A mirror that is missing is not built for this: nobody holds a seat there.

    Raises:
        UnknownFestival, DatabaseUnavailable
    """
    now = insight.context.clock.now()
    async with database_errors():
        rows = await insight.context.postgres.fetch(SQL.read_festival, festival_id, SCREENINGS_WATCHED_MAX, now)
    if not rows:
        raise UnknownFestival(festival=festival_id)
    shown = [row for row in rows if row["screening_id"] is not None]
    counts = await insight.counts.counts_known([row["screening_id"] for row in shown if row["ends_at"] > now])
    return FestivalFacts(
        festival=festival_id,
        rules=msgspec.json.decode(rows[0]["rules"], type=FestivalRules),
        at=now,
        screenings=tuple(_facts(row, counts.get(row["screening_id"])) for row in shown),
    )


def _facts(row: Record, counts: Counts | None) -> ScreeningFacts:
    version = None
    if row["version_id"] is not None:
        version = Version(
            version=row["version_id"],
            film=row["film_id"],
            audio=row["audio"],
            subtitles=tuple(row["subtitles"]),
            kind=row["kind"],
        )
    return ScreeningFacts(
        screening=row["screening_id"],
        title=row["title"] or {},
        film=row["film_id"],
        film_title=row["film_title"] or {},
        version=version,
        venue_id=row["venue_id"],
        venue=row["venue"],
        hall=row["hall"],
        city=row["city"],
        city_name=row["city_name"],
        timezone=row["timezone"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        cancelled=row["status"] == "cancelled",
        currency=row["currency"],
        place_count=row["place_count"],
        groups=tuple(TicketGroup(**group) for group in row["groups"]),
        kept_back=row["kept_back"],
        waiting=row["waiting"],
        accredited_places=row["accredited_places"],
        badges=row["badges"],
        counts=counts,
    )


async def _badges(insight: Insight, screening_id: str) -> int:
    async with database_errors():
        return int(await insight.context.postgres.fetchval(SQL.count_badges, screening_id))


async def _waiting(insight: Insight, screening_ids: Sequence[str]) -> dict[str, int]:
    async with database_errors():
        rows = await insight.context.postgres.fetch(SQL.count_waiting, list(screening_ids))
    return {row["screening_id"]: row["people"] for row in rows}


async def _ticket_groups(insight: Insight, screening_ids: Sequence[str]) -> list[TicketGroup]:
    async with database_errors():
        rows = await insight.context.postgres.fetch(SQL.count_tickets, list(screening_ids))
    return [TicketGroup(*row) for row in rows]
