"""Deleting an entry that nothing rests on. What was sold or is used stays, and the refusal says what uses it."""

from collections.abc import Mapping
from typing import Final

import asyncpg

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.postgres import database_errors
from ticketing.programme.desk.model import USES, EntryTable, halves
from ticketing.programme.desk.reach import require_writing
from ticketing.programme.desk.reading import SQL, find_entry, uses_of
from ticketing.programme.desk.writing import Writer
from ticketing.programme.importing import SQL as IMPORT_SQL
from ticketing.staff.accounts import add_audit

DELETIONS: Final[Mapping[EntryTable, str]] = {
    "festival": SQL.delete_festival,
    "film": SQL.delete_film,
    "version": SQL.delete_version,
    "venue": SQL.delete_venue,
    "hall": SQL.delete_hall,
    "zone": SQL.delete_zone,
    "tariff": SQL.delete_tariff,
    "price_list": SQL.delete_price_list,
    "screening": SQL.delete_screening,
    "rental": SQL.delete_rental,
}


async def remove_entry(context: Context, writer: Writer, table: EntryTable, key: str) -> None:
    """Delete an entry; one that is gone already is gone. The audit keeps what it said.

    Raises:
        EntryInUse: with what rests on it.
        OutOfReach, DatabaseUnavailable
    """

    try:
        await _remove(context, writer, table, key)
    except asyncpg.ForeignKeyViolationError as error:
        # What came between the look and the deletion.
        raise _in_use(key, {"others": 1}) from error


async def _remove(context: Context, writer: Writer, table: EntryTable, key: str) -> None:
    async with database_errors(), context.postgres.acquire() as connection, connection.transaction():
        await connection.execute(IMPORT_SQL.lock_imports)
        entry = await find_entry(connection, table, key)
        if entry is None:
            return
        await require_writing(connection, writer.reach, table, key, entry.fields, new=False)
        uses = await uses_of(connection, table, key)
        if entry.fields.get("status") == "published":
            # It may be sold this very moment, by a process that read it a moment ago.
            uses |= {"published": 1}
        if uses:
            raise _in_use(key, uses)
        names = halves(key) if table in ("zone", "tariff", "price_list", "rental") else (key,)
        await connection.execute(DELETIONS[table], *names)
        await add_audit(
            connection, context.clock.now(), writer.login, "programme_deleted", key, table=table, was=entry.fields
        )


def _in_use(key: str, uses: dict[str, int]) -> errors.EntryInUse:
    return errors.EntryInUse(key=key, uses=uses, listed=", ".join(f"{USES[kind]}: {n}" for kind, n in uses.items()))
