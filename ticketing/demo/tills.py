"""The demo's tills: one at each venue, so that its box office can take money at once."""

from typing import Final

from ticketing.door.book import SQL as DOOR_SQL
from ticketing.kernel.context import Context
from ticketing.kernel.postgres import database_errors
from ticketing.sales.tills.tills import SQL

VENUES_MAX: Final = 100
NAME: Final = "1"


async def ensure_demo_tills(context: Context) -> None:
    """Put up a till at each venue that has none. What somebody has changed since stays as it is.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors(), context.postgres.acquire() as connection, connection.transaction():
        there = {row["venue"] for row in await connection.fetch(SQL.list_tills, None, VENUES_MAX)}
        for row in await connection.fetch(DOOR_SQL.list_venues, VENUES_MAX):
            if row["venue_id"] not in there:
                await connection.execute(SQL.set_till, f"{row['venue_id'][:56]}-till", row["venue_id"], NAME, True)
