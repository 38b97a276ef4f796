"""Whose entries are whose.

What belongs to a festival asks for that festival. Films, versions, venues and halls are shared: whoever organises
anything may add one and use it, and may change it as long as nobody outside their reach has a screening of it.
A new festival is nobody's yet, so it asks for a role that counts everywhere.
"""

from collections.abc import Mapping
from typing import Any

from ticketing.kernel.postgres import Connection, Pool
from ticketing.programme.desk.model import OF_A_FESTIVAL, EntryTable
from ticketing.programme.desk.reading import SQL
from ticketing.staff.reach import EVERYWHERE, Reach, require_everywhere, require_reach


def require_reading(reach: Reach, table: EntryTable, fields: Mapping[str, Any]) -> None:
    """May somebody of this reach see such an entry? What is shared everybody sees who has the desk.

    Raises:
        OutOfReach
    """
    if table in OF_A_FESTIVAL:
        require_reach(reach, festival=str(fields.get("festival") or ""))


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
    require_reading(reach, table, fields)
    if table in ("venue", "hall"):
        require_reach(reach, venue=str(fields.get("venue") or ""))
    if table == "screening" and fields.get("hall"):
        hall = await source.fetchval(SQL.get_entry, "hall", fields["hall"])
        require_reach(reach, venue=hall["venue"] if hall else "")
    if table not in OF_A_FESTIVAL and not new:
        for row in await source.fetch(SQL.list_users, table, key):
            require_reach(reach, festival=row["festival_id"], venue=row["venue_id"])
