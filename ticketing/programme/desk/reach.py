"""Whose entries are whose.

What belongs to a festival asks for that festival, a screening for it at its venue. Films, versions, venues and
halls are shared: whoever organises anything may add one and use it, and may change it as long as nobody outside
their reach has a screening of it. A new festival is nobody's yet, so it asks for a role that counts everywhere.
"""

from collections.abc import Mapping
from typing import Any

from ticketing.kernel.postgres import Connection, Pool
from ticketing.programme.desk.model import OF_A_FESTIVAL, EntryTable
from ticketing.programme.desk.reading import SQL, stored_fields
from ticketing.staff.reach import EVERYWHERE, Reach, require_everywhere, require_part, require_reach


async def require_reading(
    source: Pool | Connection, reach: Reach, table: EntryTable, fields: Mapping[str, Any]
) -> None:
    """May somebody of this reach see such an entry? What is shared everybody sees who has the desk; the zones,
    tariffs and prices of a festival whoever organises something of it, what its films are rented for only who
    organises the whole of it.

    Raises:
        OutOfReach
    """
    festival = str(fields.get("festival") or "")
    if table == "screening":
        require_reach(reach, festival=festival, venue=await _venue_of(source, fields))
    elif table == "rental":
        require_reach(reach, festival=festival)
    elif table in OF_A_FESTIVAL:
        require_part(reach, festival=festival)


async def require_writing(
    source: Pool | Connection, reach: Reach, table: EntryTable, key: str, fields: Mapping[str, Any], *, new: bool
) -> None:
    """May somebody of this reach write such an entry, or delete it?

    Raises:
        OutOfReach
    """
    if reach == EVERYWHERE:
        return
    if table == "festival" and new:
        require_everywhere(reach)
    festival = str(fields.get("festival") or "")
    if table == "screening":
        require_reach(reach, festival=festival, venue=await _venue_of(source, fields))
    elif table in OF_A_FESTIVAL:
        require_reach(reach, festival=festival)
    elif table in ("venue", "hall"):
        require_part(reach, venue=str(fields.get("venue") or ""))
    if table not in OF_A_FESTIVAL and not new:
        for row in await source.fetch(SQL.list_users, table, key):
            require_reach(reach, festival=row["festival_id"], venue=row["venue_id"])


async def _venue_of(source: Pool | Connection, fields: Mapping[str, Any]) -> str | None:
    """Where a screening is shown; None where its hall is none."""
    hall = await stored_fields(source, "hall", fields.get("hall"))
    return hall["venue"] if hall else None
