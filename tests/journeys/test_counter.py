"""The counter in Chromium: three seats sold by keys alone, cash with change, the till closed to the tiyn."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.factories import Factory, make_layout
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import sign_in
from tests.journeys.test_accessibility import findings
from tests.journeys.test_before_film import too_wide
from ticketing.staff.model import Role


async def press(page: Page, *keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)


async def focused(page: Page, name: str) -> None:
    await expect(page.locator(f"#{name}")).to_be_focused()


async def test_three_seats_by_keys_alone_and_the_till_to_the_tiyn(open_page: OpenPage, factory: Factory) -> None:
    first = await factory.screening()
    film, version = await factory.film(title={"en": "Anatomy of a Fall"}, original_title="Anatomie d'une chute")
    second = await factory.screening(film_id=film, version_id=version)
    await factory.staff(Role.BOX_OFFICE, "clerk")
    await factory.postgres.execute("insert into till select 'hall', venue_id, 'Hall' from venue limit 1")
    async with open_page() as page:
        await sign_in(page, "clerk", "counter/till")
        await page.locator("[name=float-KZT]").focus()
        await page.keyboard.type("20000.50")
        await press(page, "Enter")
        await page.get_by_role("heading", name="Close the till").wait_for()
        await page.goto("/en/counter/sale")
        # From here on no mouse: each step has the focus where the next key is wanted.
        await focused(page, "q")
        await page.keyboard.type("anatomy")
        await expect(page.locator("#shown li:not([hidden])")).to_have_count(1)
        await press(page, "Enter")
        await focused(page, "count")
        await page.keyboard.type("3")
        await press(page, "Enter")
        await focused(page, "tariff-1")
        await expect(page.locator("#due")).to_contain_text("10,500")
        await press(page, "S")
        await expect(page.locator("#due")).to_contain_text("9,000")
        await press(page, "F8")
        await page.keyboard.type("10000")
        await expect(page.locator("#back")).to_have_text(re.compile("Change.*1,000"))
        await press(page, "Enter")
        await focused(page, "print")
        await expect(page.locator(".sold")).to_contain_text("3 tickets")
        await expect(page.locator(".sold .back")).to_contain_text("1,000")
        roll = await page.request.get(await page.locator("#print").get_attribute("href") or "")
        assert (await roll.body()).startswith(b"%PDF")
        assert await factory.postgres.fetchval("select sum(amount) from payment where method = 'cash'") == 900_000
        # The plan, for whoever has a mouse; and two films in one sale.
        await page.locator("#shown a").first.click()
        await page.locator("#plan .h-free").first.click()
        await expect(page.locator("#seats")).not_to_have_value("")
        await page.locator("button[value=named]").click()
        await focused(page, "tariff-1")
        await press(page, "S")
        await expect(page.locator("#due")).to_contain_text("2,000")
        await page.locator("#shown a:not([aria-current])").click()
        await focused(page, "count")
        # What somebody else holds meanwhile shows at once, and so does what they give back.
        free = page.locator("#shown [aria-current] [data-free]")
        await expect(free).to_have_text("47")
        held = await page.request.post(f"/api/v1/screenings/{second}/holds", data={"seats": ["A-1", "A-2"]})
        await expect(free).to_have_text("45")
        await expect(page.locator("#plan .h-busy")).to_have_count(5)
        await page.request.delete(f"/api/v1/holds/{(await held.json())['hold']}")
        await expect(free).to_have_text("47")
        await page.keyboard.type("2")
        await press(page, "Enter")
        # What was chosen for the first film has come along.
        await focused(page, "tariff-2")
        await expect(page.locator("#due")).to_contain_text("9,000")
        # Lines taken out are free at once.
        for lines in (2, 1):
            await press(page, "Delete")
            await expect(page.locator(".held li")).to_have_count(lines)
        await page.locator("#release button").click()
        await expect(page.locator("#sale")).to_have_count(0)
        seats = await page.request.get(f"/api/v1/screenings/{first}/availability")
        assert (await seats.json())["counts"] == {
            "total": 50,
            "free": 50,
            "held": 0,
            "reserved": 0,
            "sold": 0,
            "blocked": 0,
        }
        await page.goto("/en/counter/till")
        await page.locator("[name=cash-KZT]").focus()
        await page.keyboard.type("29000.50")
        await press(page, "Enter")
        await page.wait_for_url("**/counter/shifts/**")
        await expect(page.locator("tr.total td").first).to_have_text("0")
        await expect(page.locator("main")).to_contain_text("29,000.50")
    counted = "select cash_expected, cash_counted, cash_difference from till_count"
    assert tuple(await factory.postgres.fetchrow(counted)) == (2_900_050, 2_900_050, 0)


@pytest.mark.parametrize(("scheme", "width"), [("dark", 360), ("light", 1280)])
async def test_axe_finds_nothing(open_page: OpenPage, factory: Factory, scheme: str, width: int) -> None:
    screening = await factory.screening(layout=make_layout(area_capacity=20))
    await factory.staff(Role.SUPERVISOR, "sara")
    found: list[str] = []

    async def look(page: Page, name: str) -> None:
        assert not await too_wide(page), name
        found.extend(await findings(page))

    async with open_page(width, color_scheme=scheme, complaints_allowed=("status of 409", "status of 422")) as page:
        await sign_in(page, "sara", "counter/shifts")
        await page.locator("[name=name]").fill("Hall")
        await page.get_by_role("button", name="Put up").click()
        await look(page, "shifts")
        await page.goto("/kk/counter/till")
        await look(page, "till")
        await page.locator("form.sums button").click()
        await page.locator("#note").wait_for()
        await look(page, "open till")
        await page.goto(f"/ru/counter/sale?screening={screening}")
        await page.fill("#count", "4")
        await press(page, "Enter")
        await page.locator("#sell").wait_for()
        await look(page, "sale")
        await page.fill("#given", "1")
        await page.locator("#sell").click()
        await page.locator("#problem").wait_for()
        await look(page, "refusal")
        await page.fill("#given", "20000")
        await page.locator("#sell").click()
        await page.locator("#print").wait_for()
        await look(page, "sold")
        await page.goto("/fr/counter/till")
        await page.locator("[name=cash-KZT]").fill("1")
        await page.get_by_role("button", name=re.compile("Fermer|Close")).click()
        await page.wait_for_url("**/counter/shifts/**")
        await look(page, "report")
        await page.goto("/fr/counter/shifts")
        await look(page, "shifts with differences")
    assert found == []
