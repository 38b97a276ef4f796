"""A waiting list when Redis is lost, words get lost or old, money comes late, and two do the same at once."""

from datetime import timedelta

import pytest

from tests.sales.waiting_room import WaitingRoom
from tests.seating.box_office import outcomes
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.sales.orders import expire_orders
from ticketing.sales.waiting.joining import (
    leave_waiting_list,
    take_offer,
)
from ticketing.seating.holds import release_hold
from ticketing.seating.keeping import tend_queue


@pytest.fixture
async def room(context: Context) -> WaitingRoom:
    """A hall of 2 rows of 5, sold out."""
    return await WaitingRoom.opened(context)


async def test_two_browsers_take_one_offer(room: WaitingRoom) -> None:
    await room.join("anna")
    await room.give_back("A-3")
    await room.offer()
    holds = await outcomes(*(take_offer(room.house.sales, *room.secret_of("anna")) for _ in range(2)))
    answers = await outcomes(*(room.office.order(hold) for hold in holds))
    refused = [answer for answer in answers if isinstance(answer, errors.TicketingError)]
    assert len(refused) == 1
    assert isinstance(refused[0], errors.HoldExpired | errors.SeatsTaken)
    assert await room.office.fetchval("select count(*) from ticket where seat = 'A-3' and status <> 'void'") == 1


async def test_an_order_written_at_the_deadline_counts(room: WaitingRoom, clock: ShiftedClock) -> None:
    await room.join("anna")
    await room.give_back("A-3")
    await room.offer()
    order = await room.office.order(await take_offer(room.house.sales, *room.secret_of("anna")))
    clock.ahead += timedelta(minutes=31)
    await room.offer()
    assert (await room.show("anna")).status == "offered"
    await room.office.pay(order)
    await room.offer()
    assert await room.standing() == "anna served"


async def test_what_was_given_back_in_the_cart_can_be_taken_until_the_deadline(room: WaitingRoom) -> None:
    await room.join("anna")
    await room.join("berik")
    await room.give_back("A-3")
    await room.offer()
    hold = await take_offer(room.house.sales, *room.secret_of("anna"))
    await release_hold(room.house.seating, hold.hold)
    with pytest.raises(errors.WaitingListFirst):
        await room.pass_by("A-3")
    assert (await take_offer(room.house.sales, *room.secret_of("anna"))).seats == ("A-3",)
    await release_hold(room.house.seating, hold.hold)
    await room.offer()
    assert await room.standing() == "anna offered A-3; berik waiting 1"
    assert await room.office.state("A-3") == "h"


async def test_an_offer_outlives_redis(room: WaitingRoom) -> None:
    await room.join("anna", 2)
    await room.give_back("A-3", "A-4")
    await room.offer()
    hold = (await room.show("anna")).offer
    await room.context.redis.call("FLUSHALL")
    with pytest.raises(errors.SeatsTaken):
        await room.pass_by("A-3")
    taken = await take_offer(room.house.sales, *room.secret_of("anna"))
    assert hold is not None
    assert taken.hold == hold.hold
    order = await room.office.order(taken)
    assert order.status == "awaiting_payment"


async def test_what_is_free_after_a_loss_of_redis_is_the_lists_first(room: WaitingRoom) -> None:
    await room.join("anna")
    await room.give_back("A-3")
    await room.context.redis.call("FLUSHALL")
    with pytest.raises(errors.WaitingListFirst):
        await room.pass_by("A-3")
    await room.offer()
    assert await room.standing() == "anna offered A-3"


async def test_a_lost_hold_of_an_offer_is_put_back(room: WaitingRoom) -> None:
    await room.join("anna")
    await room.give_back("A-3")
    await room.offer()
    for part in ("holds", "expiry"):
        await room.context.redis.call("DEL", f"{{{room.screening}}}:{part}")
    await room.offer()
    assert await room.office.state("A-3") == "h"
    assert (await take_offer(room.house.sales, *room.secret_of("anna"))).seats == ("A-3",)


async def test_the_reconciler_keeps_what_is_the_lists(room: WaitingRoom) -> None:
    await room.join("anna")
    await room.give_back("A-3")
    assert await room.office.reconcile() == 0
    assert await room.office.state("A-3") == "w"
    await room.offer()
    assert await room.office.reconcile() == 0
    assert await room.office.state("A-3") == "h"


async def test_the_reconciler_makes_good_a_word_that_was_lost(
    room: WaitingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: object, **__: object) -> None:
        raise errors.SeatingUnavailable

    with monkeypatch.context() as patch:
        patch.setattr("ticketing.sales.waiting.desk.tend_queue", lost)
        await room.join("anna")
    await room.give_back("A-3")
    assert await room.office.state("A-3") == "f"
    await room.office.reconcile()
    assert await room.office.state("A-3") == "w"
    with monkeypatch.context() as patch:
        patch.setattr("ticketing.sales.waiting.desk.tend_queue", lost)
        await leave_waiting_list(room.house.sales, *room.secret_of("anna"))
    assert await room.office.state("A-3") == "w"
    await room.office.reconcile()
    assert await room.office.state("A-3") == "f"


async def test_an_older_word_is_not_believed(room: WaitingRoom) -> None:
    await room.join("anna")
    await room.give_back("A-3")
    layout = room.office.layout
    await tend_queue(room.house.mirror, room.screening, layout, "0:0")
    assert await room.office.state("A-3") == "w"


async def test_a_sold_seat_is_not_offered_whatever_the_mirror_says(room: WaitingRoom) -> None:
    await room.join("anna")
    index = room.office.layout.index_of["A-3"]
    await room.context.redis.call("SETRANGE", f"{{{room.screening}}}:seats", index, "w")
    await room.offer()
    assert await room.standing() == "anna waiting 1"
    await room.office.reconcile()
    assert await room.office.state("A-3") == "s"


async def test_late_money_does_not_take_what_is_offered(room: WaitingRoom, clock: ShiftedClock) -> None:
    await room.give_back("A-3")
    late = await room.office.order(await room.pass_by("A-3"))
    await room.join("anna")
    clock.ahead += timedelta(minutes=16)
    await expire_orders(room.house.sales)
    await room.offer()
    assert await room.standing() == "anna offered A-3"
    paid = await room.office.pay(late)
    assert paid.status == "expired"
    assert (
        await room.office.fetchval("select reason from refund order by refund_id desc limit 1") == "paid_too_late"
    )
    taken = await room.office.order(await take_offer(room.house.sales, *room.secret_of("anna")))
    assert (await room.office.pay(taken)).status == "confirmed"


async def test_where_nobody_waits_nothing_is_asked_of_redis(
    room: WaitingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.join("anna")
    await leave_waiting_list(room.house.sales, *room.secret_of("anna"))

    async def asked(*_: object) -> None:
        raise AssertionError("Redis was asked")

    monkeypatch.setattr(room.context.redis, "run", asked)
    await room.offer()
