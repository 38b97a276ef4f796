"""A waiting list on real servers: joining, offers, and every way in which a wait ends."""

from datetime import timedelta

import msgspec
import pytest
from prometheus_client import generate_latest

from tests.factories import make_layout
from tests.sales.waiting_room import CLIENT, WaitingRoom
from tests.seating.box_office import outcomes
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.throttle import Limit
from ticketing.programme.layout import SeatKind
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.orders import expire_orders
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
from ticketing.seating.holds import change_hold, release_hold
from ticketing.seating.keeping import tend_queue
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


async def test_how_many_wait_is_measured_and_nothing_else(room: WaitingRoom) -> None:
    await room.join("anna", 2)
    await room.join("berik", 3)
    await count_waiting(room.context)
    told = generate_latest().decode()
    assert "ticketing_waiting_parties 2.0" in told
    assert "ticketing_waiting_people 5.0" in told
    assert "anna" not in told


async def test_where_nobody_waits_nothing_is_asked_of_redis(
    room: WaitingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.join("anna")
    await leave_waiting_list(room.house.sales, *room.secret_of("anna"))

    async def asked(*_: object) -> None:
        raise AssertionError("Redis was asked")

    monkeypatch.setattr(room.context.redis, "run", asked)
    await room.offer()
