"""The counter without scripts: a till opened, seats sold with change, printed, the till closed to the tiyn."""

import html
import re
import uuid

import pytest

from tests.factories import PASSWORD, Factory, make_layout
from tests.web.visitor import Form, Visitor
from ticketing.kernel.errors import InvalidField
from ticketing.staff.model import Role
from ticketing.web.pages.money_typed import minor_units, units_text


@pytest.fixture
async def screening(factory: Factory, visitor: Visitor) -> str:
    """A screening with an area, whose doors are open; a clerk and a supervisor; the clerk has signed in."""
    screening = await factory.screening(layout=make_layout(area_capacity=20))
    await factory.postgres.execute("update tariff set public = false where tariff_id = 'student'")
    for role, login in ((Role.BOX_OFFICE, "clerk"), (Role.SUPERVISOR, "sara")):
        await factory.staff(role, login)
    await visitor.sign_in("clerk", PASSWORD)
    return screening


async def till(factory: Factory) -> str:
    """A till at the venue of the screening."""
    await factory.postgres.execute("insert into till select 'hall', venue_id, 'Hall' from venue limit 1")
    return "hall"


def sale_of(visitor: Visitor) -> Form:
    """The form that sells."""
    return next(form for form in visitor.forms() if any(name == "key" for name, _ in form.fields))


async def hold(visitor: Visitor, where: str, **wish: str) -> None:
    await visitor.open(f"/en/counter/sale?screening={where}")
    forms = [form for form in visitor.forms() if form.action.endswith("/counter/sale/seats")]
    form = forms[("best", "named", "area").index(wish["wish"])]
    await visitor.send(form, **wish)


async def test_an_evening_at_the_counter(visitor: Visitor, factory: Factory, screening: str) -> None:
    await till(factory)
    await visitor.open("/en/counter/till")
    await visitor.send(visitor.form("/counter/till"), **{"float-KZT": "20 000,50"})
    assert "Close the till" in visitor.text()
    await visitor.open("/en/counter/sale?q=almaty+nothing")
    assert "Nothing found" in visitor.text()
    await visitor.open("/en/counter/sale?q=animal")
    assert f"screening={screening}" in visitor.page.text  # type: ignore[union-attr]  # a page is open
    await hold(visitor, screening, wish="best", count="3")
    sale = sale_of(visitor)
    seats = [name for name, _ in sale.fields if name.startswith("tariff:")]
    assert len(seats) == 3
    page = await visitor.send(sale, **{seats[0]: "student", "do": "same", "given": "10000"})
    assert "6,000" in visitor.text()
    assert "Change due 4,000" in visitor.text()
    assert page.text.count('value="student" data-amount="200000" selected') == 3
    sale = sale_of(visitor)
    page = await visitor.send(sale, do="sell")
    assert "3 tickets · 6,000" in visitor.text()
    assert "Change due 4,000" in visitor.text()
    # The same form again, as after a lost answer: sold once.
    await visitor.send(sale, do="sell")
    assert "Change due 4,000" in visitor.text()
    assert await factory.postgres.fetchval("select count(*) from orders") == 1
    order = await factory.postgres.fetchval("select order_id from orders")
    roll = await visitor.client.get(f"/api/v1/counter/orders/{order}/tickets.pdf")
    assert (roll.status_code, roll.headers["content-type"]) == (200, "application/pdf")
    await hold(visitor, screening, wish="area", count="2")
    entering = {f"mode:{screening}": "immediate_entry"}
    await visitor.send(sale_of(visitor), method="card", email="a@example.kz", **entering)
    assert "mailed to a@example.kz" in visitor.text()
    assert await factory.postgres.fetchval("select count(*) from ticket where entries = 1") == 2
    await visitor.open("/en/counter/till")
    assert "26,000" not in visitor.text()
    closing = visitor.form("/closing")
    await visitor.send(closing, **{"cash-KZT": "26000"})
    assert "Something was not counted" in visitor.text()
    page = await visitor.send(visitor.form("/closing"), **{"cash-KZT": "-1", "terminal-KZT": "7000"})
    assert page.status_code == 422
    page = await visitor.send(visitor.form("/closing"), **{"cash-KZT": "26000", "terminal-KZT": "-7000"})
    assert str(page.url).rpartition("/")[0].endswith("/counter/shifts")
    for words in ("Should be there 26,000.50", "Counted 26,000", "Difference -0.50", "-7,000"):
        assert words in visitor.text(), visitor.text()
    await visitor.send(closing, **{"cash-KZT": "1", "terminal-KZT": "-7000"})
    assert "This shift is closed" in visitor.text()
    visitor.client.cookies.clear()
    await visitor.sign_in("sara", PASSWORD)
    await visitor.open("/kk/counter/shifts")
    assert "000,50" in visitor.text()


async def test_one_sale_of_two_screenings(visitor: Visitor, factory: Factory, screening: str) -> None:
    """What is held stays in the basket with its tariffs, whatever screening one turns to; one payment for all."""
    await factory.shift("clerk")
    second = await factory.screening()
    in_euros = await factory.screening(currency="EUR")
    await hold(visitor, screening, wish="named", seats="C-4 C-5")
    await visitor.send(sale_of(visitor), **{f"tariff:{screening}:C-4": "student", "do": "reckon"})
    assert "5,500" in visitor.text()
    for where, seats in ((second, "C-4 C-5 C-6"), (in_euros, "A-1")):
        found = re.search(rf'href="([^"]*screening={where}&[^"]*)"', visitor.page.text)  # type: ignore[union-attr]
        assert found is not None
        await visitor.open(html.unescape(found[1]))
        forms = [form for form in visitor.forms() if form.action.endswith("/counter/sale/seats")]
        await visitor.send(forms[1], wish="named", seats=seats)
    assert "different currencies" in visitor.text()
    assert "16,000" in visitor.text()
    # A line taken out is free at once, and the same press again takes nothing else.
    release = visitor.form("/release")
    one = next(value for name, value in release.fields if name == "hold" and value.startswith(second))
    for _ in range(2):
        await visitor.send(release, out=f"{one} C-6")
    assert "12,500" in visitor.text()
    entering = {f"mode:{screening}": "immediate_entry", "given": "15000"}
    await visitor.send(sale_of(visitor), **entering)
    assert "4 tickets · 12,500" in visitor.text()
    assert "Change due 2,500" in visitor.text()
    rows = await factory.postgres.fetch(
        "select ticket.screening_id = $1 as first, entries, reason, count(*)"
        " from ticket join ledger_entry using (ticket_id) group by 1, 2, 3 order by 1 desc",
        screening,
    )
    assert [tuple(row) for row in rows] == [(True, 1, "immediate_entry", 2), (False, 0, "presale", 2)]
    assert await factory.postgres.fetchval("select count(*) from payment where amount = 1250000") == 1


async def test_a_price_that_changed_is_told_and_sold_at_the_second_press(
    visitor: Visitor, factory: Factory, screening: str
) -> None:
    await factory.shift("clerk")
    await hold(visitor, screening, wish="named", seats="C-4, C-5")
    page = await visitor.send(sale_of(visitor), **{f"tariff:{screening}:C-4": "student"})
    assert page.status_code == 409
    assert "This is the new sum" in visitor.text()
    await visitor.send(sale_of(visitor))
    assert "5,500" in visitor.text()
    assert await factory.postgres.fetchval("select amount from payment") == 550_000


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"given": "a lot"}, 422, "Write a sum in digits"),
        ({"given": "1"}, 409, "That is not enough"),
        ({"method": "promise"}, 422, "Something is missing"),
        ({"mode:HERE": "soon"}, 422, "Something is missing"),
        ({"email": "nobody"}, 422, "Something is missing"),
        ({"key": ""}, 422, "Something is missing"),
        ({"amount": "x"}, 422, "Write a sum in digits"),
        ({"amount": "1"}, 409, "The sum is another one now"),
        ({"tariff:HERE:A-1": "nothing"}, 409, ""),
        ({"hold": "nonsense"}, 422, "Something is missing"),
        ({"hold": ["nonsense"] * 2 + [f"x{number}" for number in range(20)]}, 422, "at most 20 screenings"),
        ({"currency": "EUR"}, 409, "The sum is another one now"),
        ({"screening": "nothing"}, 404, "There is no such screening"),
        ({"name": "x" * 300}, 422, ""),
    ],
)
async def test_a_crafted_sale_changes_nothing(
    visitor: Visitor,
    factory: Factory,
    screening: str,
    *,
    change: dict[str, str | list[str]],
    status: int,
    words: str,
) -> None:
    await factory.shift("clerk")
    await hold(visitor, screening, wish="named", seats="A-1")
    fields = {name.replace("HERE", screening): value for name, value in change.items()}
    page = await visitor.send(sale_of(visitor), **fields)
    assert page.status_code == status, visitor.text()
    assert words in html.unescape(page.text)
    assert await factory.postgres.fetchval("select count(*) from orders") == 0


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"wish": "best", "count": "0"}, 422),
        ({"wish": "best", "count": "101"}, 422),
        ({"wish": "best", "count": "x"}, 422),
        ({"wish": "best", "count": "3", "zone": "nowhere"}, 422),
        ({"wish": "named", "seats": ""}, 422),
        ({"wish": "named", "seats": "Z-99"}, 422),
        ({"wish": "named", "seats": " ".join(f"A-{number}" for number in range(600))}, 422),
        ({"wish": "area", "count": "21"}, 409),
        ({"wish": "area", "area": "nowhere", "count": "1"}, 422),
        ({"wish": "best", "count": "1", "screening": "nothing"}, 404),
    ],
)
async def test_a_crafted_wish_holds_nothing(
    visitor: Visitor, screening: str, wish: dict[str, str], status: int
) -> None:
    await hold(visitor, screening, **wish)
    assert visitor.page is not None
    assert visitor.page.status_code == status, visitor.text()
    assert 'id="problem"' in visitor.page.text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"float-KZT": "much"}, 422),
        ({"float-KZT": "-1"}, 422),
        ({"float-KZT": "1" * 39}, 422),
        ({"shift": "x"}, 422),
        ({"till": "NO TILL"}, 422),
        ({"till": "nowhere"}, 404),
    ],
)
async def test_a_crafted_opening_opens_nothing(
    visitor: Visitor, factory: Factory, screening: str, change: dict[str, str], status: int
) -> None:
    await till(factory)
    await visitor.open("/en/counter/till")
    assert (await visitor.send(visitor.form("/counter/till"), **change)).status_code == status
    assert await factory.postgres.fetchval("select count(*) from till_shift") == 0


async def test_supervisors_put_up_tills(visitor: Visitor, factory: Factory, screening: str) -> None:
    for address in ("/en/counter/shifts", f"/en/counter/shifts/{uuid.uuid4()}"):
        assert (await visitor.open(address)).status_code in (403, 404)
    visitor.client.cookies.clear()
    await visitor.sign_in("sara", PASSWORD)
    await visitor.open("/en/counter/shifts")
    form = visitor.form("/counter/shifts")
    venue = await factory.postgres.fetchval("select venue_id from venue")
    assert (await visitor.send(form, name=" ", venue=venue)).status_code == 422
    await visitor.send(form, name="Hall", venue=venue)
    form = visitor.form("/counter/shifts")
    await visitor.send(form, turn="no", venue=venue)
    await visitor.send(form, turn="no", venue=venue)
    assert tuple(await factory.postgres.fetchrow("select name, in_use from till")) == ("Hall", False)
    assert await factory.postgres.fetchval("select count(*) from audit where act = 'till_set'") == 2
    assert (await visitor.open("/en/counter/shifts?cursor=nonsense")).status_code == 422


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("", None), ("5000", 500_000), ("5 000,5", 500_050), ("0.05", 5), ("5\u00a0000.00", 500_000)],
)
def test_sums_as_they_are_typed(typed: str, amount: int | None) -> None:
    assert minor_units(typed, "given") == amount
    if amount is not None:
        assert minor_units(units_text(amount), "given") == amount


@pytest.mark.parametrize(
    ("typed", "amount"), [("-3500", -350_000), ("\N{MINUS SIGN}0.50", -50), ("5", 500), ("- 7", -700), ("", None)]
)
def test_a_terminal_can_have_sent_back_more_than_it_took(typed: str, amount: int | None) -> None:
    assert minor_units(typed, "terminal-KZT", below_zero=True) == amount


@pytest.mark.parametrize("typed", ["--1", "-", "1-", "-\N{ARABIC-INDIC DIGIT THREE}"])
def test_what_is_no_sum_below_zero(typed: str) -> None:
    with pytest.raises(InvalidField):
        minor_units(typed, "terminal-KZT", below_zero=True)


@pytest.mark.parametrize("typed", ["-1", "1.234", "1e3", "٣", "5,000.00", "12345678901", "₸5"])
def test_what_is_no_sum(typed: str) -> None:
    with pytest.raises(InvalidField):
        minor_units(typed, "given")
