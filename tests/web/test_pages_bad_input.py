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
        "/xx/privacy",
        "/../cart",
        "/%2e%2e/cart",
        "/KK/cart",
        "/kk/cart/..;/",
        "/%D3%98/cart",
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
        {"tariff": "nothing"},
        {"tariff": ""},
        {"hold": "week-1-s-1.AAAAAAAAAAAAAAAAAAAAAA"},
        {"hold": []},
        {"payment": "bank-of-nowhere"},
        {"name": "A" * 201},
        {"name": "A" * 600},
        {"email": "a" * 300 + "@example.kz"},
        {"email": "a@example.kz\r\nBcc: b@example.kz"},
        {"voucher": "V" * 600},
        {"voucher": "' or 1=1 --"},
        {"sum_shown": "1"},
        {"sum_shown": "-700000"},
        {"action": "pay:everything"},
        {"hold": ["x"] * 300},
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
    assert (page.status_code == 200) if "action" in change else (400 <= page.status_code < 500)
    assert await rows(context) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tariff:{hold}:Z-99", "full"),
        ("tariff:{hold}:A-1#1", "full"),
        ("tariff:{other}:A-2", "full"),
        ("tariff:nonsense", "full"),
        ("tariff::", "full"),
        ("tariff:" + "x" * 200 + ":A-1", "full"),
        ("holder:{hold}:A-1", "N" * 300),
    ],
)
async def test_tampered_seats_are_not_ordered(
    visitor: Visitor, factory: Factory, context: Context, field: str, value: str
) -> None:
    """A seat that the hold lacks, a hold of somebody else, a name without end."""
    screening = await factory.screening()
    await visitor.choose(screening, "A-1")
    await visitor.open("/en/cart")
    form = visitor.form("/cart")
    name = field.format(hold=form.value("hold"), other=f"{screening}.AAAAAAAAAAAAAAAAAAAAAA")
    sent = {"email": "a@example.kz", "name": "A", "consent": "yes", name: value}
    page = await visitor.send(form, **sent)
    assert page.status_code in (303, 200, 409, 422)
    tickets = await context.postgres.fetch("select seat, tariff, price_amount from ticket")
    # At most what is really held is ordered, at its own price.
    assert [tuple(row) for row in tickets] in ([], [("A-1", "full", 350_000)])


async def test_a_tariff_of_the_counter_is_not_sold_here(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    screening = await factory.screening()
    await context.postgres.execute("update tariff set public = false where tariff_id = 'invitation'")
    await visitor.choose(screening, "A-1")
    await visitor.open("/en/cart")
    form = visitor.form("/cart")
    tariff = next(name for name, _ in form.fields if name.startswith("tariff:"))
    page = await visitor.send(
        form, email="a@example.kz", name="A", consent="yes", sum_shown="", **{tariff: "invitation"}
    )
    assert page.status_code == 409
    assert await rows(context) == 0


async def test_a_name_in_html_is_a_name(visitor: Visitor, factory: Factory, context: Context) -> None:
    name = "<script>alert(1)</script><b>Ә & Б</b>"
    screening = await factory.screening()
    await visitor.choose(screening, "A-1")
    await visitor.open("/en/cart")
    form = visitor.form("/cart")
    holder = next(name for name, _ in form.fields if name.startswith("holder:"))
    page = await visitor.send(form, email="a@example.kz", name=name, consent="", **{holder: name})
    assert page.status_code == 422
    assert "<script>alert" not in page.text
    assert page.text.count("&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;Ә &amp; Б&lt;/b&gt;") == 2
    page = await visitor.send(visitor.form("/cart"), consent="yes")
    assert "<script>alert" not in page.text
    page = await visitor.send(visitor.forms()[0], outcome="paid")
    assert "<script>alert" not in page.text
    assert name in visitor.text() or "<script>alert" in __import__("html").unescape(page.text)


RAW_FORMS = [
    b"\xff\xfe=\x80&action=%ff",
    b"email=%ff%fe&name=%00&consent=yes",
    b"&".join(b"hold=x" for _ in range(2000)),
    b"&".join(b"f%d=x" % number for number in range(2000)),
    b"%" * 5000,
    b"",
]


@pytest.mark.parametrize("body", RAW_FORMS)
async def test_bytes_that_are_no_form_change_nothing(
    visitor: Visitor, factory: Factory, context: Context, body: bytes
) -> None:
    await visitor.choose(await factory.screening(), "A-1")
    token = visitor.client.cookies["form"]
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", "x"):
        page = await visitor.client.post(
            "/en/cart", content=body, headers={"content-type": kind, "x-csrftoken": token}
        )
        assert 200 <= page.status_code < 500, (kind, page.status_code)
    assert await rows(context) == 0
    await visitor.open("/en/cart")
    assert "No seats chosen" not in visitor.text()


async def test_fields_sent_twice_order_once(visitor: Visitor, factory: Factory, context: Context) -> None:
    await visitor.choose(await factory.screening(), "A-1")
    await visitor.open("/en/cart")
    form = visitor.form("/cart")
    twice: dict[str, Any] = {
        "email": ["a@example.kz", "b@example.kz"],
        "name": ["A", "B"],
        "consent": ["yes", "yes"],
        "hold": [form.value("hold")] * 2,
    }
    page = await visitor.send(form, **twice)
    assert page.status_code < 500
    assert await context.postgres.fetchval("select count(*) from orders") <= 1
    assert await context.postgres.fetchval("select count(*) from ticket") <= 1


async def test_headers_and_cookies_of_any_size_are_no_fault_of_ours(visitor: Visitor, factory: Factory) -> None:
    await factory.festival()
    for headers in (
        {"cookie": "cart=" + "a" * 100_000},
        {"cookie": "order=" + "~" * 100_000},
        {"cookie": "form=" + "f" * 100_000},
        {"accept-language": "x" * 100_000},
        {"x-csrftoken": "x" * 100_000},
        {"cookie": "cart=week-1.AAAAAAAAAAAAAAAAAAAAAA~+99999999999; language=xx; order=ӘҒҚ"},
    ):
        encoded = {name: value.encode() for name, value in headers.items()}
        for address in ("/en/cart", "/en/", "/en/privacy"):
            page = await visitor.client.get(address, headers=encoded)
            assert page.status_code == 200, (address, page.status_code)


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
