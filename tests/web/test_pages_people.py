"""People at the desk, without scripts, and over JSON."""

import base64
import dataclasses
import re
from typing import Any, cast

import httpx
import msgspec
import pytest

from tests.factories import PASSWORD, Factory
from tests.web.conftest import running
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context
from ticketing.staff.model import Role
from ticketing.staff.totp import code_at, step_at
from ticketing.web.app import create_app


@pytest.fixture
async def week(factory: Factory) -> str:
    """A festival; ada administers, sara supervises it."""
    festival = await factory.festival()
    await factory.staff(Role.ADMIN, "ada")
    await factory.staff(Role.SUPERVISOR, "sara", festival=festival)
    return festival


async def test_somebody_is_added_sets_a_password_and_is_let_go(visitor: Visitor, week: str) -> None:
    await visitor.sign_in("ada", PASSWORD)
    await visitor.open("/en/desk/people")
    await visitor.send(visitor.form("/desk/people"), login="Dana", role="door", festival=week)
    assert "Make a link" in visitor.text()
    page = await visitor.send(visitor.form("/password-link"))
    (address,) = set(re.findall(r"/en/staff/password/[A-Za-z0-9_-]{43}", page.text))
    await visitor.send(visitor.form("/dana/grants"), role="box_office", festival=week)
    assert "Box office" in visitor.text()
    await visitor.send(visitor.form("/grants/removal"))
    assert "The role was taken away." in visitor.text()
    await sign_out(visitor)
    await visitor.open(address)
    await visitor.send(visitor.form(address), password="a long password", again="another long one")
    assert "not the same" in visitor.text()
    page = await visitor.send(visitor.form(address), password="a long password", again="a long password")
    assert str(page.url).endswith("/en/staff/sign-in?login=dana")
    assert (await visitor.open(address)).status_code == 404
    page = await visitor.sign_in("dana", "a long password")
    assert str(page.url).endswith("/en/door")
    assert (await visitor.open("/en/desk/people")).status_code == 403
    await sign_out(visitor)
    await visitor.sign_in("ada", PASSWORD)
    await visitor.open("/en/desk/people/dana")
    await visitor.send(visitor.form("/closing"))
    assert "closed" in visitor.text()
    await visitor.send(visitor.form("/opening"))
    assert "open again" in visitor.text()


async def test_what_was_typed_stays(visitor: Visitor, week: str) -> None:
    await visitor.sign_in("ada", PASSWORD)
    await visitor.open("/en/desk/people")
    page = await visitor.send(visitor.form("/desk/people"), login="sara", role="door", festival=week)
    assert page.status_code == 409
    assert 'value="sara"' in page.text
    assert f'value="{week}" selected' in page.text
    page = await visitor.send(visitor.form("/desk/people"), login="x", role="king")
    assert page.status_code == 422
    await visitor.open("/en/desk/people/ada")
    page = await visitor.send(visitor.form("/ada/grants"), role="admin", festival=week)
    assert page.status_code == 422
    assert (await visitor.open("/en/desk/people/nobody")).status_code == 404


async def test_supervisors_see_and_do_not_change(visitor: Visitor, week: str, factory: Factory) -> None:
    await factory.staff(Role.DOOR, "elsewhere", festival=await factory.festival())
    await visitor.sign_in("sara", PASSWORD)
    page = await visitor.open("/en/desk/people")
    assert "sara" in visitor.text()
    assert "elsewhere" not in page.text
    assert "Add somebody" not in visitor.text()
    assert (await visitor.open("/en/desk/people/sara")).status_code == 403
    token = visitor.client.cookies["form"]
    for path in ("people", "people/sara/grants", "people/sara/closing", "people/sara/password-link"):
        answer = await visitor.client.post(f"/en/desk/{path}", headers={"x-csrftoken": token})
        assert answer.status_code == 403


async def test_over_json(visitor: Visitor, week: str) -> None:
    bearer = await bearer_of(visitor, "ada")
    ask = visitor.client.request
    wish: dict[str, Any] = {"grants": [{"role": "door", "festival": week}]}
    for _ in range(2):
        made = await ask("PUT", "/api/v1/staff/accounts/dana", json=wish, headers=bearer)
        assert (made.status_code, made.json()["role"]) == (200, "door")
    link = await ask("POST", "/api/v1/staff/accounts/dana/password-link", headers=bearer)
    secret = link.json()["secret"]
    body = {"secret": secret, "password": PASSWORD}
    assert (await ask("POST", "/api/v1/staff/passwords", json=body)).json()["login"] == "dana"
    assert (await ask("POST", "/api/v1/staff/passwords", json=body)).json()["code"] == "password_link_over"
    dana = await bearer_of(visitor, "dana")
    assert (await ask("GET", "/api/v1/staff/accounts", headers=dana)).json()["code"] == "forbidden"
    closed = await ask("PUT", "/api/v1/staff/accounts/dana", json={**wish, "status": "closed"}, headers=bearer)
    assert closed.json()["active"] is False
    listed = (await ask("GET", "/api/v1/staff/accounts", headers=bearer)).json()["accounts"]
    assert [one["login"] for one in listed] == ["ada", "dana", "sara"]
    alone = await ask("PUT", "/api/v1/staff/accounts/ada", json=wish, headers=bearer)
    assert (alone.status_code, alone.json()["code"]) == (409, "last_admin")
    for login, wrong, status in (
        ("dana", {"grants": []}, 422),
        ("dana", {**wish, "status": 0}, 422),
        ("dana", {"grants": [{"role": "king"}]}, 422),
        ("dana", {"grants": [{"role": "door", "festival": "no-such"}]}, 422),
        ("dana", {"grants": [{"role": "door", "festival": "a\x00b"}]}, 422),
        ("No Login", wish, 422),
    ):
        answer = await ask("PUT", f"/api/v1/staff/accounts/{login}", json=wrong, headers=bearer)
        assert answer.status_code == status, answer.text


async def bearer_of(visitor: Visitor, login: str) -> dict[str, str]:
    answer = await visitor.client.post("/api/v1/staff/sessions", json={"login": login, "password": PASSWORD})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def sign_out(visitor: Visitor) -> None:
    await visitor.client.post("/en/staff/sign-out", headers={"x-csrftoken": visitor.client.cookies["form"]})


async def test_a_second_step_by_pages(visitor: Visitor, week: str, context: Context) -> None:
    await visitor.sign_in("sara", PASSWORD)
    await visitor.open("/en/desk/second-factor")
    page = await visitor.send(visitor.form("/second-factor"), password="a guess")
    assert page.status_code == 401
    page = await visitor.send(visitor.form("/second-factor"), password=PASSWORD)
    secret = shown_secret(page.text)
    page = await visitor.send(visitor.form("/confirmation"), code="000000")
    assert page.status_code == 401
    assert shown_secret(page.text) == secret
    page = await visitor.send(visitor.form("/confirmation"), code=code_now(context, secret))
    codes = re.findall(r"<li>([A-Z2-9]{5}-[A-Z2-9]{5})</li>", page.text)
    assert len(codes) == 10
    assert "no-store" in page.headers["cache-control"]
    await visitor.open("/en/desk/second-factor")
    assert "10 recovery codes are left." in visitor.text()
    await sign_out(visitor)
    page = await visitor.sign_in("sara", PASSWORD, to="desk/people")
    assert PASSWORD not in page.text
    await visitor.send(visitor.form("/sign-in/code"), code="ABCDE-FGHJK")
    assert "Wrong code" in visitor.text()
    page = await visitor.send(visitor.form("/sign-in/code"), code=codes[0])
    assert str(page.url).endswith("/en/desk/people")
    await sign_out(visitor)
    await visitor.sign_in("ada", PASSWORD)
    await visitor.open("/en/desk/people/sara")
    await visitor.send(visitor.form("/second-factor/reset"))
    assert "the password alone signs in" in visitor.text()


async def test_a_second_step_over_json(visitor: Visitor, week: str, context: Context) -> None:
    ask, place = visitor.client.request, "/api/v1/staff/second-factor"
    sara = await bearer_of(visitor, "sara")
    for password, status in (("a guess", 401), (PASSWORD, 201)):
        begun = await ask("POST", place, json={"password": password}, headers=sara)
        assert begun.status_code == status
    secret = begun.json()["secret"]
    wrong = await ask("POST", f"{place}/confirmation", json={"code": "1"}, headers=sara)
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_code")
    body = {"code": code_now(context, secret)}
    codes = (await ask("POST", f"{place}/confirmation", json=body, headers=sara)).json()["recovery_codes"]
    signing_in = {"login": "sara", "password": PASSWORD}
    for code, status, problem in (("", 401, "second_factor_needed"), ("123456", 401, "wrong_code")):
        answer = await ask("POST", "/api/v1/staff/sessions", json={**signing_in, "code": code})
        assert (answer.status_code, answer.json()["code"]) == (status, problem)
    answer = await ask("POST", "/api/v1/staff/sessions", json={**signing_in, "code": codes[0]})
    assert answer.status_code == 201
    assert (await ask("GET", place, headers=sara)).json()["recovery_codes_left"] == 9
    renewed = await ask("POST", f"{place}/recovery-codes", json={"code": codes[1]}, headers=sara)
    code = renewed.json()["recovery_codes"][0]
    assert (await ask("POST", f"{place}/removal", json={"code": code}, headers=sara)).status_code == 204
    assert (await bearer_of(visitor, "sara"))["Authorization"]
    ada = await bearer_of(visitor, "ada")
    for login, status in (("sara", 204), ("nobody", 404)):
        answer = await ask("DELETE", f"/api/v1/staff/accounts/{login}/second-factor", headers=ada)
        assert answer.status_code == status


async def test_whoever_must_have_one_is_led_there(context: Context, factory: Factory) -> None:
    settings = msgspec.structs.replace(context.settings, staff_second_factor_roles="supervisor")
    asking = dataclasses.replace(context, settings=settings)
    token = await factory.staff(Role.SUPERVISOR, "sara")
    app = create_app(context=asking)
    transport = httpx.ASGITransport(app=cast("Any", app))
    async with running(app), httpx.AsyncClient(transport=transport, base_url="http://tickets.test") as client:
        client.headers["authorization"] = f"Bearer {token}"
        answer = await client.get("/api/v1/staff/audit")
        assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_missing")
        page = await client.get("/en/desk/people")
        assert (page.status_code, page.headers["location"]) == (303, "/en/desk/second-factor")
        begun = await client.post("/api/v1/staff/second-factor", json={"password": PASSWORD})
        secret = begun.json()["secret"]
        body = {"code": code_now(context, secret)}
        assert (await client.post("/api/v1/staff/second-factor/confirmation", json=body)).status_code == 200
        assert (await client.get("/api/v1/staff/audit")).status_code == 200
        body = {"code": code_now(context, secret, 1)}
        assert (await client.post("/api/v1/staff/second-factor/removal", json=body)).status_code == 204
        assert (await client.get("/api/v1/staff/audit")).json()["code"] == "second_factor_missing"


def shown_secret(page: str) -> str:
    found = re.search(r'<p class="secret">([A-Z2-7 ]+)</p>', page)
    assert found is not None
    return found[1]


def code_now(context: Context, secret: str, steps: int = 0) -> str:
    return code_at(base64.b32decode(secret.replace(" ", "")), step_at(context.clock.now()) + steps)


async def test_a_token_is_made_shown_once_and_revoked(visitor: Visitor, week: str) -> None:
    await visitor.sign_in("ada", PASSWORD)
    await visitor.open("/en/desk/tokens")
    page = await visitor.send(visitor.form("/desk/tokens"), name="No Name", scope=["capacity:read"], festival=week)
    assert page.status_code == 422
    assert 'value="No Name"' in page.text
    page = await visitor.send(visitor.form("/desk/tokens"), name="board", scope=["capacity:read"], festival=week)
    found = re.search(r"api\.[A-Za-z0-9_-]{43}", page.text)
    assert found is not None
    capacity = f"/api/v1/festivals/{week}/capacity"
    bearer = {"Authorization": f"Bearer {found[0]}"}
    assert (await visitor.client.get(capacity, headers=bearer)).status_code == 200
    page = await visitor.open("/en/desk/tokens")
    assert found[0] not in page.text
    await visitor.send(visitor.form("/tokens/revocation"))
    assert "Revoked" in visitor.text()
    assert (await visitor.client.get(capacity, headers=bearer)).status_code == 401
