"""axe finds nothing, on any page and in any state that a visitor meets; in light and in dark."""

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # it has no types
from playwright.async_api import Page

from tests.factories import Factory
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import check_out, pay, sign_in, take_seats
from ticketing.staff.model import Role


async def findings(page: Page) -> list[str]:
    """What axe has to say of the page as it stands: rule and place."""
    results = await Axe().run(page)
    return [
        f"{page.url}: {found['id']}: {node['target']} {node['failureSummary']}"
        for found in results.response["violations"]
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_the_way_to_a_ticket(open_page: OpenPage, factory: Factory, scheme: str, width: int) -> None:
    screening = await factory.screening(rules={"refund_until_minutes": 5})
    found: list[str] = []
    async with open_page(width, color_scheme=scheme, complaints_allowed=("status of 422", "status of 404")) as page:
        for address in ("/kk/", "/kk/cart", "/kk/nothing", f"/kk/screenings/{screening}"):
            await page.goto(address)
            found += await findings(page)
        await take_seats(page, "B-1", "B-2", scripts=True)
        await page.locator("summary", has_text="тізімі").click()
        found += await findings(page)
        await page.goto("/kk/cart")
        await page.locator("#checkout .pay").click()
        await page.locator("#email-wrong").wait_for()
        found += await findings(page)
        await page.goto(f"/kk/screenings/{screening}")
        await check_out(page)
        found += await findings(page)
        await pay(page)
        await page.locator("details.panel summary").first.click()
        found += await findings(page)
        order = page.url.partition("#")[0]
        await page.goto(f"{order}/cancellation")
        found += await findings(page)
        await page.goto(f"{order}/exchange")
        found += await findings(page)
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_pages_of_staff(open_page: OpenPage, factory: Factory, scheme: str) -> None:
    screening = await factory.screening()
    await factory.order(screening, "A-1")
    await factory.staff(Role.ORGANISER, "olga")
    found: list[str] = []
    async with open_page(color_scheme=scheme) as page:
        await page.goto("/en/staff/sign-in")
        found += await findings(page)
        await sign_in(page, "olga", "door")
        found += await findings(page)
        await page.fill("#code", "HELLO")
        await page.keyboard.press("Enter")
        await page.locator(".verdict.no").wait_for()
        found += await findings(page)
        await page.goto("/en/capacity")
        await page.locator("#live:not([hidden])").wait_for()
        found += await findings(page)
        await page.goto("/en/staff/sign-in")
        found += await findings(page)
    assert found == []
