"""Guests in a browser: a delegation invited, answered, seated and scanned; and axe on every page of theirs."""

import re
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page

from tests.factories import Factory
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import codes_on, scan, sign_in
from tests.journeys.test_accessibility import findings
from tests.journeys.test_before_film import too_wide
from tests.sales.invited import Hosts
from tests.sales.test_allotment_links import linked
from tests.sales.test_allotments import Desk
from tests.sales.test_delegations import DELEGATION, made
from ticketing.kernel.context import Context
from ticketing.sales.delegations.heading import delegation_page
from ticketing.sales.delegations.keeping import invite_delegation
from ticketing.sales.invitations.answering import invitation_page
from ticketing.sales.invitations.seating import propose
from ticketing.staff.model import Role


async def press(page: Page, button: str) -> None:
    """Press a button whose form is answered by a page."""
    async with page.expect_navigation():
        await page.get_by_role("button", name=button, exact=True).last.click()


async def test_a_delegation_is_invited_answered_seated_and_scanned(
    open_page: OpenPage, factory: Factory, context: Context
) -> None:
    screening = await factory.screening()
    for role, login in ((Role.ORGANISER, "olga"), (Role.DOOR, "dana")):
        await factory.staff(role, login)
    until = (context.clock.now() + timedelta(minutes=20)).astimezone(ZoneInfo("Asia/Almaty"))
    async with open_page(1280) as desk, open_page(360) as phone, open_page(360) as door:
        await sign_in(desk, "olga", "desk/delegations")
        await desk.fill("#name", "Centre national du cinéma")
        await desk.select_option("#locale", "fr")
        await desk.fill("#members", "Anne Petit; anne@example.fr; présidente; 1\nLuc Martin\nMarie Durand")
        await press(desk, "Make the delegation")
        delegation = urlsplit(desk.url).path

        await desk.goto(f"/en/desk/allotments/{screening}")
        await desk.get_by_label("For whom").last.fill("Embassy")
        await desk.get_by_label("Seats, for example F-11, F-12").last.fill("C-3 C-4 C-5 C-6")
        await press(desk, "Keep them back")
        await desk.goto(f"/en/desk/invitations/{screening}")
        await desk.fill("#people_max", "4")
        await desk.fill("#answer_by", until.strftime("%Y-%m-%dT%H:%M"))
        await desk.select_option("#allotment", index=1)
        await press(desk, "Keep these terms")

        await desk.goto(delegation)
        await desk.check(f"[value='{screening}']")
        await press(desk, "Invite")
        await press(desk, "Accredit those without a badge")
        assert await desk.locator(".state.none").count() == 3
        head = await desk.get_by_role("link", name="The page of the head").get_attribute("href")
        assert head is not None

        await phone.goto(urlsplit(head).path)
        for who, answer in (("Anne Petit", "yes"), ("Luc Martin", "no"), ("Marie Durand", "yes")):
            await phone.get_by_label(who).select_option(answer)
        await press(phone, "Envoyer les réponses")
        assert "Les réponses sont notées" in await phone.locator("main").inner_text()

        await desk.goto(f"/en/desk/invitations/{screening}/seats")
        await press(desk, "Propose by protocol")
        planned = await desk.locator("[data-seats]").first.input_value()
        assert planned in ("C-4", "C-5")
        await press(desk, "Issue tickets for the planned seats")
        assert "Parties that got their tickets: 2" in await desk.locator("main").inner_text()

        await phone.reload()
        await phone.locator(".members a").first.click()
        await phone.wait_for_url(re.compile("/fr/orders/"))
        (code,) = await codes_on(phone)
        await sign_in(door, "dana", "door")
        assert await scan(door, code, scripts=True) == "yes"
    seat = await context.postgres.fetchval("select seat from ticket where entries = 1 and holder = 'Anne Petit'")
    assert seat == planned


@pytest.mark.parametrize(("scheme", "width"), [("dark", 360), ("light", 1280)])
async def test_axe_finds_nothing(
    open_page: OpenPage, factory: Factory, context: Context, scheme: str, width: int
) -> None:
    hosts = await Hosts.opened(context)
    _, code = await linked(Desk(hosts.office, hosts.screening), allotment="embassy")
    ids = await hosts.invite("Айгерім", "Dana", "Sara", "Olga")
    for one, companions in zip(ids, (("Әлия", ""), ("x", "y"), ()), strict=False):
        await hosts.answer(one, *companions, note="par l'entrée B")
    await propose(hosts.sales, hosts.screening, "olga")
    delegation = await made(hosts)
    await invite_delegation(hosts.sales, DELEGATION, [hosts.office.screening], "olga")
    await factory.staff(Role.ORGANISER, "olga")
    where = hosts.office.screening
    head = urlsplit(delegation_page(context, delegation, "fr")).path
    guests = [
        urlsplit(invitation_page(context, one, language)).path
        for one, language in zip(ids, ("kk", "fr", "ru", "kk"), strict=True)
    ]
    found: list[str] = []
    async with open_page(width, color_scheme=scheme, complaints_allowed=("status of 404",)) as page:
        await sign_in(page, "olga", "desk/invitations", "kk")
        for place in (
            *guests,
            f"/kk/allotments/{code}",
            head,
            f"{head}/programme",
            f"/fr/allotments/{'x' * 44}",
            f"/fr/desk/invitations/{where}",
            f"/kk/desk/invitations/{where}/seats",
            f"/fr/desk/allotments/{where}",
            "/kk/desk/delegations",
            f"/fr/desk/delegations/{DELEGATION}",
        ):
            await page.goto(place)
            assert not await too_wide(page), place
            found += await findings(page)
    assert found == []
