"""The ledger's seals: each right of entry numbered without gaps, each entry chained to the one before it.

Orders append entries and never wait for each other. One process, shortly after, gives each entry its place in the
chain and, where a right was issued, its number per screening and tariff (Code du cinéma, D212-85: the numbers of
the rights issued). A change, gap or swap anywhere breaks the chain from there on.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime

import asyncpg
import msgspec

from ticketing.kernel.context import Context
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries

SQL = load_queries("ledger")
SEALED_AT_ONCE_MAX = 1000
VERIFIED_AT_ONCE = 5000
CHAIN_BEGINS_WITH = bytes(32)


class Entry(msgspec.Struct, frozen=True):
    """An entry as it is sealed; ``amount`` in minor units."""

    entry_id: int
    screening_id: str
    ticket_id: str
    order_id: str
    kind: str
    tariff: str
    amount: int
    currency: str
    at: datetime


class LedgerFault(msgspec.Struct, frozen=True):
    """Something that can't be in an untouched ledger, and where."""

    position: int
    fault: str


def seal_hash(previous: bytes, position: int, entry: Entry, right_number: int | None) -> bytes:
    """The seal of an entry: SHA-256 over the seal before it and all that the entry says."""
    facts = [position, right_number, *msgspec.structs.astuple(entry)]
    return hashlib.sha256(previous + msgspec.json.encode(facts)).digest()


async def seal_ledger(context: Context) -> int:
    """Seal what is not sealed yet, at most a thousand entries; how many. 0 too while another process seals.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors(), context.postgres.acquire() as connection, connection.transaction():
        if not await connection.fetchval(SQL.take_turn_to_seal):
            return 0
        rows = await connection.fetch(SQL.list_unsealed, SEALED_AT_ONCE_MAX)
        if not rows:
            return 0
        entries = [Entry(*row) for row in rows]
        last = await connection.fetchrow(SQL.last_seal)
        position, previous = (last["position"], last["hash"]) if last else (0, CHAIN_BEGINS_WITH)
        groups = sorted({(entry.screening_id, entry.tariff) for entry in entries})
        numbers = {
            (row["screening_id"], row["tariff"]): row["right_number"]
            for row in await connection.fetch(
                SQL.last_right_numbers, [group[0] for group in groups], [group[1] for group in groups]
            )
        }
        seals = []
        for entry in entries:
            position += 1
            number = None
            if entry.kind == "issued":
                group = (entry.screening_id, entry.tariff)
                number = numbers[group] = numbers.get(group, 0) + 1
            sealed = seal_hash(previous, position, entry, number)
            seals.append(
                (position, entry.entry_id, number, entry.screening_id, entry.tariff, entry.kind, previous, sealed)
            )
            previous = sealed
        await connection.executemany(SQL.add_seal, seals)
        return len(seals)


async def verify_ledger(context: Context) -> list[LedgerFault]:
    """Everything that is wrong with the ledger, at most a hundred faults; an empty list where nothing is.

    Entries that are not sealed yet are no fault.

    Raises:
        DatabaseUnavailable
    """
    faults: list[LedgerFault] = []
    numbers: dict[tuple[str, str], int] = {}
    previous, position = CHAIN_BEGINS_WITH, 0
    while len(faults) < 100:
        async with database_errors():
            rows = await context.postgres.fetch(SQL.list_sealed, position, VERIFIED_AT_ONCE)
        if not rows:
            break
        for row in rows:
            faults += _faults_of(row, position, previous, numbers)
            position, previous = row["position"], row["hash"]
    return faults[:100]


def _faults_of(
    row: asyncpg.Record, before: int, previous: bytes, numbers: dict[tuple[str, str], int]
) -> Iterable[LedgerFault]:
    position = row["position"]
    if position != before + 1:
        yield LedgerFault(position, f"seals {before + 1} to {position - 1} are missing")
    if row["previous_hash"] != previous:
        yield LedgerFault(position, "does not follow the seal before it")
    if row["ticket_id"] is None:
        yield LedgerFault(position, f"entry {row['entry_id']} is missing")
        return
    entry = Entry(*(row[name] for name in Entry.__struct_fields__))
    if row["kind"] == "issued":
        group = (entry.screening_id, entry.tariff)
        due = numbers.get(group, 0) + 1
        if row["right_number"] != due:
            yield LedgerFault(position, f"right number {row['right_number']} where {due} is due")
        numbers[group] = row["right_number"] or due
    if seal_hash(row["previous_hash"], position, entry, row["right_number"]) != row["hash"]:
        yield LedgerFault(position, f"entry {entry.entry_id} is not what was sealed")
