"""The hall editor in Chromium: a hall drawn, sold from, changed, its screening moved; axe finds nothing."""

from datetime import timedelta

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


async def counted(page: Page, places: int, chosen: int = 0) -> None:
    """Wait until the drawing has so many places, and so many of them are chosen."""
    await expect(page.locator("[data-part=count]")).to_have_text(f"{places} places, {chosen} chosen")


async def draw_hall(page: Page, hall: str) -> None:
    """A new hall by forms, mouse and keys: 4 rows of 5 + 5, two of its seats for wheelchairs, a row by hand."""
    await page.get_by_text("Draw a new hall").click()
    await page.fill("#hall", hall)
    await page.fill("#name-en", "Blue hall")
    await page.get_by_role("button", name="Open the editor").click()
    await page.locator("#editor.ready").wait_for()
    await press(page, "rows", "Add the rows", rows="4", groups="5 + 5", zone="stalls")
    await counted(page, 40, chosen=40)
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
    drawn = int((await page.locator("[data-part=count]").inner_text()).split()[0])
    assert drawn > 43
    await page.locator("#drawing").focus()
    for keys, count in (("Control+z", 40), ("Control+y", drawn)):
        await page.keyboard.press(keys)
        await counted(page, count)
    await press(page, "find", "Choose", names="E")
    await page.locator("#drawing").focus()
    await page.keyboard.press("Delete")
    await counted(page, 40)
    # By arrows to a seat, chosen with its row, and moved.
    await page.keyboard.press("v")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await counted(page, 40, chosen=10)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Space")
    before = float(await page.locator("#seat-y").input_value())
    await page.keyboard.press("Alt+ArrowDown")
    await expect(page.locator("#seat-y")).to_have_value(f"{before + 5:g}")
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
        await counted(page, 40)
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


async def touch(page: Page, *fingers: tuple[tuple[float, float], tuple[float, float]]) -> None:
    """Fingers that move over the drawing at once, each from and to in shares of its width and height."""
    await page.locator("#drawing").scroll_into_view_if_needed()
    box = await page.locator("#drawing").bounding_box()
    assert box is not None
    hands = await page.context.new_cdp_session(page)
    steps = 6

    def points(step: int) -> list[dict[str, float]]:
        return [
            {
                "id": finger,
                "x": box["x"] + box["width"] * (start[0] + (end[0] - start[0]) * step / steps),
                "y": box["y"] + box["height"] * (start[1] + (end[1] - start[1]) * step / steps),
            }
            for finger, (start, end) in enumerate(fingers)
        ]

    # One finger lands after the other.
    for landed in range(1, len(fingers) + 1):
        begun = {"type": "touchStart", "touchPoints": points(0)[:landed]}
        await hands.send("Input.dispatchTouchEvent", begun)
    for step in range(1, steps + 1):
        await hands.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points(step)})
    await hands.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


async def colours(page: Page) -> list[str]:
    """Which colours of zones the drawing shows, the first and the second of the editor."""
    return list(
        await page.evaluate(
            """() => {
  const canvas = document.querySelector(".sight canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let at = 0; at < data.length; at += 4) seen.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
  return ["3f6fb5", "a8487a"].filter((colour) => seen.has(parseInt(colour, 16)));
}"""
        )
    )


async def test_an_arena_is_changed_by_fingers_while_somebody_else_saves_it(
    open_page: OpenPage, factory: Factory
) -> None:
    hall = await factory.hall(layout=make_layout(rows=95, seats=200))
    await factory.staff(Role.ORGANISER, "olga")
    await factory.staff(Role.ORGANISER, "omar")
    zones = (
        "select distinct seat ->> 'zone' from hall join layout using (layout_id),"
        " jsonb_array_elements(body -> 'seats') seat where hall_id = $1"
    )
    async with open_page(360, complaints_allowed=("409",)) as phone, open_page() as page:
        for login, visitor in (("olga", phone), ("omar", page)):
            await sign_in(visitor, login, "desk/halls")
            await visitor.goto(f"/en/desk/halls/{hall}/editor")
            await visitor.locator("#editor.ready").wait_for()
        await counted(phone, 19_000)
        assert await colours(phone) == ["3f6fb5"]
        # Two fingers bring it nearer, whatever tool is taken, and paint nothing.
        await phone.locator("[data-tool=brush]").tap()
        await phone.locator("#zone-zone").fill("balcony")
        sight = "document.getElementById('drawing').viewBox.baseVal.width"
        whole = await phone.evaluate(sight)
        await touch(phone, ((0.45, 0.5), (0.2, 0.5)), ((0.55, 0.5), (0.8, 0.5)))
        near = await phone.evaluate(sight)
        assert near < whole / 3
        await expect(phone.locator("[data-part=undo]")).to_be_disabled()
        # One paints, and one drags a rectangle for people without numbered seats.
        await touch(phone, ((0.3, 0.5), (0.7, 0.5)))
        assert await colours(phone) == ["3f6fb5", "a8487a"]
        await phone.locator("[data-tool=area]").click()
        await touch(phone, ((0.4, 0.4), (0.5, 0.45)))
        await expect(phone.locator("#area-area")).to_have_value("area-1")
        # Somebody else has saved meanwhile: that is said first, and then it is hers to decide.
        await press(page, "find", "Choose", names="A")
        await page.locator("#drawing").focus()
        await page.keyboard.press("Delete")
        await page.keyboard.press("Control+s")
        await expect(page.locator("[data-part=said]")).to_have_text("Saved as the hall's layout.")
        theirs = phone.locator("[data-part=theirs]")
        await expect(theirs).to_be_hidden()
        await phone.locator("[data-part=save]").tap()
        await expect(theirs).to_contain_text("Somebody else has saved this hall since you began.")
        assert not await too_wide(phone)
        assert [row[0] for row in await factory.postgres.fetch(zones, hall)] == ["stalls"]
        await theirs.get_by_role("button", name="Save mine over it").tap()
        await expect(phone.locator("[data-part=said]")).to_have_text("Saved as the hall's layout.")
        await expect(theirs).to_be_hidden()
        assert {row[0] for row in await factory.postgres.fetch(zones, hall)} == {"stalls", "balcony"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing(open_page: OpenPage, factory: Factory, scheme: str, width: int) -> None:
    hall = await factory.hall(layout=make_layout(rows=8, seats=16, area_capacity=30))
    await factory.staff(Role.ORGANISER, "olga")
    # Two screenings go by an older drawing: one can move, of the other a seat that was sold would vanish.
    start = factory.context.clock.now() + timedelta(hours=1)
    screening, sold = [
        await factory.screening(hall=hall, starts_at=start + timedelta(hours=3 * place)) for place in range(2)
    ]
    await factory.order(sold, "H-16")
    newer = await factory.hall(layout=make_layout(rows=7, seats=17))
    change = "update hall set layout_id = (select layout_id from hall where hall_id = $2) where hall_id = $1"
    await factory.postgres.execute(change, hall, newer)
    found: list[str] = []
    async with open_page(width, color_scheme=scheme) as page:
        await sign_in(page, "olga", "desk/halls")
        found += await findings(page)
        moves = [f"kk/desk/halls/{hall}/screenings/{one}" for one in (screening, sold)]
        for place in (f"kk/desk/halls/{hall}", *moves, f"fr/desk/halls/{hall}/editor"):
            await page.goto(f"/{place}")
            if place.endswith("editor"):
                await page.locator("#editor.ready").wait_for()
                unfolded = "document.querySelectorAll('.editor-side details').forEach((one) => one.open = true)"
                await page.evaluate(unfolded)
            assert not await too_wide(page), place
            found += await findings(page)
    assert found == []
