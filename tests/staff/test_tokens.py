"""Tokens of other programs: what each scope opens, by the routes themselves; in one place, until an end."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from tests.factories import Factory
from tests.web.conftest import running
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.errors import InvalidField, TokenExists, UnknownToken
from ticketing.kernel.settings import Settings
from ticketing.staff.model import Role, allows
from ticketing.staff.scopes import SCOPES, Scope
from ticketing.staff.tokens import TokenWish, add_token, list_tokens, principal_of_token, revoke_token
from ticketing.tickets.keys import ensure_key
from ticketing.web.app import create_app


def test_each_scope_opens_calls_that_are_there_for_its_role() -> None:
    app = create_app(Settings(database_url="postgresql:///nowhere", redis_url="redis://nowhere"))
    needed: dict[str, frozenset[Role]] = {}
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler):
                roles = [
                    getattr(getattr(guard, "func", guard), "staff_roles", None)
                    for guard in handler.resolve_guards()
                ]
                for method in handler.http_methods:
                    needed[f"{method} {route.path_format}"] = next((one for one in roles if one), frozenset())
    assert set(SCOPES) == set(Scope)
    for scope, opening in SCOPES.items():
        assert opening.calls, scope
        for call in opening.calls:
            assert any(allows(opening.role, role) for role in needed[call]), (scope, call)
        # No more than its calls need.
        narrower = [role for role in Role if role is not opening.role and allows(opening.role, role)]
        for role in narrower:
            assert not all(any(allows(role, one) for one in needed[call]) for call in opening.calls), (scope, role)


@pytest.fixture
async def client(context: Context) -> AsyncIterator[httpx.AsyncClient]:
    await ensure_key(context)
    app: Litestar = create_app(context=context)
    transport = httpx.ASGITransport(app=cast("Any", app))
    async with running(app), httpx.AsyncClient(transport=transport, base_url="http://tickets.test") as opened:
        yield opened


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


async def test_a_token_opens_its_calls_in_its_place_and_nothing_else(
    client: httpx.AsyncClient, context: Context
) -> None:
    factory = Factory(context)
    ours, theirs = await factory.screening(), await factory.screening()
    festival = await context.postgres.fetchval("select festival_id from screening where screening_id = $1", ours)
    wish = TokenWish("board", (Scope.CAPACITY_READ, Scope.ORDERS_READ), festival)
    fresh = await add_token(context, wish, by="ada")
    headers = bearer(fresh.secret)

    async def outcome(method: str, address: str, **more: Any) -> tuple[int, str]:
        answer = await client.request(method, f"/api/v1{address}", headers=headers, **more)
        return answer.status_code, answer.json().get("code", "") if answer.content else ""

    assert await outcome("GET", f"/screenings/{ours}/capacity") == (200, "")
    assert await outcome("GET", f"/screenings/{theirs}/capacity") == (403, "out_of_reach")
    assert await outcome("GET", "/reports/admissions") == (403, "scope_missing")
    assert await outcome("GET", "/staff/audit") == (403, "scope_missing")
    assert await outcome("DELETE", "/staff/sessions") == (403, "scope_missing")
    assert await outcome("POST", "/staff/tokens", json={"name": "x", "scopes": ["audit:read"]}) == (
        403,
        "scope_missing",
    )
    order = (await factory.order(ours)).order_id
    assert await outcome("GET", f"/counter/orders/{order}") == (200, "")
    # It is no cookie, and no page is for it.
    page = await client.get("/en/capacity", headers=headers)
    assert page.status_code == 403
    cookie = await client.get(
        f"/api/v1/screenings/{ours}/capacity", headers={"cookie": f"staff_session={fresh.secret}"}
    )
    assert cookie.status_code == 401
    (listed,) = await list_tokens(context)
    assert (listed.name, listed.festival, listed.created_by) == ("board", festival, "ada")
    assert listed.last_used_at is not None
    assert fresh.secret not in str(await context.postgres.fetch("select * from api_token, audit"))


async def test_what_a_token_does_is_written_down_by_its_name(client: httpx.AsyncClient, context: Context) -> None:
    factory = Factory(context)
    screening = await factory.screening()
    order = await factory.order(screening)
    fresh = await add_token(context, TokenWish("gate-3", (Scope.DOOR_SCAN,)), by="ada")
    (ticket,) = order.tickets.values()
    scan = {"scan": "00000000-0000-0000-0000-000000000001", "code": ticket, "gate": "3"}
    answer = await client.post("/api/v1/door/scans", headers=bearer(fresh.secret), json=scan)
    assert answer.json()["verdict"] == "admitted"
    assert await context.postgres.fetchval("select staff_login from scan") == "token gate-3"
    await revoke_token(context, fresh.token, by="ada")
    rows = await context.postgres.fetch(
        "select act, subject, detail from audit where login = 'ada' order by audit_id"
    )
    assert [(row["act"], row["subject"]) for row in rows] == [
        ("token_added", "token gate-3"),
        ("token_revoked", "token gate-3"),
    ]
    assert rows[0]["detail"]["scopes"] == ["door:scan"]


async def test_a_token_ends(context: Context, clock: ShiftedClock) -> None:
    fresh = await add_token(context, TokenWish("board", (Scope.CAPACITY_READ,), days=1), by="ada")
    principal = await principal_of_token(context, fresh.secret)
    assert principal is not None
    assert principal.login == "token board"
    clock.ahead = timedelta(days=1, seconds=1)
    assert await principal_of_token(context, fresh.secret) is None
    other = await add_token(context, TokenWish("other", (Scope.CAPACITY_READ,)), by="ada")
    assert await principal_of_token(context, other.secret) is not None
    for _ in range(2):
        await revoke_token(context, other.token, by="ada")
    assert await principal_of_token(context, other.secret) is None
    assert await context.postgres.fetchval("select count(*) from audit where act = 'token_revoked'") == 1
    for wrong in ("", "api.", "api." + "a" * 43, "api." + "é" * 43, other.secret + "x"):
        assert await principal_of_token(context, wrong) is None


async def test_tokens_that_can_not_be(client: httpx.AsyncClient, context: Context) -> None:
    admin = bearer(await Factory(context).staff(Role.ADMIN))
    good = {"name": "board", "scopes": ["capacity:read"]}
    assert (await client.post("/api/v1/staff/tokens", headers=admin, json=good)).status_code == 201
    again = await client.post("/api/v1/staff/tokens", headers=admin, json=good)
    assert (again.status_code, again.json()["code"]) == (409, "token_exists")
    for change in (
        {"name": "Board"},
        {"name": "x" * 41},
        {"name": "a\x00b"},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"days": 0},
        {"days": 366},
        {"festival": "no-such"},
        {"venue": "no-such"},
        {"role": "admin"},
    ):
        answer = await client.post("/api/v1/staff/tokens", headers=admin, json={**good, "name": "next", **change})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field"), change
    assert (await client.delete("/api/v1/staff/tokens/none", headers=admin)).json()["code"] == "unknown_token"
    assert [one.name for one in await list_tokens(context)] == ["board"]
    with pytest.raises(TokenExists):
        await add_token(context, msgspec.convert(good, TokenWish), by="ada")
    with pytest.raises(UnknownToken):
        await revoke_token(context, "none", by="ada")
    with pytest.raises(InvalidField):
        await add_token(context, TokenWish("new", (Scope.AUDIT_READ,), "no-such"), by="ada")
