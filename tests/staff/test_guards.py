"""The one way in: a guard on each handler, or the word that anybody may."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar import Litestar, get, post
from litestar.datastructures import State
from litestar.di import Provide

from tests.factories import PASSWORD, Factory
from tests.staff.reach_of_routes import OTHERS, staff_calls
from ticketing.kernel.context import Context
from ticketing.kernel.errors import TicketingError
from ticketing.kernel.settings import Settings
from ticketing.kernel.wire import answer_error
from ticketing.staff.api import routes
from ticketing.staff.guards import PUBLIC, StaffRequest, access_rule_missing, requires
from ticketing.staff.model import Role
from ticketing.web.app import create_app

Client = httpx.AsyncClient


@get("/box", guards=[requires(Role.BOX_OFFICE)])
async def box(request: StaffRequest) -> dict[str, str]:
    return {"login": request.user.login, "role": request.user.role}


@post("/box", guards=[requires(Role.BOX_OFFICE)])
async def sell(request: StaffRequest) -> None: ...


@get("/open", opt=PUBLIC)
async def open_page() -> None: ...


@get("/forgotten")
async def forgotten() -> None: ...


def app_of(context: Context, *handlers: Any) -> Litestar:
    return Litestar(
        [*routes, box, sell, open_page, *handlers],
        state=State({"context": context}),
        dependencies={"context": Provide(lambda: context, sync_to_thread=False)},
        exception_handlers={TicketingError: answer_error},  # type: ignore[dict-item]  # narrower than Litestar asks
        openapi_config=None,
        logging_config=None,
    )


@pytest.fixture
async def client(context: Context) -> AsyncIterator[Client]:
    transport = httpx.ASGITransport(app_of(context))
    async with httpx.AsyncClient(transport=transport, base_url="http://tickets.test") as opened:
        yield opened


async def test_sign_in_use_sign_out(client: Client, context: Context) -> None:
    await Factory(context).staff(Role.BOX_OFFICE, "erlan")
    answer = await client.post("/api/v1/staff/sessions", json={"login": "erlan", "password": PASSWORD})
    assert answer.status_code == 201
    assert set(answer.json()) == {"token", "role", "expires_at"}
    assert answer.json()["role"] == "box_office"
    bearer = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert (await client.get("/box", headers=bearer)).json() == {"login": "erlan", "role": "box_office"}
    assert (await client.delete("/api/v1/staff/sessions", headers=bearer)).status_code == 204
    assert (await client.get("/box", headers=bearer)).status_code == 401


async def test_a_wrong_password_is_a_problem(client: Client) -> None:
    answer = await client.post("/api/v1/staff/sessions", json={"login": "erlan", "password": "wrong"})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "wrong_credentials"


async def test_a_role_opens_what_it_covers(client: Client, context: Context) -> None:
    for role in Role:
        token = await Factory(context).staff(role)
        answer = await client.get("/box", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == (403 if role is Role.DOOR else 200)


async def test_nobody_gets_in_without_a_token(client: Client) -> None:
    for headers in (
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer " + "a" * 43},
        {"Authorization": "Basic ZGFuYTpkYW5h"},
        {"Cookie": "staff_session=" + "a" * 43},
        {"Cookie": "staff_session="},
    ):
        answer = await client.get("/box", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_another_site_can_t_write_by_cookie(client: Client, context: Context) -> None:
    token = await Factory(context).staff(Role.BOX_OFFICE)
    for site, status in ((None, 201), ("same-origin", 201), ("none", 201), ("same-site", 403), ("cross-site", 403)):
        says = {"Sec-Fetch-Site": site} if site else {}
        cookie = {"Cookie": f"staff_session={token}", **says}
        assert (await client.post("/box", headers=cookie)).status_code == status
        assert (await client.get("/box", headers=cookie)).status_code == 200
        bearer = {"Authorization": f"Bearer {token}", **says}
        assert (await client.post("/box", headers=bearer)).status_code == 201


def test_a_forgotten_rule_is_found(context: Context) -> None:
    assert access_rule_missing(app_of(context)) == []
    assert access_rule_missing(app_of(context, forgotten)) == ["GET /forgotten"]


def test_every_call_of_staff_says_how_it_keeps_to_a_reach() -> None:
    """Whoever may open it in one festival must not see another's: see tests/web/test_reach_of_routes.py."""
    app = create_app(Settings(database_url="postgresql:///nowhere", redis_url="redis://nowhere"))
    told = {call.name for call in staff_calls(app) if not call.kept}
    missing = told - OTHERS.keys()
    assert not missing, (
        "name the festival, venue, hall or screening in the address ({screening:str}), or give the guard "
        "everywhere=True, or say in tests/staff/reach_of_routes.py which request must be refused"
    )
    assert OTHERS.keys() - told == set(), "gone, or kept by its guard"


def test_a_guard_for_nobody_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one role"):
        requires()
