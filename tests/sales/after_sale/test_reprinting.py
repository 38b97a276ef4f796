"""Tickets printed anew: one code more a reprint, and every earlier one superseded, with and without a network."""

import uuid

import pytest

from tests.sales.after_sale.conftest import CLERK, ELSEWHERE, Counter
from tests.sales.mailbox import Mailbox, free_port, listening, work_through
from tests.seating.box_office import outcomes
from ticketing.door.model import ScanRequest
from ticketing.door.offline import take_snapshot
from ticketing.door.scans import record_scan
from ticketing.kernel import errors
from ticketing.kernel.mail import SmtpTransport
from ticketing.sales.after_sale.finding import find_at_counter
from ticketing.sales.after_sale.reprinting import sheet_of_reprint
from ticketing.sales.desk import show_order
from ticketing.staff.model import Principal, Role
from ticketing.staff.reach import EVERYWHERE


async def test_a_reprint_supersedes_every_paper_before(counter: Counter) -> None:
    order = await counter.sell_here("A-1")
    sales, ticket = counter.house.sales, order.tickets[0].ticket
    await counter.context.postgres.execute("update screening set doors_at = sales_open_at")
    counter.house.catalogue.forget()
    before = (await show_order(sales, order.order, order.secret or "")).tickets[0].code or ""
    act = uuid.uuid4()
    made = await counter.reprint(ticket, reprint=act)
    assert await counter.reprint(ticket, reprint=act) == made
    assert made.revision == 2
    sheet = await sheet_of_reprint(sales, act, CLERK)
    (face,) = sheet.tickets
    doorman = Principal("dana", Role.DOOR)
    verdicts = [
        (await record_scan(counter.house.door, ScanRequest(uuid.uuid4(), code, "north"), doorman)).verdict
        for code in (before, ticket, face.code)
    ]
    assert verdicts == ["superseded", "superseded", "admitted"]
    snapshot = await take_snapshot(counter.house.door, counter.screening, EVERYWHERE, "en")
    assert [one.revision for one in snapshot.tickets] == [2]
    found = await find_at_counter(sales, before, CLERK)
    assert (found.order, found.sought, found.superseded) == (order.order, ticket, True)
    assert not (await find_at_counter(sales, face.code + "\r\n", CLERK)).superseded
    assert await counter.fetchval("select count(*) from audit where act = 'ticket_reprinted'") == 1
    await counter.reprint(ticket)
    with pytest.raises(errors.TicketSuperseded):
        await sheet_of_reprint(sales, act, CLERK)


async def test_of_many_requests_each_makes_one_code(counter: Counter) -> None:
    order = await counter.sell_here("A-1")
    ticket, act = order.tickets[0].ticket, uuid.uuid4()
    answers = await outcomes(*(counter.reprint(ticket, reprint=act) for _ in range(4)), counter.reprint(ticket))
    assert not [one for one in answers if isinstance(one, Exception)]
    assert {one.revision for one in answers} == {2, 3}
    assert await counter.fetchval("select revision from ticket") == 3


async def test_what_cannot_be_printed(counter: Counter) -> None:
    order, gone = await counter.sell_here("A-1"), await counter.sell_here("A-2")
    unpaid = await counter.order(await counter.hold("A-3"))
    await counter.take_back(gone)
    waiting = await counter.sell_student("B-2")
    await counter.dearer(waiting, "C-3")
    ticket = order.tickets[0].ticket
    act = (await counter.reprint(ticket)).reprint
    for call, refusal in (
        (counter.reprint(gone.tickets[0].ticket), errors.TicketsNotSold),
        (counter.reprint(unpaid.tickets[0].ticket), errors.TicketsNotSold),
        (counter.reprint(waiting.tickets[0].ticket), errors.ExchangePending),
        (counter.reprint("K7Q29XFMK7Q2"), errors.UnknownTicket),
        (counter.reprint("x\x00y"), errors.UnknownTicket),
        (counter.reprint(ticket, reason="other"), errors.InvalidField),
        (counter.reprint(ticket, reprint=act, reason="damaged"), errors.IdempotencyMismatch),
        (counter.reprint(ticket, ELSEWHERE), errors.OutOfReach),
        (sheet_of_reprint(counter.house.sales, uuid.uuid4(), CLERK), errors.UnknownReprint),
        (sheet_of_reprint(counter.house.sales, act, ELSEWHERE), errors.OutOfReach),
    ):
        with pytest.raises(refusal):
            await call
    await counter.context.postgres.execute("update orders set buyer_email = ''")
    with pytest.raises(errors.NoAddress):
        await counter.reprint(ticket, way="mail")
    assert await counter.fetchval("select revision from ticket where seat = 'A-1'") == 2


@pytest.mark.parametrize(("holder", "to"), [(None, "aigerim@example.org"), ("saule@example.org",) * 2])
async def test_it_is_mailed_to_whoever_shows_it(counter: Counter, holder: str | None, to: str) -> None:
    order = await counter.sell_here("A-1")
    await counter.context.postgres.execute("update ticket set holder_email = $1", holder)
    await counter.context.postgres.execute("delete from job")
    made = await counter.reprint(order.tickets[0].ticket, way="mail")
    box = Mailbox()
    async with listening(box, free_port()) as url:
        await work_through(counter, SmtpTransport(url))
    (message,) = box.messages
    assert message["To"] == to
    assert made.way == "mail"


@pytest.mark.parametrize("typed", ["", "К7Q29XFM", "%00", "x" * 500, "9" * 12, "../..", "'; --", "K7Q2 9XFM"])
async def test_what_is_no_number_of_ours_finds_nothing(counter: Counter, typed: str) -> None:
    with pytest.raises(errors.UnknownOrder):
        await find_at_counter(counter.house.sales, typed, CLERK)


async def test_an_order_is_found_in_whatever_way_it_is_typed(counter: Counter) -> None:
    order = await counter.sell_here("A-1")
    ticket = order.tickets[0].ticket
    for typed in (
        order.order,
        f" {order.order[:4].lower()} {order.order[4:]}",
        ticket,
        f"{ticket[:4]}-{ticket[4:]}",
    ):
        assert (await find_at_counter(counter.house.sales, typed, CLERK)).order == order.order
