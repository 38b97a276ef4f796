"""Crafted forms, foreign references, damaged fields: a clear page, and nothing changed."""

from typing import Any

import pytest

from tests.factories import Factory, make_layout
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context


async def rows(context: Context) -> int:
    return int(
        await context.postgres.fetchval("select (select count(*) from orders) + (select count(*) from ticket)")
    )


@pytest.mark.parametrize(
    "address",
    [
        "/de/",
        "/xx/cart",
        "/kk/screenings/nothing-here",
        "/kk/screenings/%00",
        "/kk/screenings/" + "a" * 300,
        "/kk/orders/K7Q29XFM/wrong",
        "/kk/pay/demo/K7Q29XFM/wrong",
        "/kk/nowhere",
        "/posters/.svg",
        "/posters/" + "a" * 100 + ".svg",
        "/themes/nothing.css",
        "/themes/default",
        "/static/../app.py",
        "/static/nothing.css",
        "/kk/?festival=nothing",
    ],
)
async def test_what_is_not_there_is_a_clear_page(visitor: Visitor, factory: Factory, address: str) -> None:
    await factory.festival()
    page = await visitor.open(address)
    assert page.status_code == 404
    assert "Traceback" not in page.text
    assert "/" in visitor.text() or page.text


async def test_an_error_speaks_the_language_of_the_address(visitor: Visitor) -> None:
    page = await visitor.open("/kk/orders/K7Q29XFM/wrong")
    assert "Белгісіз тапсырыс" in visitor.text()
    assert '<html lang="kk">' in page.text
    page = await visitor.client.get("/nowhere/at/all", headers={"accept-language": "fr"})
    assert '<html lang="fr">' in page.text


@pytest.mark.parametrize("token", [None, "", "forged", "a" * 128])
async def test_a_form_without_our_token_is_refused(
    visitor: Visitor, factory: Factory, context: Context, token: str | None
) -> None:
    screening = await factory.screening()
    await visitor.open(f"/en/screenings/{screening}")
    fields = {"seat": "A-1"} | ({} if token is None else {"_csrf_token": token})
    page = await visitor.client.post(f"/en/screenings/{screening}/seats", data=fields)
    assert page.status_code == 403
    assert "Open the page again" in page.text


@pytest.mark.parametrize(
    ("ending", "fields", "status"),
    [
        ("seats", {"seat": []}, 422),
        ("seats", {"seat": ["Z-99"]}, 422),
        ("seats", {"seat": ["<script>"]}, 422),
        ("seats", {"seat": [f"A-{number}" for number in range(1, 12)]}, 409),
        ("seats", {"seat": [f"A-{number}" for number in range(1000)]}, 422),
        ("seats", {"add": "A" * 500}, 422),
        ("best", {"count": "0"}, 422),
        ("best", {"count": "-1"}, 422),
        ("best", {"count": "1e3"}, 422),
        ("best", {"count": "²"}, 422),
        ("best", {"count": "101"}, 422),
        ("best", {"count": "2", "wheelchair": "3"}, 422),
        ("best", {"count": "2", "zone": "nothing"}, 422),
        ("places", {"area": "nothing", "count": "1"}, 422),
        ("places", {"area": "parterre", "count": "99999"}, 422),
    ],
)
async def test_crafted_choices_take_nothing(
    visitor: Visitor, factory: Factory, ending: str, fields: dict[str, Any], status: int
) -> None:
    screening = await factory.screening(layout=make_layout(seats=20, area_capacity=5))
    await visitor.open(f"/en/screenings/{screening}")
    page = await visitor.send(visitor.form(f"/{ending}"), **fields)
    assert page.status_code == status
    assert "<script>" not in page.text
    await visitor.open("/en/cart")
    assert "No seats chosen" in visitor.text()


async def test_a_cart_of_anothers_invention_is_empty(visitor: Visitor) -> None:
    for cookie in ("x", "~~~", "a.b", "week-1.AAAAAAAAAAAAAAAAAAAAAA", "<script>", "a" * 4000):
        visitor.client.cookies.set("cart", cookie)
        page = await visitor.open("/en/cart")
        assert page.status_code == 200
        assert "No seats chosen" in visitor.text()
        visitor.client.cookies.clear()


@pytest.mark.parametrize(
    "change",
    [
        {"order_key": ""},
        {"order_key": "short"},
        {"order_key": "' or 1=1 --" * 3},
        {"tariff": "nothing"},
        {"tariff": ""},
        {"hold": "week-1-s-1.AAAAAAAAAAAAAAAAAAAAAA"},
        {"hold": []},
        {"payment": "bank-of-nowhere"},
        {"name": "A" * 201},
        {"name": "A" * 600},
        {"email": "a" * 300 + "@example.kz"},
        {"email": "a@example.kz\r\nBcc: b@example.kz"},
        {"voucher": "V" * 400},
    ],
)
async def test_a_crafted_checkout_orders_nothing(
    visitor: Visitor, factory: Factory, context: Context, change: dict[str, Any]
) -> None:
    await visitor.choose(await factory.screening(), "A-1")
    await visitor.open("/en/cart")
    form = visitor.form("/cart")
    if "tariff" in change:
        change = {name: change["tariff"] for name, _ in form.fields if name.startswith("tariff:")}
    page = await visitor.send(form, **{"email": "a@example.kz", "name": "A", "consent": "yes", **change})
    assert 400 <= page.status_code < 500
    assert await rows(context) == 0


async def test_an_orders_secret_opens_no_other_order(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    first = str((await visitor.buy(screening, "A-1")).url)
    other = await factory.order(screening, "A-2")
    secret = first.rpartition("/")[2]
    for path in (f"/en/orders/{other.order_id}/{secret}", f"/en/pay/demo/{other.order_id}/{secret}"):
        assert (await visitor.open(path)).status_code == 404
    form = visitor.forms()
    assert form == []


async def test_anothers_ticket_is_not_given_back(visitor: Visitor, factory: Factory, context: Context) -> None:
    screening = await factory.screening()
    other = await factory.order(screening, "A-2")
    await visitor.buy(screening, "A-1")
    form = next(iter(form for form in visitor.forms() if form.action.endswith("/cancellation")), None)
    if form is not None:
        page = await visitor.send(form, ticket=list(other.tickets.values()))
        assert page.status_code == 404
    status = await context.postgres.fetchval("select status from ticket where order_id = $1", other.order_id)
    assert status == "sold"


async def test_a_body_of_ten_megabytes_is_refused(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    await visitor.open(f"/en/screenings/{screening}")
    page = await visitor.send(visitor.form("/seats"), seat="A" * 10_000_000)
    assert page.status_code == 413


async def test_the_pages_script_gets_problems_as_data(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    await visitor.open(f"/kk/screenings/{screening}")
    form = visitor.form("/seats")
    data = dict(form.fields) | {"add": "Z-1"}
    answer = await visitor.client.post(form.action, data=data, headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "unknown_seats"
    assert "Z-1" in answer.json()["detail"]
    answer = await visitor.client.post(form.action, data={"add": "A-1"}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (403, "form_expired")
