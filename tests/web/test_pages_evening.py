"""Before the film, on pages: who is missing, places released and given away, guests by name, broken seats."""

from datetime import timedelta

import pytest

from tests.factories import PASSWORD, Factory
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context
from ticketing.staff.model import Role


@pytest.fixture
async def screening(factory: Factory, context: Context) -> str:
    """It starts in five minutes; two tickets were sold an hour ago."""
    await factory.staff(Role.DOOR, "dana")
    await factory.staff(Role.SUPERVISOR, "sara")
    now = context.clock.now()
    made = await factory.screening(starts_at=now + timedelta(minutes=5), rules={"no_show_release_minutes": 10})
    await factory.order(made, "A-1", "A-2", placed_at=now - timedelta(hours=1))
    return made


async def test_places_are_released_and_made_good_again(visitor: Visitor, screening: str) -> None:
    await visitor.sign_in("sara", PASSWORD)
    page = await visitor.open("/en/door/house")
    assert f"/en/door/house/{screening}" in page.text
    page = await visitor.open(f"/en/door/house/{screening}")
    assert page.text.count("s h-missing") == 3  # two seats, and the legend
    assert "0 / 48 inside by badge" in visitor.text()
    # Asked once more before it is done, as the holders may be on the stairs.
    assert f"/en/door/house/{screening}/no-shows" in page.text
    await visitor.open(f"/en/door/house/{screening}/no-shows")
    assert "2 people who have not come 2 places that will be free 1 orders that they are of" in visitor.text()
    assert "Row A, seat 2" in visitor.text()
    await visitor.send(visitor.form("/release"))
    assert "2 places are free again" in visitor.text()
    await visitor.open(f"/en/door/house/{screening}/no-shows")
    assert "Nobody's place is to be released now" in visitor.text()
    # The language is changed on the answer to an act: the page of the house, and nothing is done once more.
    page = await visitor.open(f"/kk/door/house/{screening}/release")
    assert page.url.path == f"/kk/door/house/{screening}"
    await visitor.open(f"/en/door/house/{screening}")
    await visitor.send(visitor.form("/restore"))
    assert "The ticket is good again" in visitor.text()
    page = await visitor.send(visitor.form("/rush"), seat="A-1")
    assert page.status_code == 409
    assert "Just taken" in visitor.text()
    await visitor.send(visitor.form("/rush"), seat="A-2")
    assert "For the rush line: Row A, seat 2" in visitor.text()


async def test_a_second_press_gives_no_second_rush_ticket(
    visitor: Visitor, screening: str, context: Context
) -> None:
    await visitor.sign_in("sara", PASSWORD)
    await visitor.open(f"/en/door/house/{screening}")
    form = visitor.form("/rush")
    for _ in range(2):
        await visitor.send(form)
    assert await context.postgres.fetchval("select count(*) from ticket where price_amount = 0") == 1
    # Nobody in the rush line is asked for an address: their page speaks of none.
    order = await context.postgres.fetchval("select order_id from ticket where price_amount = 0")
    page = await visitor.open(f"/en/orders/{order}/{context.secrets.order_secret(order)}")
    assert "Show the code at the door" in page.text
    assert "sent to" not in page.text


async def test_a_broken_seat_has_its_ticket_moved(visitor: Visitor, screening: str) -> None:
    await visitor.sign_in("sara", PASSWORD)
    await visitor.open(f"/en/door/house/{screening}")
    await visitor.send(visitor.form("/broken"), seat="A-1", note="torn")
    assert "The ticket has another seat: Row" in visitor.text()
    assert "/en/tickets/" in (visitor.page.text if visitor.page else "")
    await visitor.send(visitor.form("/repaired"))
    assert "torn" not in visitor.text()


async def test_guests_are_found_and_let_in_once(visitor: Visitor, screening: str, context: Context) -> None:
    await visitor.sign_in("sara", PASSWORD)
    await visitor.open(f"/kk/door/house/{screening}/guests")
    await visitor.send(visitor.form("/list"), places_max="9")
    for name in ("Ұлан", "Әсел", "Құралай"):
        await visitor.send(visitor.form("/guests/new"), name=name, plus_ones="2")
    text = visitor.text()
    assert text.index("Әсел") < text.index("Құралай") < text.index("Ұлан")
    await visitor.open(f"/en/door/house/{screening}/guests?name=құр")
    assert "Әсел" not in visitor.text()
    form = visitor.form("/arrivals")
    for _ in range(2):
        await visitor.send(form, people="2")
        assert "Let in: Құралай, 2 of 3" in visitor.text()
    page = await visitor.send(visitor.form("/guests/new"), name="Дана", plus_ones="1")
    assert page.status_code == 409
    assert await context.postgres.fetchval("select sum(arrived) from guest") == 2


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ("/guests/new", {"name": " "}),
        ("/guests/new", {"name": "x" * 400}),
        ("/guests/new", {"guest": "7"}),
        ("/guests/new", {"plus_ones": "21"}),
        ("/guests/new", {"plus_ones": "-1"}),
        ("/list", {"places_max": "2001"}),
        ("/list", {"allotment": "Нет"}),
    ],
)
async def test_what_can_t_be_read_is_told(
    visitor: Visitor, screening: str, form: str, fields: dict[str, str]
) -> None:
    await visitor.sign_in("sara", PASSWORD)
    await visitor.open(f"/en/door/house/{screening}/guests")
    page = await visitor.send(visitor.form(form), **{"name": "Dana", **fields} if form == "/guests/new" else fields)
    assert page.status_code == 422
    assert "not as it must be" in visitor.text()


@pytest.mark.parametrize("seat", ["Z-9", "", "x" * 65])
async def test_a_seat_that_is_not_there_is_told(visitor: Visitor, screening: str, seat: str) -> None:
    await visitor.sign_in("sara", PASSWORD)
    await visitor.open(f"/en/door/house/{screening}")
    page = await visitor.send(visitor.form("/broken"), seat=seat)
    assert page.status_code == 422


async def test_the_door_looks_on_and_releases_nobody(visitor: Visitor, screening: str) -> None:
    await visitor.sign_in("dana", PASSWORD)
    page = await visitor.open(f"/en/door/house/{screening}")
    assert page.status_code == 200
    assert "/no-shows" not in page.text
    assert (await visitor.client.get(f"/en/door/house/{screening}/no-shows")).status_code == 403
    refused = await visitor.client.post(f"/api/v1/screenings/{screening}/no-shows")
    assert refused.status_code == 403
    assert (await visitor.client.get("/en/door/house/another")).status_code == 404


async def test_asking_again_costs_nothing_where_nothing_is_new(visitor: Visitor, screening: str) -> None:
    await visitor.sign_in("dana", PASSWORD)
    address = f"/api/v1/screenings/{screening}/house"
    first = await visitor.client.get(address)
    assert first.json()["counts"]["missing"] == 2
    assert "aigerim" not in first.text.lower()
    again = await visitor.client.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
