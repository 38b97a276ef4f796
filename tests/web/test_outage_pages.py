"""Papers entered at the counter, without scripts."""

import pytest

from tests.factories import Factory
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context
from ticketing.staff.guards import COOKIE_NAME
from ticketing.staff.model import Role

LINES = 10


@pytest.fixture
async def screening(factory: Factory, visitor: Visitor) -> str:
    """The doors are open; A-1 was sold meanwhile."""
    visitor.client.cookies.set(COOKIE_NAME, await factory.staff(Role.BOX_OFFICE, "bota"))
    made = await factory.screening()
    await factory.order(made, "A-1")
    return made


def lines(**columns: list[str]) -> dict[str, list[str]]:
    """Columns of the form, filled up with empty lines."""
    usual = {"tariff": ["full"] * LINES}
    return usual | {name: column + [""] * (LINES - len(column)) for name, column in columns.items()}


async def test_from_the_list_to_the_books(visitor: Visitor, screening: str, context: Context) -> None:
    await visitor.open("/en/counter/outage")
    assert visitor.page is not None
    assert f"/en/counter/outage/{screening}" in visitor.page.text
    await visitor.open(f"/en/counter/outage/{screening}")
    form = visitor.form(f"/outage/{screening}")
    typed = lines(paper=["17", "18"], seat=["A-1", "A-2"], price=["", "3 000"], method=["", "card"])
    form.action += "/look"
    await visitor.send(form, **typed, came_in=["1"])
    assert "1 line can't be entered" in visitor.text()
    assert "This seat was sold meanwhile" in visitor.text()
    page = await visitor.send(visitor.form(f"/outage/{screening}"))
    assert page.status_code == 409
    assert "Nothing was entered" in visitor.text()
    assert await context.postgres.fetchval("select count(*) from hand_sold") == 0
    # What was typed is still there; the other seat is all that is to be written.
    form = visitor.form(f"/outage/{screening}")
    assert [value for name, value in form.fields if name == "price"][1] == "3 000"
    again = lines(paper=["17", "18"], seat=["B-1", "A-2"], price=["", "3 000"], method=["", "card"])
    for _ in range(2):
        page = await visitor.send(form, **again)
        assert "Entered: 2 tickets." in visitor.text()
    rows = await context.postgres.fetch(
        "select paper, seat, price_amount, method, came_in from hand_sold join ticket using (ticket_id)"
        " order by paper"
    )
    assert [tuple(row) for row in rows] == [
        ("17", "B-1", 350_000, "cash", False),
        ("18", "A-2", 300_000, "card", True),
    ]
    order = await context.postgres.fetchval("select order_id from hand_sold where paper = '17'")
    await visitor.open(f"/en/counter/orders/{order}")
    assert "Sold by hand during an outage, paper 17" in visitor.text()


@pytest.mark.parametrize(
    ("columns", "changes", "told"),
    [
        ({"paper": ["1"]}, {}, "A seat is needed"),
        ({"paper": ["§"], "seat": ["A-3"]}, {}, "A number of letters, digits"),
        ({"paper": ["1"], "seat": ["A-3"], "price": ["three"]}, {}, "A sum such as"),
        ({"paper": ["1"], "seat": ["A-3"], "price": ["-3"]}, {}, "A sum such as"),
        ({"paper": ["1"], "seat": ["A-3"], "time": ["25:00"]}, {}, "A time such as"),
        ({"paper": ["1"], "seat": ["A-3"]}, {"sold_at": "now"}, "Say when these tickets were sold"),
        ({"paper": ["1"], "seat": ["A-3"]}, {"sold_at": ""}, "Say when these tickets were sold"),
        ({"paper": ["1"], "seat": ["A-3"]}, {"batch": "no-uuid"}, "Open this page again"),
        ({"paper": ["1"], "seat": ["A-3"]}, {"in_till": "yes"}, "till"),
        ({}, {}, "Fill in at least one line"),
        ({"paper": ["1"] * 201, "seat": ["A-3"]}, {}, "Too many fields"),
    ],
)
async def test_what_cannot_be_meant_is_told_and_kept(
    visitor: Visitor, screening: str, columns: dict[str, list[str]], changes: dict[str, str], told: str
) -> None:
    await visitor.open(f"/en/counter/outage/{screening}")
    page = await visitor.send(visitor.form(f"/outage/{screening}"), **lines(**columns), **changes)
    assert 400 <= page.status_code < 500
    assert told in visitor.text()
    await visitor.open(f"/en/counter/outage/{screening}?batch=x&lines=-1")
    assert "Entered so far" not in visitor.text()


async def test_what_is_not_there_is_not_found(visitor: Visitor, screening: str) -> None:
    assert (await visitor.open("/en/counter/outage/no-such")).status_code == 404
    assert (await visitor.open(f"/xx/counter/outage/{screening}")).status_code == 404
    assert (await visitor.open(f"/kk/counter/outage/{screening}?lines=50")).status_code == 200
    assert visitor.page is not None
    assert visitor.page.text.count('name="paper"') == 50
