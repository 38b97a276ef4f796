"""What an auditor can rely on: nothing is changed, taken out, swapped or cut off without being found."""

import asyncio
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.seating.box_office import BoxOffice
from ticketing.kernel.context import Context
from ticketing.kernel.queries import load_queries
from ticketing.kernel.settings import Settings
from ticketing.sales import ledger
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.ledger import seal_ledger, seal_when_worth_it
from ticketing.sales.ledger_audit import Anchor, export_ledger, verify_ledger

UNGUARDED = "set session_replication_role = replica; "
SWAP_ENTRIES = """
    update ledger_entry set ticket_id = other.ticket_id, order_id = other.order_id
    from ledger_entry as other
    where ledger_entry.entry_id in ({second}, {third}) and other.entry_id in ({second}, {third})
      and other.entry_id <> ledger_entry.entry_id
"""
SWAP_SEALS = """
    update ledger_seal set position = 1000 where position = 2;
    update ledger_seal set position = 2 where position = 3;
    update ledger_seal set position = 3 where position = 1000
"""
TAMPERED = {
    "one amount changed": (
        "update ledger_entry set amount = amount - 1 where entry_id = {third}",
        [(3, "is not what was sealed")],
    ),
    "one entry deleted": ("delete from ledger_entry where entry_id = {third}", [(3, "is missing")]),
    "one entry and its seal deleted": (
        "delete from ledger_seal where position = 3; delete from ledger_entry where entry_id = {third}",
        [(4, "seals 3 to 3 are missing"), (4, "does not follow")],
    ),
    "two entries swapped": (
        SWAP_ENTRIES,
        [(2, "is not what was sealed"), (3, "is not what was sealed")],
    ),
    "two seals swapped": (
        SWAP_SEALS,
        [(2, "does not follow"), (3, "does not follow"), (4, "does not follow")],
    ),
    "one number skipped": (
        "update ledger_seal set right_number = 7 where position = 3",
        [(3, "right number 7 where 3 is due"), (3, "is not what was sealed")],
    ),
    "a time moved": (
        "update ledger_entry set at = at + interval '1 second' where entry_id = {third}",
        [(3, "is not what was sealed")],
    ),
    "a seat changed": (
        "update ledger_entry set seat = 'E-9' where entry_id = {third}",
        [(3, "is not what was sealed")],
    ),
    "a seat taken out": (
        "update ledger_entry set seat = null, reason = null where entry_id = {third}",
        [(3, "is not what was sealed")],
    ),
    "a seal of another tariff": (
        "update ledger_seal set tariff = 'student' where position = 3",
        [(3, "is another than its seal says")],
    ),
}


@pytest.fixture
async def sealed(context: Context) -> BoxOffice:
    """Five seals: four rights issued, one of them cancelled."""
    office = await BoxOffice.opened(context, rules={"refund_until_minutes": 5})
    for seat in ("A-1", "B-1", "C-1"):
        await office.sell(seat)
    order = await office.sell("D-1")
    await cancel_order(office.house.sales, order.order, order.secret or "")
    assert await seal_ledger(office.context) == 5
    return office


async def tamper(context: Context, statements: str) -> None:
    """Change what the database would refuse to change."""
    places = {"second": 2, "third": 3}
    found = {
        name: await context.postgres.fetchval("select entry_id from ledger_seal where position = $1", position)
        for name, position in places.items()
    }
    async with context.postgres.acquire() as connection:
        await connection.execute(UNGUARDED + statements.format(**found))
        await connection.execute("reset session_replication_role")


async def test_a_worker_comes_back_at_once_after_a_full_batch_alone(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = await BoxOffice.opened(context)
    for seat in ("A-1", "B-1", "C-1"):
        await office.sell(seat)
    monkeypatch.setattr(ledger, "SEALED_AT_ONCE_MAX", 2)
    assert [await seal_when_worth_it(context) for _ in range(3)] == [2, 0, 0]
    found = await verify_ledger(context)
    assert (found.end.position, found.unsealed, found.faults) == (3, 0, ())


async def test_an_untouched_ledger_has_no_fault(sealed: BoxOffice) -> None:
    found = await verify_ledger(sealed.context)
    assert (found.end.position, found.unsealed, found.faults) == (5, 0, ())
    await sealed.sell("E-1")
    assert (await verify_ledger(sealed.context)).unsealed == 1


@pytest.mark.parametrize("tampered", TAMPERED)
async def test_what_was_tampered_with_is_found_where_it_stands(sealed: BoxOffice, tampered: str) -> None:
    statements, expected = TAMPERED[tampered]
    await tamper(sealed.context, statements)
    faults = (await verify_ledger(sealed.context)).faults
    for position, words in expected:
        assert any(fault.position == position and words in fault.fault for fault in faults), faults


@pytest.mark.parametrize(
    "tampered", ["one amount changed", "one entry deleted", "two entries swapped", "one number skipped"]
)
async def test_the_command_finds_it_and_says_where(sealed: BoxOffice, settings: Settings, tampered: str) -> None:
    """As an auditor runs it."""
    statements, expected = TAMPERED[tampered]
    servers = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "TICKETING_DATA": settings.data,
        "TICKETING_SECRET": settings.secret,
    }

    def verify() -> tuple[int, str]:
        command = [sys.executable, "-m", "ticketing", "ledger", "verify"]
        ran = subprocess.run(command, env=os.environ | servers, capture_output=True, text=True, check=False)
        return ran.returncode, ran.stdout

    status, told = await asyncio.to_thread(verify)
    assert status == 0, told
    assert "5 seals" in told
    await tamper(sealed.context, statements)
    status, told = await asyncio.to_thread(verify)
    assert status == 1
    for position, words in expected:
        assert re.search(rf"^seal {position}: .*{words}", told, re.MULTILINE), told


def test_the_benchmark_leaves_out_the_ledger_and_nothing_else() -> None:
    """The two statements are one but for the ledger's rows, so that their difference is what it costs."""
    whole, without = load_queries("sales").place_orders, load_queries("bench").place_orders_unrecorded
    begins, ends = whole.index("), entered as ("), whole.index("), spent as (")
    assert "insert into ledger_entry" in whole[begins:ends]

    def statement(text: str) -> list[str]:
        return [line for line in text.splitlines() if not line.startswith("--")]

    assert statement(whole[:begins] + whole[ends:]) == statement(without)


async def test_an_end_that_was_cut_off_is_found_by_what_was_written_down(sealed: BoxOffice) -> None:
    written_down = Anchor.parse(str((await verify_ledger(sealed.context)).end))
    assert (await verify_ledger(sealed.context, written_down)).faults == ()
    await tamper(
        sealed.context,
        "delete from ledger_entry where entry_id = (select entry_id from ledger_seal where position = 5);"
        "delete from ledger_seal where position = 5",
    )
    assert (await verify_ledger(sealed.context)).faults == ()
    (fault,) = (await verify_ledger(sealed.context, written_down)).faults
    assert fault.position == 5


async def test_the_export_is_enough_to_recompute_the_chain(sealed: BoxOffice) -> None:
    """By docs/ledger.md alone, without the code that seals."""
    previous = "00" * 32
    listed = [entry async for entry in export_ledger(sealed.context)]
    assert [entry.position for entry in listed] == [1, 2, 3, 4, 5]
    assert [entry.right_number for entry in listed] == [1, 2, 3, 4, None]
    for entry in listed:
        at = entry.at.isoformat().replace("+00:00", "Z")
        facts = [entry.position, entry.right_number, entry.entry, entry.screening, entry.ticket, entry.order]
        facts += [entry.kind, entry.tariff, entry.amount, entry.currency, at, entry.seat, entry.reason]
        said = json.dumps(facts, separators=(",", ":"), ensure_ascii=False).encode()
        assert hashlib.sha256(bytes.fromhex(previous) + said).hexdigest() == entry.hash
        assert entry.previous_hash == previous
        previous = entry.hash


async def test_the_guide_for_auditors_holds(sealed: BoxOffice) -> None:
    """The program printed in docs/ledger.md accepts the export, and refuses one with an amount changed."""
    guide = (Path(__file__).parents[2] / "docs" / "ledger.md").read_text()
    program = guide.split("```python\n")[1].split("```")[0]
    lines = [msgspec.json.encode(entry).decode() async for entry in export_ledger(sealed.context)]
    changed = [*lines[:2], lines[2].replace('"amount":', '"amount":1'), *lines[3:]]
    for told, accepted in ((lines, True), (changed, False)):
        ran = subprocess.run(
            [sys.executable, "-c", program], input="\n".join(told), capture_output=True, text=True, check=False
        )
        assert (ran.returncode == 0) == accepted, ran.stderr
    assert "not what was sealed: 3" in ran.stderr


async def test_entries_say_which_seat_and_why(sealed: BoxOffice) -> None:
    told = [(entry.kind, entry.seat, entry.reason) async for entry in export_ledger(sealed.context)]
    assert told[-2:] == [("issued", "D-1", "sold"), ("cancelled", "D-1", "given_back")]


async def test_seals_of_before_seats_were_written_down_hold(context: Context) -> None:
    office = await BoxOffice.opened(context)
    await office.context.postgres.execute(
        "insert into ledger_entry (screening_id, ticket_id, order_id, kind, tariff, amount, currency, at)"
        " values ('s', 't', 'o', 'issued', 'full', 1, 'KZT', '2026-01-01T10:00:00Z')"
    )
    assert await seal_ledger(context) == 1
    said = b'[1,1,1,"s","t","o","issued","full",1,"KZT","2026-01-01T10:00:00Z"]'
    (entry,) = [entry async for entry in export_ledger(context)]
    assert entry.hash == hashlib.sha256(bytes(32) + said).hexdigest()
    assert (await verify_ledger(context)).faults == ()


@pytest.mark.parametrize(
    "text", ["", "5", "5:", ":00", "5:zz", "-1:" + "00" * 32, "²:" + "00" * 32, "5:" + "00" * 31]
)
def test_what_is_no_anchor(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Anchor.parse(text)
