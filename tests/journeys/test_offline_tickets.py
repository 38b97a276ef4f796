"""Tickets at a door without a network: what was opened is shown, says since when, and gives way to newer."""

import asyncio

from playwright.async_api import Page

from tests.factories import Factory
from tests.journeys.conftest import OpenPage
from ticketing.kernel.context import Context

NO_NETWORK = ("ERR_INTERNET_DISCONNECTED", "Failed to load resource")


async def eventually(page: Page, question: str) -> None:
    """Ask the page until it says yes; its own waiting does not wait for promises."""
    async with asyncio.timeout(10):
        while not await page.evaluate(question):
            await asyncio.sleep(0.05)


async def is_kept(page: Page) -> None:
    """The page and all that it is made of lie in the browser."""
    await eventually(
        page,
        """async () => {
            const cache = await caches.open("ticket:" + location.pathname);
            const kept = (await cache.keys()).map((request) => request.url);
            return kept.some((url) => url.includes("/qr.svg")) && kept.some((url) => url.includes(".css"));
        }""",
    )


async def drawn(page: Page) -> int:
    """How wide the picture of the code is, in its own pixels; 0 where it could not be had."""
    picture = page.locator("img[src*='/qr.svg']").first
    await picture.wait_for()
    await page.wait_for_load_state("load")
    return int(await picture.evaluate("image => image.naturalWidth"))


async def test_a_ticket_is_shown_without_a_network_and_replaced_with_one(
    open_page: OpenPage, factory: Factory, context: Context
) -> None:
    order = await factory.order(await factory.screening())
    [ticket] = order.tickets.values()
    address = f"/kk/tickets/{ticket}/{context.secrets.ticket_secret(ticket, 1)}"
    async with open_page(360, complaints_allowed=NO_NETWORK) as page:
        await page.goto(address)
        assert await page.locator("[data-offline]").is_hidden()
        await is_kept(page)

        await page.context.set_offline(True)
        await page.reload()
        assert await drawn(page) > 0
        assert await page.locator(".where dd").all_inner_texts() == ["A", "1"]
        note = page.locator("[data-offline]")
        await note.wait_for()
        assert await note.locator("time").inner_text() != ""
        # The styles came along: the code fills the screen.
        box = await page.locator(".scan img").bounding_box()
        assert box is not None
        assert box["width"] > 250

        await context.postgres.execute("update ticket set status = 'void' where ticket_id = $1", ticket)
        await page.context.set_offline(False)
        # With the network it is no ticket any more.
        await page.locator(".scan").wait_for(state="detached")
        await eventually(page, "async () => !(await caches.has('ticket:' + location.pathname))")


async def test_an_order_is_kept_and_a_slow_network_does_not_keep_its_holder_waiting(
    open_page: OpenPage, factory: Factory, context: Context
) -> None:
    order = await factory.order(await factory.screening(), "A-1", "A-2")
    address = f"/fr/orders/{order.order_id}/{context.secrets.order_secret(order.order_id)}"
    async with open_page(360, complaints_allowed=NO_NETWORK) as page:
        for place in (address, f"{address}/tickets"):
            await page.goto(place)
            await is_kept(page)
        async with context.postgres.acquire() as connection, connection.transaction():
            # Nobody is answered while this lasts: a network that is there, and of no use.
            await connection.execute("lock table orders in access exclusive mode")
            await page.goto(address)
            await page.locator("[data-offline]").wait_for()
        await page.context.set_offline(True)
        for place in (f"{address}/tickets", address):
            await page.goto(place)
            assert await drawn(page) > 0
            await page.locator("[data-offline]").wait_for()


async def test_pages_are_kept_in_bounds(open_page: OpenPage, factory: Factory, context: Context) -> None:
    order = await factory.order(await factory.screening())
    [ticket] = order.tickets.values()
    async with open_page(360) as page:
        await page.goto(f"/en/tickets/{ticket}/{context.secrets.ticket_secret(ticket, 1)}")
        await is_kept(page)
        # Thirty older pages, one of a screening long past, and a cache of somebody else's.
        await page.evaluate(
            """async () => {
                const keep = async (name, at, until) => (await caches.open("ticket:" + name)).put(
                    name, new Response("", { headers: { "x-kept-at": at, "x-keep-until": until } }));
                for (let day = 10; day < 40; day += 1) await keep("/en/tickets/" + day, "19" + day, "2999-01-01");
                await keep("/en/tickets/past", "2999", "2020-01-01");
                await caches.open("another");
            }"""
        )
        await page.reload()
        await eventually(page, "async () => (await caches.keys()).length === 21")
        names = await page.evaluate("() => caches.keys()")
        assert "another" in names
        assert "ticket:/en/tickets/past" not in names
        assert f"ticket:/en/tickets/{ticket}/{context.secrets.ticket_secret(ticket, 1)}" in names
        assert "ticket:/en/tickets/39" in names
        assert "ticket:/en/tickets/10" not in names
