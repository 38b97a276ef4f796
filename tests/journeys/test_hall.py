"""The hall by fingers, by keys and by sight: near and far, hints, offers, the end of the time."""

from playwright.async_api import CDPSession, Page

from tests.factories import Factory, make_layout
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import click_seat, hall_is_still, take_seats, until
from tests.journeys.test_accessibility import findings
from ticketing.kernel.context import Context

ZOOM = "parseFloat(document.querySelector('.stage').style.width) / document.querySelector('.sight').clientWidth"


async def touch(client: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    await client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})


async def middle(page: Page) -> tuple[float, float]:
    await page.locator("#map").evaluate("map => map.scrollIntoView({ block: 'center', behavior: 'instant' })")
    box = await page.locator(".sight").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def test_two_fingers_bring_the_hall_near_and_one_moves_it(open_page: OpenPage, factory: Factory) -> None:
    screening = await factory.screening(layout=make_layout(rows=20, seats=25))
    async with open_page(360) as page:
        await page.goto(f"/en/screenings/{screening}")
        await page.locator("body.script").wait_for()
        client = await page.context.new_cdp_session(page)
        x, y = await middle(page)
        assert round(await page.evaluate(ZOOM), 2) <= 1
        await touch(client, "touchStart", (x - 20, y), (x + 20, y))
        for step in range(1, 21):
            await touch(client, "touchMove", (x - 20 - 4 * step, y), (x + 20 + 4 * step, y))
        await touch(client, "touchEnd")
        await hall_is_still(page)
        assert await page.evaluate(ZOOM) > 2
        # The page itself was neither scrolled nor made larger.
        assert await page.evaluate("visualViewport.scale") == 1
        # Numbers can be read now, and rows keep their names.
        await page.locator("#map .numbers text").first.wait_for(state="attached")
        await page.locator("#map .row-names span").first.wait_for(state="attached")
        before = await page.evaluate("document.querySelector('.sight').scrollLeft")
        await touch(client, "touchStart", (x + 60, y))
        for step in range(1, 13):
            await touch(client, "touchMove", (x + 60 - 10 * step, y))
        await touch(client, "touchEnd")
        await until(page, "before => document.querySelector('.sight').scrollLeft > before + 50", before)
        await page.locator("[data-zoom=whole]").click()
        await hall_is_still(page)
        assert round(await page.evaluate(ZOOM), 2) <= 1


async def test_the_view_stays_still_while_seats_change(open_page: OpenPage, factory: Factory) -> None:
    screening = await factory.screening(layout=make_layout(rows=20, seats=25))
    async with open_page(360) as page, open_page() as other:
        for visitor in (page, other):
            await visitor.goto(f"/en/screenings/{screening}")
        await click_seat(page, "K-12")
        await page.locator("#map .m:not(.busy)").wait_for()
        where = "[document.querySelector('.stage').getBoundingClientRect().toJSON(), scrollY]"
        before = await page.evaluate(where)
        await take_seats(other, "A-1", scripts=True)
        await page.locator("#map .t").wait_for(state="attached")
        await click_seat(other, "A-2")
        await page.locator("#map .t").nth(1).wait_for(state="attached")
        assert await page.evaluate(where) == before


async def test_a_single_seat_left_over_is_shown_and_mended_by_a_tap(open_page: OpenPage, factory: Factory) -> None:
    screening = await factory.screening()
    async with open_page(360, complaints_allowed=("status of 409",)) as page:
        await page.goto(f"/en/screenings/{screening}")
        await take_seats(page, "B-2", scripts=True)
        await page.locator("#hint:not([hidden])").wait_for()
        assert await page.locator("#map .alone").count() == 1
        found = await findings(page)
        await page.locator("#tray .pay").click()
        await page.locator("#problem").wait_for()
        assert page.url.endswith("/continue")
        found += await findings(page)
        await page.locator("#problem .offer button").click()
        await page.locator('input[value="B-1"]:checked').wait_for(state="attached")
        assert await page.locator("#map .alone").count() == 0
        await page.locator("#tray .pay").click()
        await page.wait_for_url("**/cart")
    assert found == []


async def test_who_comes_second_takes_the_nearest_equal_seat_by_a_tap(
    open_page: OpenPage, factory: Factory
) -> None:
    screening = await factory.screening()
    async with open_page() as one, open_page(360, complaints_allowed=("status of 409", "ERR_FAILED")) as other:
        await other.route("**/events", lambda route: route.abort())
        for page in (one, other):
            await page.goto(f"/en/screenings/{screening}")
        await take_seats(one, "B-4", scripts=True)
        await click_seat(other, "B-4")
        await other.locator("#said .offer button").wait_for()
        assert "nearest equal" in await other.locator("#said").inner_text()
        found = await findings(other)
        await other.locator("#said .offer button").click()
        await other.locator("#map .m:not(.busy)").wait_for()
        assert await other.locator("#said").is_hidden()
    assert found == []


async def test_the_end_of_the_time_is_announced_and_put_off_by_a_tap(
    open_page: OpenPage, factory: Factory, context: Context
) -> None:
    # Short terms are announced at half of them, but never with less than twenty seconds left.
    screening = await factory.screening(rules={"hold_ttl_s": 22, "hold_cap_s": 600})
    async with open_page(360) as page:
        await page.goto(f"/en/screenings/{screening}")
        await take_seats(page, "A-1", scripts=True)
        await page.locator("#soon[open]").wait_for()
        found = await findings(page)
        assert await page.evaluate("document.activeElement.closest('#soon') !== null")
        await page.keyboard.press("Enter")
        await page.locator("#soon:not([open])").wait_for(state="attached")
        await until(page, "Number(document.querySelector('#tray .clock').textContent.split(':')[1]) >= 20")
        assert await page.locator("#map .m").count() == 1
    assert found == []


async def test_a_lost_connection_is_told_after_a_while_and_comes_back(
    open_page: OpenPage, factory: Factory
) -> None:
    screening = await factory.screening()
    async with open_page(complaints_allowed=("ERR_",)) as page, open_page() as other:
        broken = True

        async def perhaps(route: object) -> None:
            await (route.abort() if broken else route.continue_())  # type: ignore[attr-defined]  # a Route

        await page.route("**/events", perhaps)
        for visitor in (page, other):
            await visitor.goto(f"/en/screenings/{screening}")
        note = page.locator("[data-lost] span")
        assert await note.is_hidden()
        await note.wait_for(timeout=15_000)
        await take_seats(other, "C-1", scripts=True)
        broken = False
        await page.evaluate("dispatchEvent(new Event('online'))")
        await page.locator("#map .t").wait_for()
        await note.wait_for(state="hidden")


async def test_the_drawing_by_keys_says_what_each_seat_is(open_page: OpenPage, factory: Factory) -> None:
    screening = await factory.screening()
    async with open_page() as page:
        await page.goto(f"/en/screenings/{screening}")
        await page.locator("body.script").wait_for()
        seat = page.locator('#map .s[tabindex="0"]')
        await seat.focus()
        for key in ("End", "ArrowDown", "ArrowLeft", "Home", "ArrowRight", "ArrowRight"):
            await page.keyboard.press(key)
        name = await seat.get_attribute("aria-label") or ""
        assert name.startswith("Row B, seat 3, Stalls, Full price")
        assert name.endswith("free")
        await page.keyboard.press("Space")
        await page.locator("#map .m:not(.busy)").wait_for()
        assert await seat.get_attribute("aria-checked") == "true"
        assert (await seat.get_attribute("aria-label") or "").endswith("yours")
        await page.keyboard.press("Space")
        await page.locator("#map .m").wait_for(state="detached")
