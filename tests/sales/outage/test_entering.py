"""A stack of paper tickets: entered as a whole, once, and told apart for good."""

import uuid
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.factories import make_layout
from tests.sales.waiting_room import WaitingRoom
from tests.seating.box_office import BoxOffice, outcomes
from ticketing.door.model import ScanRequest
from ticketing.door.scans import record_scan
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.money import Money
from ticketing.programme.layout import layout_body, layout_id
from ticketing.sales.after_sale.cancelling import cancel_at_counter
from ticketing.sales.after_sale.model import CancellationWish
from ticketing.sales.books import audit_books
from ticketing.sales.hall_moves import move_screening
from ticketing.sales.ledger import seal_ledger
from ticketing.sales.ledger_audit import verify_ledger
from ticketing.sales.outage.entering import enter_stack, list_batches, list_enterable, look_at_stack, show_batch
from ticketing.sales.outage.model import HandSoldBatch, HandSoldPaper, HandSoldStack
from ticketing.sales.screenings.cancelling import cancel_screening
from ticketing.sales.screenings.orders import STRAGGLERS_FOR, see_to_cancelled
from ticketing.staff.model import Principal, Role
from ticketing.staff.reach import Place, reach_of
from ticketing.web.house import build_house

CLERK = Principal("bota", Role.BOX_OFFICE)
SUPERVISOR = Principal("sara", Role.SUPERVISOR)
ELSEWHERE = Principal("ella", Role.ADMIN, reach=reach_of([Place(festival="another")]))


class Outage(BoxOffice):
    """A box office after an evening without a network."""

    def paper(self, number: str, seat: str, **changes: Any) -> HandSoldPaper:
        at = self.context.clock.now() - timedelta(minutes=5)
        return msgspec.structs.replace(HandSoldPaper(number, seat, "full", "cash", at), **changes)

    async def enter(
        self,
        *papers: HandSoldPaper,
        batch: uuid.UUID | None = None,
        clerk: Principal = CLERK,
        in_till: bool = False,
    ) -> HandSoldBatch:
        stack = HandSoldStack(batch or uuid.uuid4(), papers, in_till)
        return await enter_stack(self.house.sales, self.screening, stack, "kk", clerk)


@pytest.fixture
async def outage(context: Context) -> Outage:
    """The doors are open; the film starts in half an hour. There are unnumbered places as well."""
    opened = await Outage.opened(context, make_layout(area_capacity=2))
    assert isinstance(opened, Outage)
    return opened


async def test_a_stack_is_entered_and_marked_so_everywhere(outage: Outage) -> None:
    batch = await outage.enter(
        outage.paper("n 17", "A-1", came_in=True),
        outage.paper("18", "parterre", method="card", money=Money(300_000, "KZT")),
        outage.paper("19", "A-3", tariff="invitation"),
    )
    assert [(one.paper, one.seat, one.money.amount) for one in batch.tickets] == [
        ("18", "parterre#1", 300_000),
        ("19", "A-3", 0),
        ("N 17", "A-1", 350_000),
    ]
    assert await outage.fetchval("select array_agg(distinct channel) from orders") == ["hand_sold"]
    assert await outage.fetchval("select array_agg(distinct (kind, reason)::text) from ledger_entry") == [
        "(issued,hand_sold)"
    ]
    assert await outage.fetchval("select array_agg((method, amount)::text order by amount) from payment") == [
        "(card,300000)",
        "(cash,350000)",
    ]
    assert await outage.fetchval("select count(*) from job") == 0
    assert await outage.fetchval("select (sum(sold), sum(admitted)) from ticket_count") == (3, 1)
    assert [await outage.state(seat) for seat in ("A-1", "parterre#1", "A-3")] == ["s", "s", "s"]
    act = await outage.context.postgres.fetchrow("select login, subject, detail from audit")
    assert act is not None
    assert (act["login"], act["subject"], act["detail"]["papers"]) == (
        "bota",
        outage.screening,
        ["18", "19", "N 17"],
    )
    while await seal_ledger(outage.context):
        pass
    assert (await verify_ledger(outage.context)).faults == ()
    assert not any((await audit_books(outage.context)).values())
    assert await show_batch(outage.house.sales, batch.batch, CLERK) == batch
    assert [one.tickets for one in await list_batches(outage.house.sales, outage.screening)] == [3]


async def test_who_came_in_with_the_paper_is_inside(outage: Outage) -> None:
    batch = await outage.enter(outage.paper("1", "A-1", came_in=True), outage.paper("2", "A-2"))
    doorman = Principal("dana", Role.DOOR)
    verdicts = [
        (await record_scan(outage.house.door, ScanRequest(uuid.uuid4(), one.ticket, "north"), doorman)).verdict
        for one in batch.tickets
    ]
    assert verdicts == ["already_admitted", "admitted"]


async def test_the_same_stack_is_entered_once_and_another_under_its_name_not_at_all(outage: Outage) -> None:
    name = uuid.uuid4()
    papers = [outage.paper("1", "A-1"), outage.paper("2", "A-2")]
    answers = await outcomes(*(outage.enter(*papers, batch=name) for _ in range(4)))
    assert [one for one in answers if isinstance(one, Exception)] == []
    assert all(one == answers[0] for one in answers)
    with pytest.raises(errors.IdempotencyMismatch):
        await outage.enter(papers[0], batch=name)
    assert await outage.fetchval("select count(*) from hand_sold") == 2


async def test_nothing_is_entered_where_anything_stands_against_one(outage: Outage) -> None:
    sold = await outage.sell("A-1")
    await outage.enter(outage.paper("7", "B-1"))
    papers = [
        outage.paper("1", "A-1"),
        outage.paper("2", "A-2"),
        outage.paper("7", "B-2"),
        outage.paper("4", "B-1"),
    ]
    look = await look_at_stack(outage.house.sales, outage.screening, papers, CLERK)
    assert (look.refused, look.total.amount, look.later_entries) == (3, 1_400_000, False)
    with pytest.raises(errors.HandSoldRefused) as refused:
        await outage.enter(*papers)
    told = [(one["line"], one["problems"]) for one in refused.value.data["papers"]]
    assert told == [(1, ("seat_sold",)), (3, ("paper_known",)), (4, ("seat_sold",))]
    assert refused.value.data["papers"][0]["order"] == sold.order
    assert await outage.fetchval("select count(*) from hand_sold") == 1


async def test_against_the_public_one_of_both_has_the_seat(outage: Outage) -> None:
    seats = [f"{row}-{number}" for row in "ABC" for number in (2, 5, 8)]
    holds = [await outage.hold(seat) for seat in seats]
    calls = []
    for number, (seat, hold) in enumerate(zip(seats, holds, strict=True)):
        calls += [outage.enter(outage.paper(str(number), seat)), outage.order(hold)]
    answers = await outcomes(*calls)
    for entered, ordered in zip(answers[::2], answers[1::2], strict=True):
        lost = [one for one in (entered, ordered) if isinstance(one, Exception)]
        assert len(lost) == 1
        assert isinstance(lost[0], errors.HandSoldRefused | errors.SeatsTaken | errors.HoldExpired)
    live = "select count(*) from ticket where status in ('reserved', 'sold')"
    assert await outage.fetchval(live) == len(seats)
    await outage.reconcile()
    assert set(await outage.states()) >= set(seats)
    assert {(await outage.states())[seat] for seat in seats} <= {"s", "r"}


async def test_two_clerks_with_the_same_papers_enter_them_once(outage: Outage) -> None:
    stacks = [[outage.paper(str(number), f"{row}-{number}") for number in range(1, 6)] for row in "AB"]
    answers = await outcomes(*(outage.enter(*stack) for stack in stacks), outage.enter(*stacks[0]))
    refused = [one for one in answers if isinstance(one, Exception)]
    assert {type(one) for one in refused} == {errors.HandSoldRefused}
    assert len(refused) == 2
    assert await outage.fetchval("select count(*) from hand_sold") == 5


async def test_what_is_offered_to_those_who_wait_is_nobody_elses(context: Context) -> None:
    room = await WaitingRoom.opened(context)
    await room.join("a@example.org")
    await room.give_back("A-1")
    await room.offer()
    paper = HandSoldPaper("1", "A-1", "full", "cash", context.clock.now())
    stack = HandSoldStack(uuid.uuid4(), (paper,))
    with pytest.raises(errors.HandSoldRefused) as refused:
        await enter_stack(room.house.sales, room.screening, stack, "kk", CLERK)
    assert refused.value.data["papers"][0]["problems"] == ("seat_offered",)


async def test_the_money_is_booked_to_a_till_where_it_lies_in_one(outage: Outage) -> None:
    with pytest.raises(errors.NoOpenShift):
        await outage.enter(outage.paper("1", "A-1"), in_till=True)
    shift = await outage.factory.shift("bota")
    await outage.enter(outage.paper("1", "A-1"), in_till=True)
    await outage.enter(outage.paper("2", "A-2"))
    assert await outage.fetchval("select array_agg(shift_id::text order by amount) from payment") == [shift, None]


async def test_it_is_given_back_like_any_other(outage: Outage) -> None:
    batch = await outage.enter(outage.paper("1", "A-1", came_in=True))
    (ticket,) = batch.tickets
    await outage.factory.shift("sara", KZT=1_000_000)
    wish = CancellationWish(
        tickets=(ticket.ticket,), cancellation=uuid.uuid4(), reason="technical_fault", money=ticket.money
    )
    with pytest.raises(errors.SupervisorNeeded):
        await cancel_at_counter(outage.house.sales, ticket.order, wish, CLERK)
    done = await cancel_at_counter(outage.house.sales, ticket.order, wish, SUPERVISOR)
    assert [(way.method, way.settled) for way in done.ways] == [("cash", True)]
    assert not any((await audit_books(outage.context)).values())
    # The paper stays known: found once more in a drawer, it is not sold again.
    with pytest.raises(errors.HandSoldRefused):
        await outage.enter(outage.paper("1", "A-2"))
    assert (await show_batch(outage.house.sales, batch.batch, CLERK)) == batch


async def test_papers_of_a_cancelled_screening_are_paid_back_even_when_it_was_done(
    outage: Outage, clock: ShiftedClock
) -> None:
    sales = outage.house.sales
    paper = outage.paper("1", "A-1")
    await cancel_screening(
        sales, await sales.catalogue.screening(outage.screening), "refund", {"en": "Dark."}, "sara"
    )
    clock.ahead += STRAGGLERS_FOR
    assert await see_to_cancelled(sales) == 0
    assert await outage.fetchval("select done_at from screening_cancellation") is not None
    await outage.enter(paper)
    assert await see_to_cancelled(sales) == 1
    assert await outage.fetchval("select (amount, reason) from refund") == (350_000, "cancelled")
    assert await see_to_cancelled(sales) == 0
    assert await outage.fetchval("select done_at from screening_cancellation") is not None
    assert not any((await audit_books(outage.context)).values())


async def test_a_seat_that_was_withdrawn_a_moment_ago_is_told(outage: Outage) -> None:
    await outage.house.catalogue.screening(outage.screening)
    seats = tuple(seat for seat in outage.layout.seats if seat.seat != "A-3")
    after = msgspec.structs.replace(outage.layout, seats=seats, runs=tuple((at, 1) for at in range(len(seats))))
    identity = layout_id(after)
    await outage.context.postgres.execute(
        "insert into layout values ($1, $2, $3)", identity, msgspec.Raw(layout_body(after)), after.capacity
    )
    await outage.context.postgres.execute("update hall set layout_id = $1", identity)
    # Another process moves it: this one has the old layout before it.
    await move_screening(build_house(outage.context).sales, outage.screening, identity, "olga")
    with pytest.raises(errors.HandSoldRefused) as refused:
        await outage.enter(outage.paper("1", "A-3"), outage.paper("2", "A-4"))
    assert [(one["line"], one["problems"]) for one in refused.value.data["papers"]] == [(1, ("seat_unknown",))]
    await outage.enter(outage.paper("2", "A-4"))


async def test_until_when_and_by_whom(outage: Outage, clock: ShiftedClock) -> None:
    sales = outage.house.sales
    paper = outage.paper("1", "A-1")
    with pytest.raises(errors.OutOfReach):
        await outage.enter(paper, clerk=ELSEWHERE)
    assert await list_enterable(sales, ELSEWHERE) == []
    with pytest.raises(errors.UnknownScreening):
        await look_at_stack(sales, "no-such", [paper], CLERK)
    with pytest.raises(errors.InvalidField):
        await outage.enter(outage.paper("1", "A-1", money=Money(-1, "KZT")))
    with pytest.raises(errors.UnknownBatch):
        await show_batch(sales, uuid.uuid4(), CLERK)
    clock.ahead = timedelta(days=30)
    assert [one.screening_id for one in await list_enterable(sales, CLERK)] == [outage.screening]
    entered = await outage.enter(paper)
    with pytest.raises(errors.OutOfReach):
        await show_batch(sales, entered.batch, ELSEWHERE)
    clock.ahead = timedelta(days=32)
    with pytest.raises(errors.HandSoldTooLate):
        await outage.enter(outage.paper("2", "A-2"))
    assert await list_enterable(sales, CLERK) == []
