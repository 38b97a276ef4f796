"""Conflicts at the door are settled by whoever went and looked: once, by the first one, and reopened if wrong."""

import asyncio
import uuid
from datetime import timedelta

import pytest

from tests.door.gate import Gate
from ticketing.door.conflicts import (
    ConflictShown,
    Settlement,
    list_conflicts,
    reopen_conflict,
    settle_conflict,
)
from ticketing.kernel.errors import ConflictSettled, OutOfReach, UnknownConflict
from ticketing.staff.model import Principal, Role
from ticketing.staff.reach import EVERYWHERE, Place, reach_of

SAULE, ASEL = Principal("saule", Role.SUPERVISOR), Principal("asel", Role.SUPERVISOR)
STAY, SENT_OUT = Settlement("may_stay", "Sisters, one seat is free"), Settlement("sent_out")


async def conflicts_of(gate: Gate, count: int) -> list[ConflictShown]:
    """Conflicts with one ticket, the latest first."""
    _, code = await gate.sold(await gate.factory.screening())
    now = gate.context.clock.now()
    await gate.hand_in(
        *(gate.request(code, f"{n}", scanned_at=now - timedelta(minutes=9 - n)) for n in range(count + 1))
    )
    return list((await list_conflicts(gate.door, None, EVERYWHERE, 10, None)).conflicts)


async def acts(gate: Gate) -> list[tuple[str, str]]:
    rows = await gate.context.postgres.fetch(
        "select login, act from audit where act like 'conflict%' order by audit_id"
    )
    return [(row["login"], row["act"]) for row in rows]


async def test_of_two_the_first_one_stands(gate: Gate) -> None:
    (conflict,) = await conflicts_of(gate, 1)
    told = await asyncio.gather(
        *(settle_conflict(gate.door, conflict.scan, wish, by) for wish, by in ((STAY, SAULE), (SENT_OUT, ASEL))),
        return_exceptions=True,
    )
    (settled,) = (one for one in told if isinstance(one, ConflictShown))
    (refused,) = (one for one in told if isinstance(one, ConflictSettled))
    assert settled.settlement is not None
    assert (refused.data["by"], refused.data["outcome"]) == (settled.settlement.by, settled.settlement.outcome)
    wish, by = (STAY, SAULE) if settled.settlement.by == "saule" else (SENT_OUT, ASEL)
    # Sent again, it is the same; the same person can't turn it round without reopening it.
    assert await settle_conflict(gate.door, conflict.scan, wish, by) == settled
    with pytest.raises(ConflictSettled):
        await settle_conflict(gate.door, conflict.scan, Settlement("gate_mistake"), by)
    for _ in range(2):
        await reopen_conflict(gate.door, conflict.scan, ASEL)
    again = await settle_conflict(gate.door, conflict.scan, STAY, SAULE)
    assert again.settlement is not None
    assert again.settlement.note == STAY.note
    assert await acts(gate) == [
        (by.login, "conflict_settled"),
        ("asel", "conflict_reopened"),
        ("saule", "conflict_settled"),
    ]


async def test_open_and_settled_ones_are_listed_apart(gate: Gate) -> None:
    four = [one.scan for one in await conflicts_of(gate, 4)]
    await settle_conflict(gate.door, four[1], STAY, SAULE)

    async def page(status: str | None, cursor: str | None = None) -> tuple[list[uuid.UUID], int, str | None]:
        listed = await list_conflicts(gate.door, None, EVERYWHERE, 2, cursor, status=status)  # type: ignore[arg-type]
        return [one.scan for one in listed.conflicts], listed.open, listed.next

    assert (await page("settled"))[:2] == ([four[1]], 3)
    assert (await page(None))[0] == four[:2]
    first, open_count, cursor = await page("open")
    assert (first, open_count) == ([four[0], four[2]], 3)
    assert (await page("open", cursor))[0] == [four[3]]


async def test_what_is_no_conflict_or_another_s_is_refused(gate: Gate) -> None:
    (conflict,) = await conflicts_of(gate, 1)
    good = await gate.context.postgres.fetchval("select scan_id from scan where not conflict")
    elsewhere = Principal("sara", Role.SUPERVISOR, reach=reach_of([Place("another")]))
    for scan, by, error in (
        (good, SAULE, UnknownConflict),
        (uuid.uuid4(), SAULE, UnknownConflict),
        (conflict.scan, elsewhere, OutOfReach),
    ):
        with pytest.raises(error):
            await settle_conflict(gate.door, scan, STAY, by)
        with pytest.raises(error):
            await reopen_conflict(gate.door, scan, by)
    assert await acts(gate) == []
    assert (await list_conflicts(gate.door, None, elsewhere.reach, 10, None)).open == 0
