"""The programme in a browser: the first screening on the first screen, zones told apart, days at hand."""

from datetime import timedelta

import pytest

from tests.factories import Factory
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import until
from tests.journeys.test_accessibility import findings
from ticketing.kernel.context import Context


async def test_a_telephone_shows_a_screening_without_scrolling(
    open_page: OpenPage, factory: Factory, context: Context
) -> None:
    festival = await factory.festival()
    for number in range(12):
        await factory.screening(festival=festival, starts_at=context.clock.now() + timedelta(hours=9 * number + 1))
    async with open_page(360, timezone_id="Europe/Paris") as page:
        outside: list[str] = []
        page.on("request", lambda request: outside.append(request.url))
        await page.set_viewport_size({"width": 360, "height": 640})
        await page.goto("/kk/")
        for part in ("h3 a", ".hour", ".button"):
            box = await page.locator(".showing").first.locator(part).first.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 640, part
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        # Days stay at hand further down.
        await page.mouse.wheel(0, 2000)
        await until(page, "() => scrollY > 500")
        days = await page.locator(".days").bounding_box()
        assert days is not None
        assert days["y"] == pytest.approx(0, abs=1)
        assert await page.locator("[data-zones]").is_visible()
        origin = page.url.partition("/kk/")[0]
        assert [url for url in outside if not url.startswith((origin, "data:"))] == []
    async with open_page(1280, timezone_id="Asia/Almaty") as page:
        await page.goto("/kk/")
        await page.locator("body.script").wait_for()
        assert not await page.locator("[data-zones]").is_visible()
        assert await page.locator("#audio").is_visible()
        # The data for machines stand in the page, and the policy on scripts has nothing against them.
        await page.locator(".showing h3 a").first.click()
        assert await page.locator("script[type='application/ld+json']").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing(
    open_page: OpenPage, factory: Factory, context: Context, scheme: str, width: int
) -> None:
    festival = await factory.festival()
    now = context.clock.now()
    for columns in (
        {},
        {"status": "cancelled"},
        {"audience": "invitation"},
        {"sales_open_at": now + timedelta(minutes=5)},
        {"sales_close_at": now - timedelta(minutes=5)},
    ):
        screening = await factory.screening(festival=festival, starts_at=now + timedelta(hours=1), **columns)
    film = await context.postgres.fetchval("select film_id from screening where screening_id = $1", screening)
    found: list[str] = []
    async with open_page(width, color_scheme=scheme) as page:
        for address in ("/kk/", "/kk/?city=almaty", "/kk/?city=paris", f"/kk/films/{film}", "/kk/films"):
            await page.goto(address)
            found += await findings(page)
    assert found == []
