"""Every verdict, a line each; then every pair of reasons, in the order in which they are given."""

import asyncio
import dataclasses
import itertools
import uuid
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.door.gate import Gate
from tests.factories import make_layout
from ticketing.door.model import Counts, Verdict
from ticketing.door.scans import record_scan, record_scans
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.errors import InvalidField
from ticketing.staff.model import Principal, Role
from ticketing.staff.reach import Place, reach_of

MINUTES = timedelta(minutes=1)


@dataclasses.dataclass(frozen=True)
class Case:
    """How things stand: ``before`` are earlier scans; ``ahead`` moves the clock before the scan in question."""

    name: str
    expected: Verdict
    ticket: dict[str, Any] = dataclasses.field(default_factory=dict)
    screening: dict[str, Any] = dataclasses.field(default_factory=dict)
    before: tuple[str, ...] = ()
    scan: dict[str, Any] = dataclasses.field(default_factory=dict)
    revision: int | None = None
    ahead: timedelta = timedelta()
    reason: str | None = None


ONCE = {"rules": {"reentry": False}}
OUT = {"direction": "out"}
CASES = (
    Case("a sold ticket", Verdict.ADMITTED),
    Case("at a gate of this screening", Verdict.ADMITTED, scan={"screening": "week-1-s-2"}),
    Case("at a gate of another", Verdict.WRONG_SCREENING, scan={"screening": "another"}),
    Case("an invitation", Verdict.ADMITTED, ticket={"tariff": "invitation", "price_amount": 0}),
    Case("not paid for", Verdict.UNPAID, ticket={"status": "awaiting_payment"}),
    Case("given back", Verdict.VOID, ticket={"status": "cancelled"}),
    Case("never paid for", Verdict.VOID, ticket={"status": "expired"}),
    Case("reprinted since", Verdict.SUPERSEDED, ticket={"revision": 3}, revision=2),
    Case("newer than the house knows, after a restore", Verdict.ADMITTED, revision=2),
    Case("a minute before the doors open", Verdict.TOO_EARLY, ahead=-11 * MINUTES),
    Case("as the doors open", Verdict.ADMITTED, ahead=-10 * MINUTES + timedelta(seconds=1)),
    Case("just before the end", Verdict.ADMITTED, ahead=149 * MINUTES),
    Case("after the end", Verdict.ENDED, ahead=150 * MINUTES),
    Case("of a cancelled screening", Verdict.VOID, screening={"status": "cancelled"}, reason="screening_cancelled"),
    Case("once more", Verdict.ALREADY_ADMITTED, before=("in",)),
    Case("leaving", Verdict.LEFT, before=("in",), scan=OUT),
    Case("leaving after the end", Verdict.LEFT, before=("in",), scan=OUT, ahead=300 * MINUTES),
    Case("leaving without having come", Verdict.UNKNOWN, scan=OUT, reason="not_inside"),
    Case("leaving twice", Verdict.UNKNOWN, before=("in", "out"), scan=OUT, reason="not_inside"),
    Case("coming back", Verdict.ADMITTED, before=("in", "out")),
    Case("coming back twice", Verdict.ALREADY_ADMITTED, before=("in", "out", "in")),
    Case("coming back where nobody may", Verdict.ALREADY_ADMITTED, screening=ONCE, before=("in", "out")),
    Case("leaving where nobody may come back", Verdict.LEFT, screening=ONCE, before=("in",), scan=OUT),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_verdict(gate: Gate, clock: ShiftedClock, case: Case) -> None:
    screening = await gate.factory.screening(**{"screening": "week-1-s-2", **case.screening})
    tickets = (await gate.factory.order(screening, "A-1", "A-2", **case.ticket)).tickets.values()
    codes = [await gate.code(ticket, revision=case.revision) for ticket in tickets]
    for code, direction in itertools.product(codes, case.before):
        assert (await gate.scan(code, direction=direction)).verdict in (Verdict.ADMITTED, Verdict.LEFT)
    clock.ahead = case.ahead
    # Once by itself, and once together with another: the house decides these in one statement.
    alone = await gate.scan(codes[0], **case.scan)
    together, forged = await gate.hand_in(gate.request(codes[1], **case.scan), gate.request("?"))
    assert forged.verdict is Verdict.FORGED
    for ticket, answer in zip(tickets, (alone, together), strict=True):
        assert answer.verdict is case.expected
        assert answer.reason == case.reason
        assert answer.ticket == ticket
        assert not answer.late
        assert not answer.conflict
    before = alone.counts
    assert before is not None
    admitted = before.admitted + (case.expected is Verdict.ADMITTED and not case.before)
    assert together.counts == msgspec.structs.replace(before, admitted=admitted)
    assert (together.first is None) == (alone.first is None)


async def test_forged_and_unknown(gate: Gate) -> None:
    screening = await gate.factory.screening()
    ticket, code = await gate.sold(screening)
    for text in ("hello", "http://x", code[:-1], code.lower(), code[:-1] + ("1" if code[-1] != "1" else "2")):
        answer = await gate.scan(text, screening=screening)
        assert answer.verdict is Verdict.FORGED
        assert answer.ticket is None
        assert answer.counts is not None
        assert answer.counts.sold == 1
    assert (await gate.scan("hello")).counts is None
    await gate.context.postgres.execute("delete from ticket where ticket_id = $1", ticket)
    assert (await gate.scan(code)).verdict is Verdict.UNKNOWN


# What a ticket and a moment can be, each with the verdict that it leads to by itself, in the order of precedence.
REASONS = (
    (Verdict.VOID, "ticket", {"status": "cancelled"}),
    (Verdict.SUPERSEDED, "revision", 2),
    (Verdict.UNPAID, "ticket", {"status": "awaiting_payment"}),
    (Verdict.WRONG_SCREENING, "scan", {"screening": "another"}),
    (Verdict.TOO_EARLY, "ahead", -11 * MINUTES),
    (Verdict.ENDED, "ahead", 151 * MINUTES),
    (Verdict.ALREADY_ADMITTED, "before", ("in",)),
)


async def test_of_two_reasons_the_first_is_given(gate: Gate, clock: ShiftedClock) -> None:
    screening = await gate.factory.screening(layout=make_layout(5, 10))
    seats = (f"{row}-{number}" for row in "ABCDE" for number in range(1, 11))
    pairs = [pair for pair in itertools.combinations(REASONS, 2) if pair[0][1] != pair[1][1]]
    assert len(pairs) == 19
    for first, second in pairs:
        reasons: dict[str, Any] = {kind: value for _, kind, value in (first, second)}
        clock.ahead = timedelta()
        placed = await gate.factory.order(screening, seat := next(seats))
        ticket = placed.tickets[seat]
        code = await gate.code(ticket)
        if "before" in reasons:
            await gate.scan(code)
        await gate.context.postgres.execute(
            "update ticket set status = $2, revision = $3 where ticket_id = $1",
            ticket,
            {"cancelled": "void", "awaiting_payment": "reserved"}.get(
                reasons.get("ticket", {}).get("status", ""), "sold"
            ),
            reasons.get("revision", 1),
        )
        clock.ahead = reasons.get("ahead", timedelta())
        answer = await gate.scan(code, **reasons.get("scan", {}))
        assert answer.verdict is first[0], (first, second)


def test_the_verdicts_are_those_of_the_contract_in_order() -> None:
    given = [verdict for verdict, _, _ in REASONS]
    assert [verdict for verdict in Verdict if verdict in given] == given
    assert {verdict.value for verdict in Verdict} == {
        "admitted", "already_admitted", "left", "wrong_screening", "too_early", "ended", "superseded", "void",
        "unpaid", "unknown", "forged",
    }  # fmt: skip


async def test_the_answer_says_what_a_doorman_needs(gate: Gate) -> None:
    screening = await gate.factory.screening()
    ticket, code = await gate.sold(screening, tariff="student")
    await gate.factory.order(screening, "A-2", "A-3")
    answer = await gate.scan(code, "north", locale="ru")
    assert (answer.verdict, answer.ticket, answer.seat, answer.row, answer.number) == (
        "admitted",
        ticket,
        "A-1",
        "A",
        "1",
    )
    assert (answer.film, answer.tariff, answer.tariff_name) == ("Королевство зверей", "student", "Студенческий")
    assert (answer.proof, answer.age_category, answer.hall, answer.venue) == (
        "Student card",
        "16+",
        "Большой зал",
        "Арман",
    )
    assert answer.version is not None
    assert (answer.version.audio, answer.version.subtitles) == ("fr", ("ru", "kk"))
    assert answer.counts is not None
    assert (answer.counts.admitted, answer.counts.sold) == (1, 3)
    again = await gate.scan(code, "south")
    assert again.verdict is Verdict.ALREADY_ADMITTED
    assert again.first is not None
    assert again.first.gate == "north"
    assert again.first == answer.first
    shown = msgspec.json.encode(again).decode()
    assert "aigerim" not in shown.lower()


async def test_the_wrong_gate_is_told_the_right_one(gate: Gate) -> None:
    here = await gate.factory.screening()
    there = await gate.factory.screening()
    _, code = await gate.sold(there)
    await gate.factory.order(here, "B-1", "B-2")
    answer = await gate.scan(code, screening=here)
    assert answer.verdict is Verdict.WRONG_SCREENING
    assert answer.screening == there
    assert answer.hall == "Great hall"
    assert answer.starts_at is not None
    assert answer.counts is not None
    assert answer.counts.sold == 2  # of the screening that this gate lets in to


async def test_two_gates_at_once_let_one_in(gate: Gate) -> None:
    screening = await gate.factory.screening()
    ticket, code = await gate.sold(screening)
    # Each with a door of its own, as in different processes: their scans don't share a batch.
    gates = [Gate(gate.context) for _ in range(4)]
    answers = await asyncio.gather(*(one.scan(code, f"gate {turn}") for turn in range(5) for one in gates))
    verdicts = [answer.verdict for answer in answers]
    assert verdicts.count(Verdict.ADMITTED) == 1
    assert verdicts.count(Verdict.ALREADY_ADMITTED) == 19
    assert len({answer.first for answer in answers}) == 1
    assert (await gate.ticket(ticket))["entries"] == 1


async def test_a_full_house_comes_in_at_once(gate: Gate) -> None:
    screenings = [await gate.factory.screening() for _ in range(2)]
    seats = [f"{row}-{number}" for row in "ABCDE" for number in range(1, 11)]
    codes = [
        (screening, await gate.code(ticket))
        for screening in screenings
        for ticket in (await gate.factory.order(screening, *seats)).tickets.values()
    ]
    gates = [Gate(gate.context) for _ in range(2)]
    answers = await asyncio.gather(
        *(one.scan(code, screening=screening) for screening, code in codes for one in gates)
    )
    assert [answer.verdict for answer in answers].count(Verdict.ADMITTED) == len(codes)
    for screening in screenings:
        counts = (await gate.scan("?", screening=screening)).counts
        assert counts is not None
        assert (counts.admitted, counts.sold) == (50, 50)


async def test_two_scans_of_one_ticket_in_one_batch_let_one_in(gate: Gate) -> None:
    screening = await gate.factory.screening()
    ticket, code = await gate.sold(screening)
    answers = await gate.hand_in(*(gate.request(code, name) for name in ("north", "south")), gate.request("?"))
    assert [answer.verdict for answer in answers] == ["admitted", "already_admitted", "forged"]
    assert (await gate.ticket(ticket))["entries"] == 1


async def test_who_scans_elsewhere_lets_nobody_in_alone_or_together(gate: Gate) -> None:
    screening = await gate.factory.screening()
    tickets = (await gate.factory.order(screening, "A-1", "A-2", "A-3")).tickets.values()
    requests = [gate.request(await gate.code(ticket)) for ticket in tickets]
    elsewhere = Principal("dana", Role.DOOR, reach=reach_of([Place("another")]))
    alone = await record_scan(gate.door, requests[0], elsewhere)
    together = await record_scans(gate.door, requests[1:], elsewhere)
    assert {one.verdict for one in (alone, *together)} == {Verdict.WRONG_SCREENING}
    assert {one.counts for one in (alone, *together)} == {Counts(0, 0)}


async def test_a_batch_sent_again_is_answered_as_before(gate: Gate, clock: ShiftedClock) -> None:
    screening = await gate.factory.screening()
    tickets = (await gate.factory.order(screening, "A-1", "A-2")).tickets.values()
    requests = [gate.request(await gate.code(ticket)) for ticket in tickets]
    first = await gate.hand_in(*requests)
    clock.ahead = 300 * MINUTES
    assert await gate.hand_in(*requests, gate.request("?")) == [*first, await gate.scan("?")]
    assert [answer.verdict for answer in first] == ["admitted", "admitted"]
    assert [answer.counts and answer.counts.admitted for answer in first] == [1, 2]
    assert [(await gate.ticket(ticket))["entries"] for ticket in tickets] == [1, 1]


async def test_a_scan_sent_again_is_answered_as_before(gate: Gate, clock: ShiftedClock) -> None:
    screening = await gate.factory.screening()
    _, code = await gate.sold(screening)
    scan = uuid.uuid4()
    answers = await asyncio.gather(*(gate.scan(code, scan=scan) for _ in range(8)))
    clock.ahead = 300 * MINUTES
    answers.append(await gate.scan(code, scan=scan))
    assert {answer.verdict for answer in answers} == {Verdict.ADMITTED}
    assert all(answer == answers[0] for answer in answers)
    assert await gate.context.postgres.fetchval("select count(*) from scan") == 1


async def test_one_scan_id_for_two_codes_has_one_effect(gate: Gate) -> None:
    screening = await gate.factory.screening()
    placed = await gate.factory.order(screening, "A-1", "A-2")
    one, two = placed.tickets.values()
    code, other = await gate.code(one), await gate.code(two)
    scan = uuid.uuid4()
    answers = await asyncio.gather(
        gate.scan(code, scan=scan), gate.scan(other, scan=scan), gate.scan("?", scan=scan)
    )
    assert len({answer.ticket for answer in answers}) == 1
    entries = [(await gate.ticket(ticket))["entries"] for ticket in (one, two)]
    assert sum(entries) == (0 if answers[0].ticket is None else 1)


@pytest.mark.parametrize("seconds", [301, -7 * 86_400 - 1])
async def test_a_clock_that_is_far_off_is_refused(gate: Gate, seconds: int) -> None:
    now = gate.context.clock.now()
    with pytest.raises(InvalidField):
        await gate.scan("hello", scanned_at=now + timedelta(seconds=seconds))
    with pytest.raises(InvalidField):
        await gate.hand_in(
            gate.request("hello"), gate.request("hello", scanned_at=now + timedelta(seconds=seconds))
        )
    assert await gate.context.postgres.fetchval("select count(*) from scan") == 0
