"""Personal data over HTTP: for organisers alone, and nothing changes by what is wrong."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.factories import Factory
from tests.seating.box_office import BUYER, BoxOffice
from tests.web.conftest import running
from ticketing.kernel.context import Context
from ticketing.staff.model import Role
from ticketing.web.app import create_app

PATHS = ["/api/v1/personal-data", "/api/v1/personal-data/erasure"]


@pytest.fixture
async def client(context: Context) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(context=context)
    transport = httpx.ASGITransport(app)
    async with running(app), httpx.AsyncClient(transport=transport, base_url="http://tickets.test") as opened:
        opened.headers["authorization"] = f"Bearer {await Factory(context).staff(Role.ORGANISER)}"
        yield opened


async def names(office: BoxOffice) -> list[tuple[str, str]]:
    rows = await office.context.postgres.fetch("select buyer_email, buyer_name from orders order by order_id")
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("role", [Role.DOOR, Role.BOX_OFFICE, Role.SUPERVISOR, None])
async def test_others_may_not(client: httpx.AsyncClient, office: BoxOffice, path: str, role: Role | None) -> None:
    await office.sell("A-1")
    if role is None:
        del client.headers["authorization"]
    else:
        client.headers["authorization"] = f"Bearer {await Factory(office.context).staff(role)}"
    answer = await client.post(
        path, json={"email": BUYER.email, "upcoming": "forget"} if "erasure" in path else {"email": BUYER.email}
    )
    assert answer.status_code == (401 if role is None else 403)
    assert BUYER.name not in answer.text
    assert await names(office) == [(BUYER.email, BUYER.name)]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": ""},
        {"email": None},
        {"email": "%"},
        {"email": "a@" + "b" * 400},
        {"email": ["a@b.kz", "c@d.kz"]},
        {"email": BUYER.email, "all": True},
        {"email": BUYER.email, "upcoming": "yes"},
        [],
    ],
)
async def test_what_is_wrong_forgets_nobody(
    client: httpx.AsyncClient, office: BoxOffice, path: str, body: Any
) -> None:
    await office.sell("A-1")
    answer = await client.post(path, json=body)
    assert answer.status_code in (400, 422)
    assert await names(office) == [(BUYER.email, BUYER.name)]


async def test_a_pattern_is_an_address_like_any_other(client: httpx.AsyncClient, office: BoxOffice) -> None:
    await office.sell("A-1")
    answer = await client.post(PATHS[1], json={"email": "%@%.%", "upcoming": "forget"})
    assert answer.status_code in (200, 422)
    assert await names(office) == [(BUYER.email, BUYER.name)]


async def test_a_person_is_shown_and_forgotten(client: httpx.AsyncClient, office: BoxOffice) -> None:
    order = await office.sell("A-1")
    shown = (await client.post(PATHS[0], json={"email": BUYER.email})).json()
    assert [(one["order"], one["name"]) for one in shown["orders"]] == [(order.order, BUYER.name)]
    assert (await client.post(PATHS[1], json={"email": BUYER.email})).json()["kept"] == [
        {"order": order.order, "reason": "upcoming"}
    ]
    erased = (await client.post(PATHS[1], json={"email": BUYER.email, "upcoming": "forget"})).json()
    assert (erased["orders"], erased["kept"], erased["more"]) == (1, [], False)
    assert await names(office) == [("", "")]
    # The buyer's own link goes on, and names nobody.
    page = await client.get(f"/api/v1/orders/{order.order}", headers={"authorization": f"Bearer {order.secret}"})
    assert page.status_code == 200
    assert BUYER.email not in page.text
    assert BUYER.name not in page.text
