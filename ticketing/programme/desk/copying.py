"""A screening copied to other days and times, all of them or none."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_, InvalidField, UnknownEntry
from ticketing.kernel.postgres import Connection
from ticketing.programme.desk.model import Entry, Fields
from ticketing.programme.desk.reading import find_entry, stored_fields
from ticketing.programme.desk.writing import Writer, write_within, writing
from ticketing.programme.importing_values import YEAR_MAX, YEAR_MIN

COPIES_MAX: Final = 60
FOLLOWING: Final = ("ends_at", "doors_at", "sales_close_at")
"""They keep their distance to the start; sales open for all copies when they open for the first."""
DAYS_PROBLEM: Final = N_("The last day lies before the first")
YEARS_PROBLEM: Final = N_("A screening starts between the years 2000 and 2200")
COPIES_PROBLEM: Final = N_("Name at least one day and time, and at most 60 copies")


def starts_between(first: date, last: date, times: Sequence[time]) -> list[datetime]:
    """Every day from ``first`` to ``last`` at each of ``times``, on no clock yet.

    Raises:
        InvalidField: no day, no time, or more than ``COPIES_MAX`` copies.
    """
    if last < first:
        raise InvalidField(field="last", problem=DAYS_PROBLEM)
    days = (last - first).days + 1
    if not 1 <= days * len(set(times)) <= COPIES_MAX:
        raise InvalidField(field="times", problem=COPIES_PROBLEM)
    return [datetime.combine(first + timedelta(days=day), at) for day in range(days) for at in sorted(set(times))]


async def copy_screening(
    context: Context, writer: Writer, key: str, starts: Sequence[datetime], status: str
) -> list[Entry]:
    """Copies of a screening that start at ``starts``, on the venue's clock. Sent again, they are there already.

    Raises:
        UnknownEntry: there is no such screening.
        InvalidField: a start is in no year that a screening can be in.
        EntryRefused, OutOfReach, EntryExists, DatabaseUnavailable: as for any new screening; then none is made.
    """
    if any(not YEAR_MIN <= start.year <= YEAR_MAX for start in starts):
        raise InvalidField(field="starts", problem=YEARS_PROBLEM)
    made = []
    async with writing(context) as connection:
        source = await find_entry(connection, "screening", key)
        if source is None:
            raise UnknownEntry(table="screening", key=key)
        zone = await _zone_of(connection, source.fields)
        for start in starts:
            fields = _copy(source.fields, start, zone) | {"status": status}
            written = await write_within(
                connection, writer, "screening", fields, made_from=None, now=context.clock.now()
            )
            made.append(written.entry)
    return made


async def _zone_of(connection: Connection, fields: Fields) -> ZoneInfo:
    hall = await stored_fields(connection, "hall", fields["hall"]) or {}
    venue = await stored_fields(connection, "venue", hall.get("venue")) or {}
    return ZoneInfo(venue["timezone"])


def _copy(source: Fields, start: datetime, zone: ZoneInfo) -> Fields:
    instant = start.replace(tzinfo=zone).astimezone(UTC)
    apart = instant - datetime.fromisoformat(source["starts_at"])
    shifted = {name: (datetime.fromisoformat(source[name]) + apart).isoformat() for name in FOLLOWING}
    # Told on the venue's clock: the copy is named after it.
    return source | shifted | {"screening": None, "starts_at": start.isoformat(timespec="minutes")}
