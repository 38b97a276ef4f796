"""The checkout in a browser: nothing typed is lost, nothing ordered twice, and what was lost is offered again."""

import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import Page

from tests.factories import Factory
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import BUYER, take_seats
from tests.journeys.test_accessibility import findings
from ticketing.kernel.context import Context


async def at_checkout(page: Page, screening: str, *seats: str, scripts: bool = True) -> None:
    """Seats are kept, and the form is filled in but for the consent."""
    await page.goto(f"/en/screenings/{screening}")
    await take_seats(page, *seats, scripts=scripts)
    await page.goto("/en/cart")
    for field, text in BUYER.items():
        await page.fill(field, text)


async def orders(context: Context) -> int:
    return int(await context.postgres.fetchval("select count(*) from orders"))


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_double_click_and_the_way_back_make_one_order(
    open_page: OpenPage, factory: Factory, context: Context, scripts: bool
) -> None:
    screening = await factory.screening()
    async with open_page(scripts=scripts) as page:
        await at_checkout(page, screening, "B-1", scripts=scripts)
        await page.check("#consent")
        await page.locator("#pay").dblclick()
        await page.wait_for_url("**/pay/demo/**")
        paid_at = page.url
        await page.go_back()
        await page.wait_for_url("**/cart")
        if await page.locator("#pay").count():
            await page.check("#consent")
            await page.locator("#pay").click()
            await page.wait_for_url("**/pay/demo/**")
            assert page.url == paid_at
        assert await orders(context) == 1


async def test_two_tabs_pay_for_one_order(open_page: OpenPage, factory: Factory, context: Context) -> None:
    screening = await factory.screening()
    async with open_page() as page:
        await at_checkout(page, screening, "B-1")
        other = await page.context.new_page()
        await other.goto("/en/cart")
        for field, text in BUYER.items():
            await other.fill(field, text)
        for tab in (page, other):
            await tab.check("#consent")
        await asyncio.gather(page.locator("#pay").click(), other.locator("#pay").click())
        for tab in (page, other):
            await tab.wait_for_url("**/pay/demo/**")
        assert page.url == other.url
        assert await orders(context) == 1


async def test_the_cart_changes_without_leaving_the_page(
    open_page: OpenPage, factory: Factory, context: Context
) -> None:
    festival = await factory.festival()
    screening = await factory.screening(festival=festival)
    await context.postgres.execute(
        "insert into voucher (festival_id, voucher, percent, uses_max, valid_until) values ($1, 'HALF', 50, 9, $2)",
        festival,
        context.clock.now() + timedelta(days=1),
    )
    async with open_page(360, complaints_allowed=("status of 422",)) as page:
        await at_checkout(page, screening, "B-1", "B-2")
        await page.fill("#email", "dana@gmial.com")
        await page.fill("#voucher", "none")
        await page.press("#voucher", "Enter")
        await page.locator("#voucher-wrong", has_text="There is no voucher NONE").wait_for()
        await page.locator("#email-ask button").click()
        assert await page.input_value("#email") == "dana@gmail.com"
        await page.fill("#voucher", "half")
        await page.locator(".voucher button").click()
        await page.locator("#sums:not([hidden])").wait_for()
        assert await page.locator("#pay").inner_text() == "Pay 3,500\u00a0₸"
        await page.locator(".place select").first.select_option("student")
        assert await page.locator("#pay").inner_text() == "Pay 2,750\u00a0₸"
        assert "Student card" in await page.locator(".place .proof").first.inner_text()
        await page.locator(".place .out").last.click()
        await page.locator(".place").nth(1).wait_for(state="detached")
        assert await page.locator("#pay").inner_text() == "Pay 1,000\u00a0₸"
        assert await page.input_value("#name") == BUYER["#name"]
        await page.locator("#clock button").click()
        await page.locator("body:not(.busy)").wait_for()
        await page.check("#consent")
        await page.locator("#pay").click()
        await page.wait_for_url("**/pay/demo/**")
        assert await context.postgres.fetchval("select total_amount from orders") == 100_000


async def test_when_the_time_runs_out_the_seats_are_offered_again(open_page: OpenPage, factory: Factory) -> None:
    screening = await factory.screening(rules={"hold_ttl_s": 3, "hold_cap_s": 3})
    found: list[str] = []
    async with open_page(360, complaints_allowed=("status of 409",)) as page:
        await at_checkout(page, screening, "B-1")
        await page.locator("#problem", has_text="No longer kept: Row B, seat 1").wait_for()
        found += await findings(page)
        await page.locator("button[value^=again]").click()
        await page.locator("#problem").wait_for(state="detached")
        assert await page.locator(".place").count() == 1
    assert found == []


@pytest.mark.parametrize("address", ["/kk/cart", "/fr/privacy", "/ru/nothing"])
async def test_pages_reflow_at_four_hundred_percent(open_page: OpenPage, factory: Factory, address: str) -> None:
    """1280 px at 400 % are 320 px: nothing is to be scrolled sideways (WCAG 2.2, 1.4.10)."""
    screening = await factory.screening()
    async with open_page(320, complaints_allowed=("status of 404",)) as page:
        await page.goto(f"/kk/screenings/{screening}")
        await take_seats(page, "B-1", scripts=True)
        await page.goto(address)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
        small = await page.evaluate(
            "[...document.querySelectorAll('main :is(button, select, input:not([type=hidden]), .button)')]"
            ".filter((one) => one.checkVisibility() && !one.closest('.away') && !one.matches('.away, .check input, "
            ".way input') && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)"
        )
        assert small == []


async def test_the_basket_is_on_every_page_with_the_time_left(open_page: OpenPage, factory: Factory) -> None:
    screening = await factory.screening()
    async with open_page(complaints_allowed=("status of 404",)) as page:
        await page.goto(f"/en/screenings/{screening}")
        await take_seats(page, "B-1", scripts=True)
        for address in ("/en/", "/en/privacy", "/en/nothing"):
            await page.goto(address)
            assert ":" in await page.locator(".basket .clock").inner_text(), address
