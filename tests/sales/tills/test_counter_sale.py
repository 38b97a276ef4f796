"""A sale over the counter: seats, tickets, ledger and money at once, in two modes, once."""

import asyncio
import json
import secrets
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from tests.seating.box_office import BoxOffice, outcomes
from ticketing.insight.reports.making import ReportWish, make_report
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.money import Money
from ticketing.sales.books import audit_books
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.counter_sale import CounterHold, CounterSale, SoldAtCounter, hold_at_counter, sell_at_counter
from ticketing.sales.desk import read_order
from ticketing.sales.ledger import seal_ledger
from ticketing.sales.ledger_audit import verify_ledger
from ticketing.sales.model import TicketRequest
from ticketing.sales.rolls import roll_of
from ticketing.seating.holds import release_hold
from ticketing.seating.model import BestSeats, Hold, NamedSeats
from ticketing.staff.model import Principal, Role
from ticketing.staff.reach import EVERYWHERE, Place, reach_of

CLERK = Principal("clerk", Role.BOX_OFFICE)
SARA = Principal("sara", Role.SUPERVISOR)
FAR = Principal("far", Role.SUPERVISOR, reach=reach_of([Place(festival="elsewhere")]))
CROWD = [Principal(f"clerk-{number}", Role.BOX_OFFICE) for number in range(4)]


@pytest.fixture
async def office(context: Context) -> BoxOffice:
    """A box office with a clerk at a till; a tariff of its screening is not for the public."""
    office = await BoxOffice.opened(context, rules={"refund_until_minutes": 0})
    await office.context.postgres.execute("update tariff set public = false where tariff_id = 'student'")
    for by in (CLERK, SARA):
        await office.at_till(by.login)
    return office


async def held(office: BoxOffice, *seats: str, by: Principal = CLERK) -> Hold:
    return await hold_at_counter(office.house.sales, office.screening, NamedSeats(seats), by)


def sale(*holds: Hold, amount: int | None = None, **columns: Any) -> CounterSale:
    tariff = columns.pop("tariff", "full")
    seats = sum(len(hold.seats) for hold in holds)
    price = {"full": 350_000, "student": 200_000, "invitation": 0}.get(tariff, 0)
    usual: dict[str, Any] = {"mode": "presale", "method": "cash"}
    return CounterSale(
        [CounterHold(hold.hold, [TicketRequest(seat, tariff) for seat in hold.seats]) for hold in holds],
        Money(seats * price if amount is None else amount, "KZT"),
        **{**usual, **columns},
    )


async def sold(office: BoxOffice, wanted: CounterSale, by: Principal = CLERK, key: str = "") -> SoldAtCounter:
    return await sell_at_counter(office.house.sales, wanted, key or secrets.token_hex(8), by)


async def test_a_sale_is_whole_and_booked_to_the_till(office: BoxOffice) -> None:
    hold = await held(office, "C-4", "C-5", "C-6")
    answer = await sold(office, sale(hold, tariff="student", given=1_000_000))
    assert (answer.order.status, answer.order.total, answer.change) == (
        "confirmed",
        Money(600_000, "KZT"),
        Money(400_000, "KZT"),
    )
    assert answer.order.buyer is not None
    assert (answer.order.buyer.email, {one.status for one in answer.order.tickets}) == ("", {"sold"})
    assert {await office.state(seat) for seat in ("C-4", "C-5", "C-6")} == {"s"}
    row = await office.context.postgres.fetchrow(
        "select channel, provider, method, taken_by, amount, orders.shift_id = payment.shift_id as booked"
        " from orders join payment using (order_id)"
    )
    assert tuple(row) == ("counter", "counter", "cash", "clerk", 600_000, True)
    assert await office.fetchval("select array_agg(distinct reason) from ledger_entry") == ["presale"]
    assert await office.fetchval("select count(*) from job where kind = 'mail_order'") == 0
    # The audit names the festival of an order that the same statement has placed.
    named = "select count(*) from audit join orders using (festival_id) where act = 'sold_at_counter'"
    assert await office.fetchval(named) == 1
    mailed = await sold(
        office, sale(await held(office, "A-1"), email="aigerim@example.kz", name=" Aigerim  S", method="card")
    )
    assert mailed.order.buyer is not None
    assert mailed.order.buyer.name == "Aigerim S"
    assert await office.fetchval("select payload ->> 'order' from job") == mailed.order.order
    free = await sold(office, sale(await held(office, "A-2"), tariff="invitation", method=None))
    assert free.change == Money(0, "KZT")
    assert await office.fetchval("select count(*) from payment") == 2
    assert await audit_books(office.context) == dict.fromkeys(await audit_books(office.context), 0)
    while await seal_ledger(office.context):
        pass
    assert (await verify_ledger(office.context)).faults == ()


async def test_immediate_entry_admits_with_the_sale(office: BoxOffice) -> None:
    sales = office.house.sales
    inside = await sold(office, sale(await held(office, "B-1", "B-2"), mode="immediate_entry"))
    later = await sold(office, sale(await held(office, "B-5")))
    rows = await office.context.postgres.fetch(
        "select seat, inside, entries, admitted_gate from ticket order by seat"
    )
    till = await office.fetchval("select till_id from till_shift where login = 'clerk'")
    assert [tuple(row) for row in rows] == [
        ("B-1", True, 1, till),
        ("B-2", True, 1, till),
        ("B-5", False, 0, None),
    ]
    assert await office.fetchval("select count(*) from scan where verdict = 'admitted' and gate = $1", till) == 2
    counted = "select sum(sold), sum(admitted) from ticket_count"
    assert tuple(await office.context.postgres.fetchrow(counted)) == (3, 2)
    with pytest.raises(errors.AlreadyUsed):
        await cancel_order(sales, inside.order.order, inside.order.secret or "")
    await cancel_order(sales, later.order.order, later.order.secret or "")


async def test_the_statement_tells_the_modes_apart(office: BoxOffice) -> None:
    """The doors are open, so that by the time alone nothing would be pre-sale."""
    await sold(office, sale(await held(office, "B-1", "B-2"), mode="immediate_entry"))
    back = await sold(office, sale(await held(office, "B-5", "B-6")))
    await cancel_order(office.house.sales, back.order.order, back.order.secret or "")
    await office.sell("B-8")
    assert await statement(office) == (5, 2, 2, 2)
    while await seal_ledger(office.context):
        pass
    assert await statement(office) == (5, 2, 2, 2)


async def statement(office: BoxOffice) -> tuple[int, int, int, int]:
    """Issued, of which in pre-sale; cancelled, of which in pre-sale: full price."""
    made = await make_report(office.house.insight, ReportWish("screening-statement"), EVERYWHERE, "json")
    (row,) = json.loads(made.body)["rows"]
    line = next(one for one in row["tariffs"] if one["tariff"] == "full")
    return (line["issued"], line["issued_in_presale"], line["cancelled"], line["cancelled_in_presale"])


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"amount": 1}, errors.PriceChanged),
        ({"given": 349_999}, errors.TooLittleGiven),
        ({"method": None}, errors.InvalidField),
        ({"tariff": "nothing", "amount": 350_000}, errors.TariffNotForZone),
    ],
)
async def test_a_refused_sale_changes_nothing(
    office: BoxOffice, change: dict[str, Any], refusal: type[errors.TicketingError]
) -> None:
    hold = await held(office, "A-1")
    with pytest.raises(refusal):
        await sold(office, sale(hold, **change))
    assert await office.fetchval("select (select count(*) from orders) + (select count(*) from payment)") == 0
    assert (await sold(office, sale(hold))).order.status == "confirmed"


async def test_when_and_what_the_counter_sells(office: BoxOffice, clock: ShiftedClock) -> None:
    sales, early = office.house.sales, office.screening
    now = clock.now()
    by_invitation = await office.factory.screening(layout=office.layout, audience="invitation")
    closed = await office.factory.screening(layout=office.layout, sales_close_at=now - timedelta(minutes=1))
    tomorrow = await office.factory.screening(layout=office.layout, starts_at=now + timedelta(days=1))
    draft = await office.factory.screening(layout=office.layout, status="draft")
    cancelled = await office.factory.screening(layout=office.layout, status="cancelled")
    not_yet = await office.factory.screening(layout=office.layout, sales_open_at=now + timedelta(minutes=5))
    over = await office.factory.screening(
        layout=office.layout,
        starts_at=now - timedelta(hours=3),
        sales_close_at=now,
    )
    wish = NamedSeats(("A-1",))
    for screening, by, refusal in (
        (by_invitation, CLERK, errors.ByInvitation),
        (draft, SARA, errors.UnknownScreening),
        (cancelled, SARA, errors.SalesClosed),
        (not_yet, SARA, errors.SalesClosed),
        (over, SARA, errors.SalesClosed),
        (early, FAR, errors.OutOfReach),
    ):
        with pytest.raises(refusal):
            await hold_at_counter(sales, screening, wish, by)
    # The public's sales are over, somebody stands there before the end: sold. By invitation: a supervisor may.
    for screening, by in ((closed, CLERK), (by_invitation, SARA)):
        hold = await hold_at_counter(sales, screening, wish, by)
        assert (await sold(office, sale(hold), by)).order.status == "confirmed"
    hold = await hold_at_counter(sales, by_invitation, NamedSeats(("A-2",)), SARA)
    for by, refusal in ((CLERK, errors.ByInvitation), (FAR, errors.OutOfReach)):
        with pytest.raises(refusal):
            await sold(office, sale(hold), by)
    hold = await hold_at_counter(sales, tomorrow, wish, CLERK)
    with pytest.raises(errors.EntryNotOpen):
        await sold(office, sale(hold, mode="immediate_entry"))


async def test_without_an_open_till_nothing_is_sold(office: BoxOffice) -> None:
    hold = await held(office, "A-1", by=CROWD[0])
    for wanted in (sale(hold), sale(hold, tariff="invitation", method=None)):
        with pytest.raises(errors.NoOpenShift):
            await sold(office, wanted, CROWD[0])
    assert await office.fetchval("select count(*) from orders") == 0


async def test_sent_twice_it_is_sold_once(office: BoxOffice) -> None:
    hold = await held(office, "A-1", "A-2")
    wanted = sale(hold, given=800_000)
    answers = await asyncio.gather(*(sold(office, wanted, key="k") for _ in range(4)))
    assert len({(one.order.order, one.order.secret, one.change.amount) for one in answers}) == 1
    for other, by in ((sale(hold), CLERK), (wanted, SARA)):
        with pytest.raises(errors.IdempotencyMismatch):
            await sold(office, other, by, key="k")
    with pytest.raises(errors.HoldExpired):
        await sold(office, wanted)
    assert await office.fetchval("select count(*) from payment") == 1


async def test_counters_and_the_public_race_for_one_seat(office: BoxOffice) -> None:
    for by in CROWD:
        await office.at_till(by.login)

    async def at_counter(by: Principal) -> str:
        return (await sold(office, sale(await held(office, "C-3", "C-4", by=by)), by)).order.order

    answers = await outcomes(*map(at_counter, CROWD), office.sell("C-4", "C-5"), office.sell("C-3"))
    assert {type(one) for one in answers if isinstance(one, Exception)} == {errors.SeatsTaken}
    live = "select count(*) from ticket where status in ('reserved', 'sold') group by seat"
    assert {row[0] for row in await office.context.postgres.fetch(live)} == {1}
    # Where Redis was told wrong, Postgres decides, and the mirror learns.
    hold = await held(office, "E-1")
    await office.factory.order(office.screening, "E-1")
    with pytest.raises(errors.SeatsTaken) as refused:
        await sold(office, sale(hold))
    assert refused.value.data == {"seats": ["E-1"]}
    assert await office.state("E-1") == "s"


async def test_seats_are_held_as_the_publics_are(office: BoxOffice) -> None:
    sales = office.house.sales
    first = await held(office, "A-1", "A-2")
    with pytest.raises(errors.SeatsTaken):
        await office.hold("A-2")
    await office.hold("B-1")
    with pytest.raises(errors.SeatsTaken):
        await hold_at_counter(sales, office.screening, NamedSeats(("A-2", "B-1")), CLERK, first.hold)
    assert await office.state("A-1") == "h"
    changed = await hold_at_counter(sales, office.screening, NamedSeats(("A-2", "A-3")), CLERK, first.hold)
    assert (changed.hold, changed.seats, await office.state("A-1")) == (first.hold, ("A-2", "A-3"), "f")
    best = await hold_at_counter(sales, office.screening, BestSeats(4), CLERK, changed.hold)
    assert (len(best.seats), await office.state("A-2")) == (4, "f")
    everything = [f"D-{number}" for number in range(1, 11)] + [f"E-{number}" for number in range(1, 4)]
    party = await hold_at_counter(sales, office.screening, NamedSeats(tuple(everything)), CLERK, best.hold)
    assert len(party.seats) == 13
    await release_hold(sales.seating, party.hold)
    for gone in (party.hold, "nonsense"):
        again = await hold_at_counter(sales, office.screening, NamedSeats(("A-9",)), CLERK, gone)
        assert again.seats == ("A-9",)
        await release_hold(sales.seating, again.hold)


async def test_the_roll_has_a_page_a_ticket(office: BoxOffice) -> None:
    answer = await sold(office, sale(await held(office, "A-1", "A-2", "A-3")))
    order = await read_order(office.context.postgres, answer.order.order)
    pdf = await roll_of(office.house.sales, order, CLERK)
    with pypdfium2.PdfDocument(pdf) as document:
        pages = list(document)
        assert {round(page.get_width() / 72 * 25.4) for page in pages} == {80}
        read = [zxingcpp.read_barcodes(page.render(scale=3).to_pil()) for page in pages]
    assert [{one.text for one in codes} for codes in read] == [{ticket.code} for ticket in answer.order.tickets]
    with pytest.raises(errors.OutOfReach):
        await roll_of(office.house.sales, order, FAR)
