"""A waiting list on real servers: what comes free is offered in turn, and every way in which an offer ends."""

from datetime import timedelta

import msgspec
import pytest

from tests.factories import make_layout
from tests.sales.waiting_room import WaitingRoom
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.programme.layout import SeatKind
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.orders import expire_orders
from ticketing.sales.waiting.joining import (
    decline_offer,
    take_offer,
)
from ticketing.seating.holds import change_hold, release_hold
from ticketing.seating.model import AreaPlaces, BestSeats


@pytest.fixture
async def room(context: Context) -> WaitingRoom:
    """A hall of 2 rows of 5, sold out."""
    return await WaitingRoom.opened(context)


async def test_the_first_gets_what_comes_free_and_the_next_waits_on(room: WaitingRoom) -> None:
    await room.join("anna")
    await room.join("berik")
    assert await room.standing() == "anna waiting 1; berik waiting 2"
    await room.offer()
    assert await room.standing() == "anna waiting 1; berik waiting 2"
    await room.give_back("A-3")
    assert await room.office.state("A-3") == "w"
    await room.offer()
    assert await room.standing() == "anna offered A-3; berik waiting 1"
    assert await room.office.state("A-3") == "h"
    assert (await room.letters("mail_waiting_joined"), await room.letters("mail_waiting_offer")) == (2, 1)


async def test_the_first_who_can_be_seated_together_comes_first(room: WaitingRoom) -> None:
    await room.join("anna", 2)
    await room.join("berik")
    await room.give_back("A-3")
    await room.offer()
    assert await room.standing() == "anna waiting 1; berik offered A-3"
    await room.give_back("B-1", "B-2")
    await room.offer()
    assert await room.standing() == "anna offered B-1 B-2; berik offered A-3"


async def test_what_the_list_has_no_use_for_is_everybodys(room: WaitingRoom) -> None:
    await room.join("anna", 3)
    await room.give_back("A-3")
    with pytest.raises(errors.WaitingListFirst):
        await room.pass_by("A-3")
    await room.offer()
    assert (await room.pass_by("A-3")).seats == ("A-3",)


async def test_free_seats_beside_one_that_comes_free_are_kept_with_it(context: Context) -> None:
    room = await WaitingRoom.opened(context, free="A-2 A-4 B-1")
    await room.join("anna", 3)
    await room.offer()
    assert [await room.office.state(seat) for seat in ("A-2", "A-4", "B-1")] == ["f", "f", "f"]
    await room.give_back("A-3")
    assert [await room.office.state(seat) for seat in ("A-2", "A-3", "A-4", "B-1")] == ["w", "w", "w", "f"]
    for wish in ("A-2", "A-4"):
        with pytest.raises(errors.WaitingListFirst):
            await room.pass_by(wish)
    await room.offer()
    assert await room.standing() == "anna offered A-2 A-3 A-4"
    assert (await room.pass_by("B-1")).seats == ("B-1",)


async def test_every_way_of_choosing_is_told_of_the_list(context: Context) -> None:
    room = await WaitingRoom.opened(context, layout=make_layout(rows=1, seats=4, area_capacity=3), free="A-4")
    mine = await room.pass_by("A-4")
    await room.join("anna", 2)
    await room.give_back("A-1", "parterre#1")
    for wish in (BestSeats(1), AreaPlaces("parterre", 1)):
        with pytest.raises(errors.WaitingListFirst):
            await room.office.wish(wish)
    with pytest.raises(errors.WaitingListFirst):
        await change_hold(room.house.seating, mine.hold, ["A-1"], [])
    # What somebody gives up who does not wait goes to the list as well.
    await release_hold(room.house.seating, mine.hold)
    assert await room.office.state("A-4") == "w"


async def test_an_order_from_the_offer_serves_the_party(room: WaitingRoom) -> None:
    await room.join("anna", 2)
    await room.give_back("A-3", "A-4")
    await room.offer()
    hold = await take_offer(room.house.sales, *room.secret_of("anna"))
    assert await take_offer(room.house.sales, *room.secret_of("anna")) == hold
    order = await room.office.order(hold)
    await room.offer()
    assert (await room.show("anna")).status == "offered"
    await room.office.pay(order)
    await room.offer()
    assert await room.standing() == "anna served"
    assert await room.letters("mail_waiting_ended") == 0
    # Nobody waits any more: what comes free is everybody's at once.
    await room.give_back("B-1")
    assert await room.office.state("B-1") == "f"


async def test_an_offer_that_lapses_goes_to_the_next(room: WaitingRoom, clock: ShiftedClock) -> None:
    await room.join("anna")
    await room.join("berik")
    await room.give_back("A-3")
    await room.offer()
    clock.ahead += timedelta(minutes=31)
    with pytest.raises(errors.OfferOver):
        await take_offer(room.house.sales, *room.secret_of("anna"))
    await room.offer()
    assert await room.standing() == "anna lapsed; berik offered A-3"
    assert await room.letters("mail_waiting_ended") == 1
    # The link of the offer that lapsed is of no use any more.
    with pytest.raises(errors.OfferOver):
        await take_offer(room.house.sales, *room.secret_of("anna"))


async def test_the_festival_may_let_those_wait_on_who_let_an_offer_pass(
    context: Context, clock: ShiftedClock
) -> None:
    room = await WaitingRoom.opened(context, rules={"waiting_offers_max": 2})
    await room.join("anna")
    await room.join("berik")
    await room.give_back("A-3")
    await room.offer()
    clock.ahead += timedelta(minutes=31)
    await room.offer()
    assert await room.standing() == "anna waiting 1; berik offered A-3"
    assert await room.letters("mail_waiting_ended") == 0
    await decline_offer(room.house.sales, *room.secret_of("berik"))
    await room.offer()
    assert await room.standing() == "anna offered A-3; berik waiting 1"
    await decline_offer(room.house.sales, *room.secret_of("anna"))
    await room.offer()
    assert await room.standing() == "anna left; berik offered A-3"


async def test_an_offer_that_is_declined_goes_to_the_next(room: WaitingRoom) -> None:
    await room.join("anna")
    await room.join("berik")
    await room.give_back("A-3")
    await room.offer()
    for _ in range(2):
        assert (await decline_offer(room.house.sales, *room.secret_of("anna"))).status == "left"
    await room.offer()
    assert await room.standing() == "anna left; berik offered A-3"
    assert await room.letters("mail_waiting_ended") == 0


async def test_an_unpaid_order_for_an_offer_lets_it_lapse(room: WaitingRoom, clock: ShiftedClock) -> None:
    await room.join("anna")
    await room.join("berik")
    await room.give_back("A-3")
    await room.offer()
    await room.office.order(await take_offer(room.house.sales, *room.secret_of("anna")))
    await room.offer()
    clock.ahead += timedelta(minutes=14)
    await room.offer()
    assert (await room.show("anna")).status == "offered"
    clock.ahead += timedelta(minutes=2)
    await expire_orders(room.house.sales)
    await room.offer()
    assert await room.standing() == "anna lapsed; berik offered A-3"


async def test_the_rest_of_an_offer_goes_to_others(room: WaitingRoom) -> None:
    await room.join("anna", 3)
    await room.join("berik")
    await room.give_back("A-2", "A-3", "A-4")
    await room.offer()
    hold = await take_offer(room.house.sales, *room.secret_of("anna"))
    two = await change_hold(room.house.seating, hold.hold, [], ["A-4"])
    await room.office.pay(await room.office.order(two))
    await room.offer()
    assert await room.standing() == "anna served; berik offered A-4"


async def test_at_the_end_of_sales_every_wait_ends_with_one_letter(room: WaitingRoom, clock: ShiftedClock) -> None:
    await room.join("anna")
    await room.join("berik")
    await room.give_back("A-3")
    await room.offer()
    clock.ahead += timedelta(hours=2, minutes=1)
    for _ in range(2):
        await room.offer()
    assert await room.standing() == "anna closed; berik closed"
    assert await room.letters("mail_waiting_ended") == 2
    assert await room.office.state("A-3") == "f"


async def test_a_cancelled_screening_ends_every_wait(room: WaitingRoom) -> None:
    await room.join("anna")
    await room.join("berik")
    await room.give_back("A-3")
    await room.offer()
    await room.context.postgres.execute("update screening set status = 'cancelled'")
    room.house.catalogue.forget()
    for _ in range(2):
        await room.offer()
    assert await room.standing() == "anna closed; berik closed"
    assert await room.letters("mail_waiting_ended") == 2


async def test_a_wheelchair_party_is_offered_its_place(context: Context) -> None:
    plain = make_layout(rows=1, seats=4)
    seats = list(plain.seats)
    seats[0] = msgspec.structs.replace(seats[0], kind=SeatKind.WHEELCHAIR)
    seats[1] = msgspec.structs.replace(seats[1], kind=SeatKind.COMPANION, companion_of=seats[0].seat)
    layout = msgspec.structs.replace(plain, seats=tuple(seats))
    room = await WaitingRoom.opened(context, layout=layout, free="A-1 A-2 A-3 A-4")
    await room.office.sell("A-1", "A-2")
    both = await room.office.fetchval("select order_id from ticket where seat = 'A-1'")
    await room.office.sell("A-3", "A-4")
    await room.join("anna", 1)
    await room.join("berik", 2, wheelchair=1)
    await cancel_order(room.house.sales, both, room.context.secrets.order_secret(both))
    await room.offer()
    assert await room.standing() == "anna waiting 1; berik offered A-1 A-2"
