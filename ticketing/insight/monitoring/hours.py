"""The hours told to the monitoring system: made once each, in their order, and handed over until it has worked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import structlog
from asyncpg import Record
from prometheus_client import Gauge

from ticketing.insight.monitoring.exporter import DeliveryFailed, MonitoringExporter
from ticketing.insight.monitoring.model import Event, HourFile, MonitoredSale, file_name, seat_parts
from ticketing.kernel.context import Context
from ticketing.kernel.i18n import pick
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.kernel.threads import Threads

SQL = load_queries("monitoring")
LANGUAGE: Final = "ru"
"""Of names in a file: the system is the state's, and its registers are kept in Russian."""
HOUR: Final = timedelta(hours=1)
AFTER_THE_HOUR: Final = timedelta(minutes=2)
"""By then its entries are sealed; what was not is late, and in the next file."""
HOURS_AT_ONCE_MAX: Final = 24
ENTRIES_MAX: Final = 20_000
FILES_AT_ONCE_MAX: Final = 24
ERROR_SIGNS_MAX: Final = 500
EVENTS: Final[dict[str, Event]] = {"issued": "sold", "cancelled": "returned", "transferred": "moved"}

# The latest that a worker has set counts, not the highest: another exporter begins anew.
TOLD_UNTIL = Gauge(
    "ticketing_monitoring_told_until_seconds",
    "Until when the monitoring system was told everything, in seconds of Unix; 0: there is nothing to tell",
    multiprocess_mode="mostrecent",
)
FAILED = Gauge(
    "ticketing_monitoring_files_failed",
    "Files for the monitoring system that wait after a try that failed",
    multiprocess_mode="mostrecent",
)

_THREADS = Threads("monitoring", threads_max=1, waiting_max=8)
log = structlog.get_logger(__name__)


class Made(msgspec.Struct, frozen=True):
    """A file, and what is counted of it."""

    sales: tuple[MonitoredSale, ...]
    body: bytes | None


async def tell_hours(context: Context, exporter: MonitoringExporter | None) -> int:
    """Make the files of hours that are over, at most 24, and hand over what was not; how many of both.

    A worker that dies in between makes or hands over what is missing when it is back. Files go in their order:
    while one can't be handed over, later ones wait.

    Raises:
        DatabaseUnavailable
    """
    if exporter is None:
        return 0
    made = 0
    while made < HOURS_AT_ONCE_MAX and await make_hour(context, exporter):
        made += 1
    return made + await deliver_files(context, exporter)


async def measure_hours(context: Context, exporter: MonitoringExporter | None) -> None:
    """Set the gauges by which a file that is late, or can't be handed over, raises an alarm.

    Until when is a moment and not an age: it grows old by itself where no worker is left to say so.

    Raises:
        DatabaseUnavailable
    """
    if exporter is None:
        return
    async with database_errors():
        row = await context.postgres.fetchrow(SQL.how_far_told, exporter.name)
    TOLD_UNTIL.set(row["told_until"].timestamp() if row and row["told_until"] else 0)
    FAILED.set(row["failed"] if row else 0)


async def make_hour(context: Context, exporter: MonitoringExporter) -> bool:
    """Make the next hour of an exporter; False where it is not over, or another process is at it.

    The first hour is that of the first right ever entered. An hour has all that was sealed since the last one and
    entered before its end; what was entered earlier, or did not fit (20,000 entries), is in the next file as late.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors(), context.postgres.acquire() as connection, connection.transaction():
        if not await connection.fetchval(SQL.take_turn_to_monitor):
            return False
        last = await connection.fetchrow(SQL.last_hour, exporter.name)
        if last is None:
            first = await connection.fetchval(SQL.first_entry)
            if first is None:
                return False
            hour, after = first.replace(minute=0, second=0, microsecond=0), 0
        else:
            hour, after = last["hour"] + HOUR, last["last_position"]
        now = context.clock.now()
        if now < hour + HOUR + AFTER_THE_HOUR:
            return False
        end = await connection.fetchval(SQL.end_of_hour, after, hour + HOUR)
        rows = await connection.fetch(SQL.list_monitored, after, end, ENTRIES_MAX + 1)
        if len(rows) > ENTRIES_MAX:
            rows = rows[:ENTRIES_MAX]
            end = rows[-1]["entry"]
        made = await _THREADS.run(_make, exporter, hour, rows)
        await connection.execute(
            SQL.add_hour,
            exporter.name,
            hour,
            after,
            max(end, after),
            len(made.sales),
            sum(sale.late for sale in made.sales),
            sum(not sale.certificate_number for sale in made.sales),
            now,
            file_name(hour, exporter.ending),
            made.body,
        )
        return True


async def deliver_files(context: Context, exporter: MonitoringExporter) -> int:
    """Hand over what was not, the oldest first, at most 24 files; how many. Stops at the first that fails.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        waiting = await context.postgres.fetch(SQL.list_undelivered, exporter.name, FILES_AT_ONCE_MAX)
    for number, row in enumerate(waiting):
        try:
            await exporter.deliver(row["name"], row["body"])
        except DeliveryFailed as failed:
            log.warning("monitoring_not_delivered", file=row["name"], error=str(failed))
            async with database_errors():
                await context.postgres.execute(
                    SQL.mark_failed, exporter.name, row["hour"], str(failed)[:ERROR_SIGNS_MAX]
                )
            return number
        async with database_errors():
            await context.postgres.execute(SQL.mark_delivered, exporter.name, row["hour"], context.clock.now())
    return len(waiting)


def _make(exporter: MonitoringExporter, hour: datetime, rows: Sequence[Record]) -> Made:
    sales = tuple(_sale(row, hour) for row in rows)
    return Made(sales, exporter.write(HourFile(hour, sales)) if sales else None)


def _sale(row: Any, hour: datetime) -> MonitoredSale:
    zone = ZoneInfo(row["timezone"])
    starts_at = row["starts_at"].astimezone(zone)
    section, place_row, seat = seat_parts(row["seat"])
    return MonitoredSale(
        entry=row["entry"],
        event=EVENTS[row["kind"]],
        at=row["at"].astimezone(zone),
        late=row["at"] < hour,
        film_title=pick(row["film_title"] or row["screening_title"], LANGUAGE),
        original_title=row["original_title"],
        certificate_number=row["certificate_number"],
        country=row["country"],
        festival=pick(row["festival_name"], LANGUAGE),
        session=row["screening_id"],
        session_date=starts_at.date(),
        session_time=starts_at.time(),
        city=pick(row["city_name"], LANGUAGE),
        venue=pick(row["venue_name"], LANGUAGE),
        hall=pick(row["hall_name"], LANGUAGE),
        section=section,
        row=place_row,
        seat=seat,
        tariff=pick(row["tariff_name"], LANGUAGE) or row["tariff"],
        price=row["amount"],
        currency=row["currency"],
        right_number=row["right_number"],
    )
