"""Scans: decided once each, whichever gates ask, at once, again, or hours later."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, TypeVar

import asyncpg
import msgspec

from ticketing.door.desk import Door
from ticketing.door.model import RecordedScan, ScanRequest, timing
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.staff.model import Principal
from ticketing.tickets.code import CodeRefused

SQL = load_queries("door")
ATTEMPTS_MAX: Final = 4

Answer = TypeVar("Answer")


class _Asked(msgspec.Struct, frozen=True):
    """A scan whose code has been read; the arguments of ``record_scan`` in its order."""

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


async def record_scan(door: Door, request: ScanRequest, principal: Principal) -> RecordedScan:
    """Decide a scan and write it down, in one round trip to Postgres. Sent again, it is answered as before.

    Raises:
        InvalidField: ``scanned_at`` can't be.
        DatabaseUnavailable: it may or may not have been recorded: send the same scan again.
    """
    asked = await _read(door, request, principal, door.context.clock.now())
    arguments = msgspec.structs.astuple(asked)
    answer = await _repeated(lambda: door.context.postgres.fetchval(SQL.record_scan, *arguments))
    return msgspec.json.decode(answer, type=RecordedScan)


async def record_scans(door: Door, requests: Sequence[ScanRequest], principal: Principal) -> list[RecordedScan]:
    """Decide many scans as if they had come one by one in the order of ``scanned_at``; all are written, or none.

    The answers stand in the order of ``requests``.

    Raises:
        InvalidField: a ``scanned_at`` can't be. Nothing was recorded.
        DatabaseUnavailable: they may or may not have been recorded: send the same scans again.
    """
    now = door.context.clock.now()
    asked = [await _read(door, request, principal, now) for request in requests]
    order = sorted(range(len(asked)), key=lambda place: asked[place].scanned_at)
    listed = [asked[place] for place in order]
    rows = await _repeated(lambda: door.context.postgres.fetch(SQL.record_scans, listed))
    answers = {place: row[0] for place, row in zip(order, rows, strict=True)}
    return [msgspec.json.decode(answers[place], type=RecordedScan) for place in range(len(asked))]


async def _read(door: Door, request: ScanRequest, principal: Principal, received_at: datetime) -> _Asked:
    scanned_at, late = timing(request.scanned_at, received_at)
    ticket, revision = None, 0
    try:
        payload = await door.keys.decode(request.code)
        ticket, revision = payload.ticket_id, payload.revision
    except CodeRefused:
        pass  # the verdict is `forged`; it is recorded like any other
    return _Asked(
        scan=str(request.scan),
        ticket=ticket,
        revision=revision,
        screening=request.screening,
        gate=request.gate,
        direction=request.direction,
        scanned_at=scanned_at,
        received_at=received_at,
        login=principal.login,
        late=late,
        shown=request.shown and request.shown.value,
    )


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
