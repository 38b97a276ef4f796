"""The hall editor in Chromium: a hall drawn, sold from, changed, its screening moved; axe finds nothing."""

import pytest
from playwright.async_api import Page, expect

from tests.factories import Factory, make_layout
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import check_out, pay, sign_in, take_seats
from tests.journeys.test_accessibility import findings
from tests.journeys.test_before_film import too_wide
from ticketing.staff.model import Role


async def press(page: Page, form: str, button: str, **typed: str) -> None:
    """Fill in one of the editor's forms, and send it; it is opened first where it is folded away."""
    place = page.locator(f'form[data-form="{form}"]')
    await place.evaluate(
        "form => { for (let at = form; at; at = at.parentElement) if (at.open === false) at.open = true }"
    )
    for name, text in typed.items():
        await place.locator(f"[name={name}]").fill(text)
    await place.get_by_role("button", name=button).click()


async def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag over the drawing, from and to in shares of its width and height."""
    box = await page.locator("#drawing").bounding_box()
    assert box is not None
    for (across, along), act in ((start, page.mouse.down), (end, page.mouse.up)):
        await page.mouse.move(box["x"] + across * box["width"], box["y"] + along * box["height"], steps=4)
        await act()


async def draw_hall(page: Page, hall: str) -> None:
    """A new hall by forms, mouse and keys: 4 rows of 5 + 5, two of its seats for wheelchairs, a row by hand."""
    await page.get_by_text("Draw a new hall").click()
    await page.fill("#hall", hall)
    await page.fill("#name-en", "Blue hall")
    await page.get_by_role("button", name="Open the editor").click()
    await page.locator("#editor.ready").wait_for()
    await press(page, "rows", "Add the rows", rows="4", groups="5 + 5", zone="stalls")
    await expect(page.locator("#drawing .s")).to_have_count(40)
    await page.locator("[data-part=findings] .warn").wait_for()
    await press(page, "find", "Choose", names="A-1 A-10")
    await page.locator("#kind-kind").select_option("wheelchair")
    await page.locator('form[data-form="kind"] button').click()
    await page.locator("[data-part=findings] .good").wait_for()
    # A row by hand, taken back and done again by keys.
    await page.keyboard.press("Escape")
    await page.locator("#drawing").focus()
    await page.keyboard.press("r")
    await page.fill("#rows-zone", "stalls")
    await drag(page, (0.3, 0.93), (0.6, 0.93))
    drawn = await page.locator("#drawing .s").count()
    assert drawn > 43
    await page.locator("#drawing").focus()
    for keys, count in (("Control+z", 40), ("Control+y", drawn)):
        await page.keyboard.press(keys)
        await expect(page.locator("#drawing .s")).to_have_count(count)
    await press(page, "find", "Choose", names="E")
    await page.locator("#drawing").focus()
    await page.keyboard.press("Delete")
    await expect(page.locator("#drawing .s")).to_have_count(40)
    # By arrows to a seat, chosen with its row, and moved.
    await page.keyboard.press("v")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await expect(page.locator("#drawing .s.chosen")).to_have_count(10)
    before = await page.locator("#drawing .s.chosen").first.get_attribute("y")
    await page.keyboard.press("Alt+ArrowDown")
    assert float(await page.locator("#drawing .s.chosen").first.get_attribute("y") or 0) == float(before or 0) + 5
    await page.keyboard.press("Control+z")


async def test_a_hall_is_drawn_sold_from_changed_and_its_screening_moved(
    open_page: OpenPage, factory: Factory
) -> None:
    await factory.hall()
    await factory.staff(Role.ORGANISER, "olga")
    async with open_page() as page:
        await sign_in(page, "olga", "desk/halls")
        await draw_hall(page, "blue-hall")
        # What was drawn is there again, whatever becomes of the page.
        await expect(page.locator("[data-part=kept]")).to_have_text("Draft kept")
        await page.evaluate("localStorage.clear()")
        await page.reload()
        await page.locator("#editor.ready").wait_for()
        await expect(page.locator("#drawing .s")).to_have_count(40)
        await page.keyboard.press("Control+s")
        await expect(page.locator("[data-part=said]")).to_have_text("Saved as the hall's layout.")
        await page.locator("[data-part=saved]").click()
        await expect(page.locator("h1")).to_have_text("Blue hall")
        places = "select place_count from hall join layout using (layout_id) where hall_id = 'blue-hall'"
        assert await factory.postgres.fetchval(places) == 40
        # Sold from.
        screening = await factory.screening(hall="blue-hall")
        await page.goto(f"/en/screenings/{screening}")
        await take_seats(page, "B-1", "B-2", scripts=True)
        await check_out(page)
        order = await pay(page)
        # Changed: the last row is gone, and those before it stand farther back.
        await page.goto("/en/desk/halls/blue-hall/editor")
        await page.locator("#editor.ready").wait_for()
        await press(page, "find", "Choose", names="D")
        await page.locator("#drawing").focus()
        await page.keyboard.press("Delete")
        await press(page, "find", "Choose", names="B C")
        await press(page, "move", "Shift them", dy="30")
        await page.keyboard.press("Control+s")
        await expect(page.locator("[data-part=said]")).to_have_text("Saved as the hall's layout.")
        assert await factory.postgres.fetchval(places) == 30
        # Moved, with its tickets.
        await page.goto("/en/desk/halls/blue-hall")
        await page.get_by_role("link", name="Move it to this one").click()
        await expect(page.locator(".figures-row b")).to_have_text(["2", "0", "0", "10"])
        await page.get_by_role("button", name="Move the screening with its tickets").click()
        await expect(page.locator(".note.good")).to_contain_text("goes by the hall's drawing")
        await page.goto(order)
        await expect(page.locator(".ticket")).to_have_count(2)
        await page.goto(f"/en/screenings/{screening}")
        await expect(page.locator("#map .s")).to_have_count(30)
        await expect(page.locator("#map .s.t")).to_have_count(2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing(open_page: OpenPage, factory: Factory, scheme: str, width: int) -> None:
    hall = await factory.hall(layout=make_layout(rows=8, seats=16, area_capacity=30))
    await factory.staff(Role.ORGANISER, "olga")
    found: list[str] = []
    async with open_page(width, color_scheme=scheme) as page:
        await sign_in(page, "olga", "desk/halls")
        found += await findings(page)
        for place in (f"kk/desk/halls/{hall}", f"fr/desk/halls/{hall}/editor"):
            await page.goto(f"/{place}")
            if place.endswith("editor"):
                await page.locator("#editor.ready").wait_for()
                unfolded = "document.querySelectorAll('.editor-side details').forEach((one) => one.open = true)"
                await page.evaluate(unfolded)
            assert not await too_wide(page), place
            found += await findings(page)
    assert found == []
