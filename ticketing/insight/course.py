"""How one screening sells and comes in: when each seat was sold, its curve beside its festival's, arrivals."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from ticketing.insight.capacity import SQL, Insight
from ticketing.kernel.errors import UnknownScreening
from ticketing.kernel.postgres import database_errors


class Heat(StrEnum):
    """How long before the start a seat was sold."""

    EARLY = "early"
    """More than a week."""
    WEEK = "week"
    """A day to a week."""
    DAY = "day"
    """Three hours to a day."""
    LATE = "late"
    """In the last three hours, or after the start."""


class CurvePoint(msgspec.Struct, frozen=True):
    """What was sold by so many hours before the start, and how much of the house that is.

    ``mean_percent`` is the mean of all published screenings of the festival that had come so far; of this one there
    is nothing (None) for what is still ahead. Steps are of six hours; one more is now, while it is ahead.
    """

    hours_before: int | float
    sold: int | None
    percent: float | None
    mean_percent: float


class Arrivals(msgspec.Struct, frozen=True):
    """Tickets let in for the first time in a minute, counted from the start: -10 is ten minutes before it."""

    minute: int
    people: int


class Course(msgspec.Struct, frozen=True):
    """A screening's sales and arrivals. ``seats`` names those that are sold."""

    curve: tuple[CurvePoint, ...]
    arrivals: tuple[Arrivals, ...]
    seats: Mapping[str, Heat]


def heat_of(sold_at: datetime, starts_at: datetime) -> Heat:
    """How early a seat was sold; a limit itself is the earlier one."""
    ahead = starts_at - sold_at
    if ahead > timedelta(days=7):
        return Heat.EARLY
    if ahead >= timedelta(days=1):
        return Heat.WEEK
    return Heat.DAY if ahead >= timedelta(hours=3) else Heat.LATE


async def screening_course(insight: Insight, screening_id: str) -> Course:
    """How a screening sold and came in until now, in one statement.

    Raises:
        UnknownScreening, DatabaseUnavailable
    """
    screening = await insight.catalogue.screening(screening_id)
    async with database_errors():
        row = await insight.context.postgres.fetchrow(
            SQL.read_course, screening.screening_id, insight.context.clock.now()
        )
    if row is None:
        raise UnknownScreening(screening=screening_id)
    sold_at = msgspec.json.decode(row["seats"], type=dict[str, datetime])
    return Course(
        curve=msgspec.json.decode(row["curve"], type=tuple[CurvePoint, ...]),
        arrivals=msgspec.json.decode(row["arrivals"], type=tuple[Arrivals, ...]),
        seats={seat: heat_of(at, screening.starts_at) for seat, at in sold_at.items()},
    )
