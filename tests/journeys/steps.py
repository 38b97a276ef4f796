"""Steps that several journeys take."""

import asyncio
import io
import re
from typing import Any

import zxingcpp
from PIL import Image
from playwright.async_api import Page

from tests.factories import PASSWORD

# From which size on a seat is taken by a tap instead of brought near: a little more than `ENOUGH` of view.js.
FINGER_PX = 19
MOUSE_PX = 7
TAPS_MAX = 4
WAIT_S = 15
BUYER = {"#email": "aigerim@example.kz", "#name": "Айгерім Сәтбаева"}


async def take_seats(page: Page, *labels: str, scripts: bool) -> None:
    """Choose seats: with scripts by clicks on the drawing, without by the list and its button."""
    if not scripts:
        for label in labels:
            await page.locator(f'input[name=seat][value="{label}"]').check(force=True)
        await page.locator("#seats button").click()
        await page.locator("#tray").wait_for()
        return
    for count, label in enumerate(labels, start=1):
        await click_seat(page, label)
        # The answer is waited for: the seat looks taken before it.
        await page.locator("#map .m:not(.busy)").nth(count - 1).wait_for()


async def click_seat(page: Page, label: str) -> None:
    """Click a seat of the drawing, or tap it on a telephone: where it is too small, a first tap brings it near."""
    await page.locator("body.script").wait_for()
    labels = await page.locator("[name=seat]").evaluate_all("boxes => boxes.map((box) => box.value)")
    seat = page.locator("#map .s").nth(labels.index(label))
    touch = await page.evaluate("matchMedia('(pointer: coarse)').matches || navigator.maxTouchPoints > 0")
    for _ in range(TAPS_MAX):
        await hall_is_still(page)
        await seat.evaluate(
            "seat => seat.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' })"
        )
        await hall_is_still(page)
        box = await seat.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        await (page.touchscreen.tap(x, y) if touch else page.mouse.click(x, y))
        if box["width"] >= (FINGER_PX if touch else MOUSE_PX):
            return
        grown = "([seat, width]) => seat.getBoundingClientRect().width > width + 1"
        await until(page, grown, [await seat.element_handle(), box["width"]])
    raise AssertionError(f"{label} never came near enough")


async def until(page: Page, expression: str, arg: Any = None) -> None:
    """Wait until it holds on the page; asked from outside: what polls within is an `eval`, which is forbidden."""
    async with asyncio.timeout(WAIT_S):
        while not await page.evaluate(expression, arg):
            await asyncio.sleep(0.05)


async def hall_is_still(page: Page) -> None:
    """Wait until nothing glides: what moves under a finger is not taken."""
    await page.locator("#map:not(.moving)").wait_for()


async def check_out(page: Page) -> None:
    """From the seats to the bank."""
    await page.locator("#tray .pay").click()
    await page.wait_for_url("**/cart")
    for field, text in BUYER.items():
        await page.fill(field, text)
    await page.check("#consent")
    await page.locator("#checkout .pay").click()
    await page.wait_for_url("**/pay/demo/**")


async def pay(page: Page) -> str:
    """Pay at the bank; the address of the order."""
    await page.locator("button[value=paid]").click()
    await page.wait_for_url("**/orders/**")
    return page.url


async def codes_on(page: Page) -> list[str]:
    """What a scanner reads from the tickets that are shown."""
    found = []
    for picture in await page.locator(".ticket .stub img").all():
        await picture.scroll_into_view_if_needed()
        shot = await picture.screenshot()
        found += [code.text for code in zxingcpp.read_barcodes(_image(shot))]
    return found


def _image(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("L").resize((720, 720))


async def sign_in(page: Page, login: str, place: str, language: str = "en") -> None:
    """Sign in to where the work is."""
    await page.goto(f"/{language}/{place}")
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await page.locator("main form button").click()
    await page.wait_for_url(re.compile(f"/{place}$"))


async def scan(page: Page, code: str, *, scripts: bool) -> str:
    """Let a hand-held scanner type a code; how the verdict looks."""
    if scripts:
        await page.locator("body.ready").wait_for()
    await page.fill("#code", code)
    if scripts:
        scans = await page.locator("#scans li").count()
        await page.keyboard.press("Enter")
        await page.locator("#scans li").nth(scans).wait_for()
    else:
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
    return (await page.locator("#verdict").get_attribute("class") or "").removeprefix("verdict").strip()
