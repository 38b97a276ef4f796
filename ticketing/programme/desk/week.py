"""A stretch of a festival as the desk sees it: drafts too, how full each screening is, what to know of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from ticketing.kernel.context import Context
from ticketing.kernel.postgres import database_errors
from ticketing.programme.desk.reading import SQL
from ticketing.programme.model import Screening, Translated
from ticketing.programme.warnings import PAUSE_MIN, ScreeningWarning, warnings_of
from ticketing.staff.reach import Reach, reaches

SCREENINGS_LISTED_MAX: Final = 500


class PlannedScreening(msgspec.Struct, frozen=True):
    """A screening on the plan: ``taken`` live tickets and ``kept`` seats kept back, of its places."""

    screening: Screening
    taken: int
    kept: int
    warnings: tuple[ScreeningWarning, ...]


class HowFar(msgspec.Struct, frozen=True):
    """How many there are of what a week on sale needs; films, venues and halls of all festivals."""

    festivals: int
    halls: int
    zones: int
    tariffs: int
    price_lists: int
    versions: int
    screenings: int
    published: int


async def planned_screenings(
    context: Context, festival: str, since: datetime, until: datetime
) -> list[PlannedScreening]:
    """The screenings of a festival that start from ``since`` to before ``until``, by start; each by itself, without
    what those of a hall do to each other.

    Raises:
        DatabaseUnavailable
    """
    now = context.clock.now()
    async with database_errors():
        rows = await context.postgres.fetch(SQL.list_week, festival, since, until, SCREENINGS_LISTED_MAX)
    planned = []
    for row in rows:
        screening = msgspec.json.decode(row["body"], type=Screening)
        warnings = warnings_of(screening, wheelchair_places=row["wheelchairs"], now=now)
        planned.append(PlannedScreening(screening, row["sold"], row["kept"], tuple(warnings)))
    return planned


async def hall_uses_of_others(
    context: Context, reach: Reach, festival: str, planned: Sequence[PlannedScreening]
) -> list[tuple[Translated, Screening]]:
    """What other festivals show in the halls of ``planned`` around it, each with its festival's name: what is
    published, and drafts within reach. A draft of somebody else is not told of.

    Raises:
        DatabaseUnavailable
    """
    if not planned:
        return []
    halls = sorted({one.screening.hall.hall for one in planned})
    since = min(one.screening.starts_at for one in planned) - PAUSE_MIN
    until = max(one.screening.ends_at for one in planned) + PAUSE_MIN
    async with database_errors():
        rows = await context.postgres.fetch(
            SQL.list_hall_uses_of_others, festival, halls, since, until, SCREENINGS_LISTED_MAX
        )
    shown = [(row["festival_name"], msgspec.json.decode(row["body"], type=Screening)) for row in rows]
    return [
        (name, one)
        for name, one in shown
        if one.status == "published" or reaches(reach, festival=one.festival, venue=one.venue.venue)
    ]


async def first_start(context: Context, festival: str) -> datetime | None:
    """When its next screening starts, or its last one once all are over; None where it has none.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        found: datetime | None = await context.postgres.fetchval(
            SQL.first_screening_day, festival, context.clock.now()
        )
    return found


async def how_far(context: Context, festival: str | None) -> HowFar:
    """How far a festival (None: none yet) is on its way to a week on sale.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        row = await context.postgres.fetchrow(SQL.how_far, festival)
    return HowFar(**dict(row)) if row else HowFar(0, 0, 0, 0, 0, 0, 0, 0)
