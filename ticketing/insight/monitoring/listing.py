"""What was told to the monitoring system, and what it would ask about."""

from datetime import datetime, timedelta

import msgspec

from ticketing.insight.monitoring.exporter import MonitoringExporter
from ticketing.insight.monitoring.hours import SQL
from ticketing.insight.monitoring.model import hour_text
from ticketing.kernel.context import Context
from ticketing.kernel.errors import UnknownMonitoringFile
from ticketing.kernel.postgres import database_errors
from ticketing.programme.model import Translated


class ToldHour(msgspec.Struct, frozen=True):
    """An hour with sales, and its file. One without `delivered_at` waits; `last_error` says why, if it is known."""

    hour: datetime
    name: str
    entries: int
    late: int
    without_certificate: int
    made_at: datetime
    bytes: int
    attempts: int
    last_error: str | None
    delivered_at: datetime | None


class FilmWithoutCertificate(msgspec.Struct, frozen=True):
    """A film to be shown in Kazakhstan whose certificate number is not known here."""

    film: str
    title: Translated
    screenings: int
    next_at: datetime


class ToldHours(msgspec.Struct, frozen=True):
    """Hours with sales, the latest first. ``next``: the cursor of the ones before, null at the end.

    ``made_until`` is the end of the last hour that was looked at, whether anything was sold in it or not.
    """

    hours: tuple[ToldHour, ...]
    made_until: datetime | None
    next: str | None


async def list_hours(
    context: Context, exporter: MonitoringExporter, limit: int, before: datetime | None = None
) -> ToldHours:
    """The hours with sales before a moment.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        rows = await context.postgres.fetch(SQL.list_hours, exporter.name, before, limit + 1)
        last = await context.postgres.fetchval(SQL.last_made, exporter.name)
    hours = tuple(ToldHour(*row) for row in rows[:limit])
    return ToldHours(
        hours=hours,
        made_until=last + timedelta(hours=1) if last else None,
        next=hour_text(hours[-1].hour) if len(rows) > limit else None,
    )


async def read_file(context: Context, exporter: MonitoringExporter, name: str) -> bytes:
    """A file as it was made.

    Raises:
        UnknownMonitoringFile, DatabaseUnavailable
    """
    async with database_errors():
        body = await context.postgres.fetchval(SQL.read_body, exporter.name, name.replace("\x00", ""))
    if body is None:
        raise UnknownMonitoringFile
    return bytes(body)


async def films_without_certificate(context: Context) -> tuple[FilmWithoutCertificate, ...]:
    """Films with screenings ahead in Kazakhstan and no certificate number, by their next screening; at most 200.

    Showing a film without one is an offence there, and telling the system wrong data another (Administrative Code,
    article 156).

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        rows = await context.postgres.fetch(SQL.list_films_without_certificate, context.clock.now())
    return tuple(FilmWithoutCertificate(*row) for row in rows)
