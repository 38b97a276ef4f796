"""A till's shift: one a till and a login, every coin booked, counted to the minor unit, and closed for good."""

import asyncio
import secrets
import uuid
from typing import Any

import asyncpg
import msgspec
import pytest

from tests.sales.providers.tellers import order_by
from tests.seating.box_office import BoxOffice, outcomes
from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.sales.books import audit_books
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.counter import CounterPayment, Method, hand_out_refund, take_counter_payment
from ticketing.sales.model import OrderView
from ticketing.sales.tills.model import (
    Coins,
    Shift,
    ShiftClosing,
    ShiftMoney,
    ShiftOpening,
    ShiftSums,
    TerminalTotal,
    TillTerms,
    not_counted,
)
from ticketing.sales.tills.shifts import close_shift, list_bookings, list_shifts, open_shift, shift_of, show_shift
from ticketing.sales.tills.tills import list_tills, set_till
from ticketing.staff.model import Grant, Principal, Role, principal_with
from ticketing.staff.reach import Place, reach_of

CLERK = Principal("clerk", Role.BOX_OFFICE)
OTHER = Principal("other", Role.BOX_OFFICE)
SARA = Principal("sara", Role.SUPERVISOR)


@pytest.fixture
async def office(context: Context) -> BoxOffice:
    """A box office with two tills."""
    office = await BoxOffice.opened(context, rules={"refund_until_minutes": 0})
    venue = await office.fetchval("select venue_id from venue")
    for till in ("hall", "foyer"):
        await set_till(office.house.sales, till, TillTerms(venue, till.title()), SARA)
    return office


async def opened(office: BoxOffice, till: str = "hall", by: Principal = CLERK, **floats: int) -> Shift:
    money = tuple(Coins(amount, currency) for currency, amount in floats.items())
    return await open_shift(office.house.sales, till, ShiftOpening(uuid.uuid4(), money), by)


async def closed(office: BoxOffice, shift: Shift, by: Principal = CLERK, note: str = "", **cash: int) -> Shift:
    terminal = cash.pop("terminal", None)
    closing = ShiftClosing(
        tuple(Coins(amount, currency) for currency, amount in cash.items()),
        (TerminalTotal(terminal, "KZT"),) if terminal is not None else (),
        note,
    )
    return await close_shift(office.house.sales, uuid.UUID(shift.shift), closing, by)


async def pays(office: BoxOffice, seat: str, method: Method = "cash", by: str = "clerk") -> OrderView:
    order = await order_by(office, "demo", seat)
    await take_counter_payment(
        office.house.sales, order.order, CounterPayment(secrets.token_hex(6), method, order.total), by
    )
    return order


async def test_a_shift_is_reckoned_to_the_minor_unit(office: BoxOffice) -> None:
    sales = office.house.sales
    shift = await opened(office, KZT=2_000_050, EUR=0)
    await pays(office, "A-1")
    given_back = await pays(office, "A-2")
    by_card = await pays(office, "A-3", "card")
    for order in (given_back, by_card):
        await cancel_order(sales, order.order, order.secret or "")
    cash, card = [
        await office.fetchval("select refund_id from refund where order_id = $1", order.order)
        for order in (given_back, by_card)
    ]
    await hand_out_refund(sales, cash, "clerk")
    await hand_out_refund(sales, card, "clerk")
    # Whoever counts does not know what to find.
    mine = await shift_of(sales, CLERK)
    assert mine is not None
    assert await list_bookings(sales, uuid.UUID(shift.shift), CLERK) == []
    assert mine.money == (ShiftMoney("KZT", 2_000_050, 0, 0, 0, 0),)
    assert (await show_shift(sales, uuid.UUID(shift.shift), SARA)).money[1].cash_expected == 2_350_050
    with pytest.raises(errors.CountMissing) as refused:
        await closed(office, shift, KZT=2_350_000)
    assert refused.value.data == {"currencies": ["KZT"]}  # the terminal
    counted = await closed(office, shift, KZT=2_350_000, terminal=0, note="Fifty tiyn")
    assert (counted.payments, counted.refunds, counted.closed_by, counted.note) == (3, 2, "clerk", "Fifty tiyn")
    assert counted.money == (
        ShiftMoney("KZT", 2_000_050, 700_000, 350_000, 350_000, 350_000, 2_350_000, -50, 0, 0),
    )
    assert await show_shift(sales, uuid.UUID(shift.shift), CLERK) == counted
    booked = await list_bookings(sales, uuid.UUID(shift.shift), CLERK)
    assert [(one.money.amount, one.method) for one in booked] == [
        (350_000, "cash"),
        (350_000, "cash"),
        (350_000, "card"),
        (-350_000, "cash"),
        (-350_000, "card"),
    ]
    assert await office.fetchval("select detail from audit where act = 'shift_closed'") == {
        "till": "hall",
        "cashier": "clerk",
        "KZT": -50,
    }


async def test_a_transfer_is_no_tills_affair(office: BoxOffice) -> None:
    await opened(office)
    order = await pays(office, "A-1")
    await cancel_order(office.house.sales, order.order, order.secret or "")
    refund = await office.fetchval("select refund_id from refund")
    with pytest.raises(errors.NoOpenShift):
        await hand_out_refund(office.house.sales, refund, "sara")
    await hand_out_refund(office.house.sales, refund, "sara", "transfer")
    await hand_out_refund(office.house.sales, refund, "sara")
    assert tuple(await office.context.postgres.fetchrow("select method, shift_id from refund")) == (
        "transfer",
        None,
    )


async def test_no_money_passes_without_an_open_till(office: BoxOffice) -> None:
    with pytest.raises(errors.NoOpenShift):
        await pays(office, "A-1")
    shift = await opened(office)
    await closed(office, shift)
    with pytest.raises(errors.NoOpenShift):
        await pays(office, "A-2")
    assert await office.fetchval("select count(*) from payment") == 0


async def test_one_open_shift_a_till_and_a_person(office: BoxOffice) -> None:
    answers = await outcomes(*(opened(office, "hall", Principal(f"p{n}", Role.BOX_OFFICE)) for n in range(4)))
    assert sum(isinstance(one, Shift) for one in answers) == 1
    assert {type(one) for one in answers} == {Shift, errors.TillTaken}
    answers = await outcomes(*(opened(office, "foyer", CLERK) for _ in range(3)))
    assert sum(isinstance(one, Shift) for one in answers) == 1
    somebody = Principal(next(iter(await list_tills(office.house.sales, SARA))).login or "", Role.BOX_OFFICE)
    await set_till(
        office.house.sales, "third", TillTerms(await office.fetchval("select venue_id from venue"), "3"), SARA
    )
    with pytest.raises(errors.ShiftOpen):
        await opened(office, "third", somebody)
    for till, terms in (("hall", False), ("foyer", False)):
        venue = await office.fetchval("select venue_id from venue")
        with pytest.raises(errors.TillTaken):
            await set_till(office.house.sales, till, TillTerms(venue, "x", terms), SARA)


async def test_sent_twice_is_opened_and_closed_once(office: BoxOffice) -> None:
    sales = office.house.sales
    opening = ShiftOpening(uuid.uuid4(), (Coins(100, "KZT"),))
    shifts = await asyncio.gather(*(open_shift(sales, "hall", opening, CLERK) for _ in range(3)))
    assert {one.shift for one in shifts} == {str(opening.shift)}
    for other, by in ((msgspec.structs.replace(opening, float_money=()), CLERK), (opening, OTHER)):
        with pytest.raises(errors.IdempotencyMismatch):
            await open_shift(sales, "hall", other, by)
    answers = await asyncio.gather(*(closed(office, shifts[0], KZT=101) for _ in range(3)))
    assert {one.money[0].cash_difference for one in answers} == {1}
    with pytest.raises(errors.ShiftClosed):
        await closed(office, shifts[0], KZT=100)
    acts = await office.context.postgres.fetch("select act from audit where act like 'shift%' order by audit_id")
    assert [row["act"] for row in acts] == ["shift_opened", "shift_closed"]


async def test_what_is_taken_while_a_till_is_closed_is_in_the_count_or_refused(office: BoxOffice) -> None:
    for number in range(6):
        shift = await opened(office)
        seats = [f"{'ABCDE'[row]}-{number + 1}" for row in range(4)]
        orders = [await order_by(office, "demo", seat) for seat in seats]
        calls = [
            take_counter_payment(
                office.house.sales, one.order, CounterPayment(secrets.token_hex(6), "cash", one.total), "clerk"
            )
            for one in orders
        ]
        *taken, counted = await outcomes(*calls, closed(office, shift, KZT=0))
        good = sum(not isinstance(one, Exception) for one in taken)
        assert {type(one) for one in taken if isinstance(one, Exception)} <= {errors.NoOpenShift}
        if isinstance(counted, errors.CountMissing):
            counted = await closed(office, shift, KZT=0)
        assert isinstance(counted, Shift), counted
        assert sum(one.cash_taken for one in counted.money) == good * 350_000
        booked = "select coalesce(sum(amount), 0) from payment where shift_id = $1"
        assert await office.fetchval(booked, uuid.UUID(shift.shift)) == good * 350_000


AGAINST_A_CLOSED_SHIFT = """
update till_shift set note = 'x';
update till_shift set closed_at = null, closed_by = null;
delete from till_shift;
update till_count set cash_counted = 1;
delete from till_count;
update till_float set amount = 1;
update payment set shift_id = null;
update refund set shift_id = (select shift_id from till_shift), method = 'cash', settled_by = 'x';
insert into refund (order_id, payment_id, amount, currency, reason, owed_at, method, settled_by, shift_id)
select order_id, payment_id, 1, currency, reason, owed_at, 'cash', 'x', (select shift_id from till_shift)
from refund
"""


async def test_a_closed_shift_never_changes(office: BoxOffice) -> None:
    shift = await opened(office, KZT=5)
    order = await pays(office, "A-1")
    await cancel_order(office.house.sales, order.order, order.secret or "")
    counted = await closed(office, shift, KZT=5)
    for statement in AGAINST_A_CLOSED_SHIFT.split(";"):
        with pytest.raises((asyncpg.RestrictViolationError, asyncpg.CheckViolationError)):
            await office.context.postgres.execute(statement)
    assert await show_shift(office.house.sales, uuid.UUID(shift.shift), CLERK) == counted
    # Even the owner of the tables can't hide what left the till.
    assert (await audit_books(office.context))["till"] == 0
    await office.context.postgres.execute(
        "alter table payment disable trigger payment_stays_booked; update payment set shift_id = null"
    )
    assert (await audit_books(office.context))["till"] == 1


async def test_whose_shifts_one_sees(office: BoxOffice) -> None:
    sales = office.house.sales
    shift = uuid.UUID((await opened(office)).shift)
    venue = await office.fetchval("select venue_id from venue")
    elsewhere, here = reach_of([Place(None, "elsewhere")]), reach_of([Place(None, venue)])
    with pytest.raises(errors.UnknownShift):
        await show_shift(sales, shift, OTHER)
    with pytest.raises(errors.UnknownShift):
        await close_shift(sales, shift, ShiftClosing(), OTHER)
    for act in (
        lambda by: show_shift(sales, shift, by),
        lambda by: close_shift(sales, shift, ShiftClosing(), by),
        lambda by: set_till(sales, "hall", TillTerms(venue, "Mine"), by),
        lambda by: set_till(sales, "hall", TillTerms("elsewhere", "Mine"), by),
        lambda by: open_shift(sales, "hall", ShiftOpening(uuid.uuid4()), by),
    ):
        with pytest.raises(errors.OutOfReach):
            await act(Principal("far", Role.SUPERVISOR, reach=elsewhere))
    assert await list_shifts(sales, Principal("far", Role.SUPERVISOR, reach=elsewhere)) == []
    assert await list_tills(sales, Principal("far", Role.SUPERVISOR, reach=elsewhere)) == []
    near = await list_shifts(sales, Principal("near", Role.SUPERVISOR, reach=here))
    assert [one.shift for one in near] == [str(shift)]
    # Who supervises elsewhere is a cashier here, and counts as blindly as any.
    grants = (Grant(Role.BOX_OFFICE, venue=venue), Grant(Role.SUPERVISOR, venue="elsewhere"))
    mixed = principal_with("mira", grants)
    own = await opened(office, "foyer", mixed, KZT=100)
    await pays(office, "A-1", by="mira")
    seen = await show_shift(sales, uuid.UUID(own.shift), mixed)
    assert (seen.payments, [one.cash_taken for one in seen.money]) == (0, [0])
    assert await list_bookings(sales, uuid.UUID(own.shift), mixed) == []
    with pytest.raises(errors.OutOfReach):
        await show_shift(sales, shift, mixed)
    in_a_festival = principal_with("fred", (Grant(Role.SUPERVISOR, festival="any"),))
    assert (await show_shift(sales, uuid.UUID(own.shift), in_a_festival)).payments == 1
    # A supervisor closes for somebody who went home.
    assert (await close_shift(sales, shift, ShiftClosing(), SARA)).closed_by == "sara"


@pytest.mark.parametrize(
    ("sums", "closing", "missing"),
    [
        ((), ((), ()), []),
        ((ShiftSums("KZT", 0, 0, 0, 0, 0),), ((), ()), []),
        ((ShiftSums("KZT", 1, 0, 0, 0, 0),), ((), ()), ["KZT"]),
        ((ShiftSums("KZT", 0, 5, 5, 0, 0),), ((), ()), ["KZT"]),
        ((ShiftSums("KZT", 1, 0, 0, 0, 0),), (("KZT",), ()), []),
        ((ShiftSums("KZT", 0, 0, 0, 5, 5),), (("KZT",), ()), ["KZT"]),
        ((ShiftSums("KZT", 0, 0, 0, 5, 0), ShiftSums("EUR", 9, 0, 0, 0, 0)), ((), ("KZT",)), ["EUR"]),
    ],
)
def test_what_has_to_be_counted(sums: Any, closing: Any, missing: list[str]) -> None:
    cash, terminal = [tuple(Coins(0, currency) for currency in named) for named in closing]
    assert not_counted(sums, ShiftClosing(cash, terminal)) == missing


async def test_unknown_tills_and_venues(office: BoxOffice) -> None:
    with pytest.raises(errors.UnknownVenue):
        await set_till(office.house.sales, "hall", TillTerms("nowhere", "x"), SARA)
    with pytest.raises(errors.UnknownTill):
        await opened(office, "nowhere")
    venue = await office.fetchval("select venue_id from venue")
    await set_till(office.house.sales, "hall", TillTerms(venue, "Hall", in_use=False), SARA)
    with pytest.raises(errors.UnknownTill):
        await opened(office, "hall")
    with pytest.raises(errors.InvalidField):
        await open_shift(
            office.house.sales, "foyer", ShiftOpening(uuid.uuid4(), (Coins(1, "KZT"), Coins(2, "KZT"))), CLERK
        )
