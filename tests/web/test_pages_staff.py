"""Signing in, the door and the capacity page, without scripts."""

import re
import uuid
from zoneinfo import ZoneInfo

import pytest

from tests.factories import PASSWORD, Factory
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context
from ticketing.staff.model import Role
from ticketing.web.pages.formatting import moment_text


@pytest.fixture
async def staff(factory: Factory) -> Factory:
    await factory.staff(Role.DOOR, "dana")
    await factory.staff(Role.ORGANISER, "olga")
    return factory


async def code_of(visitor: Visitor, screening: str) -> str:
    page = await visitor.buy(screening, "A-1")
    found = re.search(r'<p class="code">([^<]+)</p>', page.text)
    assert found is not None
    return found[1].replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


async def test_a_ticket_is_let_in_once(visitor: Visitor, staff: Factory) -> None:
    code = await code_of(visitor, await staff.screening())
    page = await visitor.sign_in("dana", PASSWORD)
    assert str(page.url).endswith("/en/door")
    await visitor.send(visitor.form("/door"), code=code, gate="North")
    assert "Let in Row A, seat 1" in visitor.text()
    assert re.search(r"1 let in 1 sold|1</b>let in", visitor.text() + visitor.page.text if visitor.page else "")
    form = visitor.form("/door")
    assert form.value("gate") == "North"
    page = await visitor.send(form, code=code, gate="South")
    assert "Already inside" in visitor.text()
    assert "gate North" in visitor.text()
    assert 'class="verdict again"' in page.text


async def test_the_same_scan_sent_twice_is_one_scan(visitor: Visitor, staff: Factory, context: Context) -> None:
    code = await code_of(visitor, await staff.screening())
    await visitor.sign_in("dana", PASSWORD)
    form = visitor.form("/door")
    for _ in range(2):
        await visitor.send(form, code=code)
        assert "Let in" in visitor.text()
    assert await context.postgres.fetchval("select count(*) from scan") == 1


async def test_a_conflict_is_shown_whatever_the_house_says(
    visitor: Visitor, staff: Factory, context: Context
) -> None:
    token = await staff.staff(Role.SUPERVISOR, "saule")
    shown_at, gone = await staff.screening(), await staff.screening()
    good = await code_of(visitor, shown_at)
    void = await code_of(visitor, gone)
    await context.postgres.execute("update screening set status = 'cancelled' where screening_id = $1", gone)
    shown = {"gate": "North", "shown": "admitted", "scanned_at": context.clock.now().isoformat()}
    codes = ("HELLO", "ABCDEFGHJKMN", good, good, void)
    scans = [{"scan": str(uuid.uuid4()), "code": code, **shown} for code in codes]
    scans[2]["screening"] = gone
    headers = {"authorization": f"Bearer {token}"}
    answer = await visitor.client.post("/api/v1/door/scans/batch", json={"scans": scans}, headers=headers)
    assert [one["verdict"] for one in answer.json()] == ["forged", "unknown", "wrong_screening", "admitted", "void"]
    await visitor.sign_in("saule", PASSWORD)
    page = await visitor.open("/en/door/conflicts")
    assert page.status_code == 200
    for words in ("Not our code", "Unknown ticket", "Another screening", "Cancelled"):
        assert f"<b>{words}</b>" in page.text
    # Of which day it is: whose ticket was for tomorrow sits on somebody else's seat today.
    begins = await context.postgres.fetchval("select starts_at from screening where screening_id = $1", gone)
    assert moment_text(begins, ZoneInfo("Asia/Almaty"), "en") in page.text
    # And where to look: the house to which the gate was letting in.
    assert visitor.text().count("The gate let in to The Animal Kingdom, Great hall") == 1
    listed = await visitor.client.get(f"/api/v1/door/conflicts?screening={shown_at}", headers=headers)
    assert [one["gate_screening"] for one in listed.json()["conflicts"]] == [gone]
    await visitor.open("/en/desk")
    assert "Conflicts · 4 open" in visitor.text()
    # Settled without a script, taken back, and settled again by the same form: the same.
    await visitor.open(f"/en/door/conflicts?screening={gone}")
    form = visitor.form(f"/settlement?screening={gone}")
    page = await visitor.send(form, outcome="")
    assert page.status_code == 422
    assert "Choose what came of it" in visitor.text()
    for _ in range(2):
        page = await visitor.send(form, outcome="sent_out", note="To the <box> office")
        assert "Settled: " in visitor.text()
        assert "One was sent out" in visitor.text()
    assert (await visitor.send(form, scan="9", outcome="sent_out")).status_code == 404
    page = await visitor.send(form, outcome="may_stay")
    assert page.status_code == 409
    assert "saule settled it at" in visitor.text()
    language = await visitor.open(str(page.url).replace("/en/", "/kk/"))
    assert (language.status_code, language.url.path) == (200, "/kk/door/conflicts")
    await visitor.open("/en/door/conflicts?status=settled")
    assert "To the <box> office" in visitor.text()
    await visitor.send(visitor.form("/reopening"))
    assert "Open: 4" in visitor.text()


@pytest.mark.parametrize("code", ["HELLO", "А" * 50, "%00", "<b>x</b>", "W" * 7000])
async def test_a_foreign_code_gets_a_verdict(visitor: Visitor, staff: Factory, code: str) -> None:
    await visitor.sign_in("dana", PASSWORD)
    page = await visitor.send(visitor.form("/door"), code=code)
    assert page.status_code == 200
    assert "Not our code" in visitor.text()
    assert "<b>x</b>" not in page.text


@pytest.mark.parametrize(
    "change", [{"code": ""}, {"code": " "}, {"scan": "no-uuid"}, {"gate": "N" * 100}, {"screening": "<x>"}]
)
async def test_a_damaged_scan_is_refused(visitor: Visitor, staff: Factory, change: dict[str, str]) -> None:
    await visitor.sign_in("dana", PASSWORD)
    page = await visitor.send(visitor.form("/door"), **{"code": "HELLO", **change})
    assert page.status_code == 422


async def test_a_gate_of_anothers_invention_is_forgotten(visitor: Visitor, staff: Factory) -> None:
    await visitor.sign_in("dana", PASSWORD)
    for cookie in ("zz", "00", "7b7d", "5b315d"):
        visitor.client.cookies.set("gate", cookie)
        assert (await visitor.open("/en/door")).status_code == 200
        visitor.client.cookies.delete("gate")


@pytest.mark.parametrize("place", ["door", "capacity"])
async def test_who_is_not_signed_in_is_led_there_and_back(visitor: Visitor, staff: Factory, place: str) -> None:
    page = await visitor.open(f"/en/{place}")
    assert f"/en/staff/sign-in?to={place}" in str(page.url)
    page = await visitor.send(visitor.form("/sign-in"), login="olga", password=PASSWORD)
    assert str(page.url).endswith(f"/en/{place}")


async def test_a_sign_in_leads_nowhere_else(visitor: Visitor, staff: Factory) -> None:
    page = await visitor.sign_in("olga", PASSWORD, to="//evil.example")
    assert page.url.host == "tickets.test"
    assert str(page.url).endswith("/en/capacity")


async def test_a_wrong_password_says_no_more_than_that(visitor: Visitor, staff: Factory) -> None:
    page = await visitor.sign_in("olga", "wrong")
    assert page.status_code == 401
    assert "Wrong name or password" in visitor.text()
    assert visitor.form("/sign-in").value("login") == "olga"


async def test_the_door_may_not_see_the_capacity(visitor: Visitor, staff: Factory) -> None:
    await visitor.sign_in("dana", PASSWORD)
    page = await visitor.open("/en/capacity")
    assert page.status_code == 403
    assert "Sign in with another account" in visitor.text()


async def test_the_capacity_of_a_festival(visitor: Visitor, staff: Factory) -> None:
    screening = await staff.screening()
    await staff.order(screening, "A-1", "A-2")
    await visitor.sign_in("olga", PASSWORD)
    page = await visitor.open("/ru/capacity")
    assert page.status_code == 200
    words = visitor.text().replace("\u00a0", " ")
    assert "Королевство зверей" in words
    assert "7 000 ₸" in words
    assert re.search(r'data-part="sold">2<', page.text)


async def test_signing_out_ends_the_session(visitor: Visitor, staff: Factory) -> None:
    await visitor.sign_in("olga", PASSWORD)
    await visitor.open("/en/staff/sign-in")
    await visitor.send(visitor.form("/sign-out"))
    page = await visitor.open("/en/capacity")
    assert "/staff/sign-in" in str(page.url)


@pytest.mark.parametrize(
    ("role", "place"), [(Role.DOOR, "door"), (Role.BOX_OFFICE, "counter/sale"), (Role.ORGANISER, "capacity")]
)
async def test_a_sign_in_leads_to_where_the_work_is(
    visitor: Visitor, factory: Factory, role: Role, place: str
) -> None:
    await factory.screening()
    await factory.staff(role, "dana")
    page = await visitor.sign_in("dana", PASSWORD)
    assert page.url.path == f"/en/{place}"
    assert page.status_code == 200
