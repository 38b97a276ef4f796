"""The door in a browser: with a camera, without a network, with the page closed in between, with two devices."""

import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.factories import Factory
from tests.journeys.conftest import OpenPage
from tests.journeys.door import Door, eventually, film_of, ready, type_codes, waiting
from tests.journeys.steps import sign_in
from tests.journeys.test_accessibility import findings
from ticketing.kernel.context import Context
from ticketing.staff.devices import revoke_device
from ticketing.staff.model import Role
from ticketing.tickets.keys import retire_key, rotate_key

PHONE = {"width": 360, "height": 740}
# The keys of an English keyboard, and what a scanner that presses them writes on a Russian one.
RUSSIAN = str.maketrans("QWERTYUIOPASDFGHJKLZXCVBNM.:/$", "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬюЖ.;")


@pytest.fixture
async def door(context: Context, factory: Factory) -> Door:
    made = Door(context, factory)
    await made.open(60)
    return made


@contextlib.asynccontextmanager
async def device(
    browser: Browser, site: str, door: Door, gate: str
) -> AsyncIterator[tuple[BrowserContext, Page, str]]:
    """A telephone that was enrolled for a gate, with the door's page open and kept."""
    phone = await browser.new_context(base_url=site, viewport=PHONE, has_touch=True)
    number = await door.enrol(phone, site, gate)
    page = await phone.new_page()
    page.set_default_timeout(10_000)
    await page.goto("/en/door")
    await ready(page)
    yield phone, page, number
    await phone.close()


async def test_an_evening_without_a_network(browser: Browser, site: str, door: Door) -> None:
    async with device(browser, site, door, "North") as (phone, page, number):
        # Whoever is setting up the gate sees the verdict all the same, and a scanner types past what was pressed.
        await page.click("summary")
        await page.click("[name=direction][value=in]")
        await page.keyboard.type(door.codes[0])
        await page.keyboard.press("Enter")
        await page.locator(".verdict.yes").wait_for()
        assert await page.locator("[data-part=seat]").inner_text() == "Row A, seat 1"
        assert await page.evaluate("verdict.getBoundingClientRect().top") >= 0
        await phone.set_offline(True)
        began = time.monotonic()
        assert await type_codes(page, [door.codes[1].translate(RUSSIAN)]) == ["yes"]
        assert time.monotonic() - began < 1.5
        assert "alone" in (await page.locator("[data-part=alone]").inner_text())
        assert await type_codes(page, door.codes[:2]) == ["again", "again"]
        assert set(await type_codes(page, door.codes[2:30])) == {"yes"}
        assert await waiting(page) == 31
        # The page is closed and the telephone is dark; nothing is lost.
        await page.close()
        again = await phone.new_page()
        # Meanwhile its clock was set back: what comes later is later all the same.
        await again.add_init_script("{ const real = Date.now; Date.now = () => real() - 5_000; }")
        again.set_default_timeout(10_000)
        await again.goto("/en/door")
        await again.locator("body.ready").wait_for()
        assert await waiting(again) == 31
        assert await type_codes(again, door.codes[29:30]) == ["again"]
        assert set(await type_codes(again, door.codes[30:48])) == {"yes"}
        assert await waiting(again) == 50
        assert await again.locator("[data-part=admitted]").inner_text() == "48"
        await phone.set_offline(False)
        await eventually(again, 0)
    scans = await door.scans()
    assert len(scans) == 51
    assert len({scan["scan_id"] for scan in scans}) == 51
    assert [scan["verdict"] for scan in scans].count("admitted") == 48
    assert not any(scan["conflict"] for scan in scans)
    assert {scan["staff_login"] for scan in scans} == {f"device {number}"}
    assert {scan["gate"] for scan in scans} == {"North"}


async def test_two_devices_let_one_ticket_in(browser: Browser, site: str, door: Door, open_page: OpenPage) -> None:
    await door.factory.staff(Role.SUPERVISOR, "saule")
    async with (
        device(browser, site, door, "North") as (north_phone, north, _),
        device(browser, site, door, "South") as (south_phone, south, _),
    ):
        for phone in (north_phone, south_phone):
            await phone.set_offline(True)
        assert await type_codes(north, door.codes[:2]) == ["yes", "yes"]
        assert await type_codes(south, door.codes[1:3]) == ["yes", "yes"]
        for phone, page in ((north_phone, north), (south_phone, south)):
            await phone.set_offline(False)
            await eventually(page, 0)
        await south.locator("#warnings li").wait_for()
        # Back in the network each knows what the other did.
        assert await type_codes(south, door.codes[:1]) == ["again"]
        assert "gate North" in await south.locator("[data-part=advice]").inner_text()
    async with open_page(360) as page:
        await sign_in(page, "saule", "door/conflicts")
        card = page.locator(".card")
        assert await card.count() == 1
        text = await card.inner_text()
        assert "gate South" in text
        assert "gate North" in text
        assert "Row A, seat 2" in text
        await card.locator("summary").click()
        await card.get_by_label("Everybody may stay").check()
        assert await findings(page) == []
        await card.get_by_role("button", name="Settle").click()
        await page.locator("[role=status]", has_text="Settled: Row A, seat 2").wait_for()
        assert await card.count() == 0


async def test_a_camera_reads_codes_as_people_come(
    chromium_path: str, site: str, door: Door, tmp_path: Path
) -> None:
    film = tmp_path / "people.y4m"
    film_of(door.codes[:3], film)
    arguments = [
        "--no-sandbox",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=arguments)
        async with device(browser, site, door, "North") as (phone, page, _):
            complaints: list[str] = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await phone.grant_permissions(["camera"])
            await page.click("#camera")
            await page.locator("#scans li").nth(2).wait_for()
            assert await page.locator("#camera").get_attribute("aria-pressed") == "true"
            # The telephone slept meanwhile, which took the camera away.
            await page.evaluate("view.srcObject.getTracks()[0].stop()")
            await phone.set_offline(True)
            # The film goes round: the same three people come back, and are known without a network.
            await page.locator(".verdict.again").wait_for()
            await phone.set_offline(False)
            await eventually(page, 0)
            assert complaints == []
        await browser.close()
    scans = await door.scans()
    assert [scan["verdict"] for scan in scans if scan["verdict"] == "admitted"] == ["admitted"] * 3
    assert {scan["ticket_id"] for scan in scans} == set(door.tickets[:3])
    # Before the camera for more than a second each, and read many times: scanned once each time round.
    assert len(scans) < 12


async def test_bad_codes_without_a_network(browser: Browser, site: str, door: Door, context: Context) -> None:
    await context.postgres.execute("update ticket set revision = 2 where ticket_id = $1", door.tickets[0])
    await context.postgres.execute("update ticket set status = 'void' where ticket_id = $1", door.tickets[1])
    other = Door(context, door.factory)
    await other.open(1)
    cut, forged = door.codes[2][:-1], door.codes[2][:-3] + ("000" if door.codes[2][-3:] != "000" else "001")
    async with device(browser, site, door, "North") as (phone, page, _):
        await phone.set_offline(True)
        expected = {
            "An older code": door.codes[0],
            "Given back": door.codes[1],
            "Not our code": cut,
            "Another screening": other.codes[0],
            "Let in": door.tickets[3].lower(),
            "Not on the list": "ABCDEFGHJKMN",
        }
        for words, code in expected.items():
            await type_codes(page, [code])
            assert await page.locator("[data-part=words]").inner_text() == words
        # What is no ticket of anything leaves the numbers of the house as they were.
        assert await page.locator("[data-part=sold]").inner_text() == "59"
        await type_codes(page, [forged])
        assert await page.locator("[data-part=words]").inner_text() == "Not our code"
        # More than the house reads at once goes in parts.
        assert set(await type_codes(page, [f"{'🎟' * 7000}{number}" for number in range(10)])) == {"no"}
        # A key that was made after the list.
        await phone.set_offline(False)
        await eventually(page, 0)
        await phone.set_offline(True)
        await rotate_key(context)
        fresh = Door(context, door.factory)
        await fresh.open(1)
        await type_codes(page, fresh.codes)
        assert await page.locator("[data-part=words]").inner_text() == "Unknown key"
        assert "does not know the key" in await page.locator("[data-part=advice]").inner_text()
        await phone.set_offline(False)
        await eventually(page, 0)
        await retire_key(context, 1, compromised=True)
    verdicts = [scan["verdict"] for scan in await door.scans()]
    assert sorted(verdicts[:-1]) == sorted(
        ["superseded", "void", "forged", "wrong_screening", "admitted", "unknown", *["forged"] * 11]
    )
    assert not any(scan["conflict"] for scan in await door.scans())


async def test_a_device_taken_out_of_use_keeps_what_waits(
    browser: Browser, site: str, door: Door, context: Context
) -> None:
    async with device(browser, site, door, "North") as (phone, page, number):
        await phone.set_offline(True)
        assert await type_codes(page, door.codes[:2]) == ["yes", "yes"]
        await revoke_device(context, number, by="saule")
        await phone.set_offline(False)
        await page.locator("#state[data-state=refused]").wait_for()
        assert "not enrolled any more" in await page.locator("[data-part=link]").inner_text()
        assert await type_codes(page, door.codes[2:3]) == ["again"]
        assert "not enrolled any more" in await page.locator("[data-part=words]").inner_text()
        # It knows it from then on, also without a network and after a night in a drawer.
        await phone.set_offline(True)
        await page.reload()
        await page.locator("body.ready").wait_for()
        assert await type_codes(page, door.codes[2:3]) == ["again"]
        assert "not enrolled any more" in await page.locator("[data-part=words]").inner_text()
        await phone.set_offline(False)
        assert await waiting(page) == 2
        assert await door.scans() == []
        # Another link, and the evening goes on where it was.
        await door.enrol(phone, site, "South")
        await eventually(page, 0)
        assert await type_codes(page, door.codes[3:4]) == ["yes"]
    assert [scan["gate"] for scan in await door.scans()] == ["North", "North", "South"]


async def test_a_telephone_that_passes_from_hand_to_hand(
    browser: Browser, site: str, door: Door, open_page: OpenPage
) -> None:
    elsewhere = Door(door.context, door.factory)
    await elsewhere.open(1)
    await door.factory.staff(Role.DOOR, "dana", venue=door.venue)
    async with open_page(360, complaints_allowed=("403", "401")) as page:
        await sign_in(page, "dana", "door")
        # Whoever had it before stood in another house.
        await page.evaluate(
            """async (venue) => {
                const { openStore } = await import("/static/js/door-store.js");
                await (await openStore()).keep("gate", { gate: "North", venue });
            }""",
            elsewhere.venue,
        )
        await page.reload()
        await page.locator("#warnings li", has_text="Choose the venue").wait_for()
        await page.select_option("#venue", door.venue)
        await page.locator("#warnings li").wait_for(state="detached")
        assert await type_codes(page, door.codes[:1]) == ["yes"]
        # Signed out behind their back: the way in is where it is told.
        await page.context.clear_cookies()
        assert await type_codes(page, door.codes[1:2]) == ["again"]
        await page.click("[data-part=sign-in]")
        await page.locator("[name=password]").wait_for()


async def test_a_browser_that_keeps_nothing_asks_the_house(browser: Browser, site: str, door: Door) -> None:
    phone = await browser.new_context(base_url=site, viewport=PHONE)
    await door.enrol(phone, site, "West")
    await phone.add_init_script(
        "IDBFactory.prototype.open = () => { throw new DOMException('private', 'SecurityError'); }"
    )
    page = await phone.new_page()
    await page.goto("/en/door")
    await page.locator("#state", has_text="keeps nothing").wait_for()
    await page.fill("#code", door.codes[0])
    await page.keyboard.press("Enter")
    await page.locator(".verdict.yes").wait_for()
    await phone.close()


async def test_a_clock_an_hour_wrong_is_put_right(
    browser: Browser, site: str, door: Door, context: Context
) -> None:
    async with device(browser, site, door, "North") as (phone, page, _):
        await phone.close()
    phone = await browser.new_context(base_url=site, viewport=PHONE)
    await door.enrol(phone, site, "West")
    await phone.add_init_script("{ const real = Date.now; Date.now = () => real() + 3_600_000; }")
    page = await phone.new_page()
    await page.goto("/en/door")
    await ready(page)
    await page.locator("#warnings li", has_text="60 minutes wrong").wait_for()
    await phone.set_offline(True)
    assert await type_codes(page, door.codes[:1]) == ["yes"]
    await phone.set_offline(False)
    await eventually(page, 0)
    await phone.close()
    (scan,) = await door.scans()
    assert scan["verdict"] == "admitted"
    assert abs((scan["received_at"] - scan["scanned_at"]).total_seconds()) < 60


async def test_leaving_and_coming_back(browser: Browser, site: str, door: Door) -> None:
    async with device(browser, site, door, "North") as (phone, page, _):
        await phone.set_offline(True)
        looks = []
        # The code and its number by turns: a trigger that is pulled twice is one scan.
        for direction, code in zip(
            ("in", "out", "out", "in", "in"), [door.codes[0], door.tickets[0]] * 3, strict=False
        ):
            await page.evaluate(
                "way => document.querySelector(`[name=direction][value=${way}]`).click()", direction
            )
            looks += await type_codes(page, [code])
        assert looks == ["yes", "out", "no", "yes", "again"]
        await phone.set_offline(False)
        await eventually(page, 0)
    assert [scan["verdict"] for scan in await door.scans()] == [
        "admitted",
        "left",
        "unknown",
        "admitted",
        "already_admitted",
    ]
