"""The capacity pages in Chromium: they follow what is sold, draw what their tables say, and axe finds nothing."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from tests.factories import Factory
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import sign_in
from tests.journeys.test_accessibility import findings
from tests.journeys.test_before_film import too_wide
from ticketing.staff.model import Role


async def test_figures_sums_and_alerts_follow(open_page: OpenPage, factory: Factory) -> None:
    festival = await factory.festival(rules={"alert_full_percent": 50})
    screening = await factory.screening(festival=festival)
    await factory.screening(festival=festival, starts_at=factory.context.clock.now() + timedelta(days=3))
    await factory.staff(Role.ORGANISER, "olga")
    async with open_page(complaints_allowed=("status of 401",)) as page:
        await sign_in(page, "olga", "capacity")
        await page.locator("#live.open").wait_for()
        row = page.locator(f'[data-screening="{screening}"]')
        await expect(row.locator("[data-part=sold]")).to_have_text("0")
        await factory.order(screening, *(f"{name}-{seat}" for name in "ABC" for seat in range(1, 11)))
        await expect(row.locator("[data-part=sold]")).to_have_text("30")
        await expect(page.locator('[data-sum="sold"]:not([data-of])')).to_have_text("30")
        await expect(page.locator('.group [data-sum="sold"]')).to_have_text(["30", "0"])
        await expect(page.locator('[data-sum="revenue"]:not([data-of])')).to_have_text("105,000 ₸")
        await expect(page.locator("#alerts li")).to_have_count(1)
        await expect(row.locator('[data-alert="full"]')).to_be_visible()
        # What the page does not show is not kept from whoever looks.
        await expect(page.locator("#outdated")).to_be_hidden()
        another = await factory.screening(
            festival=festival, starts_at=factory.context.clock.now() + timedelta(days=4)
        )
        await page.get_by_role("link", name="Show it as it is now").click()
        await expect(page.locator(f'[data-screening="{another}"]')).to_be_visible()
        await page.locator("#live.open").wait_for()
        await factory.context.postgres.execute("delete from screening where screening_id = $1", another)
        await expect(page.locator("#outdated")).to_be_visible()
        # A sign-in that is over is no lost connection.
        await factory.context.postgres.execute("update staff_session set revoked_at = now()")
        await page.evaluate("setInterval(() => dispatchEvent(new Event('online')), 6500)")
        await expect(page.locator("[name=password]")).to_be_visible(timeout=20_000)


async def test_the_page_of_a_screening_follows(open_page: OpenPage, factory: Factory) -> None:
    """Seats in heat, the curve and arrivals, while a table that is open stays open."""
    now = factory.context.clock.now()
    screening = await factory.screening(starts_at=now - timedelta(minutes=5))
    await factory.order(screening, "A-1", placed_at=now - timedelta(days=2))
    await factory.staff(Role.ORGANISER, "olga")
    async with open_page() as page:
        await sign_in(page, "olga", "capacity")
        await page.goto(f"/en/capacity/screenings/{screening}")
        await page.locator("#live.open").wait_for()
        await page.locator(".chart summary").first.click()
        await expect(page.get_by_text("Nobody has come yet.")).to_be_visible()
        await factory.order(screening, "B-3", "B-4")
        # Counted once a second, and asked for once in four to six: an asking just before makes it seven.
        await expect(page.locator("[data-live=figures] b").first).to_have_text("3", timeout=15_000)
        await expect(page.locator("[data-live=heats] .number")).to_have_text(["0", "1", "0", "2"])
        await expect(page.locator("svg.map .s.h-late")).to_have_count(2)
        await expect(page.locator(".chart details").first).to_have_attribute("open", "")
        await factory.context.postgres.execute(
            "update ticket set entries = 1, inside = true, admitted_at = now(), admitted_gate = 'a'"
            " where seat = 'A-1'"
        )
        await expect(page.locator("[data-live=arrivals] tr")).to_have_count(1, timeout=15_000)
        await expect(page.locator(".plot canvas")).to_have_count(2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing(open_page: OpenPage, factory: Factory, scheme: str, width: int) -> None:
    now = factory.context.clock.now()
    screening = await factory.screening(starts_at=now - timedelta(minutes=5), rules={"alert_full_percent": 50})
    for days, seats in ((9, ("A-1", "A-2")), (2, ("B-3", "B-4", "B-5")), (0, ("C-7",))):
        await factory.order(screening, *seats, placed_at=now - timedelta(days=days))
    await factory.staff(Role.ORGANISER, "olga")
    found: list[str] = []
    async with open_page(width, color_scheme=scheme) as page:
        await sign_in(page, "olga", "capacity")
        await page.locator("#live.open").wait_for()
        assert not await too_wide(page)
        found += await findings(page)
        await factory.context.postgres.execute(
            "update ticket set entries = 1, admitted_at = now() where seat in ('A-1', 'A-2')"
        )
        await page.goto(f"/fr/capacity/screenings/{screening}")
        await expect(page.locator(".plot canvas")).to_have_count(2)
        await page.locator(".chart summary").first.click()
        assert not await too_wide(page)
        found += await findings(page)
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_seats_are_kept_back_on_the_map(open_page: OpenPage, factory: Factory, scheme: str) -> None:
    screening = await factory.screening()
    await factory.staff(Role.ORGANISER, "olga")
    found: list[str] = []
    width = 360 if scheme == "dark" else 1280
    async with open_page(width, color_scheme=scheme) as page:
        await sign_in(page, "olga", "capacity")
        await page.goto(f"/en/desk/allotments/{screening}")
        for at in (3, 4):
            await page.locator("#plan .s").nth(at).click()
        await page.locator("[name=owner]").last.fill("The embassy")
        assert len((await page.locator("[data-seats]").last.input_value()).split(", ")) == 2
        await page.get_by_role("button", name="Keep them back").click()
        await expect(page.locator("details.panel summary")).to_contain_text("0 of 2 with a ticket")
        await page.locator("details.panel summary").click()
        assert not await too_wide(page)
        found += await findings(page)
    assert found == []
