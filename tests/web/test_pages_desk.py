"""The audit room and the list of sign-ins, without scripts."""

import pytest

from tests.factories import PASSWORD, Factory
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context
from ticketing.staff.accounts import add_audit
from ticketing.staff.model import Role
from ticketing.staff.sessions import principal_of, sign_in
from ticketing.web.pages.sign_ins import program_name

ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


@pytest.fixture
async def staff(factory: Factory) -> Factory:
    for role, login in ((Role.DOOR, "dana"), (Role.SUPERVISOR, "sara"), (Role.ORGANISER, "olga")):
        await factory.staff(role, login)
    return factory


async def test_a_supervisor_looks_who_did_what(visitor: Visitor, staff: Factory, context: Context) -> None:
    await add_audit(context.postgres, context.clock.now(), "dana", "seat_broken", "week-1-s-2", seat="<b>A-1</b>")
    await add_audit(context.postgres, context.clock.now(), "dana", "an_act_of_tomorrow", "week-1-s-2")
    page = await visitor.sign_in("sara", PASSWORD, to="desk/audit")
    assert str(page.url).endswith("/en/desk/audit")
    assert "Reported a broken seat" in visitor.text()
    assert "an_act_of_tomorrow" in visitor.text()
    assert "the command on the server" in visitor.text()
    assert "<b>A-1</b>" not in page.text
    page = await visitor.open("/en/desk/audit?login=dana&act=seat_broken")
    assert page.text.count("<li>") == 1
    assert 'value="dana"' in page.text
    await visitor.open("/ru/desk/audit?login=nobody")
    assert "Ничего не найдено" in visitor.text()


async def test_it_comes_in_pages(visitor: Visitor, staff: Factory, context: Context) -> None:
    for number in range(60):
        await add_audit(context.postgres, context.clock.now(), "dana", "seat_broken", f"s-{number}")
    await visitor.sign_in("olga", PASSWORD)
    page = await visitor.open("/en/desk/audit?act=seat_broken&subject=s-")
    assert page.text.count("<li>") == 50
    older = page.text.partition("/en/desk/audit?act")[2].partition('"')[0].replace("&amp;", "&")
    page = await visitor.open(f"/en/desk/audit?act{older}")
    assert page.text.count("<li>") == 10
    assert "To the latest" in visitor.text()


@pytest.mark.parametrize(
    "query",
    [
        "login=" + "x" * 65,
        "login=a%00b",
        "act=Robert'); drop table audit; --",
        "subject=%07",
        "subject=" + "x" * 500,
        "from=yesterday",
        "from=2026-02-30",
        "to=9999-12-31",
        "from=2026-11-24&to=2026-11-20",
        "cursor=x",
        "cursor=" + "9" * 30,
        "cursor=-1",
    ],
)
async def test_what_can_t_be_looked_for_is_told(visitor: Visitor, staff: Factory, query: str) -> None:
    await visitor.sign_in("sara", PASSWORD)
    page = await visitor.open(f"/en/desk/audit?{query}")
    assert page.status_code == 422
    assert page.text.count("<li>") == 0


async def test_the_door_has_no_business_there(visitor: Visitor, staff: Factory) -> None:
    await visitor.sign_in("dana", PASSWORD)
    assert (await visitor.open("/en/desk/audit")).status_code == 403
    page = await visitor.open("/en/desk/sessions")
    assert page.status_code == 200
    assert "Others" not in visitor.text()


async def test_one_ends_a_sign_in_from_elsewhere(visitor: Visitor, staff: Factory, context: Context) -> None:
    lost = (await sign_in(context, "dana", PASSWORD, "192.0.2.9", "A lost telephone")).token
    await visitor.sign_in("dana", PASSWORD)
    page = await visitor.open("/en/desk/sessions")
    card = page.text[page.text.index("A lost telephone") :]
    session = card.partition('name="session" value="')[2].partition('"')[0]
    form = next(form for form in visitor.forms() if ("session", session) in form.fields)
    await visitor.send(form)
    assert "A lost telephone" not in visitor.text()
    assert await principal_of(context, lost) is None
    await visitor.open("/en/desk/sessions")
    for text in ("", "no-uuid", "x" * 36):
        await visitor.open("/en/desk/sessions")
        page = await visitor.send(visitor.form("/revocation"), session=text)
        assert page.status_code == 200


async def test_a_supervisor_ends_those_of_others_but_not_of_all(
    visitor: Visitor, staff: Factory, context: Context
) -> None:
    await visitor.sign_in("sara", PASSWORD)
    page = await visitor.open("/en/desk/sessions")
    sessions = {
        row["login"]: str(row["session_id"])
        for row in await context.postgres.fetch(
            "select login, session_id from staff_session join staff using (staff_id)"
        )
    }
    assert sessions["dana"] in page.text
    assert sessions["olga"] not in page.text
    form = visitor.form("/revocation")
    page = await visitor.send(form, session=sessions["olga"])
    assert page.status_code == 403
    await visitor.open("/en/desk/sessions")
    await visitor.send(visitor.form("/revocation"), session=sessions["dana"])
    assert "dana" not in visitor.text()


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (ANDROID, "Chrome, Android"),
        (EDGE, "Edge, Windows"),
        (IPHONE, "Safari, iPhone"),
        ("curl/8.5", "curl/8.5"),
        ("", ""),
    ],
)
def test_programs_are_called_as_people_call_them(agent: str, name: str) -> None:
    assert program_name(agent) == name
