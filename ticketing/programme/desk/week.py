"""A stretch of a festival as the desk sees it: drafts too, how full each screening is, what to know of it."""

from datetime import datetime
from typing import Final

import msgspec

from ticketing.kernel.context import Context
from ticketing.kernel.postgres import database_errors
from ticketing.programme.desk.reading import SQL
from ticketing.programme.model import Screening
from ticketing.programme.warnings import ScreeningWarning, warnings_of

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
