"""Afterwards, by oneself, without scripts: giving back, exchanging, passing on, finding orders again."""

import re

import pytest

from tests.factories import Factory, make_layout
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context

RULES = {"refund_until_minutes": 5, "exchange_until_minutes": 5}


async def ticket_ids(context: Context) -> list[str]:
    rows = await context.postgres.fetch("select ticket_id from ticket where replaces is null order by seat")
    return [row["ticket_id"] for row in rows]


async def facts(context: Context) -> list[tuple[str, str]]:
    rows = await context.postgres.fetch("select seat, status from ticket order by seat, status")
    return [(row["seat"], row["status"]) for row in rows]


def address(visitor: Visitor) -> str:
    assert visitor.page is not None
    return str(visitor.page.url).partition("#")[0].removeprefix("http://tickets.test")


async def bought(visitor: Visitor, screening: str, *seats: str, tariff: str = "full") -> str:
    """The address of a paid order."""
    await visitor.choose(screening, *seats)
    await visitor.open("/en/cart")
    names = [name for name, _ in visitor.form("/cart").fields if name.startswith("tariff:")]
    await visitor.check_out(**dict.fromkeys(names, tariff))
    if address(visitor) == "/en/cart":
        # The sum has changed with the tariff, and is asked for once more.
        usual = {"email": "aigerim@example.kz", "name": "Айгерім", "consent": "yes"}
        await visitor.send(visitor.form("/cart"), **usual)
    await visitor.send(visitor.forms()[0], outcome="paid")
    return address(visitor)


async def to_the_difference(visitor: Visitor, order: str, *tickets: str, seats: list[str]) -> None:
    """From the order's page to what an exchange within the screening comes to."""
    await visitor.open(f"{order}/exchange?" + "&".join(f"ticket={ticket}" for ticket in tickets))
    await visitor.send(visitor.form("/exchange"))
    await visitor.send(visitor.form("/seats"), seat=seats)
    page = await visitor.open(address(visitor) + "/difference")
    assert page.status_code == 200


async def test_what_comes_back_is_shown_before_it_is_done(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    screening = await factory.screening(rules=RULES | {"refund_fee_percent": 10, "refund_fee": 5_000})
    order = await bought(visitor, screening, "A-1", "A-2")
    assert "keeps 10% of the price and 50 ₸" in visitor.text().replace("\u00a0", " ")
    first, _ = await ticket_ids(context)
    await visitor.open(f"{order}/cancellation?ticket={first}")
    words = visitor.text().replace("\u00a0", " ")
    assert "400 ₸" in words
    assert "3,100 ₸" in words
    assert await facts(context) == [("A-1", "sold"), ("A-2", "sold")]
    page = await visitor.send(visitor.form("/cancellation"))
    assert address(visitor) == order
    assert page.text.count('class="ticket void"') == 1
    assert await facts(context) == [("A-1", "void"), ("A-2", "sold")]
    assert "3,100 ₸" in visitor.text().replace("\u00a0", " ")


async def test_a_tampered_sum_or_ticket_gives_nothing_back(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    screening = await factory.screening(rules=RULES | {"refund_fee_percent": 10})
    other = await factory.order(screening, "C-1")
    order = await bought(visitor, screening, "A-1")
    before = await facts(context)
    for change, status in (
        ({"refund": "350000"}, 409),
        ({"refund": "-1"}, 200),
        ({"refund": "9" * 15}, 409),
        ({"refund": "x" * 40}, 422),
        ({"ticket": list(other.tickets.values())}, 404),
        ({"ticket": ["<script>"]}, 404),
        ({"ticket": ["K7Q29XFMK7Q2"] * 1000}, 422),
    ):
        await visitor.open(f"{order}/cancellation")
        page = await visitor.send(visitor.form("/cancellation"), **change)  # type: ignore[arg-type]
        assert page.status_code == status, change
        assert "<script>" not in page.text
        assert await facts(context) == before


async def test_a_dearer_seat_is_paid_and_only_then_exchanged(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    screening = await factory.screening(rules=RULES | {"exchange_fee": 10_000})
    order = await bought(visitor, screening, "A-1", tariff="student")
    (ticket,) = await ticket_ids(context)
    await to_the_difference(visitor, order, ticket, seats=["B-1"])
    form = visitor.form("/difference")
    # Another tariff, added up again: the sum that is shown is the sum that is asked for.
    await visitor.send(form, **{f"tariff:{ticket}": "full", "action": "sum"})
    assert "1,600 ₸" in visitor.text().replace("\u00a0", " ")
    page = await visitor.send(visitor.form("/difference"))
    assert "/pay/demo/" in address(visitor)
    assert await facts(context) == [("A-1", "sold"), ("B-1", "reserved")]
    bank = address(visitor)
    await visitor.open(order)
    assert "An exchange waits for its payment" in visitor.text()
    await visitor.open(bank)
    page = await visitor.send(visitor.forms()[0], outcome="paid")
    assert address(visitor) == order
    assert "row B, seat 1" in visitor.text().lower() or "B" in visitor.text()
    assert await facts(context) == [("B-1", "sold")]
    assert "An exchange waits" not in page.text


async def test_an_exchange_that_is_given_up_leaves_all_as_it_was(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    screening = await factory.screening(rules=RULES)
    order = await bought(visitor, screening, "A-1", tariff="student")
    await to_the_difference(visitor, order, *await ticket_ids(context), seats=["B-1"])
    (ticket,) = await ticket_ids(context)
    await visitor.send(visitor.form("/difference"), **{f"tariff:{ticket}": "full", "action": "sum"})
    await visitor.send(visitor.form("/difference"))
    await visitor.open(f"{order}/exchange")
    assert "Pay it or give it up first" in visitor.text()
    await visitor.open(order)
    await visitor.send(visitor.form("/withdrawal"))
    assert await facts(context) == [("A-1", "sold")]
    assert "An exchange waits" not in visitor.text()


async def test_two_tickets_go_to_another_screening_at_once(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    festival = await factory.festival(rules=RULES)
    screening = await factory.screening(festival=festival)
    other = await factory.screening(festival=festival, layout=make_layout(area_capacity=20))
    order = await bought(visitor, screening, "A-1", "A-2")
    await visitor.open(f"{order}/exchange")
    page = await visitor.send(visitor.form("/exchange"), ticket=await ticket_ids(context), screening=other)
    assert "Choose 2 seats instead of" in visitor.text()
    one = await visitor.send(visitor.form("/seats"), seat=["C-1"])
    assert one.status_code == 200
    hall = address(visitor)
    refused = await visitor.open(hall + "/difference")
    assert refused.status_code == 422
    await visitor.open(hall)
    await visitor.send(visitor.form("/seats"), seat=["C-1", "C-2"])
    await visitor.open(hall + "/difference")
    assert "To pay nothing" in visitor.text()
    page = await visitor.send(visitor.form("/difference"))
    assert address(visitor) == order
    assert page.status_code == 200
    assert await facts(context) == [("C-1", "sold"), ("C-2", "sold")]
    await visitor.open("/en/cart")
    assert "No seats chosen" in visitor.text()


async def test_an_exchange_leaves_no_single_seat_over(visitor: Visitor, factory: Factory, context: Context) -> None:
    screening = await factory.screening(rules=RULES)
    order = await bought(visitor, screening, "A-1", "A-2")
    (second,) = [
        row["ticket_id"] for row in await context.postgres.fetch("select ticket_id from ticket where seat = 'A-2'")
    ]
    await visitor.open(f"{order}/exchange?ticket={second}")
    await visitor.send(visitor.form("/exchange"), ticket=second)
    await visitor.send(visitor.form("/seats"), seat=["B-2"])
    hall = address(visitor)
    refused = await visitor.open(hall + "/difference")
    assert refused.status_code == 409
    assert "A single seat would be left over" in visitor.text()
    # Beside the seat that is given up nothing is left alone: it comes free with the exchange.
    await visitor.open(hall)
    await visitor.send(visitor.form("/seats"), seat=["A-4"])
    assert (await visitor.open(hall + "/difference")).status_code == 200
    await visitor.send(visitor.form("/difference"))
    assert await facts(context) == [("A-1", "sold"), ("A-4", "sold")]


async def test_crafted_exchanges_change_nothing(visitor: Visitor, factory: Factory, context: Context) -> None:
    screening = await factory.screening(rules=RULES)
    foreign = await factory.screening(rules=RULES)
    other = await factory.order(screening, "C-1")
    order = await bought(visitor, screening, "A-1")
    (mine, theirs) = sorted(await ticket_ids(context), key=lambda one: one in other.tickets.values())
    before = await facts(context)
    for path, status in (
        (f"/exchange/{theirs}/{screening}", 404),
        (f"/exchange/{mine}.{theirs}/{screening}", 404),
        (f"/exchange/{mine}/nothing", 404),
        (f"/exchange/<script>/{screening}", 404),
        ("/exchange/" + ".".join([mine] * 50) + f"/{screening}", 404),
        (f"/exchange/{mine}/{screening}/nowhere", 404),
        (f"/exchange/{mine}/{screening}/difference", 422),
        (f"/tickets/{theirs}/transfer", 404),
        (f"/cancellation?ticket={theirs}", 404),
        (f"/exchange?ticket={theirs}", 200),
    ):
        page = await visitor.open(order + path)
        assert page.status_code == status, path
        assert "<script>" not in page.text
    await visitor.open(f"{order}/exchange/{mine}/{foreign}")
    await visitor.send(visitor.form("/seats"), seat=["B-1"])
    refused = await visitor.open(f"{order}/exchange/{mine}/{foreign}/difference")
    assert (refused.status_code, "another festival" in visitor.text()) == (409, True)
    await to_the_difference(visitor, order, mine, seats=["B-1"])
    for change, status in (
        ({"due": "-350000"}, 409),
        ({"due": "x"}, 200),
        ({"hold": "nothing"}, 409),
        ({f"tariff:{mine}": "nothing"}, 409),
        ({f"tariff:{mine}": "invitation"}, 409),
        ({"hold": "x" * 200}, 422),
    ):
        page = await visitor.send(visitor.form("/difference"), **change)
        assert page.status_code == status, change
        assert await facts(context) == before
        await visitor.open(f"{order}/exchange/{mine}/{screening}/difference")
    stranger = order.rpartition("/")[0] + "/wrong"
    for path in ("", "/exchange", "/cancellation", f"/exchange/{mine}/{screening}", f"/tickets/{mine}/transfer"):
        page = await visitor.open(stranger + path)
        assert page.status_code == 404
        assert "/en/orders" in page.text


async def test_a_ticket_is_passed_on_by_mail_and_shown_no_more(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    order = await bought(visitor, await factory.screening(rules=RULES), "A-1", "A-2")
    first, _ = await ticket_ids(context)
    await visitor.open(f"{order}/tickets/{first}/transfer")
    page = await visitor.send(visitor.form("/transfer"), holder="", email="nowhere")
    assert page.status_code == 422
    assert page.text.count('class="wrong"') == 2
    name = '<b>Дана</b> "O\'Neill"'
    page = await visitor.send(visitor.form("/transfer"), holder=name, email="dana@example.org")
    assert address(visitor) == order
    assert page.text.count("qr.svg") == 1
    assert "<b>Дана" not in page.text
    assert "dana@example.org" in page.text
    page = await visitor.open(f"{order}/cancellation?ticket={first}")
    assert page.status_code == 409
    await visitor.open(f"{order}/tickets/{first}/transfer")
    assert "Passed on already" in visitor.text()
    await visitor.send(visitor.form("/transfer"), holder="Aigerim", email="")
    assert visitor.page is not None
    assert visitor.page.text.count("qr.svg") == 2
    page = await visitor.open(f"{order}/tickets/{first}/transfer")
    page = await visitor.send(visitor.form("/transfer"), holder="A" * 600, email="")
    assert page.status_code == 422


async def test_a_scanned_ticket_offers_nothing_and_takes_nothing(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    screening = await factory.screening(rules=RULES)
    order = await bought(visitor, screening, "A-1")
    (ticket,) = await ticket_ids(context)
    await to_the_difference(visitor, order, ticket, seats=["B-1"])
    form = visitor.form("/difference")
    await context.postgres.execute("update ticket set entries = 1, inside = true")
    page = await visitor.send(form)
    assert (page.status_code, "has been used" in visitor.text()) == (409, True)
    page = await visitor.open(order)
    assert not re.findall(r"/exchange\?|/cancellation\?|/transfer", page.text)
    await visitor.open(f"{order}/exchange")
    assert "No ticket of this order can be exchanged" in visitor.text()
    assert await facts(context) == [("A-1", "sold")]


@pytest.mark.parametrize("email", ["aigerim@example.kz", "nobody@example.kz", "AIGERIM@example.kz"])
async def test_finding_orders_tells_nobody_whether_there_are_any(
    visitor: Visitor, factory: Factory, context: Context, email: str
) -> None:
    await bought(visitor, await factory.screening(), "A-1")
    page = await visitor.open("/en/")
    assert 'href="/en/orders"' in page.text
    await visitor.open("/en/orders")
    page = await visitor.send(visitor.form("/orders"), email=email)
    assert page.status_code == 200
    assert visitor.text().count(email) == 1
    assert "If there are orders for" in visitor.text()
    assert await context.postgres.fetchval("select count(*) from job where kind = 'mail_found_orders'") == 1


async def test_finding_is_bounded_and_its_mistakes_stand_beside_the_field(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    await factory.festival()
    for email in ("", "nothing", "a@b", "<script>@example.kz", "a@example.kz\nBcc: b@example.kz"):
        await visitor.open("/kk/orders")
        page = await visitor.send(visitor.form("/orders"), email=email)
        assert page.status_code == 422, email
        assert "<script>" not in page.text
    for _ in range(3):
        await visitor.open("/kk/orders")
        await visitor.send(visitor.form("/orders"), email="a@example.kz")
    await visitor.open("/kk/orders")
    page = await visitor.send(visitor.form("/orders"), email="A@example.kz")
    assert page.status_code == 429
    assert await context.postgres.fetchval("select count(*) from job where kind = 'mail_found_orders'") == 3
