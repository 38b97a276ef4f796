"""Gates that were offline: what they hand in is judged by how things stood then, and what collides is shown."""

import asyncio
import random
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.door.gate import Gate
from ticketing.door.conflicts import list_conflicts
from ticketing.door.model import Sighting, Verdict
from ticketing.door.offline import take_snapshot
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.errors import InvalidField, UnknownScreening
from ticketing.staff.reach import EVERYWHERE

pytestmark = pytest.mark.usefixtures("later")


@pytest.fixture
async def screening(gate: Gate) -> str:
    """Doors have been open for ten minutes; it is made before the clock is moved."""
    return await gate.factory.screening()


@pytest.fixture
def noon(gate: Gate, screening: str) -> datetime:
    """The moment at which the doors have been open for ten minutes."""
    return gate.context.clock.now()


@pytest.fixture
def later(noon: datetime, clock: ShiftedClock) -> None:
    """An hour has passed since ``noon``: the network is back."""
    clock.ahead = timedelta(hours=1)


def after(noon: datetime, minutes: float) -> datetime:
    return noon + timedelta(minutes=minutes)


async def test_a_late_scan_is_judged_at_its_own_time(
    gate: Gate, screening: str, noon: datetime, clock: ShiftedClock
) -> None:
    ticket, code = await gate.sold(screening)
    clock.ahead = timedelta(hours=5)
    assert (await gate.late(code, "north", after(noon, -11))).verdict is Verdict.TOO_EARLY
    assert (await gate.late(code, "north", after(noon, 151))).verdict is Verdict.ENDED
    answer = await gate.late(code, "north", after(noon, 5))
    assert answer.verdict is Verdict.ADMITTED
    assert answer.late
    assert not answer.conflict
    assert answer.first == Sighting(after(noon, 5), "north")
    assert (await gate.ticket(ticket))["inside"]


async def test_a_scan_that_took_a_moment_is_not_late(gate: Gate, screening: str) -> None:
    _, code = await gate.sold(screening)
    answer = await gate.scan(code, scanned_at=gate.context.clock.now() - timedelta(seconds=29))
    assert not answer.late


async def test_a_clock_a_little_ahead_is_set_back(gate: Gate, screening: str) -> None:
    _, code = await gate.sold(screening)
    answer = await gate.scan(code, scanned_at=gate.context.clock.now() + timedelta(seconds=200))
    assert answer.first is not None
    assert answer.first.at <= gate.context.clock.now()


@pytest.mark.parametrize("reentry", [True, False])
@pytest.mark.parametrize("north_first", [True, False])
async def test_two_offline_gates_that_both_let_in_are_a_conflict(
    gate: Gate, noon: datetime, clock: ShiftedClock, north_first: bool, reentry: bool
) -> None:
    clock.ahead = timedelta()
    screening = await gate.factory.screening(rules={"reentry": reentry})
    clock.ahead = timedelta(hours=1)
    ticket, code = await gate.sold(screening)
    scans = [("north", after(noon, 1)), ("south", after(noon, 3))]
    north = scans[0]
    one, two = scans if north_first else reversed(scans)
    assert (await gate.late(code, *one)).verdict is Verdict.ADMITTED
    answer = await gate.late(code, *two)
    assert answer.verdict is Verdict.ALREADY_ADMITTED
    assert answer.conflict
    assert answer.first == Sighting(north[1], "north")  # the earliest, in whatever order they came
    assert answer.other == Sighting(one[1], one[0])
    row = await gate.ticket(ticket)
    assert (row["entries"], row["inside"]) == (1, True)
    assert (row["admitted_at"], row["admitted_gate"]) == (north[1], "north")

    page = await list_conflicts(gate.door, screening, EVERYWHERE, 10, None)
    (conflict,) = page.conflicts
    assert page.next is None
    assert (conflict.gate, conflict.ticket, conflict.seat, conflict.staff) == (two[0], ticket, "A-1", "dana")
    assert conflict.other is not None
    assert {(conflict.gate, conflict.scanned_at), (conflict.other.gate, conflict.other.at)} == set(scans)
    assert (await list_conflicts(gate.door, "another", EVERYWHERE, 10, None)).conflicts == ()


async def test_a_late_scan_before_one_made_online_is_a_conflict(gate: Gate, screening: str, noon: datetime) -> None:
    _, code = await gate.sold(screening)
    await gate.scan(code, "south")
    answer = await gate.late(code, "north", after(noon, 2))
    assert (answer.verdict, answer.conflict) == (Verdict.ALREADY_ADMITTED, True)
    assert answer.first == Sighting(after(noon, 2), "north")
    assert answer.other is not None
    assert answer.other.gate == "south"


@pytest.mark.parametrize(
    "case",
    [
        ("update ticket set status = 'void' where ticket_id = $1", Verdict.VOID),
        ("update ticket set revision = 2 where ticket_id = $1", Verdict.SUPERSEDED),
        ("update ticket set status = 'reserved' where ticket_id = $1", Verdict.UNPAID),
    ],
)
@pytest.mark.parametrize("shown", [None, Verdict.ADMITTED, Verdict.VOID])
async def test_who_was_let_in_with_a_ticket_no_longer_good_is_a_conflict(
    gate: Gate, screening: str, noon: datetime, case: tuple[str, Verdict], shown: Verdict | None
) -> None:
    change, verdict = case
    ticket, code = await gate.sold(screening)
    await gate.context.postgres.execute(change, ticket)
    live = await gate.scan(code, "south")
    assert (live.verdict, live.conflict) == (verdict, False)
    answer = await gate.late(code, "north", after(noon, 2), shown=shown)
    assert answer.verdict is verdict
    assert answer.conflict is (shown is not Verdict.VOID)
    assert answer.other is None
    assert (await gate.ticket(ticket))["entries"] == 0


async def test_a_gate_that_refused_by_itself_let_nobody_in(gate: Gate, screening: str, noon: datetime) -> None:
    _, code = await gate.sold(screening)
    answers = await gate.hand_in(
        gate.request(code, "north", scanned_at=after(noon, 1), shown=Verdict.ADMITTED),
        gate.request(code, "north", scanned_at=after(noon, 2), shown=Verdict.ALREADY_ADMITTED),
    )
    assert [(answer.verdict, answer.conflict) for answer in answers] == [
        (Verdict.ADMITTED, False),
        (Verdict.ALREADY_ADMITTED, False),
    ]


@pytest.mark.parametrize(
    ("shown", "house_had_heard"),
    [
        (Verdict.VOID, True),
        (Verdict.VOID, False),
        (Verdict.ALREADY_ADMITTED, True),
        (Verdict.LEFT, False),
        (Verdict.UNKNOWN, False),
    ],
)
async def test_whom_a_gate_refused_is_not_inside(
    gate: Gate, screening: str, noon: datetime, shown: Verdict, house_had_heard: bool
) -> None:
    """By a list from before a payment or a restored place; where the house had answered, the gate heard nothing."""
    ticket, code = await gate.sold(screening)
    refused = gate.request(code, "north", scanned_at=after(noon, 2), shown=shown)
    if house_had_heard:
        assert (await gate.scan(code, "north", scan=refused.scan)).verdict is Verdict.ADMITTED
    for _ in range(2):
        (answer,) = await gate.hand_in(refused)
        assert answer.verdict is (Verdict.UNKNOWN if shown is Verdict.LEFT else shown)
        assert (answer.reason, answer.conflict, answer.first) == ("gate_refused", False, None)
        row = await gate.ticket(ticket)
        assert (row["entries"], row["inside"], row["admitted_at"]) == (0, False, None)
    answer = await gate.scan(code, "south")
    assert answer.verdict is Verdict.ADMITTED
    assert answer.counts is not None
    assert answer.counts.admitted == 1


async def test_a_gate_that_went_dark_after_an_answer_takes_nothing_back(gate: Gate, screening: str) -> None:
    """It can't say what it showed; most likely what the house had answered."""
    ticket, code = await gate.sold(screening)
    request = gate.request(code, "north", scanned_at=gate.context.clock.now(), shown=Verdict.UNKNOWN)
    before = await gate.scan(code, "north", scan=request.scan)
    (answer,) = await gate.hand_in(request)
    assert (answer.verdict, answer.conflict, answer.first) == (Verdict.ADMITTED, False, before.first)
    assert (await gate.ticket(ticket))["inside"]


async def test_a_refusal_takes_back_its_own_entry_alone(gate: Gate, screening: str) -> None:
    ticket, code = await gate.sold(screening)
    before = await gate.scan(code, "north")
    await gate.scan(code, "north", direction="out")
    again = gate.request(code, "south")
    (answer,) = await gate.hand_in(again)
    assert answer.verdict is Verdict.ADMITTED
    (answer,) = await gate.hand_in(msgspec.structs.replace(again, shown=Verdict.SUPERSEDED))
    assert (answer.verdict, answer.first) == (Verdict.SUPERSEDED, before.first)
    row = await gate.ticket(ticket)
    assert (row["entries"], row["inside"], row["admitted_gate"]) == (1, False, "north")


async def test_a_batch_is_decided_in_the_order_of_the_evening(gate: Gate, screening: str, noon: datetime) -> None:
    ticket, code = await gate.sold(screening)
    evening = [
        (after(noon, 1), "in", Verdict.ADMITTED),
        (after(noon, 2), "in", Verdict.ALREADY_ADMITTED),
        (after(noon, 10), "out", Verdict.LEFT),
        (after(noon, 11), "out", Verdict.UNKNOWN),
        (after(noon, 20), "in", Verdict.ADMITTED),
    ]
    shuffled = random.Random(7).sample(evening, len(evening))
    requests = [gate.request(code, "north", scanned_at=at, direction=direction) for at, direction, _ in shuffled]
    answers = await gate.hand_in(*requests)
    assert [answer.verdict for answer in answers] == [verdict for _, _, verdict in shuffled]
    assert await gate.hand_in(*requests) == answers
    assert await gate.hand_in(requests[0], requests[0]) == [answers[0], answers[0]]
    row = await gate.ticket(ticket)
    assert (row["entries"], row["inside"], row["admitted_at"]) == (2, True, after(noon, 1))
    assert await gate.context.postgres.fetchval("select count(*) from scan") == len(evening)


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0)])
async def test_scans_handed_in_one_by_one_in_any_order_let_in_once(
    gate: Gate, screening: str, noon: datetime, order: tuple[int, ...]
) -> None:
    ticket, code = await gate.sold(screening)
    gates = [("north", after(noon, 1)), ("south", after(noon, 2)), ("west", after(noon, 3))]
    answers = [await gate.late(code, *gates[number]) for number in order]
    assert [answer.verdict for answer in answers].count(Verdict.ADMITTED) == 1
    assert [answer.conflict for answer in answers].count(True) == 2
    assert answers[-1].first == Sighting(gates[0][1], "north")
    assert (await gate.ticket(ticket))["entries"] == 1


async def test_a_late_exit_between_two_entries_changes_the_past_alone(
    gate: Gate, screening: str, noon: datetime
) -> None:
    ticket, code = await gate.sold(screening)
    await gate.late(code, "north", after(noon, 1))
    await gate.late(code, "north", after(noon, 30), direction="out")
    await gate.late(code, "north", after(noon, 40))
    # Entered and left in between, at a gate that hands it in last.
    assert (await gate.late(code, "south", after(noon, 32))).verdict is Verdict.ALREADY_ADMITTED
    assert (await gate.late(code, "south", after(noon, 20), direction="out")).verdict is Verdict.LEFT
    row = await gate.ticket(ticket)
    assert (row["entries"], row["inside"]) == (2, True)


async def test_two_batches_at_once_do_not_collide(gate: Gate, screening: str, noon: datetime) -> None:
    seats = [f"{row}-{number}" for row in "ABCDE" for number in range(1, 9)]
    placed = await gate.factory.order(screening, *seats)
    codes = [await gate.code(ticket) for ticket in placed.tickets.values()]

    def evening(name: str, seed: int) -> list[Any]:
        shuffled = random.Random(seed).sample(codes, len(codes))
        return [
            gate.request(code, name, scanned_at=noon + timedelta(seconds=second))
            for second, code in enumerate(shuffled)
        ]

    batches = [evening(f"gate {seed}", seed) for seed in range(4)]
    answers = await asyncio.gather(*(gate.hand_in(*batch) for batch in batches))
    verdicts = [answer.verdict for batch in answers for answer in batch]
    assert verdicts.count(Verdict.ADMITTED) == len(codes)
    assert verdicts.count(Verdict.ALREADY_ADMITTED) == 3 * len(codes)
    final = await gate.scan("hello", screening=screening)
    assert final.counts is not None
    assert final.counts.admitted == len(codes)


async def test_conflicts_are_paged(gate: Gate, screening: str, noon: datetime) -> None:
    _, code = await gate.sold(screening)
    await gate.hand_in(*(gate.request(code, f"gate {n}", scanned_at=after(noon, n)) for n in range(6)))
    pages, cursor = [], None
    while True:
        page = await list_conflicts(gate.door, None, EVERYWHERE, 2, cursor)
        pages.append([conflict.scan for conflict in page.conflicts])
        cursor = page.next
        if cursor is None:
            break
    assert [len(page) for page in pages] == [2, 2, 1]
    assert len({scan for page in pages for scan in page}) == 5
    for wrong in ("nonsense", "é", "W10=", "WyIyMDI0LTAxLTAxVDAwOjAwOjAwIiwieCJd"):
        with pytest.raises(InvalidField):
            await list_conflicts(gate.door, None, EVERYWHERE, 2, wrong)


async def test_a_snapshot_is_all_that_a_gate_needs_and_nobody_s_name(gate: Gate, screening: str) -> None:
    ticket, code = await gate.sold(screening)
    given_back = await gate.factory.order(screening, "A-1", "A-2", status="cancelled")
    waiting = await gate.factory.order(screening, "A-3", status="awaiting_payment")
    await gate.factory.order(screening, "A-4", status="expired")
    await gate.factory.order(await gate.factory.screening(), "A-5")
    await gate.scan(code, "north")
    snapshot = await take_snapshot(gate.door, screening, EVERYWHERE, "ru")
    listed = {(shown.ticket, shown.status) for shown in snapshot.tickets}
    assert listed == {
        (ticket, "sold"),
        (given_back.tickets["A-1"], "void"),
        (given_back.tickets["A-2"], "void"),
        (waiting.tickets["A-3"], "reserved"),
    }
    (admitted,) = snapshot.admitted
    assert (admitted.ticket, admitted.gate, admitted.inside) == (ticket, "north", True)
    assert set(snapshot.keys) == {"1"}
    assert snapshot.about.film == "Королевство зверей"
    assert snapshot.about.proofs == {"student": "Student card"}
    assert snapshot.about.reentry
    with pytest.raises(UnknownScreening):
        await take_snapshot(gate.door, "no-such-screening", EVERYWHERE, "en")
