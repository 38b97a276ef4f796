"""The ledger in an auditor's hands: every seal recomputed, and every entry handed out with its seal."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Final

import asyncpg
import msgspec

from ticketing.kernel.context import Context
from ticketing.kernel.postgres import database_errors
from ticketing.sales.ledger import CHAIN_BEGINS_WITH, SQL, Entry, seal_hash

READ_AT_ONCE: Final = 5000
FAULTS_TOLD_MAX: Final = 100


class Anchor(msgspec.Struct, frozen=True):
    """A seal as it was once written down outside the database. From the chain alone nobody can tell that its end
    was cut off; from an anchor behind the cut everybody can.
    """

    position: int
    hash: bytes

    @classmethod
    def parse(cls, text: str) -> "Anchor":
        """An anchor as it is printed, ``1284:9f86d081…``.

        Raises:
            ValueError: it is not one.
        """
        position, _, digits = text.strip().partition(":")
        sealed = bytes.fromhex(digits)
        if not position.isdecimal() or not position.isascii() or len(sealed) != len(CHAIN_BEGINS_WITH):
            raise ValueError(text)
        return cls(int(position), sealed)

    def __str__(self) -> str:
        return f"{self.position}:{self.hash.hex()}"


class LedgerFault(msgspec.Struct, frozen=True):
    """Something that can't be in an untouched ledger, and where."""

    position: int
    fault: str


class LedgerFindings(msgspec.Struct, frozen=True):
    """What a look at the whole ledger found: its last seal (position 0 where there is none), how many entries wait
    for theirs, and at most a hundred faults.
    """

    end: Anchor
    unsealed: int
    faults: tuple[LedgerFault, ...]


class SealedEntry(msgspec.Struct, frozen=True):
    """An entry with its seal, for an auditor. ``amount`` in minor units; ``right_number`` runs without gaps per
    screening and tariff, and is None for a cancelled right. Hashes in hexadecimal.
    """

    position: int
    right_number: int | None
    entry: int
    screening: str
    ticket: str
    order: str
    kind: str
    tariff: str
    amount: int
    currency: str
    at: datetime
    seat: str | None
    reason: str | None
    previous_hash: str
    hash: str


async def verify_ledger(context: Context, anchor: Anchor | None = None) -> LedgerFindings:
    """Recompute the whole chain, and say where it is not what it was.

    Finds what was changed, taken out, put in or swapped between the first seal and the last; what was cut off at
    the end only where ``anchor`` lies in it. Entries that wait for their seal are no fault.

    Raises:
        DatabaseUnavailable
    """
    faults: list[LedgerFault] = []
    numbers: dict[tuple[str, str], int] = {}
    end = Anchor(0, CHAIN_BEGINS_WITH)
    found = anchor is None
    async for row in _sealed(context):
        if len(faults) < FAULTS_TOLD_MAX:
            faults += _faults_of(row, end, numbers)
        end = Anchor(row["position"], row["hash"])
        found = found or end == anchor
    if anchor is not None and not found:
        faults.append(LedgerFault(anchor.position, "the seal that was written down is not there"))
    async with database_errors():
        unsealed = await context.postgres.fetchval(SQL.count_unsealed)
    return LedgerFindings(end, unsealed, tuple(faults[-FAULTS_TOLD_MAX:]))


async def export_ledger(context: Context) -> AsyncIterator[SealedEntry]:
    """Every sealed entry in the order of the chain; with this alone the chain can be recomputed elsewhere.

    An entry that was taken out of its table is left out here: :func:`verify_ledger` names it.

    Raises:
        DatabaseUnavailable
    """
    async for row in _sealed(context):
        if row["ticket_id"] is not None:
            yield SealedEntry(
                position=row["position"],
                right_number=row["right_number"],
                entry=row["entry_id"],
                screening=row["screening_id"],
                ticket=row["ticket_id"],
                order=row["order_id"],
                kind=row["kind"],
                tariff=row["tariff"],
                amount=row["amount"],
                currency=row["currency"],
                at=row["at"],
                seat=row["seat"],
                reason=row["reason"],
                previous_hash=row["previous_hash"].hex(),
                hash=row["hash"].hex(),
            )


async def _sealed(context: Context) -> AsyncIterator[asyncpg.Record]:
    position = 0
    while True:
        async with database_errors():
            rows = await context.postgres.fetch(SQL.list_sealed, position, READ_AT_ONCE)
        if not rows:
            return
        for row in rows:
            yield row
        position = rows[-1]["position"]


def _faults_of(row: asyncpg.Record, before: Anchor, numbers: dict[tuple[str, str], int]) -> Iterable[LedgerFault]:
    position = row["position"]
    if position != before.position + 1:
        yield LedgerFault(position, f"seals {before.position + 1} to {position - 1} are missing")
    if row["previous_hash"] != before.hash:
        yield LedgerFault(position, "does not follow the seal before it")
    if row["ticket_id"] is None:
        yield LedgerFault(position, f"entry {row['entry_id']} is missing")
        return
    entry = Entry(*(row[name] for name in Entry.__struct_fields__))
    if (row["sealed_screening"], row["sealed_tariff"], row["sealed_kind"]) != (
        entry.screening_id,
        entry.tariff,
        entry.kind,
    ):
        yield LedgerFault(position, f"entry {entry.entry_id} is another than its seal says")
    if entry.kind == "issued":
        group = (entry.screening_id, entry.tariff)
        due = numbers.get(group, 0) + 1
        if row["right_number"] != due:
            yield LedgerFault(position, f"right number {row['right_number']} where {due} is due")
        numbers[group] = row["right_number"] or due
    if seal_hash(row["previous_hash"], position, entry, row["right_number"]) != row["hash"]:
        yield LedgerFault(position, f"entry {entry.entry_id} is not what was sealed")
