"""The mirror: lost, rebuilt, repaired; and never a seat that is held by nobody."""

import asyncio
from datetime import timedelta

import pytest

from tests.seating.box_office import BoxOffice
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.orders import expire_orders
from ticketing.seating.holds import claim_hold, release_hold, show_hold
from ticketing.seating.scripts import keys_of


async def test_an_emptied_redis_is_rebuilt_from_postgres_before_any_hold(office: BoxOffice) -> None:
    await office.sell("A-1")
    waiting = await office.order(await office.hold("A-2"))
    await office.context.redis.call("FLUSHALL")
    for seat in ("A-1", "A-2"):
        with pytest.raises(errors.SeatsTaken):
            await office.hold(seat)
    assert (await office.states())["A-1"] == "s"
    assert (await office.states())["A-2"] == "r"
    assert waiting.status == "awaiting_payment"


async def test_many_who_find_the_mirror_missing_get_one_rebuild(office: BoxOffice) -> None:
    await office.sell("A-1")
    await office.context.redis.call("FLUSHALL")
    held = await asyncio.gather(*(office.hold(f"B-{number}") for number in range(1, 11)))
    assert len({hold.hold for hold in held}) == 10
    assert (await office.states())["A-1"] == "s"


async def test_a_rebuild_that_failed_holds_up_nobody(office: BoxOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    async def cut_off(*_: object) -> None:
        raise errors.DatabaseUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(office.house.mirror, "_read", cut_off)
        with pytest.raises(errors.DatabaseUnavailable):
            await office.hold("A-1")
    async with asyncio.timeout(1):
        await office.hold("A-1")


async def test_what_is_decided_during_a_rebuild_is_not_lost(office: BoxOffice) -> None:
    keys = keys_of(office.screening)
    await office.hold("C-1")
    order = await office.order(await office.hold("A-1"))
    await office.context.redis.call("DEL", *keys.shared())
    mirror = office.house.mirror
    original = mirror._read

    async def slow_read(screenings: list[str]) -> object:
        facts = await original(screenings)
        # Paid after the books were read and before the mirror is put in place.
        await office.pay(order)
        return facts

    mirror._read = slow_read  # type: ignore[method-assign]  # a pause at the one point that matters
    await mirror.rebuild(office.screening)
    assert await office.state("A-1") == "s"


@pytest.mark.parametrize(
    ("letter", "place"), [("s", "B-1"), ("f", "A-1"), ("h", "A-1"), ("r", "A-1"), ("b", "B-2")]
)
async def test_the_reconciler_mends_what_differs(office: BoxOffice, letter: str, place: str) -> None:
    await office.sell("A-1")
    index = office.layout.index_of[place]
    await office.context.redis.call("SETRANGE", keys_of(office.screening).shared()[1], index, letter)
    assert await office.reconcile() == 1
    assert await office.state(place) == ("s" if place == "A-1" else "f")
    assert await office.reconcile() == 0


async def test_a_seat_held_by_nobody_is_freed_and_a_hold_without_expiry_ends(context: Context) -> None:
    office = await BoxOffice.opened(context, rules={"hold_ttl_s": 1, "hold_cap_s": 1})
    await office.hold("A-1")
    _, seats, _, expiry = keys_of(office.screening).shared()
    await context.redis.call("SETRANGE", seats, office.layout.index_of["B-1"], "h")
    await context.redis.call("DEL", expiry)
    assert await office.reconcile() == 1
    assert (await office.state("A-1"), await office.state("B-1")) == ("h", "f")
    await asyncio.sleep(1.05)
    await office.reconcile()
    assert (await office.state("A-1"), await office.holds()) == ("f", {})


async def test_a_seat_is_never_in_two_holds_after_an_order_whose_hold_was_not_ended(
    office: BoxOffice, clock: ShiftedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The process dies between Postgres and the mirror; the reconciler marks the seat, then the order expires.
    first = await office.hold("A-1")

    async def died(*_: object) -> None:
        return None

    with monkeypatch.context() as patch:
        patch.setattr("ticketing.sales.orders.tell_mirror", died)
        await office.order(first)
    await office.reconcile()
    assert await office.state("A-1") == "r"
    clock.ahead = timedelta(hours=1)
    await expire_orders(office.house.sales)
    # The first hold is still alive and lists the seat, so the seat is its own again and nobody else's.
    assert await office.state("A-1") == "h"
    with pytest.raises(errors.SeatsTaken):
        await office.hold("A-1")
    assert (await claim_hold(office.house.seating, first.hold, 1000)).seats == ("A-1",)
    await release_hold(office.house.seating, first.hold)
    assert await office.state("A-1") == "f"


async def test_a_cancelled_ticket_is_on_sale_again_at_once(office: BoxOffice, clock: ShiftedClock) -> None:
    clock.ahead = timedelta(hours=-2)
    order = await office.sell("A-1")
    await cancel_order(office.house.sales, order.order, order.secret or "")
    assert await office.state("A-1") == "f"


async def test_a_mirror_of_another_run_of_the_server_is_not_believed(office: BoxOffice) -> None:
    held = await office.hold("A-1")
    mirror, seats, *_ = keys_of(office.screening).shared()
    await office.context.redis.call("HSET", mirror, "run", "another run")
    await office.context.redis.call("SETRANGE", seats, office.layout.index_of["A-2"], "s")
    # Its holds outlive it, where Postgres does not object.
    assert (await show_hold(office.house.seating, held.hold)).seats == ("A-1",)
    assert await office.state("A-2") == "f"


async def test_seats_kept_back_are_blocked_until_their_release(office: BoxOffice, clock: ShiftedClock) -> None:
    release_at = office.context.clock.now() + timedelta(minutes=5)
    await office.context.postgres.execute(
        "insert into allotment (screening_id, allotment_id, owner, release_at) values ($1, 'jury', 'The jury', $2)",
        office.screening,
        release_at,
    )
    await office.context.postgres.execute(
        "insert into allotment_seat (screening_id, seat, allotment_id) values ($1, 'A-1', 'jury')", office.screening
    )
    with pytest.raises(errors.SeatsTaken):
        await office.hold("A-1")
    clock.ahead = timedelta(minutes=6)
    await office.reconcile()
    assert await office.hold("A-1")


@pytest.mark.parametrize("lost", range(4), ids=["mirror", "seats", "holds", "expiry"])
async def test_a_key_lost_alone_is_made_good(context: Context, lost: int) -> None:
    # A server that evicts keys loses them one by one: a string of seats must not grow again from one seat sold.
    office = await BoxOffice.opened(context, rules={"hold_ttl_s": 1, "hold_cap_s": 1})
    await office.sell("A-1")
    order = await office.order(await office.hold("C-3"))
    await office.hold("B-1")
    await context.redis.call("DEL", keys_of(office.screening).shared()[lost])
    await office.pay(order)
    await asyncio.sleep(1.05)
    await office.hold("D-1")
    await office.reconcile()
    states = await office.states()
    assert [seat for seat, state in states.items() if state == "s"] == ["A-1", "C-3"]
    assert [seat for seat, state in states.items() if state == "h"] == ["D-1"]
