"""The checkout without scripts: what is added up, refused, asked, kept; one order however it is sent."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.factories import Factory
from tests.web.visitor import Form, Visitor
from ticketing.kernel.context import Context
from ticketing.programme.catalogue import Catalogue
from ticketing.seating.holds import Seating, release_hold
from ticketing.seating.mirror import Mirror

BUYER = {"email": "a@example.kz", "name": "Dana", "consent": "yes"}


def price_of(text: str) -> str:
    return text.replace("\u00a0", " ")


async def opened(visitor: Visitor, language: str = "en") -> Form:
    """The checkout's form."""
    await visitor.open(f"/{language}/cart")
    return visitor.form("/cart")


def tariff_fields(form: Form) -> list[str]:
    return [name for name, _ in form.fields if name.startswith("tariff:")]


async def seating_loses(context: Context, form: Form, hold: str = "") -> None:
    """Let a hold of the form end, as the clock would."""
    hold = hold or form.value("hold")
    await release_hold(context_seating(context), hold)


def context_seating(context: Context) -> Seating:
    catalogue = Catalogue(context)
    return Seating(context, catalogue, Mirror(context, catalogue))


def forget_programme(visitor: Visitor) -> None:
    """What was read of the programme is kept for some seconds."""
    app: Any = visitor.client._transport.app  # type: ignore[attr-defined]  # the transport of conftest has it
    app.state.house.catalogue._screenings.forget()


async def orders(context: Context) -> int:
    return int(await context.postgres.fetchval("select count(*) from orders"))


async def test_the_button_says_what_happens(visitor: Visitor, factory: Factory) -> None:
    await visitor.choose(await factory.screening(), "A-1", "A-2")
    form = await opened(visitor)
    assert "Pay 7,000 ₸" in price_of(visitor.text())
    free = dict.fromkeys(tariff_fields(form), "invitation")
    await visitor.send(form, action="sum", **free)
    assert "Get the tickets" in visitor.text()
    assert "Way of paying" not in visitor.text()
    page = await visitor.send(visitor.form("/cart"), **BUYER)
    assert "/en/orders/" in str(page.url)


async def test_what_is_asked_at_the_door_is_told_with_its_tariff(visitor: Visitor, factory: Factory) -> None:
    await visitor.choose(await factory.screening(), "A-1")
    form = await opened(visitor)
    page = await visitor.send(form, action="sum", **{tariff_fields(form)[0]: "student"})
    assert "To show at the door: Student card" in visitor.text()
    assert ':proof" hidden' not in page.text


async def test_a_sum_that_was_not_shown_is_not_charged(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    """Without scripts the button can't follow a tariff that is changed: it asks once more."""
    await visitor.choose(await factory.screening(), "A-1")
    form = await opened(visitor)
    page = await visitor.send(form, **BUYER, **{tariff_fields(form)[0]: "student"})
    assert page.status_code == 409
    assert "The sum is another one now" in visitor.text()
    assert "Pay 2,000 ₸" in price_of(visitor.text())
    assert await orders(context) == 0
    page = await visitor.send(visitor.form("/cart"))
    assert "/pay/demo/" in str(page.url)
    assert await context.postgres.fetchval("select total_amount from orders") == 200_000


async def voucher(context: Context, festival: str, name: str = "FRIENDS-20", **columns: Any) -> None:
    values = {"percent": 20, "uses_max": 5, "uses": 0, "valid_until": context.clock.now() + timedelta(days=1)}
    values |= columns
    await context.postgres.execute(
        "insert into voucher (festival_id, voucher, percent, uses_max, uses, valid_until)"
        " values ($1, $2, $3, $4, $5, $6)",
        festival,
        name,
        *(values[key] for key in ("percent", "uses_max", "uses", "valid_until")),
    )


async def test_a_voucher_is_taken_off_on_the_spot(visitor: Visitor, factory: Factory, context: Context) -> None:
    festival = await factory.festival()
    await voucher(context, festival)
    await visitor.choose(await factory.screening(festival=festival), "A-1", "A-2")
    await visitor.send(await opened(visitor), action="sum", voucher=" friends-20 ", name="Dana")
    words = price_of(visitor.text())
    assert "Voucher FRIENDS-20 −1,400 ₸" in words
    assert "Pay 5,600 ₸" in words
    form = visitor.form("/cart")
    assert form.value("name") == "Dana"
    await visitor.send(form, **BUYER)
    assert await context.postgres.fetchval("select total_amount from orders") == 560_000


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"uses_max": 1, "uses": 1}, "has been used as often as it can be"),
        ({"valid_until": timedelta(minutes=-1)}, "which is past"),
        ({"festival": True}, "belongs to another festival"),
        ({"name": "ANOTHER"}, "There is no voucher FRIENDS-20"),
    ],
)
async def test_a_voucher_that_does_not_count_says_why(
    visitor: Visitor, factory: Factory, context: Context, columns: dict[str, Any], words: str
) -> None:
    festival = await factory.festival()
    other = columns.pop("festival", None) and await factory.festival()
    if isinstance(columns.get("valid_until"), timedelta):
        columns["valid_until"] = context.clock.now() + columns["valid_until"]
    await voucher(context, other or festival, **columns)
    await visitor.choose(await factory.screening(festival=festival), "A-1")
    page = await visitor.send(await opened(visitor), action="sum", voucher="FRIENDS-20")
    assert page.status_code == 422
    assert words in visitor.text()
    assert 'aria-describedby="voucher-wrong"' in page.text
    page = await visitor.send(visitor.form("/cart"), **BUYER)
    assert page.status_code == 422
    assert await orders(context) == 0


async def test_an_address_that_looks_misspelled_is_asked_about_once(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    await visitor.choose(await factory.screening(), "A-1")
    page = await visitor.send(await opened(visitor), **{**BUYER, "email": "dana@gmial.com"})
    assert page.status_code == 422
    assert "Did you mean dana@gmail.com?" in visitor.text()
    assert await orders(context) == 0
    corrected = await visitor.send(visitor.form("/cart"), action="email")
    assert corrected.status_code == 200
    assert visitor.form("/cart").value("email") == "dana@gmail.com"
    assert "Did you mean" not in visitor.text()


async def test_an_address_is_kept_as_it_is_if_one_insists(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    await visitor.choose(await factory.screening(), "A-1")
    await visitor.send(await opened(visitor), **{**BUYER, "email": "dana@gmial.com"})
    page = await visitor.send(visitor.form("/cart"))
    assert "/pay/demo/" in str(page.url)
    assert await context.postgres.fetchval("select buyer_email from orders") == "dana@gmial.com"


async def test_names_of_holders_stand_on_the_tickets(visitor: Visitor, factory: Factory, context: Context) -> None:
    await visitor.choose(await factory.screening(), "A-1", "A-2")
    form = await opened(visitor)
    first = next(name for name, _ in form.fields if name.startswith("holder:"))
    await visitor.send(form, **BUYER, **{first: "Әлия"})
    rows = await context.postgres.fetch("select seat, holder from ticket order by seat")
    assert [tuple(row) for row in rows] == [("A-1", "Әлия"), ("A-2", None)]


async def test_one_seat_is_given_back_and_the_rest_stays(visitor: Visitor, factory: Factory) -> None:
    await visitor.choose(await factory.screening(), "A-1", "A-2")
    form = await opened(visitor)
    await visitor.send(form, action=f"remove:{form.value('hold')}:A-1", name="Dana")
    left = visitor.form("/cart")
    assert [name.rpartition(":")[2] for name in tariff_fields(left)] == ["A-2"]
    assert left.value("name") == "Dana"
    assert "No longer kept" not in visitor.text()
    await visitor.send(left, action=f"remove:{left.value('hold')}:A-2")
    assert "No seats chosen" in visitor.text()


async def test_two_currencies_are_two_orders_one_after_the_other(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    soon = context.clock.now() + timedelta(minutes=20)
    tenge = await factory.screening(starts_at=soon)
    euro = await factory.screening(festival=await factory.festival(currency="EUR"))
    for screening in (euro, tenge):
        await visitor.choose(screening, "A-1")
    form = await opened(visitor)
    words = price_of(visitor.text())
    assert "Two currencies, two orders" in words
    assert "Comes next: The Animal Kingdom" in words
    assert "Pay 3,500 ₸" in words
    assert form.value("hold").startswith(f"{tenge}.")
    page = await visitor.send(form, **BUYER)
    assert "/pay/demo/" in str(page.url)
    await opened(visitor)
    assert "Pay €3,500" in visitor.text()
    await visitor.send(visitor.form("/cart"), **BUYER)
    assert await orders(context) == 2


async def test_screenings_of_several_cities_make_one_order(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    festival = await factory.festival()
    for _ in range(2):
        await visitor.choose(await factory.screening(festival=festival), "C-1")
    await opened(visitor)
    assert visitor.text().count("Row C, seat 1") >= 2
    await visitor.check_out()
    assert await orders(context) == 1


# ── one order, however it is sent ────────────────────────────────────────────────────────────────────────────


async def test_two_tabs_make_one_order_whatever_is_typed_in_them(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    await visitor.choose(await factory.screening(), "A-1")
    tabs = [await opened(visitor), await opened(visitor)]
    answers = await asyncio.gather(
        *(
            visitor.client.post(
                form.action, data=dict(form.fields) | BUYER | {"name": name}, follow_redirects=False
            )
            for form, name in zip(tabs, ("Dana", "Daniyar"), strict=True)
        )
    )
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert await orders(context) == 1


async def test_a_tab_with_more_seats_keeps_those_that_are_not_ordered_yet(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    festival = await factory.festival()
    first, second = [await factory.screening(festival=festival) for _ in range(2)]
    await visitor.choose(first, "A-1")
    early = await opened(visitor)
    await visitor.choose(second, "B-1")
    late = await opened(visitor)
    await visitor.send(early, **BUYER)
    page = await visitor.send(late, **{**BUYER, "hold": [value for name, value in late.fields if name == "hold"]})
    assert page.status_code == 409
    assert "Ordered already: Row A, seat 1" in visitor.text()
    form = visitor.form("/cart")
    assert [name.rpartition(":")[2] for name in tariff_fields(form)] == ["A-1", "B-1"]
    assert form.value("hold").startswith(f"{second}.")
    assert form.value("name") == "Dana"
    page = await visitor.send(form)
    assert "/pay/demo/" in str(page.url)
    assert await orders(context) == 2


async def test_the_way_back_after_paying_leads_to_the_tickets(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    await visitor.choose(await factory.screening(), "A-1")
    form = await opened(visitor)
    await visitor.send(form, **BUYER)
    paid = str((await visitor.send(visitor.forms()[0], outcome="paid")).url)
    page = await visitor.send(form, **BUYER)
    assert str(page.url) == paid
    assert await orders(context) == 1


# ── a token that is too old, a part of the house that is away ────────────────────────────────────────────────


@pytest.mark.parametrize("loss", ["cookie", "field"])
async def test_an_old_token_loses_nothing_that_was_typed(
    visitor: Visitor, factory: Factory, context: Context, loss: str
) -> None:
    await visitor.choose(await factory.screening(), "A-1")
    form = await opened(visitor)
    if loss == "cookie":
        visitor.client.cookies.delete("form")
    else:
        form.fields = [(name, "x" if name == "_csrf_token" else value) for name, value in form.fields]
    data = dict(form.fields) | BUYER
    refused = await visitor.client.post(form.action, data=data, headers={"sec-fetch-site": "cross-site"})
    assert refused.status_code == 403
    assert "Dana" not in refused.text
    page = await visitor.client.post(form.action, data=data, headers={"sec-fetch-site": "same-origin"})
    assert page.status_code == 403
    assert await orders(context) == 0
    visitor.page = page
    again = visitor.form("/cart")
    assert (again.value("email"), again.value("name")) == ("a@example.kz", "Dana")
    answer = await visitor.send(again)
    assert "/pay/demo/" in str(answer.url)
