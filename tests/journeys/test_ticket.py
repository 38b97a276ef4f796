"""From the programme to the seat in the hall: on a telephone and on a desk, with scripts and without."""

import pytest

from tests.factories import Factory
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import check_out, codes_on, pay, scan, sign_in, take_seats
from ticketing.staff.model import Role


@pytest.mark.parametrize(
    ("language", "width", "scripts"),
    [("kk", 360, True), ("ru", 1280, True), ("fr", 360, False), ("en", 1280, False)],
)
async def test_programme_to_admitted(
    open_page: OpenPage, factory: Factory, language: str, width: int, scripts: bool
) -> None:
    screening = await factory.screening()
    await factory.staff(Role.DOOR, "dana")
    async with open_page(width, scripts=scripts, locale=language) as page:
        await page.goto("/")
        assert page.url.endswith(f"/{language}/")
        await page.locator(f"a.button[href$='{screening}']").click()
        await take_seats(page, "C-4", "C-5", scripts=scripts)
        assert "C" in await page.locator("[data-tray=words]").inner_text()
        await check_out(page)
        await pay(page)
        codes = await codes_on(page)
        assert len(set(codes)) == 2
    async with open_page(width, scripts=scripts) as door:
        await sign_in(door, "dana", "door", language)
        assert await scan(door, codes[0], scripts=scripts) == "yes"
        assert await scan(door, codes[1], scripts=scripts) == "yes"
        assert await scan(door, codes[0], scripts=scripts) == "again"
        assert await door.locator("[data-part=admitted]").inner_text() == "2"


async def test_the_keyboard_alone_buys_a_ticket(open_page: OpenPage, factory: Factory) -> None:
    screening = await factory.screening()
    async with open_page() as page:
        await page.goto(f"/en/screenings/{screening}")
        await page.locator("body.script").wait_for()
        await page.locator('#map .s[tabindex="0"]').focus()
        for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
            await page.keyboard.press(key)
        await page.locator("#tray:not([hidden])").wait_for()
        assert "row B: 3" in await page.locator("[data-tray=words]").inner_text()
        await page.locator("#tray .pay").focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/cart")
        await page.locator("#email").focus()
        await page.keyboard.type("a@example.kz")
        await page.keyboard.press("Tab")
        await page.keyboard.type("Dana")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/pay/demo/**")


async def test_a_ticket_is_given_back_and_its_seat_is_free(open_page: OpenPage, factory: Factory) -> None:
    screening = await factory.screening(rules={"refund_until_minutes": 5})
    async with open_page() as page, open_page(360) as other:
        await page.goto(f"/en/screenings/{screening}")
        await take_seats(page, "A-1", scripts=True)
        await check_out(page)
        await other.goto(f"/en/screenings/{screening}")
        await other.locator("#map .t").wait_for()
        await pay(page)
        await page.locator('a[href*="/cancellation?ticket="]').click()
        await page.locator("button.danger").click()
        await page.locator(".ticket.void").wait_for()
        await other.locator("#map .t").wait_for(state="detached")
