"""Seats that were lost on the way to the order: the rest stays, and others are offered."""

import pytest

from tests.factories import Factory
from tests.web.test_checkout import BUYER, forget_programme, opened, orders, price_of, seating_loses, tariff_fields
from tests.web.visitor import Visitor
from ticketing.kernel import errors
from ticketing.kernel.context import Context


@pytest.mark.parametrize("part", ["redis", "postgres"])
async def test_while_a_part_of_the_house_is_away_all_that_was_typed_stands_in_the_answer(
    visitor: Visitor, factory: Factory, context: Context, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    await visitor.choose(await factory.screening(), "A-1")
    form = await opened(visitor)
    holder = next(name for name, _ in form.fields if name.startswith("holder:"))

    async def away(*_: object, **__: object) -> None:
        raise errors.SeatingUnavailable if part == "redis" else errors.DatabaseUnavailable

    with monkeypatch.context() as broken:
        if part == "redis":
            broken.setattr(context.redis, "call", away)
            broken.setattr(context.redis, "run", away)
        else:
            broken.setattr("ticketing.web.pages.checkout.place_order", away)
        page = await visitor.send(form, **BUYER, **{holder: "Әлия"})
    assert page.status_code == 503
    assert page.headers["retry-after"]
    again = visitor.form("/cart")
    assert (again.value("email"), again.value("name"), again.value(holder)) == ("a@example.kz", "Dana", "Әлия")
    page = await visitor.send(again)
    assert "/pay/demo/" in str(page.url)
    assert await orders(context) == 1


# ── seats that were lost in between ──────────────────────────────────────────────────────────────────────────


async def test_seats_whose_time_ran_out_are_kept_again_by_one_press(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    await visitor.choose(await factory.screening(), "A-1", "A-2")
    form = await opened(visitor)
    student = {tariff_fields(form)[0]: "student"}
    await seating_loses(context, form)
    page = await visitor.send(form, **BUYER, **student)
    assert page.status_code == 409
    assert "No longer kept: Row A, seat 1 and Row A, seat 2" in visitor.text()
    assert "they are still free" in visitor.text()
    again = visitor.form("/cart")
    page = await visitor.send(again, action=f"again:{form.value('hold')}")
    assert page.status_code == 200
    kept = visitor.form("/cart")
    assert [kept.value(name) for name in tariff_fields(kept)] == ["student", "full"]
    assert "No longer kept" not in visitor.text()
    page = await visitor.send(kept, **BUYER)
    assert "/pay/demo/" in str(page.url)
    assert await context.postgres.fetchval("select total_amount from orders") == 550_000


async def test_the_nearest_equal_seats_are_offered_for_those_that_are_taken(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    festival = await factory.festival()
    screening = await factory.screening(festival=festival)
    other = await factory.screening(festival=festival)
    await visitor.choose(other, "B-1")
    await visitor.choose(screening, "C-4", "C-5")
    form = await opened(visitor)
    lost = next(value for name, value in form.fields if name == "hold" and value.startswith(f"{screening}."))
    await context.redis.call("FLUSHALL")
    await factory.order(screening, "C-5")
    page = await visitor.send(form, **BUYER, hold=[value for name, value in form.fields if name == "hold"])
    assert page.status_code == 409
    words = visitor.text()
    assert "Somebody else has them now. The nearest equal seats: Row C, seat 3 and Row C, seat 4." in words
    assert await orders(context) == 1
    await visitor.send(visitor.form("/cart"), action=f"again:{lost}")
    form = visitor.form("/cart")
    assert {name.rpartition(":")[2] for name in tariff_fields(form)} >= {"C-3", "C-4"}


async def test_an_order_goes_on_without_what_was_lost(visitor: Visitor, factory: Factory, context: Context) -> None:
    """Once the loss was told, the payment's button means the rest."""
    screening = await factory.screening()
    await visitor.choose(screening, "A-1", "A-2")
    form = await opened(visitor)
    # Sold behind the mirror's back: Postgres refuses the order.
    await factory.order(screening, "A-2")
    page = await visitor.send(form, **BUYER)
    assert page.status_code == 409
    assert "No longer kept: Row A, seat 2" in visitor.text()
    assert "Pay 3,500 ₸" in price_of(visitor.text())
    page = await visitor.send(visitor.form("/cart"))
    assert "/pay/demo/" in str(page.url)
    assert await context.postgres.fetch("select seat from ticket where status = 'reserved'") == [("A-1",)]


async def test_a_cancelled_screening_leaves_the_order_and_is_named(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    festival = await factory.festival()
    stays, goes = [await factory.screening(festival=festival) for _ in range(2)]
    for screening in (stays, goes):
        await visitor.choose(screening, "A-1")
    form = await opened(visitor)
    await context.postgres.execute("update screening set status = 'cancelled' where screening_id = $1", goes)
    forget_programme(visitor)
    holds = [value for name, value in form.fields if name == "hold"]
    page = await visitor.send(form, **BUYER, hold=holds)
    assert page.status_code == 409
    assert "This screening was cancelled" in visitor.text()
    assert "Keep them again" not in visitor.text()
    page = await visitor.send(visitor.form("/cart"))
    assert "/pay/demo/" in str(page.url)
    assert await context.postgres.fetchval("select screening_id from ticket") == stays


async def test_a_loss_can_be_put_aside(visitor: Visitor, factory: Factory, context: Context) -> None:
    festival = await factory.festival()
    stays, goes = [await factory.screening(festival=festival) for _ in range(2)]
    for screening in (goes, stays):
        await visitor.choose(screening, "A-1")
    form = await opened(visitor)
    holds = [value for name, value in form.fields if name == "hold"]
    lost = next(hold for hold in holds if hold.startswith(f"{goes}."))
    await seating_loses(context, form, lost)
    await visitor.send(form, hold=holds, action="check")
    assert "No longer kept" in visitor.text()
    await visitor.send(visitor.form("/cart"), action=f"forget:{lost}")
    assert "No longer kept" not in visitor.text()
    assert len(tariff_fields(visitor.form("/cart"))) == 1
