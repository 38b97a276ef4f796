"""How full screenings are, and what they took."""

import asyncio
import dataclasses
from collections.abc import Sequence

from ticketing.insight.model import (
    Capacity,
    FestivalCapacity,
    ScreeningCapacity,
    TicketGroup,
    capacity_of,
    totals_of,
)
from ticketing.kernel.context import Context
from ticketing.kernel.i18n import pick
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.catalogue import Catalogue
from ticketing.programme.model import heading, public_status
from ticketing.seating.counts import MirrorCounts

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
    counts, groups, waiting = await asyncio.gather(
        insight.counts.counts(screening_id),
        _ticket_groups(insight, [screening_id]),
        _waiting(insight, [screening_id]),
    )
    return capacity_of(screening, groups, counts, waiting.get(screening_id, 0))


async def festival_capacity(insight: Insight, festival_id: str, locale: str) -> FestivalCapacity:
    """How full a festival's screenings are, with texts in a language. Three queries, whatever their number.

    Raises:
        UnknownFestival, DatabaseUnavailable
    """
    festival = await insight.catalogue.festival(festival_id)
    async with database_errors():
        rows = await insight.context.postgres.fetch(
            SQL.list_festival_screenings, festival.festival, SCREENINGS_WATCHED_MAX
        )
    screening_ids = [row["screening_id"] for row in rows]
    counts, groups, waiting = await asyncio.gather(
        insight.counts.counts_of(screening_ids),
        _ticket_groups(insight, screening_ids),
        _waiting(insight, screening_ids),
    )
    by_screening: dict[str, list[TicketGroup]] = {}
    for group in groups:
        by_screening.setdefault(group.screening_id, []).append(group)
    now = insight.context.clock.now()
    lines = []
    for screening in await asyncio.gather(*map(insight.catalogue.screening, screening_ids)):
        capacity = capacity_of(
            screening,
            by_screening.get(screening.screening_id, []),
            counts.get(screening.screening_id),
            waiting.get(screening.screening_id, 0),
        )
        lines.append(
            ScreeningCapacity(
                screening=screening.screening_id,
                title=pick(heading(screening), locale),
                venue=pick(screening.venue.name, locale),
                hall=pick(screening.hall.name, locale),
                city=pick(screening.venue.city_name, locale),
                starts_at=screening.starts_at,
                timezone=screening.venue.timezone,
                status=public_status(screening, now),
                capacity=capacity,
            )
        )
    return FestivalCapacity(festival.festival, totals_of(line.capacity for line in lines), tuple(lines))


async def _waiting(insight: Insight, screening_ids: Sequence[str]) -> dict[str, int]:
    async with database_errors():
        rows = await insight.context.postgres.fetch(SQL.count_waiting, list(screening_ids))
    return {row["screening_id"]: row["people"] for row in rows}


async def _ticket_groups(insight: Insight, screening_ids: Sequence[str]) -> list[TicketGroup]:
    async with database_errors():
        rows = await insight.context.postgres.fetch(SQL.count_tickets, list(screening_ids))
    return [TicketGroup(*row) for row in rows]
