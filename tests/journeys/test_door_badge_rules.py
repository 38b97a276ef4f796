"""The rules for badges stand in three places too: the house's, the browser's, and those of our tests' evenings."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
from playwright.async_api import Page

from tests.accreditation.people import accredited
from tests.door.alone_badges import BadgeFacts, BadgeWait, Read, decide_badge, screening_for
from tests.door.gate import Gate
from tests.door.test_badges import CASES, badge_of
from tests.factories import Factory
from tests.journeys.test_door_rules import JUDGE
from ticketing.door.badges import BadgeEntered, EveningBadge
from ticketing.door.evening import take_evening
from ticketing.door.offline import ScreeningShown, show_screening
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.staff.model import Principal, Role

HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
DECIDE = """async (all) => {
    const { decideBadge, screeningFor } = await import("/static/js/door-badges.js");
    return all.map(([facts, lets_in_to]) => {
        const { badge, screenings, direction, at, waits } = facts;
        const { id, open } = screeningFor(badge, facts.read, screenings, lets_in_to, direction, at, waits);
        const { verdict, reason } = decideBadge({ ...facts, id, open });
        return [id, verdict, reason ?? null];
    });
}"""


async def test_a_device_says_what_the_house_says(
    page: Page, context: Context, factory: Factory, clock: ShiftedClock
) -> None:
    gate = Gate(context)
    gate.factory = factory
    differ = []
    for case in CASES:
        clock.ahead = timedelta()
        screening = await factory.screening(**case.screening)
        code = await gate.badge(await badge_of(gate, screening, case.badge), revision=case.revision)
        at_gate = {"screening": screening, "direction": "in", **case.scan}
        for direction in case.before:
            await gate.scan(code, screening=screening, direction=direction)
        clock.ahead = case.ahead
        said = await _said(page, gate, screening, at_gate, code)
        answer = await gate.scan(code, **at_gate)
        if said != [answer.verdict.value, answer.reason]:
            differ.append((case.name, said, answer.verdict, answer.reason))
    assert differ == []


async def test_a_gate_that_names_no_screening_and_bad_codes(page: Page, context: Context, factory: Factory) -> None:
    gate = Gate(context)
    festival, hall = await factory.festival(), await factory.hall()
    screening = await factory.screening(festival=festival, hall=hall)
    accreditation = await accredited(factory, festival, screenings_per_day=1)
    code = await gate.badge(accreditation)
    other = "1" if code[-1] != "1" else "2"
    spoilt, typed = code[:-1] + other, f"{accreditation[:7].lower()}-{accreditation[7:]}"
    for text, direction in (
        (code, "out"), (spoilt, "in"), (typed, "in"), (code, "in"), (typed, "out"), (code[:-1], "in"),
    ):  # fmt: skip
        at_gate = {"screening": None, "direction": direction}
        said = await _said(page, gate, screening, at_gate, text)
        answer = await gate.scan(text, direction=direction)
        assert said == [answer.verdict.value, answer.reason], (text, direction)


async def _said(page: Page, gate: Gate, screening: str, at_gate: dict[str, Any], code: str) -> Any:
    """What a device that has just asked says by itself."""
    venue = (await gate.door.catalogue.screening(screening)).venue.venue
    evening, _ = await take_evening(gate.door, venue, None, Principal("dana", Role.DOOR), "en")
    at_ms = gate.context.clock.now().timestamp() * 1000
    return await page.evaluate(JUDGE, [msgspec.to_builtins(evening), at_gate, code, at_ms, True])


async def test_the_browser_and_the_evenings_decide_alike(page: Page, context: Context, factory: Factory) -> None:
    """Whatever can come together: six thousand by fair chance."""
    gate = Gate(context)
    shown = await show_screening(gate.door, await gate.door.catalogue.screening(await factory.screening()), "en")
    rng = Random(11)
    asked = [_drawn(rng, shown) for _ in range(2_500)]
    ours = []
    for (facts, lets_in_to), waits in asked:
        screening, opened = screening_for(
            facts.badge, facts.read, facts.screenings, lets_in_to, facts.direction, facts.at, waits
        )
        there = msgspec.structs.replace(facts, id=screening, open=opened)
        ours.append([screening, *decide_badge(there, waits)])
    told = [
        (
            msgspec.to_builtins(facts) | {"at": facts.at.timestamp() * 1000, "waits": msgspec.to_builtins(waits)},
            gate_of,
        )
        for (facts, gate_of), waits in asked
    ]
    theirs = await page.evaluate(DECIDE, told)
    assert [pair for pair in zip(asked, ours, theirs, strict=True) if pair[1] != pair[2]] == []
    assert len({tuple(verdict[1:]) for verdict in ours}) == 20, "every verdict with every reason"


def _drawn(rng: Random, shown: ScreeningShown) -> tuple[tuple[BadgeFacts, str | None], list[BadgeWait]]:
    screenings = {
        name: msgspec.structs.replace(
            shown,
            festival=(festival := rng.choice(("week-1", "week-1", "other"))),
            festival_digest=festival,
            kind=rng.choice(("film", "film", "meeting")),
            day=NOW.date() + timedelta(days=rng.choice((0, 0, 1))),
            city=rng.choice(("almaty", "astana")),
            venue_id=rng.choice(("arman", "esil")),
            doors_at=NOW + rng.choice((-HOUR, -HOUR, -HOUR, HOUR, -4 * HOUR)),
            ends_at=NOW + rng.choice((3 * HOUR, 3 * HOUR, -HOUR)),
            published=rng.random() < 0.9,
            reentry=rng.random() < 0.6,
        )
        for name in ("s", "t", "u")[: rng.choice((0, 1, 1, 1, 3))]
    }
    entered = tuple(
        BadgeEntered(name, NOW.date(), rng.random() < 0.8, rng.choice((0, 1, 2)), inside=rng.random() < 0.5)
        for name in rng.sample(("s", "t", "x"), rng.choice((0, 0, 1, 3)))
    )
    badge = EveningBadge(
        badge="B" + "2" * 12,
        festival="week-1",
        category="press",
        revision=rng.choice((1, 1, 1, 2)),
        status=rng.choice(("active", "active", "active", "revoked")),
        first_day=NOW.date() - timedelta(days=rng.choice((1, 1, 1, -1))),
        last_day=NOW.date() + timedelta(days=rng.choice((2, 2, 0))),
        all_screenings=rng.random() < 0.8,
        all_meetings=rng.random() < 0.5,
        cities=rng.choice(((), (), ("almaty",))),
        venues=rng.choice(((), (), ("esil",))),
        screenings=rng.choice(((), ("s",))),
        screenings_per_day=rng.choice((None, 1, 2)),
        entered=entered,
    )
    facts = BadgeFacts(
        read=Read(badge.badge, rng.choice((1, 2)), rng.random() < 0.2, rng.choice(("week-1", "week-1", "other"))),
        signature=rng.choice(("good", "good", "good", "good", "wrong", "unknown_key", "unchecked")),
        badge=badge if rng.random() < 0.8 else None,
        id=None,
        open=None,
        screenings=screenings,
        listed=rng.random() < 0.95,
        direction=rng.choice(("in", "in", "in", "out")),
        at=NOW,
        left=rng.choice((0, 1, 2)),
    )
    waits = [
        BadgeWait(rng.choice(("s", "t", None)), rng.choice(("admitted", "left", "void", None)))
        for _ in range(rng.choice((0, 0, 1, 2)))
    ]
    return (facts, rng.choice(("s", "s", None, "nowhere"))), waits
