"""People at the desk, without scripts, and over JSON."""

import re
from typing import Any

import pytest

from tests.factories import PASSWORD, Factory
from tests.web.visitor import Visitor
from ticketing.staff.model import Role


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
    closed = await ask("PUT", "/api/v1/staff/accounts/dana", json={**wish, "active": False}, headers=bearer)
    assert closed.json()["active"] is False
    listed = (await ask("GET", "/api/v1/staff/accounts", headers=bearer)).json()["accounts"]
    assert [one["login"] for one in listed] == ["ada", "dana", "sara"]
    alone = await ask("PUT", "/api/v1/staff/accounts/ada", json=wish, headers=bearer)
    assert (alone.status_code, alone.json()["code"]) == (409, "last_admin")
    for login, wrong, status in (
        ("dana", {"grants": []}, 422),
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
