"""The ledger's seals: each right of entry numbered without gaps, each entry chained to the one before it.

Orders append entries and never wait for each other. One process, shortly after, gives each entry its place in the
chain and, where a right was issued, its number per screening and tariff (Code du cinéma, D212-85: the numbers of
the rights issued). A change, gap or swap anywhere breaks the chain from there on.
"""

import hashlib
from datetime import datetime

import msgspec

from ticketing.kernel.context import Context
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries

SQL = load_queries("ledger")
SEALED_AT_ONCE_MAX = 1000
CHAIN_BEGINS_WITH = bytes(32)


class Entry(msgspec.Struct, frozen=True):
    """An entry as it is sealed; ``amount`` in minor units.

    ``seat`` and ``reason`` are None in entries of before they were written down.
    """

    entry_id: int
    screening_id: str
    ticket_id: str
    order_id: str
    kind: str
    tariff: str
    amount: int
    currency: str
    at: datetime
    seat: str | None
    reason: str | None


def seal_hash(previous: bytes, position: int, entry: Entry, right_number: int | None) -> bytes:
    """The seal of an entry: SHA-256 over the seal before it and all that the entry says; see docs/ledger.md.

    Where an entry has no seat its list ends before it, as it did when none was written down: so old seals hold.
    """
    *facts, seat, reason = position, right_number, *msgspec.structs.astuple(entry)
    if seat is not None:
        facts += [seat, reason]
    return hashlib.sha256(previous + msgspec.json.encode(facts)).digest()


async def seal_when_worth_it(context: Context) -> int:
    """Seal as a worker does, which comes back at once after anything but 0: that is said of a full batch alone.

    A look costs Postgres the same however little it finds. Made again and again for the few entries of the last few
    milliseconds, it took a tenth of their speed from the orders.

    Raises:
        DatabaseUnavailable
    """
    sealed = await seal_ledger(context)
    return sealed if sealed == SEALED_AT_ONCE_MAX else 0


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
        # One statement: a thousand would take Postgres from the orders for several times as long.
        await connection.execute(SQL.add_seals, *(list(column) for column in zip(*seals, strict=True)))
        return len(seals)
