"""The book in which every scan is written down, each decided as it is written."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, TypeVar

import asyncpg
import msgspec

from ticketing.door.model import RecordedScan
from ticketing.kernel.batches import Batches
from ticketing.kernel.postgres import Pool, database_errors
from ticketing.kernel.queries import load_queries

SQL = load_queries("door")
ATTEMPTS_MAX: Final = 4
SCANS_TOGETHER_MAX: Final = 64
SENDERS_MAX: Final = 2
SCANS_WAITING_MAX: Final = 5_000

Answer = TypeVar("Answer")


class AskedScan(msgspec.Struct, frozen=True):
    """A scan whose code has been read; the columns of ``record_scans`` in their order.

    ``reach`` is JSON: the driver would take a list within the column for another dimension of the array, and the
    database find no reach at all in it, which is everywhere.
    """

    scan: str
    ticket: str | None
    revision: int
    screening: str | None
    gate: str
    direction: str
    scanned_at: datetime
    received_at: datetime
    login: str
    late: bool
    shown: str | None
    by_hand: bool
    reach: msgspec.Raw | None


class ScanBook:
    """Writes scans down. One per process: those that come at once share a round trip and a commit."""

    def __init__(self, postgres: Pool) -> None:
        self._postgres = postgres
        self._batches = Batches(
            self._write_any_order,
            batch_max=SCANS_TOGETHER_MAX,
            senders_max=SENDERS_MAX,
            waiting_max=SCANS_WAITING_MAX,
        )

    async def write(self, asked: AskedScan) -> RecordedScan:
        """Decide one scan and write it down, together with those that come at the same moment."""
        return await self._batches.call(asked)

    async def write_in_order(self, asked: Sequence[AskedScan]) -> list[RecordedScan]:
        """Decide scans one after the other and write them down, all or none."""
        columns = list(zip(*(msgspec.structs.astuple(one) for one in asked), strict=True))
        rows = await _repeated(lambda: self._postgres.fetch(SQL.record_scans, *columns))
        return [msgspec.json.decode(row[0], type=RecordedScan) for row in rows]

    async def _write_any_order(self, asked: Sequence[AskedScan]) -> list[RecordedScan]:
        # By screening, so that two processes raise the counts of two screenings in the same order.
        order = sorted(range(len(asked)), key=lambda place: asked[place].screening or "")
        written = await self.write_in_order([asked[place] for place in order])
        return [answer for _, answer in sorted(zip(order, written, strict=True), key=lambda pair: pair[0])]


async def _repeated(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """The answer to ``ask``, asked again where it lost a race that rolled it back as a whole.

    Two such races are left: the same scan id sent twice at the same moment (the loser then finds the answer of
    the winner), and a batch against a transaction that locks the same tickets in another order.
    """
    attempts = 0
    async with database_errors():
        while True:
            attempts += 1
            try:
                return await ask()
            except (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError):
                if attempts == ATTEMPTS_MAX:
                    raise
