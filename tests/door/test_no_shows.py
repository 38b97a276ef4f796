"""Places of people who did not come: released once, refused at every gate, good again while the seat is free."""

import asyncio
import uuid
from datetime import timedelta

import pytest

from tests.door.evening_house import BY, EveningHouse
from ticketing.door.before_film import no_shows
from ticketing.door.before_film.no_shows import RushWish
from ticketing.door.evening import take_evening
from ticketing.door.model import Verdict
from ticketing.door.offline import take_snapshot
from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.sales.books import audit_books
from ticketing.seating.holds import hold_seats
from ticketing.seating.model import NamedSeats
from ticketing.staff.model import Principal, Role
from ticketing.staff.reach import EVERYWHERE


@pytest.fixture
async def house(context: Context) -> EveningHouse:
    return await EveningHouse.opened(context)


async def test_who_is_in_and_who_is_missing(house: EveningHouse) -> None:
    inside, left, missing = await house.sold("A-1", "A-2", "A-3")
    await house.sold("A-4", status="awaiting_payment")
    await house.sold("A-5", status="cancelled")
    await house.gate.scan(await house.gate.code(inside))
    await house.gate.scan(await house.gate.code(left))
    await house.gate.scan(await house.gate.code(left), direction="out")
    seen = await house.look()
    assert [(one.seat, one.presence) for one in seen.seats] == [
        ("A-1", "in"),
        ("A-2", "left"),
        ("A-3", "missing"),
        ("A-4", "unpaid"),
    ]
    counts = seen.counts
    assert (counts.sold, counts.inside, counts.left, counts.missing, counts.unpaid) == (3, 1, 1, 1, 1)
    assert seen.seats[2].ticket == missing
    assert seen.tag() == (await house.look()).tag()


async def test_a_release_frees_who_is_missing_and_nobody_else(house: EveningHouse) -> None:
    inside, missing = await house.sold("A-1", "A-2")
    await house.sold("A-3", status="awaiting_payment")
    await house.gate.scan(await house.gate.code(inside))
    assert await house.state_of("A-2") == "s"
    assert await house.release() == ["A-2"]
    assert await house.state_of("A-1") == "s"
    assert await house.state_of("A-2") == "f"
    assert await house.ledger(missing) == [("released", 0)]
    assert await house.release() == []
    assert await house.ledger(missing) == [("released", 0)]


async def test_what_was_paid_stays_in_the_books(house: EveningHouse) -> None:
    await house.sold("A-1", "A-2")
    await house.release()
    broken = await audit_books(house.context)
    assert broken == dict.fromkeys(broken, 0)
    assert await house.context.postgres.fetchval("select count(*) from refund") == 0


async def test_a_released_ticket_is_refused_and_says_why(house: EveningHouse) -> None:
    (ticket,) = await house.sold("A-1")
    await house.release()
    answer = await house.gate.scan(await house.gate.code(ticket))
    assert (answer.verdict, answer.reason) == (Verdict.VOID, "no_show")


async def test_a_gate_without_a_network_is_told(house: EveningHouse) -> None:
    (ticket,) = await house.sold("A-1")
    door, venue = house.gate.door, house.screening.venue.venue
    before, _ = await take_evening(door, venue, None, Principal("dana", Role.DOOR), "en")
    await house.release()
    since, _ = await take_evening(door, venue, before.mark, Principal("dana", Role.DOOR), "en")
    whole, _ = await take_evening(door, venue, None, Principal("dana", Role.DOOR), "en")
    snapshot = await take_snapshot(door, house.screening.screening_id, EVERYWHERE, "en")
    for told in (*since.tickets, *whole.tickets, *snapshot.tickets):
        assert (told.ticket, told.status, told.released) == (ticket, "void", True)
    assert len(since.tickets) == len(whole.tickets) == len(snapshot.tickets) == 1


async def test_whom_an_offline_gate_let_in_before_it_knew_is_a_conflict(house: EveningHouse) -> None:
    (ticket,) = await house.sold("A-1")
    code, then = await house.gate.code(ticket), house.context.clock.now() - timedelta(minutes=2)
    await house.release()
    answer = await house.gate.late(code, "north", then, shown=Verdict.ADMITTED)
    assert (answer.verdict, answer.reason, answer.conflict) == (Verdict.VOID, "no_show", True)


@pytest.mark.parametrize(
    ("release_minutes", "starts_in"),
    [(None, -30), (10, 11), (0, 1), (-5, -4)],
    ids=["never", "a minute early", "at the start", "after the start"],
)
async def test_too_early_releases_nobody(context: Context, release_minutes: int | None, starts_in: int) -> None:
    house = await EveningHouse.opened(context, release_minutes=release_minutes, starts_in=starts_in)
    await house.sold("A-1")
    with pytest.raises(errors.NoShowsNotDue):
        await house.release()
    assert (await house.look()).counts.missing == 1
    assert not (await house.look()).release_due


@pytest.mark.parametrize(("starts_in", "status"), [(-121, "published"), (5, "cancelled")])
async def test_nothing_is_released_after_the_end_or_of_what_is_cancelled(
    context: Context, starts_in: int, status: str
) -> None:
    house = await EveningHouse.opened(context, starts_in=starts_in, status=status)
    with pytest.raises(errors.NoShowsNotDue):
        await house.release()


async def test_what_was_sold_after_the_moment_is_not_released(house: EveningHouse) -> None:
    await house.sold("A-1", placed_at=house.context.clock.now() - timedelta(minutes=1))
    assert await house.release() == []


async def test_a_scan_and_a_release_at_once_agree(house: EveningHouse) -> None:
    seats = [f"{row}-{number}" for row in "ABCDE" for number in range(1, 9)]
    tickets = await house.sold(*seats)
    codes = [await house.gate.code(ticket) for ticket in tickets]
    scans = asyncio.gather(*(house.gate.scan(code) for code in codes))
    released: list[str] = []

    async def release() -> None:
        for _ in range(3):
            released.extend(await house.release())

    answers, _ = await asyncio.gather(scans, release())
    admitted = {answer.seat for answer in answers if answer.verdict is Verdict.ADMITTED}
    assert admitted.isdisjoint(released)
    assert admitted.union(released) == set(seats)
    assert {(answer.verdict, answer.reason) for answer in answers if answer.seat in released} <= {
        (Verdict.VOID, "no_show")
    }
    counts = (await house.look()).counts
    assert (counts.inside, counts.released) == (len(admitted), len(released))


async def test_who_comes_late_gets_the_seat_back_while_it_is_free(house: EveningHouse) -> None:
    (ticket,) = await house.sold("A-1")
    await house.release()
    for _ in range(2):
        await no_shows.restore_ticket(house.sales, house.screening, ticket, BY)
    assert await house.state_of("A-1") == "s"
    assert await house.ledger(ticket) == [("released", 0), ("restored", 0)]
    # On the way from the box office to the gate nobody releases it again.
    assert await house.release() == []
    assert (await house.gate.scan(await house.gate.code(ticket))).verdict is Verdict.ADMITTED
    broken = await audit_books(house.context)
    assert broken == dict.fromkeys(broken, 0)


async def test_a_seat_that_is_somebody_else_s_is_not_given_back(house: EveningHouse) -> None:
    (ticket,) = await house.sold("A-1")
    await house.release()
    await no_shows.give_rush_ticket(house.sales, house.screening, RushWish(uuid.uuid4(), "A-1"), "en", BY)
    with pytest.raises(errors.SeatsTaken):
        await no_shows.restore_ticket(house.sales, house.screening, ticket, BY)
    assert (await house.gate.ticket(ticket))["released_at"] is not None


async def test_a_seat_that_is_being_chosen_is_not_given_back(house: EveningHouse) -> None:
    (ticket,) = await house.sold("A-1")
    await house.release()
    await hold_seats(house.sales.seating, house.screening.screening_id, NamedSeats(("A-1",)), "192.0.2.1")
    with pytest.raises(errors.SeatsTaken):
        await no_shows.restore_ticket(house.sales, house.screening, ticket, BY)


async def test_restoring_what_was_not_released_is_refused(house: EveningHouse) -> None:
    (void,) = await house.sold("A-1", status="cancelled")
    with pytest.raises(errors.TicketNotReleased):
        await no_shows.restore_ticket(house.sales, house.screening, void, BY)
    for number in ("", "K7Q29XFMK7Q2", "\u0436" * 12):
        with pytest.raises(errors.UnknownTicket):
            await no_shows.restore_ticket(house.sales, house.screening, number, BY)


async def test_the_rush_line_gets_each_seat_once(house: EveningHouse) -> None:
    (ticket,) = await house.sold("A-1")
    await house.release()
    given = await asyncio.gather(
        *(
            no_shows.give_rush_ticket(house.sales, house.screening, RushWish(uuid.uuid4(), "A-1"), "en", BY)
            for _ in range(6)
        ),
        no_shows.restore_ticket(house.sales, house.screening, ticket, BY),
        return_exceptions=True,
    )
    assert sum(isinstance(one, errors.SeatsTaken) for one in given) == 6
    live = "select count(*) from ticket where seat = 'A-1' and status = 'sold'"
    assert await house.context.postgres.fetchval(live) == 1


async def test_a_rush_ticket_sent_twice_is_one(house: EveningHouse) -> None:
    wish = RushWish(uuid.uuid4())
    once, again = [await no_shows.give_rush_ticket(house.sales, house.screening, wish, "en", BY) for _ in range(2)]
    assert once.order == again.order
    (ticket,) = again.tickets
    assert ticket.code is not None
    assert (await house.gate.scan(ticket.code)).verdict is Verdict.ADMITTED
    assert await house.ledger(ticket.ticket) == [("issued", 0)]
    assert await house.context.postgres.fetchval("select count(*) from job where kind like 'mail%'") == 0


async def test_many_rush_tickets_at_once_have_seats_of_their_own(house: EveningHouse) -> None:
    given = await asyncio.gather(
        *(
            no_shows.give_rush_ticket(house.sales, house.screening, RushWish(uuid.uuid4()), "en", BY)
            for _ in range(4)
        )
    )
    assert len({one.tickets[0].seat for one in given}) == 4


async def test_the_rush_line_waits_for_the_doors(context: Context) -> None:
    house = await EveningHouse.opened(context, starts_in=120)
    with pytest.raises(errors.RushNotOpen):
        await no_shows.give_rush_ticket(house.sales, house.screening, RushWish(uuid.uuid4()), "en", BY)


async def test_a_seat_that_is_not_there_is_given_to_nobody(house: EveningHouse) -> None:
    with pytest.raises(errors.UnknownSeats):
        await no_shows.give_rush_ticket(house.sales, house.screening, RushWish(uuid.uuid4(), "Z-9"), "en", BY)
