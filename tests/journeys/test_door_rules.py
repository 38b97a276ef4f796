"""The rules of the door stand in three places: the house's, the browser's, and those of our tests' evenings."""

import dataclasses
import itertools
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page

from tests.door.alone import Facts, Read, Waiting, decide
from tests.door.gate import Gate
from tests.door.test_verdicts import CASES, Case
from tests.factories import Factory
from ticketing.door.evening import EveningTicket, take_evening
from ticketing.door.model import ScanRequest
from ticketing.door.offline import ScreeningShown, show_screening
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.staff.model import Principal, Role

HOUR = timedelta(hours=1)
# A code is shown to nobody before the order is paid. So a device that is alone takes its list for older than a good
# code; and tickets that were never paid for are on no list.
CODES_OF_NOBODY = {True: {"not paid for", "never paid for"}, False: {"never paid for"}}
# Each case beside its evening: a device that has just asked, then judges by itself.
JUDGE = """async ([evening, gate, code, at, alone]) => {
    const { openEvening } = await import("/static/js/door-evening.js");
    const store = { read: async () => null, keep: async () => null };
    const link = { now: () => at, ask: async () => ({ content: { evening, words: {} }, headers: new Headers() }) };
    const known = await openEvening(store, "en");
    await known.refresh(link, "/en/door/evening", null);
    const { verdict, reason } = await known.judge(code, gate, at, alone, []);
    return [verdict, reason ?? null];
}"""
DECIDE = """async (all) => {
    const { decide } = await import("/static/js/door-rules.js");
    return all.map((facts) => {
        const { verdict, reason } = decide(facts);
        return [verdict, reason ?? null];
    });
}"""


@pytest.mark.parametrize("alone", [True, False])
async def test_a_device_says_what_the_house_says(
    page: Page, context: Context, factory: Factory, clock: ShiftedClock, alone: bool
) -> None:
    gate = Gate(context)
    gate.factory = factory
    differ = []
    for case in CASES:
        clock.ahead = timedelta()
        said, house = await _judged(page, gate, case, clock, alone=alone)
        if case.name in CODES_OF_NOBODY[alone]:
            assert said == ("admitted", None)
        elif said != house:
            differ.append((case.name, said, house))
    assert differ == []


async def _judged(
    page: Page, gate: Gate, case: Case, clock: ShiftedClock, *, alone: bool
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """What a device says to a case, and then the house."""
    # The cases name one screening; here each has its own.
    scan = {**case.scan}
    screening = await gate.factory.screening(**case.screening)
    if scan.get("screening", "another") != "another":
        scan["screening"] = screening
    ticket, code = await gate.sold(screening, **case.ticket)
    if case.revision is not None:
        code = await gate.code(ticket, revision=case.revision)
    for direction in case.before:
        await gate.scan(code, direction=direction)
    clock.ahead = case.ahead
    venue = (await gate.door.catalogue.screening(screening)).venue.venue
    evening, _ = await take_evening(gate.door, venue, None, Principal("dana", Role.DOOR), "en")
    at_gate = {"direction": scan.get("direction", "in"), "screening": scan.get("screening")}
    at_ms = clock.now().timestamp() * 1000
    said = await page.evaluate(JUDGE, [msgspec.to_builtins(evening), at_gate, code, at_ms, alone])
    answer = await gate.scan(code, **scan)
    return tuple(said), (answer.verdict.value, answer.reason)


async def test_bad_codes_are_told_alike(page: Page, context: Context, factory: Factory) -> None:
    gate = Gate(context)
    screening = await factory.screening()
    ticket, code = await gate.sold(screening)
    venue = (await gate.door.catalogue.screening(screening)).venue.venue
    evening = msgspec.to_builtins(
        (await take_evening(gate.door, venue, None, Principal("dana", Role.DOOR), "en"))[0]
    )
    other = "1" if code[-1] != "1" else "2"
    for text in ("hello", code[:-1], code.lower(), code[:-1] + other, f" {code}\n", ticket, ticket.lower(), ""):
        told = await page.evaluate(
            JUDGE,
            [evening, {"direction": "in", "screening": None}, text, context.clock.now().timestamp() * 1000, True],
        )
        answer = await gate.scan(text or " ")
        if answer.verdict.value == "admitted":
            await gate.scan(text, direction="out")
        assert told[0] == answer.verdict.value, text


async def test_a_scanner_is_understood_on_any_keyboard(page: Page) -> None:
    typed = {
        "A1$:.-/ %*+Z": "A1$:.-/ %*+Z",
        "a1$:.-/ %*+z": "A1$:.-/ %*+Z",
        "Ф1;Жю-. %*+Я": "A1$:.-/ %*+Z",
        'Ф"ҢЖюө№ ҒҮҺЯ': "A1$:.-/ %*+Z",
        'а"әіңғ,.үұқ': "F1234567890",
        "л7й29чаь л7й29чаь": "K7Q29XFM K7Q29XFM",
        "привет!": "GHBDTN!",
    }
    read = """async (typed) => {
        const { asTyped } = await import("/static/js/door-keyboard.js");
        return typed.map(asTyped);
    }"""
    assert await page.evaluate(read, list(typed)) == list(typed.values())


NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
STATUSES = ({"status": "sold"}, {"status": "reserved"}, {"status": "void"}, {"status": "void", "released": True})
STANDINGS = ({}, {"entries": 1, "inside": True}, {"entries": 1}, {"entries": 2, "inside": True})
EARLIER: tuple[tuple[str | None, ...], ...] = (
    (), (None,), ("admitted",), ("left",), ("admitted", "left"), ("left", "admitted"), ("already_admitted",),
)  # fmt: skip


async def test_the_browser_and_the_evenings_decide_alike(page: Page, context: Context, factory: Factory) -> None:
    """Whatever can come together, and much that can't: by fair chance ten thousand of some half a million."""
    gate = Gate(context)
    shown = await show_screening(gate.door, await gate.door.catalogue.screening(await factory.screening()), "en")
    around = [
        msgspec.structs.replace(
            shown, doors_at=NOW + move, ends_at=NOW + move + 2 * HOUR, published=published, reentry=reentry
        )
        for move in (-HOUR, HOUR, -2 * HOUR, timedelta())
        for published in (True, False)
        for reentry in (True, False)
    ]
    reads = [None, *(Read("K7Q29XFMK7Q2", revision, by_hand) for revision in (1, 2) for by_hand in (False, True))]
    tickets = [
        None,
        *(_ticket(**status, **stands, revision=n) for status in STATUSES for stands in STANDINGS for n in (1, 2)),
    ]
    rng = Random(7)
    signatures = ("good", "good", "wrong", "unknown_key", "unchecked")
    dimensions = (
        reads,
        signatures,
        tickets,
        [None, *around],
        (True, True, False),
        (None, "s", "t"),
        ("in", "in", "out"),
    )
    assert len(list(itertools.product(*dimensions))) > 50_000
    asked = [
        _facts(*(rng.choice(choices) for choices in dimensions), alone=rng.random() < 0.5) for _ in range(4_000)
    ]
    waits = [_waits(rng.choice(EARLIER)) for _ in asked]
    ours = [list(decide(facts, before)) for facts, before in zip(asked, waits, strict=True)]
    theirs = await page.evaluate(DECIDE, [_told(facts, before) for facts, before in zip(asked, waits, strict=True)])
    assert [pair for pair in zip(asked, ours, theirs, strict=True) if pair[1] != pair[2]] == []
    assert len({tuple(verdict) for verdict in ours}) == 17, "every verdict with every reason"


def _ticket(**fields: Any) -> EveningTicket:
    return EveningTicket(ticket="K7Q29XFMK7Q2", screening="s", seat="A-1", tariff="full", **fields)


def _facts(  # noqa: PLR0917 - drawn in this order
    read: Read | None,
    signature: Any,
    ticket: EveningTicket | None,
    screening: ScreeningShown | None,
    listed: bool,
    lets_in_to: str | None,
    direction: Any,
    *,
    alone: bool,
) -> Facts:
    # As `judge` asks: there is no ticket without its screening, and no screening without a name.
    known = screening is not None
    return Facts(
        read, signature, ticket if known else None, "s" if known else None, screening, listed, lets_in_to,
        direction, NOW, alone,
    )  # fmt: skip


def _waits(shown: tuple[str | None, ...]) -> list[Waiting]:
    request = ScanRequest(scan=dataclasses.MISSING, code="x", gate="north")  # type: ignore[arg-type]  # never asked
    return [Waiting(request, "K7Q29XFMK7Q2", NOW, one) for one in shown]


def _told(facts: Facts, waits: list[Waiting]) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(facts)
    scans = [{"shown": one.shown, "scanned_at": NOW.isoformat(), "gate": "north"} for one in waits]
    return told | {"at": NOW.timestamp() * 1000, "waits": scans}
