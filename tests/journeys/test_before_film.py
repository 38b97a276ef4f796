"""Before the film, in Chromium: the page follows the door by itself; axe finds nothing."""

import uuid
from datetime import timedelta

import pytest
from playwright.async_api import Page

from tests.factories import Factory
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import sign_in
from tests.journeys.test_accessibility import findings
from ticketing.door.before_film.guests import GuestListTerms, NewGuest, add_guest, set_guest_list
from ticketing.staff.model import Role


async def filled(factory: Factory) -> tuple[str, dict[str, str]]:
    """A screening that starts in five minutes, in every state that a seat can have; its tickets by seat."""
    now = factory.context.clock.now()
    screening = await factory.screening(starts_at=now + timedelta(minutes=5), rules={"no_show_release_minutes": 10})
    seats = ("B-1", "B-2", "B-3", "B-4", "B-5")
    order = await factory.order(screening, *seats, placed_at=now - timedelta(hours=1))
    await factory.order(screening, "C-1", status="awaiting_payment")
    await factory.staff(Role.SUPERVISOR, "sara")
    postgres = factory.context.postgres
    came = (
        "update ticket set entries = 1, inside = $2, admitted_at = now(), admitted_gate = 'north'"
        " where ticket_id = $1"
    )
    await postgres.execute(came, order.tickets["B-1"], True)
    await postgres.execute(came, order.tickets["B-2"], False)
    await postgres.execute(
        "update ticket set status = 'void', released_at = now() where ticket_id = $1", order.tickets["B-3"]
    )
    await postgres.execute("insert into broken_seat values ($1, 'D-4', 'torn', now(), 'sara')", screening)
    await set_guest_list(factory.context, screening, GuestListTerms(20), "sara")
    for name, more in (("Әсел Нұрланқызы", 2), ("Éloïse Martin", 0)):
        guest = NewGuest(uuid.uuid4(), name, more, "press row", "Embassy")
        await add_guest(factory.context, screening, guest, "sara")
    return screening, order.tickets


async def too_wide(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing(open_page: OpenPage, factory: Factory, scheme: str, width: int) -> None:
    screening, _ = await filled(factory)
    found: list[str] = []
    async with open_page(width, color_scheme=scheme, complaints_allowed=("status of 422",)) as page:
        await sign_in(page, "sara", "door/house")
        for place in ("", f"/{screening}", f"/{screening}/no-shows", f"/{screening}/guests"):
            await page.goto(f"/kk/door/house{place}")
            assert not await too_wide(page)
            found += await findings(page)
        await page.goto(f"/fr/door/house/{screening}")
        await page.fill("#broken-seat", "Z-9")
        await page.locator("form[action$=broken] button").click()
        await page.locator("#problem").wait_for()
        found += await findings(page)
    assert found == []


async def test_the_page_follows_the_door(open_page: OpenPage, factory: Factory) -> None:
    screening, tickets = await filled(factory)
    async with open_page(360) as page:
        await sign_in(page, "sara", "door/house")
        await page.goto(f"/en/door/house/{screening}")
        assert await page.locator(".map .h-missing").count() == 2
        # The plan begins in its middle, and stays where it was moved to.
        assert await page.evaluate("document.querySelector('.evening-map .table').scrollLeft") > 0
        await page.evaluate("document.querySelector('.evening-map .table').scrollLeft = 7")
        await factory.context.postgres.execute(
            "update ticket set entries = 1, inside = true, admitted_at = now(), admitted_gate = 'south'"
            " where ticket_id = $1",
            tickets["B-4"],
        )
        await page.locator(".map .h-in").nth(1).wait_for(state="attached")
        assert await page.locator(".map .h-missing").count() == 1
        assert await page.evaluate("document.querySelector('.evening-map .table').scrollLeft") == 7
        await page.locator("a[href$=no-shows]").click()
        await page.get_by_role("button", name="Release 1 place").click()
        await page.locator(".note.good", has_text="1 place is free again").wait_for()
        assert await page.locator(".map .h-missing").count() == 0
        assert await page.locator(".map .h-released").count() == 2


async def test_a_gate_alone_refuses_what_was_released(open_page: OpenPage, factory: Factory) -> None:
    # The rules of the browser beside those of the house: tests/door/test_no_shows.py.
    await factory.staff(Role.DOOR, "dana")
    decide = """async (released) => {
        const { decide } = await import("/static/js/door-rules.js");
        const screening = { published: true, doors_at: "2020-01-01", ends_at: "2999-01-01", reentry: true };
        const ticket = { status: "void", revision: 1, released };
        return decide({ read: { revision: 1 }, signature: "good", ticket, id: "s", screening, listed: true,
            lets_in_to: null, direction: "in", at: Date.now(), alone: true, waits: [] });
    }"""
    async with open_page() as page:
        await sign_in(page, "dana", "door/house")
        assert await page.evaluate(decide, True) == {"verdict": "void", "reason": "no_show"}
        assert await page.evaluate(decide, False) == {"verdict": "void"}
