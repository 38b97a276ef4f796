"""The way of a visitor without scripts: programme, seats, checkout, bank, tickets; and back."""

import asyncio
import re
from datetime import timedelta

import pytest

from tests.factories import Factory, make_layout
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context


async def test_the_first_visit_is_in_the_language_of_the_browser(visitor: Visitor, factory: Factory) -> None:
    await factory.festival()
    answer = await visitor.client.get("/", headers={"accept-language": "kk-KZ,ru;q=0.8"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (302, "/kk/")
    await visitor.open("/fr/")
    answer = await visitor.client.get("/", headers={"accept-language": "kk"}, follow_redirects=False)
    assert answer.headers["location"] == "/fr/"


async def test_states_of_sale_are_told(visitor: Visitor, factory: Factory, context: Context) -> None:
    festival = await factory.festival()
    now = context.clock.now()
    await factory.screening(festival=festival, status="cancelled")
    await factory.screening(festival=festival, audience="invitation")
    await factory.screening(festival=festival, sales_open_at=now + timedelta(minutes=10))
    await factory.screening(festival=festival, sales_close_at=now - timedelta(minutes=1))
    full = await factory.screening(festival=festival, layout=make_layout(rows=1, seats=2))
    await factory.order(full, "A-1", "A-2")
    few = await factory.screening(festival=festival, layout=make_layout(rows=2, seats=10))
    await factory.order(
        few, *(f"A-{number}" for number in range(1, 11)), *(f"B-{number}" for number in range(1, 9))
    )
    await visitor.open("/en/")
    words = visitor.text()
    for state in ("Cancelled", "By invitation", "On sale from", "Sales are over", "Sold out", "2 seats left"):
        assert state in words, state


async def test_from_seats_to_tickets(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    page = await visitor.choose(screening, "B-4", "B-5", language="kk")
    assert "Сізге 2 орын сақталды" in visitor.text()
    assert "B қатары: 4, 5" in visitor.text()
    page = await visitor.check_out("kk")
    assert "7 000 ₸" in visitor.text().replace("\u00a0", " ")
    assert "/kk/pay/demo/" in str(page.url)
    page = await visitor.send(visitor.forms()[0], outcome="paid")
    assert page.status_code == 200
    assert "Билеттеріңіз" in visitor.text()
    codes = re.findall(r'src="([^"]+qr\.svg[^"]*)"', page.text)
    assert len(codes) == 2
    drawn = await visitor.client.get(codes[0].replace("&amp;", "&"))
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert page.headers["cache-control"] == "private, no-store"


async def test_unticking_gives_seats_back_and_ticking_takes_more(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    await visitor.choose(screening, "A-1", "A-2")
    await visitor.choose(screening, "A-2", "A-3")
    assert "row A: 2, 3" in visitor.text()
    await visitor.choose(screening)
    await visitor.open("/en/cart")
    assert "No seats chosen" in visitor.text()


async def test_the_best_seats_replace_those_held(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    await visitor.choose(screening, "A-1")
    await visitor.send(visitor.form("/best"), count="3")
    assert "3 seats are kept for you" in visitor.text()
    answer = await visitor.send(visitor.form("/best"), count="11")
    assert answer.status_code == 409
    assert "3 seats are kept for you" in visitor.text()


async def test_places_without_numbers_are_chosen_by_count(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening(layout=make_layout(area_capacity=20))
    await visitor.choose(screening, "A-1")
    await visitor.send(visitor.form("/places"), count="2")
    assert "row A: 1; Stalls × 2" in visitor.text()
    page = await visitor.check_out()
    page = await visitor.send(visitor.forms()[0], outcome="paid")
    assert page.text.count("qr.svg") == 3


async def test_two_screenings_make_one_order(visitor: Visitor, factory: Factory) -> None:
    festival = await factory.festival()
    for _ in range(2):
        await visitor.choose(await factory.screening(festival=festival), "C-1")
    page = await visitor.check_out()
    page = await visitor.send(visitor.forms()[0], outcome="paid")
    assert page.text.count("qr.svg") == 2


async def test_a_seat_that_is_gone_is_named_and_the_rest_stays(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    screening = await factory.screening()
    await visitor.choose(screening, "A-1")
    await factory.order(screening, "A-2")
    await context.redis.call("FLUSHALL")
    answer = await visitor.choose(screening, "A-2")
    assert answer.status_code == 409
    assert "Somebody else has just taken A-2" in visitor.text()


async def test_the_same_form_sent_twice_is_one_order(visitor: Visitor, factory: Factory, context: Context) -> None:
    await visitor.choose(await factory.screening(), "A-1")
    await visitor.open("/en/cart")
    form = visitor.form("/cart")
    typed = {"email": "a@example.kz", "name": "A", "consent": "yes"}
    data = dict(form.fields) | typed
    answers = await asyncio.gather(
        *(visitor.client.post(form.action, data=data, follow_redirects=False) for _ in range(4))
    )
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert await context.postgres.fetchval("select count(*) from orders") == 1


async def test_mistakes_stand_beside_their_fields_and_nothing_typed_is_lost(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    await visitor.choose(await factory.screening(), "A-1")
    page = await visitor.check_out(email="not an address", name="<b>Ә & Б</b>", consent="", voucher="NONE")
    assert page.status_code == 422
    assert 'id="email-wrong"' in page.text
    assert 'id="consent-wrong"' in page.text
    assert "&lt;b&gt;Ә &amp; Б&lt;/b&gt;" in page.text
    form = visitor.form("/cart")
    assert (form.value("email"), form.value("voucher")) == ("not an address", "NONE")
    page = await visitor.send(form, email="a@example.kz", consent="yes")
    assert 'id="voucher-wrong"' in page.text
    assert await context.postgres.fetchval("select count(*) from orders") == 0
    page = await visitor.send(visitor.form("/cart"), voucher="")
    assert "/pay/demo/" in str(page.url)


async def test_more_time_and_giving_back_keep_what_was_typed(visitor: Visitor, factory: Factory) -> None:
    festival = await factory.festival()
    for _ in range(2):
        await visitor.choose(await factory.screening(festival=festival), "C-1")
    await visitor.open("/en/cart")
    page = await visitor.send(visitor.form("/cart"), action="extend", name="Dana")
    assert page.status_code == 200
    form = visitor.form("/cart")
    assert form.value("name") == "Dana"
    page = await visitor.send(form, action=f"release:{form.value('hold')}")
    assert page.text.count('name="hold"') == 1
    assert visitor.form("/cart").value("name") == "Dana"


async def test_a_refused_payment_frees_the_seats(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    await visitor.choose(screening, "A-1")
    await visitor.check_out()
    await visitor.send(visitor.forms()[0], outcome="refused")
    assert "The payment was refused." in visitor.text()
    await visitor.choose(screening, "A-1")
    assert "1 seat is kept for you" in visitor.text()


async def sold_tickets(context: Context) -> list[str]:
    rows = await context.postgres.fetch("select ticket_id from ticket where status = 'sold' order by seat")
    return [row["ticket_id"] for row in rows]


async def test_tickets_are_given_back_one_by_one(visitor: Visitor, factory: Factory, context: Context) -> None:
    screening = await factory.screening(starts_at=context.clock.now() + timedelta(hours=5))
    await visitor.buy(screening, "A-1", "A-2")
    order = str(visitor.page.url if visitor.page else "").partition("#")[0].removeprefix("http://tickets.test")
    for ticket, left in zip(await sold_tickets(context), (1, 0), strict=True):
        await visitor.open(f"{order}/cancellation?ticket={ticket}")
        assert "You get back 3,500 ₸" in " ".join(visitor.text().replace("\u00a0", " ").split())
        page = await visitor.send(visitor.form("/cancellation"))
        assert page.text.count("qr.svg") == left
    assert "All tickets of this order were given back." in visitor.text()


async def test_a_paid_order_is_shown_instead_of_the_bank(visitor: Visitor, factory: Factory) -> None:
    await visitor.choose(await factory.screening(), "A-1")
    bank = str((await visitor.check_out()).url)
    await visitor.send(visitor.forms()[0], outcome="paid")
    page = await visitor.open(bank)
    assert "/en/orders/" in str(page.url)
    await visitor.open("/en/cart")
    assert "Your latest order" in visitor.text()


@pytest.mark.parametrize("language", ["kk", "ru", "fr", "en"])
async def test_every_page_speaks_its_language(visitor: Visitor, factory: Factory, language: str) -> None:
    english = {"Choose seats", "Your seats and payment", "Your tickets", "Pay"}
    screening = await factory.screening()
    pages = [await visitor.open(f"/{language}/"), await visitor.choose(screening, "A-1", language=language)]
    pages.append(await visitor.open(f"/{language}/cart"))
    pages.append(await visitor.check_out(language))
    pages.append(await visitor.send(visitor.forms()[0], outcome="paid"))
    for page in pages:
        assert page.status_code == 200
        assert f'<html lang="{language}">' in page.text
        if language != "en":
            assert not english & set(re.findall(r">([^<>]+)<", page.text))
