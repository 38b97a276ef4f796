"""The tills themselves: where they stand, what they are called, and who has them open."""

from typing import Final

import msgspec

from ticketing.kernel import errors
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.sales.desk import Sales
from ticketing.sales.tills.model import Till, TillTerms
from ticketing.staff.accounts import add_audit
from ticketing.staff.model import Principal
from ticketing.staff.reach import require_reach, venues_within

SQL = load_queries("tills")
TILLS_LISTED_MAX: Final = 500


async def set_till(sales: Sales, till: str, terms: TillTerms, by: Principal) -> Till:
    """Put a till at a venue, or change it. One that somebody has open is closed first, before it goes out of use.

    Raises:
        OutOfReach: it stands, or is to stand, at a venue that is not one's own.
        UnknownVenue: there is no such venue.
        TillTaken: somebody has it open.
        DatabaseUnavailable
    """
    require_reach(by.reach, venue=terms.venue)
    async with (
        database_errors({"till_venue_id_fkey": lambda _: errors.UnknownVenue(venue=terms.venue)}),
        sales.context.postgres.acquire() as connection,
        connection.transaction(),
    ):
        known = await connection.fetchrow(SQL.find_till, till)
        if known is not None:
            require_reach(by.reach, venue=known["venue_id"])
        if await connection.fetchval(SQL.set_till, till, terms.venue, terms.name, terms.in_use):
            detail = msgspec.to_builtins(terms)
            await add_audit(connection, sales.context.clock.now(), by.login, "till_set", till, **detail)
        listed = await connection.fetch(SQL.list_tills, [terms.venue], TILLS_LISTED_MAX)
        changed = next(Till(*row) for row in listed if row["till"] == till)
        if changed.login is not None and (not terms.in_use or (known and known["venue_id"] != terms.venue)):
            raise errors.TillTaken(till=till, login=changed.login)
    return changed


async def list_tills(sales: Sales, by: Principal) -> list[Till]:
    """The tills of one's venues, those in use first, by venue and name.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        rows = await sales.context.postgres.fetch(SQL.list_tills, venues_within(by.reach), TILLS_LISTED_MAX)
    return [Till(*row) for row in rows]
