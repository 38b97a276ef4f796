"""Joining a waiting list, changing one's party, leaving; and being forgotten."""

from datetime import timedelta

import pytest
from prometheus_client import generate_latest

from tests.sales.waiting_room import CLIENT, WaitingRoom
from tests.seating.box_office import outcomes
from ticketing.insight.capacity import festival_capacity, screening_capacity
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.throttle import Limit
from ticketing.sales.waiting.ending import count_waiting, forget_lists
from ticketing.sales.waiting.joining import (
    change_waiting,
    decline_offer,
    join_waiting_list,
    leave_waiting_list,
    show_waiting,
    take_offer,
)
from ticketing.sales.waiting.model import JoinRequest, Party, WaitingChange


@pytest.fixture
async def room(context: Context) -> WaitingRoom:
    """A hall of 2 rows of 5, sold out."""
    return await WaitingRoom.opened(context)


async def test_who_leaves_makes_room(room: WaitingRoom) -> None:
    for who in ("anna", "berik", "clara"):
        await room.join(who)
    await room.give_back("A-3")
    await room.offer()
    for who in ("berik", "anna", "anna"):
        assert (await leave_waiting_list(room.house.sales, *room.secret_of(who))).status == "left"
    await room.offer()
    assert await room.standing() == "anna left; berik left; clara offered A-3"
    await leave_waiting_list(room.house.sales, *room.secret_of("clara"))
    # The last one left: the seat is free for everybody, without the worker.
    assert await room.office.state("A-3") == "f"


async def test_joining_twice_is_one_place(room: WaitingRoom) -> None:
    first = await room.join("anna", 1, key="browser")
    await room.join("berik")
    assert await room.join("anna", 1, key="browser") == first
    again = await room.join("ANNA", 2)
    assert (again.entry, again.secret, again.name) == (None, None, None)
    assert (again.place, again.party) == (1, Party(2))
    assert await room.office.fetchval("select count(*) from waiting_entry") == 2
    assert (await show_waiting(room.house.sales, first.entry or "", first.secret or "")).party == Party(2)


async def test_the_same_address_many_times_at_once_is_one_place(room: WaitingRoom) -> None:
    await outcomes(*(room.join("anna", people) for people in (1, 2, 1, 2, 1, 2)))
    assert await room.office.fetchval("select count(*) from waiting_entry") == 1


async def test_many_at_once_get_numbers_of_their_own(room: WaitingRoom) -> None:
    await outcomes(*(room.join(f"guest{number}") for number in range(12)))
    places = sorted([(await room.show(who)).place or 0 for who in room.entries])
    assert places == list(range(1, 13))


async def test_a_changed_party_keeps_its_place_and_is_asked_at_once(context: Context) -> None:
    room = await WaitingRoom.opened(context, free="A-3")
    await room.join("anna", 2)
    await room.join("berik", 2)
    await room.offer()
    assert await room.office.state("A-3") == "f"
    changed = await change_waiting(
        room.house.sales, *room.secret_of("berik"), WaitingChange(party=Party(1), name="B.", locale="fr")
    )
    assert (changed.place, changed.party, changed.name, changed.locale) == (2, Party(1), "B.", "fr")
    assert await room.office.state("A-3") == "w"
    await room.offer()
    assert await room.standing() == "anna waiting 1; berik offered A-3"
    with pytest.raises(errors.OfferOpen):
        await change_waiting(room.house.sales, *room.secret_of("berik"), WaitingChange(party=Party(2)))
    await change_waiting(room.house.sales, *room.secret_of("berik"), WaitingChange(name="Berik"))
    await leave_waiting_list(room.house.sales, *room.secret_of("berik"))
    with pytest.raises(errors.WaitingEnded):
        await change_waiting(room.house.sales, *room.secret_of("berik"), WaitingChange(name="Berik"))


async def test_whoever_can_be_seated_need_not_wait(context: Context) -> None:
    room = await WaitingRoom.opened(context, free="A-3 B-1 B-2")
    with pytest.raises(errors.SeatsAvailable):
        await room.join("anna", 2)
    await room.join("berik", 3)
    await room.offer()
    with pytest.raises(errors.SeatsAvailable):
        await room.join("clara", 1)


@pytest.mark.parametrize(
    ("party", "refusal"),
    [
        (Party(11), errors.TooManySeats),
        (Party(100), errors.TooManySeats),
        (Party(6), errors.HallTooSmall),
        (Party(1, 1), errors.HallTooSmall),
        (Party(1, 2), errors.InvalidField),
        (Party(1, 0, "nowhere"), errors.InvalidField),
    ],
)
async def test_a_party_that_can_never_sit_here(
    room: WaitingRoom, party: Party, refusal: type[errors.TicketingError]
) -> None:
    with pytest.raises(refusal):
        await room.join("anna", party.people, wheelchair=party.wheelchair, zone=party.zone)
    assert await room.office.fetchval("select count(*) from waiting_entry") == 0


async def test_nobody_is_written_to_who_did_not_agree(room: WaitingRoom) -> None:
    request = JoinRequest(Party(1), "anna@example.org", "Anna", consent=False)
    with pytest.raises(errors.InvalidField):
        await join_waiting_list(room.house.sales, room.screening, request, None, CLIENT)


async def test_where_nobody_can_wait(context: Context) -> None:
    room = await WaitingRoom.opened(context, rules={"waiting_list": False})
    with pytest.raises(errors.NoWaitingList):
        await room.join("anna")
    room.screening = "no-such-screening"
    with pytest.raises(errors.UnknownScreening):
        await room.join("anna")


async def test_a_list_is_bounded(room: WaitingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ticketing.sales.waiting.joining.ENTRIES_PER_SCREENING_MAX", 2)
    await room.join("anna")
    await room.join("berik")
    with pytest.raises(errors.WaitingListFull):
        await room.join("clara")
    monkeypatch.setattr("ticketing.sales.waiting.joining.ENTRIES_PER_SCREENING_MAX", 3)
    monkeypatch.setattr("ticketing.sales.waiting.joining.ENTRIES_PER_ADDRESS_MAX", 0)
    with pytest.raises(errors.WaitingListFull):
        await room.join("clara")


async def test_one_client_does_not_join_without_end(room: WaitingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ticketing.sales.waiting.joining.JOINS_PER_CLIENT", Limit("few", 2, 60))
    await room.join("anna")
    await room.join("berik")
    with pytest.raises(errors.TooMany):
        await room.join("clara")


async def test_anothers_entry_stays_shut(room: WaitingRoom) -> None:
    await room.join("anna")
    await room.join("berik")
    (anna, _), (_, secret_of_berik) = room.secret_of("anna"), room.secret_of("berik")
    for entry in (anna, "ABCDEFGHJKMN", "", "'; drop table", "\x00" * 12):
        for verb in (show_waiting, leave_waiting_list, decline_offer, take_offer):
            with pytest.raises(errors.UnknownWaitingEntry):
                await verb(room.house.sales, entry, secret_of_berik)
    assert await room.standing() == "anna waiting 1; berik waiting 2"


async def test_a_list_is_forgotten_a_week_after_its_screening(room: WaitingRoom, clock: ShiftedClock) -> None:
    await room.join("anna")
    await room.give_back("A-3")
    await room.offer()
    clock.ahead += timedelta(days=7)
    assert await forget_lists(room.house.sales) == 0
    clock.ahead += timedelta(hours=6)
    assert await forget_lists(room.house.sales) == 1
    assert await room.office.fetchval("select count(*) from waiting_entry") == 0
    assert await room.office.fetchval("select count(*) from waiting_offer_seat") == 0
    with pytest.raises(errors.UnknownWaitingEntry):
        await room.show("anna")


async def test_organisers_see_how_many_wait(room: WaitingRoom) -> None:
    await room.join("anna", 2)
    await room.join("berik", 3)
    assert (await screening_capacity(room.house.insight, room.screening)).waiting == 5
    festival = await room.office.fetchval("select festival_id from festival")
    (line,) = (await festival_capacity(room.house.insight, festival, "en")).screenings
    assert line.capacity.waiting == 5


async def test_how_many_wait_is_measured_and_nothing_else(room: WaitingRoom) -> None:
    await room.join("anna", 2)
    await room.join("berik", 3)
    await count_waiting(room.context)
    told = generate_latest().decode()
    assert "ticketing_waiting_parties 2.0" in told
    assert "ticketing_waiting_people 5.0" in told
    assert "anna" not in told
