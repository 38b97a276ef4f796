"""axe finds nothing on what comes after the purchase, nor where something went wrong; in light and in dark."""

import pytest
from playwright.async_api import Page

from tests.factories import Factory
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import check_out, pay, take_seats
from tests.journeys.test_accessibility import findings

RULES = {"refund_until_minutes": 5, "exchange_until_minutes": 5, "exchange_fee": 10_000}
COMPLAINTS = ("status of 403", "status of 404", "status of 409", "status of 422")
LOOKS = pytest.mark.parametrize(
    ("width", "scheme"), [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")]
)


async def look(page: Page, address: str) -> list[str]:
    await page.goto(address)
    return await findings(page)


@LOOKS
async def test_after_the_purchase(open_page: OpenPage, factory: Factory, scheme: str, width: int) -> None:
    screening = await factory.screening(rules=RULES)
    async with open_page(width, color_scheme=scheme, complaints_allowed=COMPLAINTS) as page:
        await page.goto(f"/fr/screenings/{screening}")
        await take_seats(page, "C-1", "C-2", scripts=True)
        await check_out(page)
        order = (await pay(page)).partition("#")[0]
        ticket = await page.locator('.ticket a[href*="/transfer"]').first.get_attribute("href") or ""
        found = await look(page, ticket)
        await page.locator("form[action$='/transfer'] .button").first.click()
        await page.locator("#holder-wrong").wait_for()
        found += await findings(page)
        found += await look(page, f"{order}/tickets")
        found += await look(page, ticket.removesuffix("/transfer"))

        await page.goto(order)
        await page.locator('.ticket a[href*="/exchange?ticket="]').first.click()
        await page.locator('form[action$="/exchange"] .button').click()
        await take_seats(page, "B-1", scripts=True)
        found += await findings(page)
        await page.locator("#tray .pay").click()
        await page.wait_for_url("**/difference")
        found += await findings(page)
        await page.locator('form[action$="/difference"] .button.wide').click()
        await page.wait_for_url("**/pay/demo/**")
        # The exchange waits for its payment, then comes to nothing, then the order is given back whole.
        found += await look(page, order)
        await page.locator('form[action$="/withdrawal"] button').click()
        await page.wait_for_url(f"{order}*")
        found += await findings(page)
        tickets = await page.locator('.ticket a[href*="/cancellation?ticket="]').evaluate_all(
            "links => links.map((link) => new URL(link.href).searchParams.get('ticket'))"
        )
        found += await look(page, f"{order}/cancellation?" + "&".join(f"ticket={one}" for one in tickets))
        await page.locator("button.danger").click()
        await page.locator(".ticket.void").first.wait_for()
        found += await findings(page)
        found += await look(page, f"{order}/exchange")
    assert found == []


@LOOKS
async def test_where_something_goes_wrong(open_page: OpenPage, factory: Factory, scheme: str, width: int) -> None:
    screening = await factory.screening(rules={"hold_ttl_s": 600})
    sold_out = await factory.screening()
    await factory.order(sold_out, *(f"{row}-{seat}" for row in "ABCDE" for seat in range(1, 11)))
    async with open_page(width, color_scheme=scheme, complaints_allowed=COMPLAINTS) as page:
        found = await look(page, f"/kk/screenings/{sold_out}")
        found += await look(page, "/kk/privacy")
        found += await look(page, "/kk/orders")
        await page.locator("form[action$='/orders'] .button").click()
        await page.locator("#email-wrong").wait_for()
        found += await findings(page)
        await page.fill("#email", "aigerim@example.kz")
        await page.locator("form[action$='/orders'] .button").click()
        await page.locator(".note.good").wait_for()
        found += await findings(page)
        found += await look(page, "/kk/orders/AAAAAAAA/nothing")

        await page.goto(f"/kk/screenings/{screening}")
        await take_seats(page, "B-2", scripts=True)
        # A seat is left alone beside it: told at once, and on the way to the checkout.
        await page.locator("#hint:not([hidden])").wait_for()
        found += await findings(page)
        found += await look(page, f"/kk/screenings/{screening}/continue")
        await page.locator("[data-tray=release] button").click()
        await page.locator("#tray").wait_for(state="hidden")
        await take_seats(page, "B-1", scripts=True)
        await check_out(page)
        await page.locator("details summary").click()
        found += await findings(page)
        await page.locator("button[value=refused]").click()
        await page.wait_for_url("**/orders/**")
        found += await findings(page)
    assert found == []
