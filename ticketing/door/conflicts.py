"""Whom gates let in and the house would have refused: a supervisor goes and looks, and says what came of it."""

import base64
import contextlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Final, Literal

import asyncpg
import msgspec
from msgspec import Meta

from ticketing.door.desk import Door
from ticketing.door.model import Direction, Sighting, Verdict
from ticketing.kernel.errors import (
    N_,
    ConflictSettled,
    InvalidField,
    OutOfReach,
    UnknownConflict,
    UnknownScreening,
)
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.staff.model import Principal
from ticketing.staff.reach import EVERYWHERE, Reach, places_in_sql, require_reach

SQL = load_queries("conflicts")
CONFLICTS_LISTED_MAX: Final = 200
OPEN_COUNTED_MAX: Final = 1000
NOTE_SIGNS_MAX: Final = 200
CURSOR_PROBLEM = N_("cursor is not one that was given out here: begin without it")

Outcome = Literal["may_stay", "sent_out", "nobody_there", "gate_mistake"]
Status = Literal["open", "settled"]
OUTCOMES: Final[Mapping[Outcome, str]] = MappingProxyType(
    {
        "may_stay": N_("Everybody may stay"),
        "sent_out": N_("One was sent out"),
        "nobody_there": N_("Nobody was found there"),
        "gate_mistake": N_("The gate made a mistake"),
    }
)
"""What may come of a conflict, in the words of the house."""


class Settlement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a supervisor found.

    ``may_stay``: all who came in; ``sent_out``: one had to go; ``nobody_there``: nobody was found;
    ``gate_mistake``: nobody came in, or with another ticket. The ``note`` is for colleagues.
    """

    outcome: Outcome
    note: Annotated[str, Meta(max_length=NOTE_SIGNS_MAX, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class SettlementShown(msgspec.Struct, frozen=True):
    """What came of a conflict, and who said so when."""

    outcome: Outcome
    note: str
    at: datetime
    by: str


class ConflictShown(msgspec.Struct, frozen=True):
    """A scan by which a gate that was offline let somebody in whom the house would have refused.

    ``verdict`` is what the house says; ``first`` the ticket's first entry, ``other`` the one it collides with. Of a
    badge there is the ``accreditation`` instead of a ticket. ``reason`` explains a verdict, as in the answer.
    ``gate_screening`` is the one that the gate let in to, where the ticket was for another one, ``screening``.
    ``settlement`` is null as long as it is open.
    """

    scan: uuid.UUID
    screening: str | None
    gate_screening: str | None
    ticket: str | None
    accreditation: str | None
    seat: str | None
    direction: Direction
    verdict: Verdict
    gate: str
    scanned_at: datetime
    received_at: datetime
    staff: str
    by_hand: bool
    first: Sighting | None
    other: Sighting | None
    reason: str | None
    settlement: SettlementShown | None


class Conflicts(msgspec.Struct, frozen=True):
    """A page of conflicts, the latest first; ``next`` is the cursor of the following page, null at the end.

    ``open`` is how many are not settled, on whatever page; counted up to 1000.
    """

    conflicts: tuple[ConflictShown, ...]
    next: str | None
    open: int


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    received_at: Annotated[datetime, Meta(tz=True)]
    scan: uuid.UUID


async def list_conflicts(
    door: Door,
    screening_id: str | None,
    reach: Reach,
    limit: int,
    cursor: str | None,
    *,
    status: Status | None = None,
) -> Conflicts:
    """Conflicts of a screening, or of all that is within reach, the latest first; ``limit`` is cut to 1 … 200.

    ``status``: only those; a cursor goes on in the status that it was given out for.

    Raises:
        InvalidField: the cursor is none of ours.
        OutOfReach: the screening is; one that is not there has no conflicts.
        DatabaseUnavailable: Postgres does not answer.
    """
    wanted = min(max(limit, 1), CONFLICTS_LISTED_MAX)
    start = _read_cursor(cursor) if cursor else None
    if screening_id is not None and reach != EVERYWHERE:
        with contextlib.suppress(UnknownScreening):
            screening = await door.catalogue.screening(screening_id)
            require_reach(reach, festival=screening.festival, venue=screening.venue.venue)
    async with database_errors():
        rows = await door.context.postgres.fetch(
            SQL.list_conflicts,
            screening_id,
            start.received_at if start else None,
            start.scan if start else None,
            wanted + 1,
            places_in_sql(reach),
            None if status is None else status == "settled",
        )
    shown = tuple(_shown(row) for row in rows[:wanted])
    return Conflicts(
        shown,
        _write_cursor(shown[-1]) if len(rows) > wanted else None,
        await count_open_conflicts(door, reach, screening_id),
    )


async def count_open_conflicts(door: Door, reach: Reach, screening_id: str | None = None) -> int:
    """How many conflicts within reach nobody has settled, of a screening or of all; counted up to 1000.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        count: int = await door.context.postgres.fetchval(
            SQL.count_open_conflicts, screening_id, places_in_sql(reach), OPEN_COUNTED_MAX
        )
    return count


async def settle_conflict(door: Door, scan: uuid.UUID, settlement: Settlement, by: Principal) -> ConflictShown:
    """Say what came of a conflict. Sent again by the same person it changes nothing; of two, the first one stands.

    Raises:
        UnknownConflict: the scan is none, or there is no such scan.
        OutOfReach: it is at a screening of others.
        ConflictSettled: somebody has settled it, or the same person in another way.
        DatabaseUnavailable
    """
    await _require_conflict(door, scan, by.reach)
    async with database_errors():
        await door.context.postgres.execute(
            SQL.settle_conflict, scan, settlement.outcome, settlement.note, door.context.clock.now(), by.login
        )
    conflict = await _require_conflict(door, scan, by.reach)
    stands = conflict.settlement
    # None where somebody has reopened it in this very moment: it was settled as asked.
    if stands and (stands.outcome, stands.note, stands.by) != (settlement.outcome, settlement.note, by.login):
        raise ConflictSettled(
            by=stands.by,
            at=stands.at,
            outcome=stands.outcome,
            problem=OUTCOMES[stands.outcome],
            screening=conflict.screening,
        )
    return conflict


async def reopen_conflict(door: Door, scan: uuid.UUID, by: Principal) -> None:
    """Take back what was said of a conflict, whoever said it. Of one that is open: changes nothing.

    Raises:
        UnknownConflict, OutOfReach, DatabaseUnavailable
    """
    await _require_conflict(door, scan, by.reach)
    async with database_errors():
        await door.context.postgres.execute(SQL.reopen_conflict, scan, door.context.clock.now(), by.login)


async def _require_conflict(door: Door, scan: uuid.UUID, reach: Reach) -> ConflictShown:
    async with database_errors():
        row = await door.context.postgres.fetchrow(SQL.read_conflict, scan, places_in_sql(reach))
    if row is None:
        raise UnknownConflict
    if not row["within_reach"]:
        raise OutOfReach(festival=None, venue=None)
    return _shown(row)


def _shown(row: asyncpg.Record) -> ConflictShown:
    return ConflictShown(
        scan=row["scan_id"],
        screening=row["screening_id"],
        gate_screening=row["gate_screening_id"],
        ticket=row["ticket_id"],
        accreditation=row["accreditation_id"],
        seat=row["seat"],
        direction=row["direction"],
        verdict=Verdict(row["verdict"]),
        gate=row["gate"],
        scanned_at=row["scanned_at"],
        received_at=row["received_at"],
        staff=row["staff_login"],
        by_hand=row["by_hand"],
        first=msgspec.convert(row["first"], Sighting | None),
        other=msgspec.convert(row["other"], Sighting | None),
        reason=row["reason"],
        settlement=SettlementShown(row["outcome"], row["note"], row["settled_at"], row["settled_by"])
        if row["outcome"]
        else None,
    )


def _write_cursor(last: ConflictShown) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(_Cursor(last.received_at, last.scan))).decode()


def _read_cursor(text: str) -> _Cursor:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text.encode()), type=_Cursor)
    except (ValueError, msgspec.DecodeError):
        raise InvalidField(field="cursor", problem=CURSOR_PROBLEM) from None
