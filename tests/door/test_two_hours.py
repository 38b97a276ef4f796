"""A two-hour door: everybody with a right is let in, nobody else, and what gates did alone is never hidden."""

import contextlib
import secrets
from collections.abc import AsyncIterator

import pytest

from tests.door.two_hours import SetClock, TwoHours
from tests.door.two_hours_check import check_evening
from ticketing.kernel.context import open_context
from ticketing.kernel.settings import Settings

PEOPLE = 1000
FIXED_SEEDS = (1, 2)


@contextlib.asynccontextmanager
async def evening(
    settings: Settings, seed: int, people: int = PEOPLE, *, first: int = 0, outages: bool = True
) -> AsyncIterator[TwoHours]:
    """An evening that is over."""
    clock = SetClock()
    async with open_context(settings, clock) as context:
        hours = TwoHours(context, clock, seed, outages=outages)
        await hours.prepare(people, first)
        await hours.pass_by()
        yield hours


@pytest.mark.parametrize("which", [*FIXED_SEEDS, "fresh"])
async def test_two_hours(settings: Settings, which: int | str) -> None:
    seed = secrets.randbelow(10**9) if which == "fresh" else int(which)
    print(f"seed {seed}")
    async with evening(settings, seed) as hours:
        figures = await check_evening(hours)
    print(figures)
    # An evening on which nothing went wrong proves nothing.
    assert figures["cut"] > 5
    assert figures["conflicts"] > 0
    assert figures["let in"] > PEOPLE * 0.7
    assert figures["badges let in"] > PEOPLE * 0.04
    assert figures["no place for a badge"] > 0


async def test_an_evening_replays(settings: Settings) -> None:
    told = []
    for first in (0, 100):
        async with evening(settings, 4, 100, first=first) as hours:
            told.append(await hours.told())
    assert told[0] == told[1]
    async with evening(settings, 5, 50, first=200) as hours:
        assert await hours.told() != told[0]


async def test_with_a_network_nobody_is_let_in_twice(settings: Settings) -> None:
    async with evening(settings, 6, 200, outages=False) as hours:
        figures = await check_evening(hours)
    assert figures["conflicts"] == figures["at once with one ticket"] == figures["cut"] == 0


SPOILT = {
    "update scan set conflict = false where conflict": "hidden",
    "update scan set verdict = 'void' where verdict = 'admitted'": "hidden",
    "update scan set conflict = true where verdict = 'forged'": "nobody was let in",
    "update scan set verdict = 'admitted' where verdict = 'forged'": "refused, and counted",
    "delete from scan where scan_id = (select scan_id from scan limit 1)": "reaches the house once",
    "update ticket set entries = 0": "entries",
    "update guest set arrived = 0": "arrived",
    "update badge_entry set entries = 0": "entries",
    "update screening set accredited_places = 1": "more badges than places",
    "update screening set accredited_places = 1000": "although there was a place",
}
TABLES = ("scan", "ticket", "guest", "badge_entry", "screening")
KEPT = [f"create table kept_{table} as table {table}" for table in TABLES]
MENDED = [
    "truncate scan cascade",
    "insert into scan table kept_scan",
    "update ticket set entries = kept.entries from kept_ticket as kept where ticket.ticket_id = kept.ticket_id",
    "update guest set arrived = kept.arrived from kept_guest as kept where guest.guest_id = kept.guest_id",
    "truncate badge_entry",
    "insert into badge_entry table kept_badge_entry",
    (
        "update screening set accredited_places = kept.accredited_places"
        " from kept_screening as kept where screening.screening_id = kept.screening_id"
    ),
    *(f"drop table kept_{table}" for table in TABLES),
]


async def test_the_checks_can_fail(settings: Settings) -> None:
    async with evening(settings, 2, 200) as hours:
        assert (await check_evening(hours))["conflicts"] > 0
        execute = hours.context.postgres.execute
        for spoil, words in SPOILT.items():
            for kept in KEPT:
                await execute(kept)
            await execute(spoil)
            with pytest.raises(AssertionError, match=words):
                await check_evening(hours)
            for mended in MENDED:
                await execute(mended)
        await check_evening(hours)
