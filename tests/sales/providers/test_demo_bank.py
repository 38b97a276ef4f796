"""The demo bank behaves as banks do: it pays twice, late, or never answers."""

from datetime import timedelta
from functools import partial

import pytest

from tests.sales.providers.tellers import order_by
from tests.sales.test_payments import books
from tests.seating.box_office import BoxOffice
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.jobs import do_jobs
from ticketing.sales.demo_bank import LATE_MINUTES_MAX, answer_as_bank, tell_late_notice
from ticketing.sales.desk import show_order
from ticketing.sales.orders import expire_orders


async def test_a_late_answer_comes_by_itself_after_the_order_has_expired(
    office: BoxOffice, clock: ShiftedClock
) -> None:
    order = await order_by(office, "demo", "A-1")
    sales, secret = office.house.sales, order.secret or ""
    await answer_as_bank(sales, order.order, secret, "late", 20)
    kinds = {"demo_bank_answers": partial(tell_late_notice, sales)}
    assert await do_jobs(office.context, kinds) == 0
    clock.ahead += timedelta(minutes=16)
    assert await expire_orders(sales) == 1
    clock.ahead += timedelta(minutes=5)
    assert await do_jobs(office.context, kinds) == 1
    assert (await show_order(sales, order.order, secret)).status == "confirmed"


async def test_paid_twice_comes_back_once(office: BoxOffice) -> None:
    order = await order_by(office, "demo", "A-1")
    await answer_as_bank(office.house.sales, order.order, order.secret or "", "twice")
    assert await books(office, order) == (700_000, 350_000, 350_000)


async def test_silence_changes_nothing(office: BoxOffice) -> None:
    order = await order_by(office, "demo", "A-1")
    await answer_as_bank(office.house.sales, order.order, order.secret or "", "silent")
    assert (await show_order(office.house.sales, order.order, order.secret or "")).status == "awaiting_payment"
    assert await office.fetchval("select count(*) from payment_event") == 0


@pytest.mark.parametrize("minutes", [0, -1, LATE_MINUTES_MAX + 1])
async def test_minutes_that_nobody_waits_are_refused(office: BoxOffice, minutes: int) -> None:
    order = await order_by(office, "demo", "A-1")
    with pytest.raises(errors.InvalidField):
        await answer_as_bank(office.house.sales, order.order, order.secret or "", "late", minutes)
    assert await office.fetchval("select count(*) from job") == 0


async def test_only_who_knows_the_secret_stands_at_the_bank(office: BoxOffice) -> None:
    order = await order_by(office, "demo", "A-1")
    other = await order_by(office, "demo", "A-2")
    for charge, secret in ((order.order, other.secret or ""), (order.order, ""), ("nonsense", "x")):
        with pytest.raises(errors.UnknownOrder):
            await answer_as_bank(office.house.sales, charge, secret, "paid")
    assert await office.fetchval("select count(*) from payment") == 0
