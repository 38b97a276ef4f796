"""Places for badges: so many and no more, whoever asks first, and what gates gave away alone is told."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.accreditation.people import accredited
from tests.door.gate import Gate
from ticketing.door.model import Counts, Verdict
from ticketing.kernel.clock import ShiftedClock
from ticketing.programme.model import places_for_badges

MINUTES = timedelta(minutes=1)


async def guests_of_one_house(gate: Gate, people: int, **columns: Any) -> tuple[str, list[str]]:
    """A screening, and the codes of so many badges for it."""
    screening = await gate.factory.screening(**columns)
    festival = (await gate.door.catalogue.screening(screening)).festival
    return screening, [await gate.badge(await accredited(gate.factory, festival)) for _ in range(people)]


async def test_two_gates_at_once_give_away_the_last_places_once(gate: Gate) -> None:
    screening, codes = await guests_of_one_house(gate, 6, accredited_places=2)
    doors = [Gate(gate.context) for _ in codes]
    answers = await asyncio.gather(
        *(door.scan(code, screening=screening) for door, code in zip(doors, codes, strict=True))
    )
    told = [(answer.verdict.value, answer.reason) for answer in answers]
    assert told.count(("admitted", None)) == 2
    assert told.count(("wrong_screening", "no_places")) == 4
    inside = codes[told.index(("admitted", None))]
    outside = codes[told.index(("wrong_screening", "no_places"))]
    assert (await gate.scan(inside, screening=screening)).verdict is Verdict.ALREADY_ADMITTED
    # Who leaves gives the place to whoever asks first, and has to ask again.
    assert (await gate.scan(inside, screening=screening, direction="out")).verdict is Verdict.LEFT
    answer = await gate.scan(outside, screening=screening)
    assert (answer.verdict, answer.counts) == (Verdict.ADMITTED, Counts(0, 0, 3, 2, 0))
    assert (await gate.scan(inside, screening=screening)).reason == "no_places"


async def test_a_full_house_has_no_places_for_badges_whatever_was_promised(gate: Gate) -> None:
    screening, codes = await guests_of_one_house(gate, 2, accredited_places=40, rules={"reentry": False})
    await gate.factory.order(screening, *[f"{row}-{seat}" for row in "ABCDE" for seat in range(1, 11)][1:])
    answer = await gate.scan(codes[0], screening=screening)
    assert (answer.verdict, answer.counts) == (Verdict.ADMITTED, Counts(0, 49, 1, 1, 0))
    # Where nobody comes in again, who leaves was there.
    await gate.scan(codes[0], screening=screening, direction="out")
    assert (await gate.scan(codes[1], screening=screening)).reason == "no_places"


@pytest.mark.parametrize("percent", [None, 0, 15, 100])
@pytest.mark.parametrize("places", [None, 0, 7, 60])
async def test_the_house_and_its_pages_count_places_alike(
    gate: Gate, places: int | None, percent: int | None
) -> None:
    rules = {} if percent is None else {"accredited_places_percent": percent}
    screening = await gate.factory.screening(accredited_places=places, rules=rules)
    await gate.factory.order(screening, "A-1", "A-2", "A-3")
    shown = await gate.door.catalogue.screening(screening)
    here = await gate.context.postgres.fetchval("select places from badge_places($1)", screening)
    assert here == places_for_badges(shown.place_count, shown.accredited_places, shown.rules, 3)
    assert here == {None: {None: 47, 0: 0, 15: 7, 100: 47}[percent], 60: 47}.get(places, places)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_places_that_gates_gave_away_alone_are_told(
    gate: Gate, clock: ShiftedClock, order: tuple[int, int]
) -> None:
    screening, codes = await guests_of_one_house(gate, 3, accredited_places=1)
    noon = clock.now()
    clock.ahead = 30 * MINUTES
    gates = [("north", noon), ("south", noon + 5 * MINUTES)]
    answers = [await gate.late(codes[n], *gates[n], screening=screening, shown=Verdict.ADMITTED) for n in order]
    told = [(answer.verdict, answer.reason, answer.conflict) for answer in answers]
    assert told == [(Verdict.ADMITTED, None, False), (Verdict.WRONG_SCREENING, "no_places", True)]
    # Once that one has left, there is a place for who came next.
    earlier = gates[order[0]][1]
    out = await gate.late(codes[order[0]], "west", earlier + 2 * MINUTES, screening=screening, direction="out")
    assert out.verdict is Verdict.LEFT
    third = await gate.late(codes[2], "west", earlier + 4 * MINUTES, screening=screening)
    assert third.verdict is Verdict.ADMITTED
