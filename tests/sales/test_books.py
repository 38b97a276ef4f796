"""The audit of the books finds what must never be, and nothing where all is well."""

from tests.seating.box_office import BoxOffice
from ticketing.kernel.context import Context
from ticketing.sales.books import audit_books
from ticketing.sales.changes.cancellation import cancel_order


async def test_a_day_at_the_box_office_breaks_no_rule(context: Context) -> None:
    office = await BoxOffice.opened(context, rules={"refund_until_minutes": 5})
    paid = await office.pay(await office.order(await office.hold("A-1", "A-2")))
    await office.order(await office.hold("A-3"))
    await cancel_order(office.house.sales, paid.order, paid.secret or "", [paid.tickets[0].ticket])
    assert set((await audit_books(office.context)).values()) == {0}


async def test_money_that_vanished_is_found(office: BoxOffice) -> None:
    await office.pay(await office.order(await office.hold("A-1")))
    await office.context.postgres.execute("delete from payment")
    assert (await audit_books(office.context))["money"] == 1


async def test_a_ticket_that_its_order_does_not_allow_is_found(office: BoxOffice) -> None:
    await office.order(await office.hold("A-1"))
    await office.context.postgres.execute("update ticket set status = 'sold'")
    assert (await audit_books(office.context))["ticket_and_order"] == 1


async def test_a_count_that_left_its_rows_is_found(office: BoxOffice) -> None:
    await office.pay(await office.order(await office.hold("A-1")))
    await office.context.postgres.execute("update ticket_count set sold = sold + 1")
    assert (await audit_books(office.context))["ticket_count"] == 1
