"""Festivals that are over, put away from the lists and taken out again. Nothing of them is changed or deleted."""

from datetime import datetime

from ticketing.kernel.context import Context
from ticketing.kernel.errors import FestivalNotOver, UnknownFestival
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.importing import SQL as IMPORT_SQL

SQL = load_queries("festival_archive")


async def archive_festival(context: Context, festival_id: str, *, by: str) -> None:
    """Leave a festival out of the lists of the desk and of the public. Again, nothing changes.

    Raises:
        UnknownFestival
        FestivalNotOver: a day or a screening of it is still to come, drafts included.
        DatabaseUnavailable
    """
    now = context.clock.now()
    async with database_errors(), context.postgres.acquire() as connection, connection.transaction():
        # So that nobody adds a screening meanwhile.
        await connection.execute(IMPORT_SQL.lock_imports)
        over_at = await connection.fetchval(SQL.over_at, festival_id)
        if over_at is None:
            raise UnknownFestival(festival=festival_id)
        if over_at > now:
            raise FestivalNotOver(over_at=over_at.isoformat())
        await connection.execute(SQL.archive_festival, festival_id, now, by)


async def take_out_festival(context: Context, festival_id: str, *, by: str) -> None:
    """Have it in the lists again. One that was not put away stays where it is.

    Raises:
        UnknownFestival, DatabaseUnavailable
    """
    async with database_errors(), context.postgres.acquire() as connection, connection.transaction():
        if await connection.fetchval(SQL.over_at, festival_id) is None:
            raise UnknownFestival(festival=festival_id)
        await connection.execute(SQL.take_out_festival, festival_id, context.clock.now(), by)


async def archived_festivals(context: Context) -> dict[str, datetime]:
    """The festivals that are put away, and since when.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        rows = await context.postgres.fetch(SQL.list_archived)
    return {row["festival_id"]: row["archived_at"] for row in rows}
