"""Two visitors at one hall: each sees at once what the other does."""

from tests.factories import Factory, make_layout
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import click_seat, take_seats
from ticketing.kernel.context import Context


async def test_a_seat_taken_by_one_is_seen_by_the_other(open_page: OpenPage, factory: Factory) -> None:
    screening = await factory.screening()
    async with open_page() as one, open_page(360) as other:
        for page in (one, other):
            await page.goto(f"/en/screenings/{screening}")
        await take_seats(one, "B-3", scripts=True)
        await other.locator("#map .t").wait_for()
        assert await other.locator('input[value="B-3"]').is_disabled()
        await one.locator("[data-tray=release] button").click()
        await other.locator("#map .t").wait_for(state="detached")
        # The other may hear of it before the one has their answer.
        await one.locator("#tray").wait_for(state="hidden")


async def test_who_comes_second_is_told_which_seat_is_gone(open_page: OpenPage, factory: Factory) -> None:
    screening = await factory.screening()
    refused = ("status of 409",)
    async with open_page() as one, open_page(complaints_allowed=(*refused, "ERR_FAILED")) as other:
        # The second visitor's page is deaf to live changes, as after a lost connection.
        await other.route("**/events", lambda route: route.abort())
        for page in (one, other):
            await page.goto(f"/en/screenings/{screening}")
        await take_seats(one, "B-3", scripts=True)
        await click_seat(other, "B-3")
        await other.locator("#said:not([hidden])").wait_for()
        assert "B-3" in await other.locator("#said").inner_text()
        assert await other.locator('input[value="B-3"]').is_disabled()
        await take_seats(other, "B-4", scripts=True)
        assert await other.locator("#said").is_hidden()


async def test_places_without_numbers_are_counted_live(open_page: OpenPage, factory: Factory) -> None:
    screening = await factory.screening(layout=make_layout(area_capacity=30))
    async with open_page() as one, open_page() as other:
        for page in (one, other):
            await page.goto(f"/en/screenings/{screening}")
            await page.locator("body.script").wait_for()
        await one.select_option(".places select", "4")
        await one.locator(".places button").click()
        await one.locator("#tray:not([hidden])").wait_for()
        await other.locator("[data-area-free] span", has_text="26").wait_for()


async def test_the_clock_runs_out_and_says_so(open_page: OpenPage, factory: Factory, context: Context) -> None:
    screening = await factory.screening(rules={"hold_ttl_s": 2, "hold_cap_s": 5})
    async with open_page() as page:
        await page.goto(f"/en/screenings/{screening}")
        await take_seats(page, "A-1", scripts=True)
        await page.locator("#said:not([hidden])", has_text="The time to decide has run out").wait_for()
        assert await page.locator("#tray").is_hidden()
        await page.locator("#map .m").wait_for(state="detached")
