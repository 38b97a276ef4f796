"""Waiting for seats in a browser: from the sold-out note to the checkout; and axe looks at each page on the way."""

import pytest

from tests.journeys.conftest import OpenPage
from tests.journeys.test_accessibility import findings
from tests.sales.waiting_room import WaitingRoom
from ticketing.kernel.context import Context


@pytest.mark.parametrize(("scheme", "width", "language"), [("light", 360, "kk"), ("dark", 1280, "fr")])
async def test_from_sold_out_to_seats(
    open_page: OpenPage, context: Context, scheme: str, width: int, language: str
) -> None:
    room = await WaitingRoom.opened(context)
    found: list[str] = []
    async with open_page(width, scripts=True, color_scheme=scheme, complaints_allowed=("status of 422",)) as page:
        await page.goto(f"/{language}/screenings/{room.screening}")
        found += await findings(page)
        await page.locator("#waiting-note a").click()
        await page.wait_for_url("**/waiting")
        await page.locator("form .pay").click()
        await page.locator("#problem").wait_for()
        found += await findings(page)
        await page.fill("#people", "2")
        await page.fill("#email", "aigerim@example.kz")
        await page.fill("#name", "Айгерім Сәтбаева")
        await page.check("#consent")
        await page.locator("form .pay").click()
        await page.wait_for_url("**/waiting/*/*")
        assert await page.locator(".place .number").inner_text() == "1"
        await page.locator("details summary").click()
        found += await findings(page)
        own = page.url
        await room.give_back("A-3", "A-4")
        await room.offer()
        await page.goto(own)
        found += await findings(page)
        await page.locator(".offered .pay").click()
        await page.wait_for_url("**/cart")
        await page.locator("#checkout").wait_for()
    assert found == []
