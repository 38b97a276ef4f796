"""Closing a film week: its figures are kept as they were, whatever happens to its tickets afterwards.

What is issued or cancelled later for a screening of a closed week is an entry of its own, and stands in the return
of the week in which it was done.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import msgspec

from ticketing.insight.capacity import Insight
from ticketing.insight.reports.facts import ScreeningFacts, film_week
from ticketing.insight.reports.period import Period, choose_period
from ticketing.kernel.context import Context
from ticketing.kernel.errors import LedgerNotSealed, ReportTooLong, WeekNotOver
from ticketing.kernel.money import Money
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.model import Translated
from ticketing.sales.ledger import seal_ledger
from ticketing.staff.reach import Reach, places_in_sql, touches

SQL = load_queries("closed_weeks")
FACTS_SQL = load_queries("reports")
SCREENINGS_MAX: Final = 2_000
LATER_ENTRIES_MAX: Final = 2_000
CLOSINGS_MAX: Final = 500
# The return is due within five days of the week's end (D212-89); a week that nobody closed is closed then.
CLOSED_AFTER_DAYS: Final = 5
FORGOTTEN_AFTER_DAYS: Final = 60
_FACTS = msgspec.json.Decoder(ScreeningFacts)


class ClosedWeek(msgspec.Struct, frozen=True):
    """A closed week, by its Wednesday; ``last_seal`` is the last position of the ledger that its figures count."""

    festival: str
    week: date
    closed_at: datetime
    last_seal: int


class LaterEntries(msgspec.Struct, frozen=True):
    """Rights issued or cancelled on ``day`` for a screening of a closed week; cancelled money is below 0."""

    day: date
    week: date
    festival: str
    screening: str
    titles: Translated
    tariff: str
    kind: str
    reason: str | None
    rights: int
    takings: Money


class Settled(msgspec.Struct, frozen=True):
    """What is final in a period: its closed weeks, their screenings as they were, and what was entered later."""

    weeks: tuple[tuple[str, date], ...] = ()
    facts: tuple[str, ...] = ()
    later: tuple[LaterEntries, ...] = ()


def over_at(week: date) -> datetime:
    """When a film week is over in every zone of the world: Wednesday at noon, UTC."""
    return datetime.combine(week + timedelta(days=7), time(12), UTC)


def settle(live: Sequence[ScreeningFacts], settled: Settled, period: Period) -> list[ScreeningFacts]:
    """The screenings of a period: those of closed weeks as they were then, the others as they are now."""
    closed = set(settled.weeks)
    final = [_FACTS.decode(text) for text in settled.facts]
    known = {screening.screening for screening in final}
    facts = [one for one in final if period.first_day <= one.day <= period.last_day]
    facts += [
        one for one in live if (one.festival, film_week(one.day)) not in closed and one.screening not in known
    ]
    return sorted(facts, key=lambda one: (one.starts_at, one.screening))


async def settled_in(context: Context, festival_id: str | None, period: Period, reach: Reach) -> Settled:
    """What is final in a period, of what is within reach.

    Raises:
        ReportTooLong: more than 2,000 later entries.
        DatabaseUnavailable
    """
    weeks = film_week(period.first_day), film_week(period.last_day)
    places = places_in_sql(reach)
    async with database_errors():
        closed = await context.postgres.fetch(SQL.list_closed_weeks, festival_id, *weeks, places)
        later = await context.postgres.fetch(
            SQL.list_later_entries, festival_id, period.first_day, period.last_day, LATER_ENTRIES_MAX + 1, places
        )
    if len(later) > LATER_ENTRIES_MAX:
        raise ReportTooLong(rows_max=LATER_ENTRIES_MAX)
    return Settled(
        weeks=tuple(
            sorted({(row["festival"], row["week"]) for row in closed if touches(reach, festival=row["festival"])})
        ),
        facts=tuple(row["facts"] for row in closed if row["facts"] is not None),
        later=tuple(msgspec.json.decode(row[0], type=LaterEntries) for row in later),
    )


async def close_week(insight: Insight, festival_id: str, day: date, *, closed_by: str) -> ClosedWeek:
    """Keep the figures of the film week of a day as they are now, for good. Closing it again changes nothing.

    Raises:
        UnknownFestival, InvalidPeriod
        WeekNotOver: somewhere on earth it is still that week.
        LedgerNotSealed: entries of the week wait for their seal.
        ReportTooLong: more than 2,000 screenings.
        DatabaseUnavailable
    """
    context = insight.context
    festival = await insight.catalogue.festival(festival_id)
    now = context.clock.now()
    period = choose_period(first_day=None, last_day=None, week=day, festival=None, today=now.date())
    if now < over_at(period.first_day):
        raise WeekNotOver(over_at=over_at(period.first_day).isoformat())
    while await seal_ledger(context):
        pass
    async with (
        database_errors(),
        context.postgres.acquire() as connection,
        # All figures, and the seals that they count, of one moment.
        connection.transaction(isolation="repeatable_read"),
    ):
        rows = await connection.fetch(SQL.find_closed_week, festival.festival, period.first_day)
        if not rows:
            facts = [
                msgspec.json.decode(found[0])
                for found in await connection.fetch(
                    FACTS_SQL.list_screening_facts, festival.festival, *_days(period), SCREENINGS_MAX + 1, None
                )
            ]
            if len(facts) > SCREENINGS_MAX:
                raise ReportTooLong(rows_max=SCREENINGS_MAX)
            if await connection.fetchval(SQL.count_unsealed_of, [one["screening"] for one in facts]):
                raise LedgerNotSealed
            # Two who close it at once: the second one's statement fails as a whole, and is transient.
            rows = await connection.fetch(
                SQL.close_week, festival.festival, period.first_day, now, closed_by, facts
            )
        (row,) = rows
        return ClosedWeek(*row)


async def list_closed_weeks(insight: Insight, festival_id: str) -> tuple[ClosedWeek, ...]:
    """The closed weeks of a festival, the latest first, at most 500.

    Raises:
        UnknownFestival, DatabaseUnavailable
    """
    festival = await insight.catalogue.festival(festival_id)
    async with database_errors():
        rows = await insight.context.postgres.fetch(SQL.list_closings, festival.festival, CLOSINGS_MAX)
    return tuple(ClosedWeek(*row) for row in rows)


async def close_due_weeks(insight: Insight) -> int:
    """Close weeks that ended five days ago and that nobody closed, at most ten; how many. A week that ended sixty
    days ago stays as it is: closing it now would make figures final that nobody has looked at for so long.

    Raises:
        LedgerNotSealed, ReportTooLong, DatabaseUnavailable
    """
    today = insight.context.clock.now().date()
    async with database_errors():
        due = await insight.context.postgres.fetch(
            SQL.list_weeks_to_close,
            today - timedelta(days=CLOSED_AFTER_DAYS),
            today - timedelta(days=FORGOTTEN_AFTER_DAYS),
            10,
        )
    for row in due:
        await close_week(insight, row["festival_id"], row["week"], closed_by="worker")
    return len(due)


def _days(period: Period) -> tuple[date, date]:
    return period.first_day, period.last_day
