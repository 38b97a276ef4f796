"""The programme's desk in Chromium: from an empty database to a week on sale, and what axe says of its pages."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Page

from tests.factories import Factory
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import check_out, pay, sign_in, take_seats
from tests.journeys.test_accessibility import findings
from tests.journeys.test_before_film import too_wide
from tests.programme.desk.entries import NEXT_WEEK
from tests.programme.test_workbooks import cell_of, edited
from tests.web.desk.first_steps import FESTIVAL, FILM, ROWS
from ticketing.staff.model import Role

DESK = "/en/desk/programme"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def fill_in(page: Page, button: str, **typed: str) -> None:
    """Open the form of a step, type, tick, and save it."""
    await page.get_by_role("link", name=button, exact=True).first.click()
    await save(page, **typed)
    await page.get_by_role("status").filter(has_text="Added.").wait_for()


async def save(page: Page, **typed: str) -> None:
    for name, text in typed.items():
        field = page.locator(f'.entry [name="{name}"]')
        if await field.first.get_attribute("type") in ("radio", "checkbox"):
            for value in text.split():
                await page.locator(f'.entry [name="{name}"][value="{value}"]').check()
        elif await field.evaluate("field => field.tagName") == "SELECT":
            await field.select_option(text)
        else:
            await field.fill(text)
    async with page.expect_navigation():
        await page.locator(".entry button").click()


async def hall_on(page: Page, folder: Path) -> None:
    """On a venue's page, a hall from a file of text rows."""
    plan = folder / "great-hall.txt"
    plan.write_text(ROWS)
    await page.get_by_role("link", name="A new hall").click()
    await page.set_input_files("#file", plan)
    await save(page, **{"name.en": "Great hall"})


async def test_from_an_empty_database_to_a_seat_sold(open_page: OpenPage, factory: Factory, tmp_path: Path) -> None:
    await factory.staff(Role.ORGANISER, "olga")
    async with open_page() as page:
        await sign_in(page, "olga", "desk/programme")
        await fill_in(page, "A new festival", **FESTIVAL)
        await page.goto(DESK)
        city = {"city": "almaty", "city_name.en": "Almaty"}
        await fill_in(page, "A new venue", **{"name.en": "Arman", **city})
        await hall_on(page, tmp_path)
        await page.goto(DESK)
        await fill_in(page, "A new price zone", **{"name.en": "Stalls", "zone": "stalls"})
        await page.goto(DESK)
        await fill_in(page, "A new tariff", **{"name.en": "Full price", "tariff": "full"})
        await page.goto(DESK)
        await fill_in(page, "A new price list", **{"amounts.stalls:full": "3500"})
        await page.goto(DESK)
        await fill_in(page, "A new film", **FILM)
        await fill_in(page, "A new version", subtitles="ru kk")
        for day in range(7):
            await page.goto(DESK)
            starts_at = f"{NEXT_WEEK + timedelta(days=day)}T19:00"
            await page.get_by_role("link", name="A new screening", exact=True).first.click()
            await save(
                page,
                version="le-regne-animal-fr-original",
                hall="great-hall",
                starts_at=starts_at,
                status="published",
            )
        await page.goto(DESK)
        assert await page.locator(".shown.published").count() == 7
        assert await page.locator(".steps").count() == 0
    async with open_page(360) as page:
        await page.goto("/en/")
        await page.locator('article.showing a[href*="/screenings/"]').first.click()
        await take_seats(page, "A-4", scripts=True)
        await check_out(page)
        await pay(page)
        assert await page.locator(".ticket").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing(open_page: OpenPage, factory: Factory, scheme: str, width: int) -> None:
    festival = await factory.festival()
    start = factory.context.clock.now() + timedelta(days=1)
    # As long as the film, so that a workbook with them can be brought back.
    long = {"festival": festival, "ends_at": start + timedelta(minutes=150)}
    screening = await factory.screening(starts_at=start, **long)
    await factory.order(screening, "A-1", "A-2")
    draft = await factory.screening(starts_at=start, status="draft", **long)
    film = await factory.postgres.fetchval("select film_id from screening where screening_id = $1", screening)
    await factory.staff(Role.ORGANISER, "olga")
    found: list[str] = []
    async with open_page(width, color_scheme=scheme, complaints_allowed=("status of 4",)) as page:
        await sign_in(page, "olga", "desk/programme")
        for place in (
            "",
            f"/festival/{festival}",
            f"/film/{film}",
            f"/screening/{draft}",
            f"/copy/{draft}",
            f"/cancellation/{screening}",
            f"/new/price_list?festival={festival}",
            "/list/venue",
            "/workbook",
        ):
            await page.goto(f"/kk/desk/programme{place}")
            assert not await too_wide(page), place
            found += await findings(page)
        await page.goto("/kk/desk/programme/new/film")
        await save(page, year="soon")
        found += await findings(page)
        # A workbook that was brought: what is wrong with it, and what it would change.
        taken = await (await page.request.get(f"/kk/desk/programme/workbook/{festival}")).body()
        cell = cell_of(taken, "film", "year")
        for year, told in (("soon", "#wrong"), (1999, "#look")):
            await page.goto("/kk/desk/programme/workbook")
            brought = FilePayload(name="week.xlsx", mimeType=XLSX, buffer=edited(taken, ("film", cell, year)))
            await page.set_input_files("#workbook", brought)
            await page.locator("main form[enctype] button").click()
            await page.locator(told).wait_for()
            assert not await too_wide(page), told
            found += await findings(page)
    assert found == []
