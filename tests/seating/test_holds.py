"""Holds: what is taken, what is refused, what ends."""

import asyncio

import pytest

from tests.factories import make_layout
from tests.seating.box_office import CLIENT, BoxOffice
from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.seating.holds import change_hold, claim_hold, extend_hold, hold_seats, release_hold, show_hold
from ticketing.seating.model import AreaPlaces, BestSeats, NamedSeats
from ticketing.seating.scripts import keys_of, run_script


async def test_seats_are_held_all_or_none(office: BoxOffice) -> None:
    held = await office.hold("A-1", "A-2")
    with pytest.raises(errors.SeatsTaken) as refusal:
        await office.hold("A-2", "A-3")
    assert refusal.value.data == {"seats": ["A-2"]}
    assert await office.state("A-3") == "f"
    assert (await show_hold(office.house.seating, held.hold)).seats == ("A-1", "A-2")


@pytest.mark.parametrize(
    ("seats", "refusal"),
    [
        (("Z-1",), errors.UnknownSeats),
        (("A-1", "A-1"), errors.InvalidField),
        ((*(f"A-{number}" for number in range(1, 11)), "B-1"), errors.TooManySeats),
    ],
)
async def test_a_hold_that_can_t_be_is_refused(
    office: BoxOffice, seats: tuple[str, ...], refusal: type[errors.TicketingError]
) -> None:
    with pytest.raises(refusal):
        await office.hold(*seats)
    assert set((await office.states()).values() if await office.holds() else "f") == {"f"}


async def test_best_available_leaves_no_single_seat(context: Context) -> None:
    office = await BoxOffice.opened(context, make_layout(rows=1, seats=5))
    # Of five side by side a pair in the middle would leave singles on both sides.
    held = await office.best(2)
    assert held.seats in {("A-1", "A-2"), ("A-4", "A-5")}


async def test_an_area_is_held_place_by_place_until_it_is_full(context: Context) -> None:
    office = await BoxOffice.opened(context, make_layout(rows=1, seats=2, area_capacity=3))
    first = await office.wish(AreaPlaces("parterre", 2))
    assert first.seats == ("parterre#1", "parterre#2")
    with pytest.raises(errors.NotAdjacentAvailable):
        await office.wish(AreaPlaces("parterre", 2))
    assert (await office.wish(AreaPlaces("parterre", 1))).seats == ("parterre#3",)


async def test_a_hold_changes_all_or_nothing(office: BoxOffice) -> None:
    held = await office.hold("A-1", "A-2")
    await office.hold("B-1")
    with pytest.raises(errors.SeatsTaken):
        await change_hold(office.house.seating, held.hold, ["B-1"], ["A-1"])
    assert await office.state("A-1") == "h"
    changed = await change_hold(office.house.seating, held.hold, ["C-1"], ["A-1"])
    assert set(changed.seats) == {"A-2", "C-1"}
    assert await office.state("A-1") == "f"


async def test_a_hold_ends_by_the_servers_clock_with_nobody_there(context: Context) -> None:
    office = await BoxOffice.opened(context, rules={"hold_ttl_s": 1, "hold_cap_s": 2})
    held = await office.hold("A-1")
    await asyncio.sleep(1.05)
    assert await office.hold("A-1")
    with pytest.raises(errors.UnknownHold):
        await show_hold(office.house.seating, held.hold)


async def test_no_extension_and_no_refused_order_keeps_a_hold_beyond_its_cap(context: Context) -> None:
    office = await BoxOffice.opened(context, rules={"hold_ttl_s": 1, "hold_cap_s": 1})
    held = await office.hold("A-1")
    extended = await extend_hold(office.house.seating, held.hold)
    assert extended.expires_at == held.extendable_until
    await asyncio.sleep(0.8)
    # Each of these is an order that is refused. Between them they win the claim's half second beyond the cap, once.
    for _ in range(3):
        await claim_hold(office.house.seating, held.hold, 500)
        await asyncio.sleep(0.2)
    await asyncio.sleep(0.3)
    with pytest.raises(errors.HoldExpired):
        await claim_hold(office.house.seating, held.hold, 500)


async def test_release_can_be_repeated_and_frees_nothing_of_others(office: BoxOffice) -> None:
    held = await office.hold("A-1")
    await release_hold(office.house.seating, held.hold)
    other = await office.hold("A-1")
    await release_hold(office.house.seating, held.hold)
    assert await office.state("A-1") == "h"
    assert list(await office.holds()) == [other.hold]


@pytest.mark.parametrize("wish", [NamedSeats(("A-1", "A-2")), BestSeats(2), AreaPlaces("parterre", 2)])
async def test_a_call_sent_again_by_the_client_takes_no_second_block(
    context: Context, wish: NamedSeats | BestSeats | AreaPlaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The Redis client repeats a call whose answer was lost; the first block must not be left held by nobody.
    office = await BoxOffice.opened(context, make_layout(area_capacity=6))
    if isinstance(wish, BestSeats):
        await release_hold(office.house.seating, (await office.wish(wish)).hold)
    original = context.redis.call

    async def twice(*command: str | bytes | float) -> object:
        if command[0] == "EVALSHA":
            await original(*command)
        return await original(*command)

    monkeypatch.setattr(type(context.redis), "call", lambda _self, *command: twice(*command))
    held = await hold_seats(office.house.seating, office.screening, wish, CLIENT)
    monkeypatch.undo()
    states = await office.states()
    assert {seat for seat, state in states.items() if state == "h"} == set(held.seats)


async def test_a_screening_that_was_cancelled_is_not_sold_from_a_hold(office: BoxOffice) -> None:
    held = await office.hold("A-1")
    await office.context.postgres.execute("update screening set status = 'cancelled'")
    office.house.catalogue.forget()
    with pytest.raises(errors.SalesClosed):
        await office.order(held)


async def test_an_unknown_screening_and_a_draft_have_no_seats(office: BoxOffice) -> None:
    draft = await office.factory.screening(status="draft")
    for screening in ("nowhere", draft, "Not A Slug\x00"):
        with pytest.raises(errors.UnknownScreening):
            await office.hold("A-1", screening=screening)


async def test_too_many_holds_of_one_address_are_slowed_down(office: BoxOffice) -> None:
    arguments = ["id-of-hold", 1, 0, "0"]
    keys = [keys_of(office.screening).rate(CLIENT)]
    await office.hold("E-1")
    outcome, rest = await run_script(office.context.redis, "hold_named", office.screening, arguments, keys)
    assert outcome == "slow"
    assert 0 < rest[0] <= 60_000
