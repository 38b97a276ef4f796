"""Entries as they stand, and what rests on them."""

import re
from typing import Any, Final

import msgspec

from ticketing.kernel.context import Context
from ticketing.kernel.errors import UnknownEntry
from ticketing.kernel.postgres import Connection, Pool, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.desk.model import OF_A_FESTIVAL, Entry, EntryTable, Fields, halves, make_entry
from ticketing.staff.reach import Reach, reaches, touches

SQL = load_queries("programme_desk")
ENTRIES_LISTED_MAX: Final = 1000
KEY_PATTERN: Final = r"^[a-z0-9:-]{1,130}$"
"""No entry is named otherwise, and Postgres takes no zero byte."""
_KEY: Final = re.compile(KEY_PATTERN)


class EntryPage(msgspec.Struct, frozen=True):
    """Entries of a table within reach, by key; ``next`` is the cursor of those that follow, null at the end."""

    entries: tuple[Entry, ...]
    next: str | None


async def stored_fields(source: Pool | Connection, table: EntryTable, key: object) -> Fields | None:
    """What an entry says, or None where there is none of that key, whatever came as one."""
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        return None
    fields: Fields | None = await source.fetchval(SQL.get_entry, table, key)
    return fields


async def find_entry(source: Pool | Connection, table: EntryTable, key: str) -> Entry | None:
    """An entry, or None where there is none of that key."""
    fields = await stored_fields(source, table, key)
    return None if fields is None else make_entry(table, key, fields)


async def read_entry(context: Context, table: EntryTable, key: str) -> Entry:
    """An entry as it stands now.

    Raises:
        UnknownEntry, DatabaseUnavailable
    """
    async with database_errors():
        entry = await find_entry(context.postgres, table, key)
    if entry is None:
        raise UnknownEntry(table=table, key=key)
    return entry


async def list_entries(context: Context, table: EntryTable, festival: str | None = None) -> list[Entry]:
    """The entries of a table, of one festival where one is named; at most ``ENTRIES_LISTED_MAX``.

    Raises:
        DatabaseUnavailable
    """
    if festival is not None and not _KEY.fullmatch(festival):
        return []
    async with database_errors():
        rows = await context.postgres.fetch(SQL.list_entries, table, festival, ENTRIES_LISTED_MAX)
    return [make_entry(table, row["entry_key"], row["body"]) for row in rows]


async def read_page(
    context: Context, reach: Reach, table: EntryTable, festival: str | None, *, limit: int, cursor: str | None
) -> EntryPage:
    """Entries of a table, of one festival where one is named; what is out of reach is left out, so that a page may
    have fewer than ``limit`` and others follow. ``cursor`` fits ``KEY_PATTERN``.

    Raises:
        DatabaseUnavailable
    """
    if festival is not None and not _KEY.fullmatch(festival):
        return EntryPage((), None)
    async with database_errors():
        rows = await context.postgres.fetch(SQL.list_entries_behind, table, festival, cursor, limit + 1)
    listed = rows[:limit]
    return EntryPage(
        tuple(
            make_entry(table, row["entry_key"], row["body"])
            for row in listed
            if _listed_within(reach, table, row["body"], row["venue"])
        ),
        listed[-1]["entry_key"] if len(rows) > limit else None,
    )


def _listed_within(reach: Reach, table: EntryTable, fields: Fields, venue: str | None) -> bool:
    if table not in OF_A_FESTIVAL:
        return True
    if table == "screening":
        return reaches(reach, festival=fields["festival"], venue=venue)
    return touches(reach, festival=fields["festival"])


async def uses_of(source: Pool | Connection, table: EntryTable, key: str) -> dict[str, int]:
    """What rests on an entry, by kind; kinds of which there is nothing are left out."""
    counted: dict[str, Any] = await source.fetchval(SQL.count_uses, table, key, *halves(key))
    return {kind: int(count) for kind, count in counted.items() if count}
