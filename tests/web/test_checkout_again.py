"""After a payment that came to nothing: the same seats once more, another way, or giving up."""

from tests.factories import Factory
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context


async def refused(visitor: Visitor, screening: str, *seats: str) -> None:
    await visitor.choose(screening, *seats)
    await visitor.check_out(name="Dana")
    await visitor.send(visitor.forms()[0], outcome="refused")
    assert "The payment was refused." in visitor.text()


async def test_a_refused_payment_is_tried_again_with_the_same_seats(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    screening = await factory.screening()
    await refused(visitor, screening, "A-1", "A-2")
    for _ in range(2):
        # Sent twice, by a reload, it keeps nothing twice.
        form = next(form for form in [*visitor.forms()] if form.action.endswith("/again"))
        order_page = visitor.page
        await visitor.send(form)
        assert visitor.text().count("Pay 7,000 ₸") == 1
        assert "No longer kept" not in visitor.text()
        checkout, visitor.page = visitor.page, order_page
    visitor.page = checkout
    form = visitor.form("/cart")
    assert (form.value("email"), form.value("name")) == ("aigerim@example.kz", "Dana")
    await visitor.send(form, consent="yes")
    await visitor.send(visitor.forms()[0], outcome="paid")
    assert "Your tickets" in visitor.text()
    assert await context.postgres.fetchval("select count(*) from ticket where status = 'sold'") == 2


async def test_where_they_are_taken_by_then_others_are_offered(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    await refused(visitor, screening, "C-4", "C-5")
    form = next(form for form in visitor.forms() if form.action.endswith("/again"))
    other = Visitor(visitor.client)
    kept = dict(visitor.client.cookies)
    visitor.client.cookies.clear()
    await other.choose(screening, "C-5")
    visitor.client.cookies.clear()
    visitor.client.cookies.update(kept)
    await visitor.send(form)
    assert "The nearest equal seats: Row C, seat 3 and Row C, seat 4." in visitor.text()


async def test_a_waiting_order_is_given_up(visitor: Visitor, factory: Factory, context: Context) -> None:
    await visitor.choose(await factory.screening(), "A-1")
    bank = str((await visitor.check_out()).url)
    await visitor.open(bank.replace("/pay/demo/", "/orders/"))
    assert "Pay 3,500 ₸" in visitor.text()
    await visitor.send(visitor.form("/cancellation"))
    assert await context.postgres.fetchval("select status from orders") == "cancelled"
    assert await context.postgres.fetchval("select status from ticket") == "void"


async def test_a_way_that_is_not_offered_changes_nothing(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    await visitor.choose(await factory.screening(), "A-1")
    order = str((await visitor.check_out()).url).replace("/pay/demo/", "/orders/")
    await visitor.open(order)
    form = visitor.form("/cancellation")
    form.action = form.action.replace("/cancellation", "/payment")
    page = await visitor.send(form, payment="bank-of-nowhere")
    assert page.status_code == 422
    form.action = form.action.replace(order.rpartition("/")[2], "wrong")
    assert (await visitor.send(form, payment="demo")).status_code == 404
    assert await context.postgres.fetchval("select payment_provider from orders") == "demo"
