"""The whole way of a visitor, in every language, on a telephone and on a desk, with scripts and without."""

import asyncio
import re

import pytest
from playwright.async_api import Page, Route

from tests.factories import Factory
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import check_out, click_seat, codes_on, pay, take_seats
from ticketing.kernel.context import Context
from ticketing.kernel.errors import SeatsTaken
from ticketing.kernel.i18n import translate

RULES = {"refund_until_minutes": 5, "exchange_until_minutes": 5}
REFUSED = "status of 409"


async def find(page: Page, *, scripts: bool) -> None:
    """Look for what is shown in Kazakh. The choice stands in the address."""
    summary = page.locator("details.choose summary")
    # On a desk the choices stand open.
    if await summary.is_visible():
        await summary.click()
    await page.select_option("#audio", "kk")
    if not scripts:
        await page.locator("form.filters button").click()
    await page.wait_for_url(re.compile("audio=kk"))


async def exchange(page: Page, label: str, *, scripts: bool) -> None:
    """Exchange the first ticket of an order for another seat of its screening."""
    await page.locator('.ticket a[href*="/exchange?ticket="]').first.click()
    await page.locator('form[action$="/exchange"] .button').click()
    await take_seats(page, label, scripts=scripts)
    await page.locator("#tray .pay").click()
    await page.wait_for_url("**/difference")
    await page.locator('form[action$="/difference"] .button.wide').click()
    await page.wait_for_url(re.compile(r"/orders/[A-Z0-9]+/[^/]+$"))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["kk", "ru", "fr", "en"])
async def test_find_choose_pay_exchange_cancel(
    open_page: OpenPage, factory: Factory, context: Context, *, language: str, width: int, scripts: bool
) -> None:
    festival = await factory.festival(rules=RULES)
    await factory.screening(festival=festival)
    dubbed = await factory.screening(festival=festival)
    await context.postgres.execute(
        "update version set audio = 'kk', subtitles = '[]', kind = 'dubbed'"
        " from screening where screening_id = $1 and version.version_id = screening.version_id",
        dubbed,
    )
    async with open_page(width, scripts=scripts, locale=language) as page:
        await page.goto("/")
        assert await page.locator("html").get_attribute("lang") == language
        assert await page.locator("article.showing").count() == 2
        await find(page, scripts=scripts)
        assert await page.locator("article.showing").count() == 1
        await page.locator(f"a.button[href$='{dubbed}']").click()
        await take_seats(page, "C-1", "C-2", scripts=scripts)
        await check_out(page)
        order = await pay(page)
        bought = await codes_on(page)
        assert len(set(bought)) == 2

        await exchange(page, "B-1", scripts=scripts)
        exchanged = await codes_on(page)
        assert len(set(exchanged)) == 2
        # The other ticket is what it was; of the exchanged one the code is new.
        assert len({*bought, *exchanged}) == 3

        await page.locator('.ticket a[href*="/cancellation?ticket="]').last.click()
        await page.locator("button.danger").click()
        await page.locator(".ticket.void").wait_for()
        assert page.url.startswith(order)
        (kept,) = await codes_on(page)
        assert kept in exchanged
    rows = await context.postgres.fetch("select seat, status from ticket order by seat")
    assert [tuple(row) for row in rows] == [("B-1", "sold"), ("C-2", "void")]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
@pytest.mark.parametrize("languages", [("kk", "fr"), ("en", "ru")], ids="-".join)
async def test_two_race_for_a_seat_and_both_understand(
    open_page: OpenPage, factory: Factory, *, languages: tuple[str, str], scripts: bool
) -> None:
    screening = await factory.screening()
    one, other = languages
    async with (
        open_page(360, scripts=scripts, complaints_allowed=(REFUSED,)) as first,
        open_page(1280, scripts=scripts, complaints_allowed=(REFUSED,)) as second,
    ):
        pages = dict(zip(languages, (first, second), strict=True))
        both_sent = asyncio.Barrier(len(pages))
        for language, page in pages.items():
            await page.goto(f"/{language}/screenings/{screening}")
            await page.route(re.compile("/seats$"), lambda route: _let_go(route, both_sent))
        if scripts:
            await asyncio.gather(click_seat(first, "B-1"), click_seat(second, "B-1"))
        else:
            await asyncio.gather(*(_send_seat(page, "B-1") for page in pages.values()))
        told = {language: page.locator("#said:not([hidden]), #problem") for language, page in pages.items()}
        await told[one].or_(first.locator("#tray:not([hidden])")).first.wait_for()
        await told[other].or_(second.locator("#tray:not([hidden])")).first.wait_for()
        (loser,) = [language for language, said in told.items() if await said.count()]
        (winner,) = set(languages) - {loser}
        assert "B" in await pages[winner].locator("[data-tray=words]").inner_text()
        for page in pages.values():
            await page.unroute_all()
        # Which seat is gone, and what could be had instead: by one tap.
        assert translate(SeatsTaken.title, loser) in await told[loser].inner_text()
        assert "B" in await told[loser].inner_text()
        await told[loser].locator(".offer button").first.click()
        await pages[loser].locator("#tray:not([hidden])").wait_for()
        assert await told[loser].count() == 0
        seen = await (await first.request.get(f"/api/v1/screenings/{screening}/availability")).json()
    assert seen["counts"]["held"] == 2


async def _let_go(route: Route, both_sent: asyncio.Barrier) -> None:
    """Each has clicked before the house hears of either."""
    await both_sent.wait()
    await route.continue_()


async def _send_seat(page: Page, label: str) -> None:
    await page.locator(f'input[name=seat][value="{label}"]').check(force=True)
    async with page.expect_navigation():
        await page.locator("#seats button").click()
