"""Exchanges beside a waiting list: what is kept for those who wait is nobody's to exchange into."""

import secrets

import pytest

from tests.sales.waiting_room import WaitingRoom
from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.sales.changes.exchange import exchange_tickets
from ticketing.sales.changes.rules import ExchangeWish
from ticketing.sales.waiting.joining import take_offer


@pytest.fixture
async def room(context: Context) -> WaitingRoom:
    """A sold-out hall where tickets may be exchanged until the start."""
    return await WaitingRoom.opened(context, rules={"exchange_until_minutes": 0})


async def exchange(room: WaitingRoom, seat: str, hold_id: str) -> None:
    order = room.sold[seat]
    wish = ExchangeWish(order.tickets[0].ticket)
    await exchange_tickets(room.house.sales, order.order, order.secret or "", [wish], hold_id=hold_id)


async def test_nobody_exchanges_into_seats_that_are_kept_or_offered(room: WaitingRoom) -> None:
    await room.join("anna")
    await room.give_back("A-3")
    for _ in ("kept for the list", "offered to Anna"):
        with pytest.raises((errors.WaitingListFirst, errors.SeatsTaken)):
            await room.pass_by("A-3")
        with pytest.raises((errors.UnknownHold, errors.HoldExpired)):
            await exchange(room, "B-1", f"{room.screening}.{secrets.token_urlsafe(16)}")
        await room.offer()
    assert await room.standing() == "anna offered A-3"
    assert await room.office.fetchval("select count(*) from exchange") == 0


async def test_who_waits_may_exchange_an_old_ticket_for_the_offered_seat_and_is_served(room: WaitingRoom) -> None:
    await room.join("anna")
    await room.give_back("A-3")
    await room.offer()
    held = await take_offer(room.house.sales, *room.secret_of("anna"))
    await exchange(room, "B-1", held.hold)
    await room.offer()
    assert await room.standing() == "anna served"
    live = "select count(*) from ticket where seat = $1 and status = 'sold'"
    assert [await room.office.fetchval(live, seat) for seat in ("A-3", "B-1")] == [1, 0]


async def test_what_an_exchange_leaves_is_offered_to_who_waits(room: WaitingRoom) -> None:
    await room.join("anna")
    await room.join("berik")
    await room.give_back("A-3")
    await room.offer()
    held = await take_offer(room.house.sales, *room.secret_of("anna"))
    await exchange(room, "B-1", held.hold)
    await room.offer()
    assert await room.standing() == "anna served; berik offered B-1"
