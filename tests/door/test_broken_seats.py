"""A seat breaks: it is kept from sale, and its ticket has the nearest equal one and a new code."""

import asyncio

import pytest

from tests.door.evening_house import BY, EveningHouse
from tests.factories import make_layout
from ticketing.door.before_film.broken_seats import BrokenSeatReport, Reseating, repair_seat, report_broken_seat
from ticketing.door.model import Verdict
from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.sales.ledger import seal_ledger
from ticketing.sales.ledger_audit import verify_ledger
from ticketing.sales.letters.new_code import write_reseated


@pytest.fixture
async def house(context: Context) -> EveningHouse:
    return await EveningHouse.opened(context)


async def broken(house: EveningHouse, seat: str) -> Reseating:
    return await report_broken_seat(house.sales, house.screening, BrokenSeatReport(seat, "torn"), BY)


async def test_a_free_seat_is_kept_from_sale_until_it_is_repaired(house: EveningHouse) -> None:
    assert (await broken(house, "C-5")).outcome == "blocked"
    assert await house.state_of("C-5") == "b"
    await house.sales.seating.mirror.reconcile([house.screening.screening_id])
    assert await house.state_of("C-5") == "b"
    assert [one.note for one in (await house.look()).broken] == ["torn"]
    for _ in range(2):
        await repair_seat(house.sales, house.screening, "C-5", BY)
    assert await house.state_of("C-5") == "f"
    assert (await house.look()).broken == ()


async def test_a_ticket_moves_beside_and_its_old_code_is_superseded(house: EveningHouse) -> None:
    (ticket,) = await house.sold("C-5")
    old = await house.gate.code(ticket)
    done = await broken(house, "C-5")
    assert (done.outcome, done.ticket) == ("moved", ticket)
    assert done.to in {"C-4", "C-6"}
    assert (await house.gate.scan(old)).verdict is Verdict.SUPERSEDED
    answer = await house.gate.scan(await house.gate.code(ticket))
    assert (answer.verdict, answer.seat) == (Verdict.ADMITTED, done.to)
    assert await house.state_of("C-5") == "b"
    assert await house.state_of(done.to or "") == "s"
    # The right and its price stay; an auditor finds it on its new seat, once.
    assert await broken(house, "C-5") == done
    assert await house.ledger(ticket) == [("transferred", 0)]
    entry = await house.context.postgres.fetchrow(
        "select seat, reason from ledger_entry where ticket_id = $1", ticket
    )
    assert dict(entry or {}) == {"seat": done.to, "reason": "reseated"}
    while await seal_ledger(house.context):
        pass
    verified = await verify_ledger(house.context)
    assert (verified.faults, verified.unsealed) == ((), 0)
    assert await house.context.postgres.fetchval("select count(*) from job where kind = 'mail_reseated'") == 1


async def test_the_letter_has_the_new_seat_and_not_an_older_one(house: EveningHouse) -> None:
    (ticket,) = await house.sold("C-5")
    await broken(house, "C-5")
    payload = await house.context.postgres.fetchval("select payload from job where kind = 'mail_reseated'")
    letter = await write_reseated(house.sales, payload)
    assert letter is not None
    assert letter.to == "aigerim@example.org"
    assert letter.attachments[0].media_type == "application/pdf"
    assert await write_reseated(house.sales, {**payload, "revision": 1}) is None
    assert ticket in letter.key
    # Whoever passed it on is not told the code of a holder who is forgotten.
    await house.context.postgres.execute("update ticket set holder_email = ''")
    assert await write_reseated(house.sales, payload) is None


async def test_where_nothing_equal_is_free_it_says_so_and_nobody_moves(context: Context) -> None:
    house = await EveningHouse.opened(context, layout=make_layout(1, 3))
    one, _, _ = await house.sold("A-1", "A-2", "A-3")
    done = await broken(house, "A-1")
    assert done == Reseating("A-1", "nobody_moved", one)
    assert (await house.look()).broken[0].ticket == one
    assert (await house.gate.scan(await house.gate.code(one))).verdict is Verdict.ADMITTED


async def test_somebody_for_whom_nothing_was_free_is_tried_again(context: Context) -> None:
    house = await EveningHouse.opened(context, layout=make_layout(1, 3))
    tickets = await house.sold("A-1", "A-2", "A-3")
    for ticket in tickets[:2]:
        await house.gate.scan(await house.gate.code(ticket))
    assert (await broken(house, "A-1")).outcome == "nobody_moved"
    assert await house.release() == ["A-3"]
    assert (await broken(house, "A-1")).to == "A-3"


async def test_an_unpaid_seat_waits(house: EveningHouse) -> None:
    await house.sold("C-5", status="awaiting_payment")
    assert (await broken(house, "C-5")).outcome == "unpaid"


async def test_neighbours_that_break_at_once_get_seats_of_their_own(house: EveningHouse) -> None:
    seats = [f"C-{number}" for number in range(3, 9)]
    await house.sold(*seats)
    done = await asyncio.gather(*(broken(house, seat) for seat in seats))
    assert {one.outcome for one in done} == {"moved"}
    assert len({one.to for one in done}) == len(seats)
    live = "select count(distinct seat) from ticket where status = 'sold'"
    assert await house.context.postgres.fetchval(live) == len(seats)


@pytest.mark.parametrize("seat", ["Z-1", "parterre#1", "\u0436", "A-1 "])
async def test_what_is_no_numbered_seat_is_refused(context: Context, seat: str) -> None:
    house = await EveningHouse.opened(context, layout=make_layout(area_capacity=5))
    with pytest.raises(errors.UnknownSeats):
        await broken(house, seat)
    assert (await house.look()).broken == ()
