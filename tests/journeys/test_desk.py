"""The audit room and the list of sign-ins, in Chromium: axe finds nothing, and nothing is wider than the screen."""

import pytest

from tests.factories import PASSWORD, Factory
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import sign_in
from tests.journeys.test_accessibility import findings
from tests.journeys.test_before_film import too_wide
from ticketing.staff import sessions
from ticketing.staff.accounts import add_audit
from ticketing.staff.model import Role


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing(open_page: OpenPage, factory: Factory, scheme: str, width: int) -> None:
    context = factory.context
    for role, login in ((Role.SUPERVISOR, "sara"), (Role.DOOR, "dana")):
        await factory.staff(role, login)
    await sessions.sign_in(context, "sara", PASSWORD, "192.0.2.9", "Mozilla/5.0 (Linux; Android 14) Mobile")
    tickets = ["K7Q29XFMK7Q2", "K7Q29XFMK7Q3"]
    await context.postgres.execute(
        "insert into audit (login, act, subject, detail) values ('sara', 'no_shows_released', $1, $2)",
        "almaty-week-2026-le-regne-animal-vost-2026-11-24",
        {"tickets": tickets},
    )
    await add_audit(context.postgres, context.clock.now(), "device abcdefgh", "device_enrolled", "device abcdefgh")
    found: list[str] = []
    async with open_page(width, color_scheme=scheme, complaints_allowed=("status of 422",)) as page:
        await sign_in(page, "sara", "desk/audit")
        for place in ("kk/desk/audit", "fr/desk/audit?cursor=x", "ru/desk/audit?login=sara", "kk/desk/sessions"):
            await page.goto(f"/{place}")
            assert not await too_wide(page)
            found += await findings(page)
    assert found == []
