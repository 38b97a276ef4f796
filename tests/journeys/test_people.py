"""People and what they may do, in Chromium: axe finds nothing, and nothing is wider than the screen."""

import base64

import pytest

from tests.factories import PASSWORD, Factory
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import sign_in
from tests.journeys.test_accessibility import findings
from tests.journeys.test_before_film import too_wide
from ticketing.staff.model import Grant, Role
from ticketing.staff.people import make_password_link, set_person
from ticketing.staff.totp import code_at, step_at


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing(open_page: OpenPage, factory: Factory, scheme: str, width: int) -> None:
    context = factory.context
    week, hall = await factory.festival("almaty-week-2026-of-french-premieres"), await factory.hall()
    grants = [Grant(Role.ORGANISER, week), Grant(Role.DOOR, None, f"venue-of-{hall}")]
    await set_person(context, "gulnara.with-a-long-name-of-the-embassy", grants, by="ada")
    link = await make_password_link(context, "gulnara.with-a-long-name-of-the-embassy", by="ada")
    await factory.staff(Role.ADMIN, "ada")
    found: list[str] = []
    async with open_page(width, color_scheme=scheme) as page:
        await page.goto(f"/kk/staff/password/{link.secret}")
        found += await findings(page)
        await sign_in(page, "ada", "desk/people")
        for place in ("kk/desk/people", "fr/desk/people/gulnara.with-a-long-name-of-the-embassy"):
            await page.goto(f"/{place}")
            await page.locator("details").first.evaluate("box => box.open = true")
            assert not await too_wide(page)
            found += await findings(page)
        await page.goto("/kk/desk/second-factor")
        await page.fill("#password", PASSWORD)
        await page.get_by_role("button", name="Баптау").click()
        await page.locator("img.qr").wait_for()
        assert not await too_wide(page)
        found += await findings(page)
        secret = base64.b32decode((await page.locator(".secret").inner_text()).replace(" ", ""))
        await page.fill("#confirming", code_at(secret, step_at(context.clock.now())))
        await page.get_by_role("button", name="Растау").click()
        await page.locator(".codes li").nth(9).wait_for()
        assert not await too_wide(page)
        found += await findings(page)
        await page.goto("/ru/desk/tokens")
        await page.locator("details").first.evaluate("box => box.open = true")
        assert not await too_wide(page)
        found += await findings(page)
        await page.fill("#name", "board")
        await page.locator("[name=scope]").first.check()
        await page.locator("form[action$=tokens] button").click()
        await page.locator(".secret").wait_for()
        assert not await too_wide(page)
        found += await findings(page)
        await page.goto("/fr/desk/people/gulnara.with-a-long-name-of-the-embassy")
        await page.get_by_role("button", name="Lien pour un nouveau mot de passe").click()
        await page.locator("img.qr").wait_for()
        assert not await too_wide(page)
        found += await findings(page)
    assert found == []
