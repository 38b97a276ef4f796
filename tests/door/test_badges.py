"""The door scans a badge: every verdict, a line each; the quota of the day; two gates; late scans."""

import asyncio
import dataclasses
import uuid
from datetime import timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from tests.accreditation.people import accredited
from tests.door.gate import Gate
from ticketing.door.conflicts import list_conflicts
from ticketing.door.model import BadgeSeen, Counts, ScanRequest, Sighting, Verdict
from ticketing.kernel.clock import ShiftedClock
from ticketing.staff.reach import EVERYWHERE

MINUTES = timedelta(minutes=1)


@dataclasses.dataclass(frozen=True)
class Case:
    """How things stand: ``before`` are earlier scans; ``ahead`` moves the clock before the scan in question."""

    name: str
    expected: Verdict
    reason: str | None = None
    badge: dict[str, Any] = dataclasses.field(default_factory=dict)
    screening: dict[str, Any] = dataclasses.field(default_factory=dict)
    before: tuple[str, ...] = ()
    scan: dict[str, Any] = dataclasses.field(default_factory=dict)
    revision: int | None = None
    ahead: timedelta = timedelta()


NOWHERE = {"all_screenings": False}
ONCE = {"rules": {"reentry": False}}
OUT = {"direction": "out"}
CASES = (
    Case("a badge for all screenings", Verdict.ADMITTED),
    Case("for this one by name", Verdict.ADMITTED, badge={**NOWHERE, "screenings": ("here",)}),
    Case("for this city", Verdict.ADMITTED, badge={"cities": ["almaty"]}),
    Case("for another city", Verdict.WRONG_SCREENING, "not_entitled", badge={"cities": ["astana"]}),
    Case("for this venue", Verdict.ADMITTED, badge={"cities": ["astana"], "venues": ["venue-here"]}),
    Case("for meetings alone", Verdict.WRONG_SCREENING, "not_entitled", badge={**NOWHERE, "all_meetings": True}),
    Case(
        "at a meeting, for films",
        Verdict.WRONG_SCREENING,
        "not_entitled",
        screening={"kind": "meeting", "title": {"en": "M"}},
    ),
    Case(
        "at a meeting",
        Verdict.ADMITTED,
        badge={"all_meetings": True},
        screening={"kind": "meeting", "title": {"en": "M"}},
    ),
    Case("before its days", Verdict.WRONG_SCREENING, "not_entitled", badge={"first_day": 2}),
    Case("after its days", Verdict.WRONG_SCREENING, "not_entitled", badge={"first_day": -9, "last_day": -8}),
    Case("revoked", Verdict.VOID, "revoked", badge={"status": "revoked"}),
    Case("revoked and older", Verdict.VOID, "revoked", badge={"status": "revoked", "revision": 2}, revision=1),
    Case("an older badge", Verdict.SUPERSEDED, badge={"revision": 3}, revision=2),
    Case("of a cancelled screening", Verdict.VOID, "screening_cancelled", screening={"status": "cancelled"}),
    Case("before the doors open", Verdict.TOO_EARLY, ahead=-11 * MINUTES),
    Case("after the end", Verdict.ENDED, ahead=150 * MINUTES),
    Case("once more", Verdict.ALREADY_ADMITTED, before=("in",)),
    Case("leaving", Verdict.LEFT, before=("in",), scan=OUT),
    Case("leaving after the end", Verdict.LEFT, before=("in",), scan=OUT, ahead=300 * MINUTES),
    Case("leaving without having come", Verdict.UNKNOWN, "not_inside", scan=OUT),
    Case("coming back", Verdict.ADMITTED, before=("in", "out")),
    Case(
        "coming back with the last of the quota",
        Verdict.ADMITTED,
        badge={"screenings_per_day": 1},
        before=("in", "out"),
    ),
    Case("coming back where nobody may", Verdict.ALREADY_ADMITTED, screening=ONCE, before=("in", "out")),
    Case(
        "where there are no places for badges",
        Verdict.WRONG_SCREENING,
        "no_places",
        screening={"accredited_places": 0},
    ),
    Case(
        "where the festival keeps none",
        Verdict.WRONG_SCREENING,
        "no_places",
        screening={"rules": {"accredited_places_percent": 1}},
    ),
    Case("where there is one", Verdict.ADMITTED, screening={"accredited_places": 1}),
    Case("leaving where there is one", Verdict.LEFT, screening={"accredited_places": 1}, before=("in",), scan=OUT),
    Case("at a gate of another venue", Verdict.WRONG_SCREENING, "choose_screening", scan={"screening": "another"}),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_verdict(gate: Gate, clock: ShiftedClock, case: Case) -> None:
    screening = await gate.factory.screening(**case.screening)
    accreditation = await badge_of(gate, screening, case.badge)
    code = await gate.badge(accreditation, revision=case.revision)
    scan = {"screening": screening, **case.scan}
    for direction in case.before:
        earlier = await gate.scan(code, screening=screening, direction=direction)
        assert earlier.verdict in (Verdict.ADMITTED, Verdict.LEFT)
    clock.ahead = case.ahead
    answer = await gate.scan(code, **scan)
    assert (answer.verdict, answer.reason) == (case.expected, case.reason)
    assert answer.badge is not None
    assert (answer.badge.accreditation, answer.badge.category, answer.ticket) == (accreditation, "press", None)
    assert not answer.conflict


async def badge_of(gate: Gate, screening: str, badge: dict[str, Any]) -> str:
    """An accreditation as a case tells it: "here" is the screening, days are counted from today."""
    shown = await gate.door.catalogue.screening(screening)
    today = gate.context.clock.now().date()
    columns = dict(badge)
    for name in ("first_day", "last_day"):
        if name in columns:
            columns[name] = today + timedelta(days=columns[name])
    if "screenings" in columns:
        columns["screenings"] = (screening,)
    if "venues" in columns:
        columns["venues"] = [shown.venue.venue]
    return await accredited(gate.factory, shown.festival, **columns)


async def test_the_answer_says_what_a_doorman_needs_and_nobody_s_name(gate: Gate) -> None:
    screening = await gate.factory.screening()
    festival = (await gate.door.catalogue.screening(screening)).festival
    accreditation = await accredited(gate.factory, festival, screenings_per_day=3)
    await gate.context.postgres.execute("insert into accreditation_photo values ($1, '\\x00')", accreditation)
    _, ticket = await gate.sold(screening)
    await gate.scan(ticket)
    answer = await gate.scan(await gate.badge(accreditation), "north", screening=screening)
    assert answer.badge == BadgeSeen(accreditation, "press", True, 1, 3)
    assert answer.counts == Counts(1, 1, 1, 49, 48)
    assert (answer.film, answer.hall, answer.age_category) == ("The Animal Kingdom", "Great hall", "16+")
    assert answer.first is not None
    again = await gate.scan(await gate.badge(accreditation), "south", screening=screening)
    assert (again.verdict, again.first) == (Verdict.ALREADY_ADMITTED, answer.first)
    shown = msgspec.json.encode([answer, again]).decode().lower()
    assert "aigerim" not in shown
    assert "gazette" not in shown
    # People with a badge are not among the tickets.
    assert (await gate.scan(ticket)).counts == Counts(1, 1)


async def test_bad_badges(gate: Gate) -> None:
    screening = await gate.factory.screening()
    festival = (await gate.door.catalogue.screening(screening)).festival
    accreditation = await accredited(gate.factory, festival)
    code = await gate.badge(accreditation)
    for text in (code[:-1], code.lower(), code[:-1] + ("1" if code[-1] != "1" else "2")):
        answer = await gate.scan(text, screening=screening)
        assert (answer.verdict, answer.badge) == (Verdict.FORGED, None)
    typed = f"{accreditation[:5].lower()} {accreditation[5:9]}-{accreditation[9:]}"
    answer = await gate.scan(typed, screening=screening)
    assert (answer.verdict, answer.by_hand) == (Verdict.ADMITTED, True)
    nobody = await gate.scan("B" + "2" * 12, screening=screening)
    assert (nobody.verdict, nobody.badge) == (Verdict.UNKNOWN, None)
    # Of another festival, whose keys are the same: the house is one.
    elsewhere = await accredited(gate.factory, await gate.factory.festival())
    answer = await gate.scan(await gate.badge(elsewhere), screening=screening)
    assert (answer.verdict, answer.reason) == (Verdict.WRONG_SCREENING, "not_entitled")


async def test_a_gate_that_names_no_screening_lets_in_to_the_one_that_is_open(
    gate: Gate, clock: ShiftedClock
) -> None:
    festival = await gate.factory.festival()
    code = await gate.badge(await accredited(gate.factory, festival))
    answer = await gate.scan(code)
    assert (answer.verdict, answer.reason) == (Verdict.WRONG_SCREENING, "no_open_door")
    first = await gate.factory.screening(festival=festival)
    await gate.factory.screening(festival=festival, status="cancelled")
    await gate.factory.screening()  # another festival's
    answer = await gate.scan(code)
    assert (answer.verdict, answer.screening) == (Verdict.ADMITTED, first)
    await gate.factory.screening(festival=festival)
    answer = await gate.scan(code)
    assert (answer.verdict, answer.reason) == (Verdict.WRONG_SCREENING, "choose_screening")
    # Who leaves, leaves where they are.
    answer = await gate.scan(code, direction="out")
    assert (answer.verdict, answer.screening) == (Verdict.LEFT, first)
    clock.ahead = 300 * MINUTES
    assert (await gate.scan(code)).reason == "no_open_door"


@pytest.fixture
async def two_days(gate: Gate) -> list[str]:
    """Four screenings of one festival whose doors are open, the last one the day after; then a meeting."""
    festival = await gate.factory.festival()
    now = gate.context.clock.now()
    noon = now.astimezone(ZoneInfo("Asia/Almaty")).replace(hour=12, minute=0)
    open_now = {"festival": festival, "doors_at": now - timedelta(hours=1), "ends_at": noon + timedelta(days=3)}
    made = [await gate.factory.screening(starts_at=noon + timedelta(minutes=n), **open_now) for n in range(3)]
    made.append(await gate.factory.screening(starts_at=noon + timedelta(days=1), **open_now))
    made.append(await gate.factory.screening(starts_at=noon, kind="meeting", title={"en": "M"}, **open_now))
    return made


async def test_the_quota_of_the_day(gate: Gate, two_days: list[str]) -> None:
    one, two, three, tomorrow, meeting = two_days
    festival = (await gate.door.catalogue.screening(one)).festival
    accreditation = await accredited(gate.factory, festival, all_meetings=True, screenings_per_day=2)
    code = await gate.badge(accreditation)

    async def scan(screening: str, direction: str = "in") -> tuple[str, str | None, int]:
        answer = await gate.scan(code, screening=screening, direction=direction)
        assert answer.badge is not None
        return answer.verdict.value, answer.reason, answer.badge.used

    assert await scan(one) == ("admitted", None, 1)
    assert await scan(one, "out") == ("left", None, 1)
    assert await scan(two) == ("admitted", None, 2)
    assert await scan(three) == ("wrong_screening", "quota_used", 2)
    assert await scan(one) == ("admitted", None, 2)
    assert await scan(meeting) == ("admitted", None, 2)
    assert await scan(tomorrow) == ("admitted", None, 1)
    await gate.context.postgres.execute("update accreditation set screenings_per_day = 3")
    assert await scan(three) == ("admitted", None, 3)


async def test_two_gates_at_once_share_out_the_last_of_the_quota(gate: Gate, two_days: list[str]) -> None:
    festival = (await gate.door.catalogue.screening(two_days[0])).festival
    for _ in range(5):
        accreditation = await accredited(gate.factory, festival, screenings_per_day=1)
        code = await gate.badge(accreditation)
        # Each with a door of its own, as in different processes: their scans don't share a batch.
        doors = [Gate(gate.context) for _ in range(3)]
        answers = await asyncio.gather(
            *(door.scan(code, f"gate {screening}", screening=screening)
              for door in doors for screening in two_days[:3])
        )  # fmt: skip
        told = [(answer.verdict.value, answer.reason) for answer in answers]
        assert told.count(("admitted", None)) == 1
        assert told.count(("already_admitted", None)) == 2
        assert told.count(("wrong_screening", "quota_used")) == 6


async def test_a_scan_sent_again_is_answered_as_before(gate: Gate) -> None:
    screening = await gate.factory.screening()
    festival = (await gate.door.catalogue.screening(screening)).festival
    code = await gate.badge(await accredited(gate.factory, festival))
    scan = uuid.uuid4()
    answers = await asyncio.gather(*(gate.scan(code, scan=scan, screening=screening) for _ in range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0].verdict is Verdict.ADMITTED
    assert await gate.context.postgres.fetchval("select count(*) from scan") == 1


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
async def test_gates_that_were_alone_and_both_let_in_are_told(
    gate: Gate, clock: ShiftedClock, order: tuple[int, ...]
) -> None:
    screening = await gate.factory.screening()
    festival = (await gate.door.catalogue.screening(screening)).festival
    accreditation = await accredited(gate.factory, festival)
    code, noon = await gate.badge(accreditation), clock.now()
    clock.ahead = timedelta(hours=1)
    gates = [("north", noon + MINUTES), ("south", noon + 2 * MINUTES), ("west", noon + 3 * MINUTES)]
    answers = [await gate.late(code, *gates[n], screening=screening) for n in order]
    assert [answer.verdict for answer in answers].count(Verdict.ADMITTED) == 1
    assert [answer.conflict for answer in answers].count(True) == 2
    assert answers[-1].first == Sighting(gates[0][1], "north")
    listed = (await list_conflicts(gate.door, None, EVERYWHERE, 10, None)).conflicts
    assert {(one.accreditation, one.ticket, one.verdict) for one in listed} == {
        (accreditation, None, Verdict.ALREADY_ADMITTED)
    }


async def test_a_quota_that_two_gates_overdrew_is_told(
    gate: Gate, clock: ShiftedClock, two_days: list[str]
) -> None:
    festival = (await gate.door.catalogue.screening(two_days[0])).festival
    code = await gate.badge(await accredited(gate.factory, festival, screenings_per_day=1))
    noon = clock.now()
    clock.ahead = timedelta(minutes=30)
    first, second = [
        await gate.late(code, "north", noon, screening=screening, shown=Verdict.ADMITTED)
        for screening in two_days[:2]
    ]
    assert (first.verdict, first.conflict) == (Verdict.ADMITTED, False)
    assert (second.verdict, second.reason, second.conflict) == (Verdict.WRONG_SCREENING, "quota_used", True)


@pytest.mark.parametrize("shown", [Verdict.VOID, Verdict.UNKNOWN])
async def test_whom_a_gate_refused_is_not_inside(gate: Gate, clock: ShiftedClock, shown: Verdict) -> None:
    screening = await gate.factory.screening()
    festival = (await gate.door.catalogue.screening(screening)).festival
    code = await gate.badge(await accredited(gate.factory, festival, screenings_per_day=1))
    answer = await gate.late(code, "north", clock.now(), screening=screening, shown=shown)
    assert (answer.verdict, answer.reason, answer.first) == (shown, "gate_refused", None)
    assert (await gate.scan(code, screening=screening)).verdict is Verdict.ADMITTED


async def test_batches_of_badges_and_tickets_do_not_collide(gate: Gate, clock: ShiftedClock) -> None:
    screening = await gate.factory.screening()
    festival = (await gate.door.catalogue.screening(screening)).festival
    seats = [f"{row}-{number}" for row in "AB" for number in range(1, 9)]
    codes = [await gate.code(one) for one in (await gate.factory.order(screening, *seats)).tickets.values()]
    codes += [await gate.badge(await accredited(gate.factory, festival)) for _ in range(16)]
    now = clock.now()

    def evening(seed: int) -> list[ScanRequest]:
        shuffled = Random(seed).sample(codes, len(codes))
        return [gate.request(code, f"gate {seed}", scanned_at=now, screening=screening) for code in shuffled]

    answers = await asyncio.gather(*(gate.hand_in(*evening(seed)) for seed in range(4)))
    verdicts = [answer.verdict for batch in answers for answer in batch]
    assert verdicts.count(Verdict.ADMITTED) == len(codes)
    assert verdicts.count(Verdict.ALREADY_ADMITTED) == 3 * len(codes)
