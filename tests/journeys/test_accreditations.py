"""A badge in Chromium: the pages of the desk, the badge itself and the door that scans it; axe finds nothing."""

import pytest
from playwright.async_api import Browser, expect

from tests.accreditation.people import accredited
from tests.door.gate import Gate
from tests.factories import Factory
from tests.journeys.conftest import OpenPage
from tests.journeys.door import Door, eventually, type_codes, waiting
from tests.journeys.steps import sign_in
from tests.journeys.test_accessibility import findings
from tests.journeys.test_before_film import too_wide
from tests.journeys.test_door import device
from ticketing.accreditation.badges import badge_secret
from ticketing.accreditation.desk import Accreditations
from ticketing.accreditation.reading import read_accreditation
from ticketing.staff.model import Role


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
async def test_axe_finds_nothing(open_page: OpenPage, factory: Factory, width: int, scheme: str) -> None:
    gate = await Gate.opened(factory.context)
    screening = await factory.screening()
    festival = (await gate.door.catalogue.screening(screening)).festival
    await factory.staff(Role.ORGANISER, "olga")
    one = await accredited(factory, festival, screenings_per_day=2, screenings=(screening,))
    for category in ("jury", "delegation", "distributor"):
        await accredited(factory, festival, category=category, name="Қаныш Имантайұлы Сәтбаев-Оңдасынов")
    await accredited(factory, festival, status="revoked")
    desk = Accreditations(factory.context, gate.door.catalogue, gate.door.keys)
    secret = badge_secret(desk, await read_accreditation(desk, one))
    found: list[str] = []
    async with open_page(width, color_scheme=scheme) as page:
        await sign_in(page, "olga", "desk/accreditations")
        for place in (
            "kk/desk/accreditations",
            f"fr/desk/accreditations/{festival}/{one}",
            f"ru/badges/{one}/{secret}",
        ):
            await page.goto(f"/{place}")
            assert not await too_wide(page), place
            found += await findings(page)
        await page.goto("/ru/door")
        await expect(page.locator("body.ready")).to_be_visible()
        await page.locator("#code").fill(await gate.badge(one))
        await page.locator("#code").press("Enter")
        await expect(page.locator("#verdict")).to_contain_text("Пропустить")
        await expect(page.locator("#verdict")).to_contain_text("Пресса")
        await expect(page.locator("#verdict")).to_contain_text("1 из 2 сеансов дня")
        assert not await too_wide(page)
        found += await findings(page)
    assert found == []


async def test_badges_are_scanned_without_a_network(browser: Browser, site: str, factory: Factory) -> None:
    """At a gate that names no screening: the device finds it by itself, keeps to the quota, and hands in once."""
    gate = await Gate.opened(factory.context)
    door = Door(factory.context, factory)
    await door.open(1)
    festival = (await gate.door.catalogue.screening(door.screening)).festival
    good, revoked = await accredited(factory, festival), await accredited(factory, festival, status="revoked")
    used = await accredited(factory, festival, screenings_per_day=1)
    elsewhere = await factory.screening(festival=festival)
    await gate.scan(await gate.badge(used), screening=elsewhere)
    codes = [await gate.badge(one) for one in (good, used, revoked)]
    async with device(browser, site, door, "North") as (phone, page, _):
        await phone.set_offline(True)
        assert await type_codes(page, [*codes, door.codes[0], codes[0]]) == ["yes", "no", "no", "yes", "again"]
        # Accredited since: the signature is right, and what they may enter stands in no code.
        newer = [await accredited(factory, festival, all_screenings=may) for may in (True, False)]
        newer_codes = [await gate.badge(one) for one in newer]
        assert await type_codes(page, [*newer_codes, newer_codes[0]]) == ["yes", "yes", "again"]
        await type_codes(page, newer_codes[1:])
        assert await waiting(page) == 9
        await phone.set_offline(False)
        await eventually(page, 0)
    scans = [scan for scan in await door.scans() if scan["gate"] == "North"]
    assert [(scan["accreditation_id"], scan["verdict"], scan["conflict"]) for scan in scans] == [
        (good, "admitted", False),
        (used, "wrong_screening", False),
        (revoked, "void", False),
        (None, "admitted", False),
        (good, "already_admitted", False),
        (newer[0], "admitted", False),
        (newer[1], "wrong_screening", True),
        (newer[0], "already_admitted", False),
        (newer[1], "wrong_screening", False),
    ]
    assert {scan["screening_id"] for scan in scans if scan["accreditation_id"] != revoked} == {door.screening}
