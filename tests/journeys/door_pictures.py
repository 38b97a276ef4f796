"""The scanner's verdicts on a telephone, for the documentation: on servers of its own, as the journeys do it.

python -m tests.journeys.door_pictures
"""

import asyncio
import contextlib
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from playwright.async_api import Page, async_playwright

from tests.factories import Factory
from tests.journeys.door import Door, ready, type_codes
from tests.journeys.pictures import PHONE, keep
from ticketing.embedded import PostgresServer, ValkeyServer
from ticketing.kernel.context import Context, open_context
from ticketing.kernel.migrations import migrate
from ticketing.kernel.settings import Settings
from ticketing.tickets.keys import ensure_key
from ticketing.web.app import create_app

HOST = "127.0.0.1"
LOOKS = {"yes": "admitted", "again": "already-admitted", "no": "forged"}


async def take_all() -> None:
    """Admitted, already admitted, forged: what a gate sees."""
    with tempfile.TemporaryDirectory(prefix="ticketing-pictures-", ignore_cleanup_errors=True) as folder:
        data = Path(folder)
        with PostgresServer(data / "postgres") as postgres, ValkeyServer(data / "valkey") as valkey:
            await migrate(postgres.url)
            settings = Settings(
                database_url=postgres.url,
                redis_url=valkey.url,
                data=str(data),
                secret="p" * 32,
                payment_providers="demo",
                secure_cookies=False,
            )
            async with open_context(settings) as context, running(context) as site:
                await take_verdicts(context, site)


@contextlib.asynccontextmanager
async def running(context: Context) -> AsyncIterator[str]:
    """The house on a free port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(create_app(context=context), host=HOST, port=port, log_level="error", lifespan="on")
    )
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    try:
        yield f"http://{HOST}:{port}"
    finally:
        server.should_exit = True
        await task


async def take_verdicts(context: Context, site: str) -> None:
    """A ticket, one that was let in a moment ago, and a code whose signature is another's."""
    await ensure_key(context)
    door = Door(context, Factory(context))
    await door.open(40)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        phone = await browser.new_context(
            base_url=site, viewport=PHONE, has_touch=True, device_scale_factor=2, reduced_motion="reduce"
        )
        await door.enrol(phone, site, "North")
        page = await phone.new_page()
        await page.goto("/en/door")
        await ready(page)
        await type_codes(page, door.codes[10:24])
        forged = door.codes[1][:-4] + ("0000" if door.codes[1][-4:] != "0000" else "1111")
        for code, look in ((door.codes[0], "yes"), (door.codes[10], "again"), (forged, "no")):
            seen = await type_codes(page, [code])
            if seen != [look]:
                raise SystemExit(f"{look} was expected at the door, not {seen}")
            await take(page, f"door-{LOOKS[look]}-phone-en")
        await browser.close()


async def take(page: Page, name: str) -> None:
    """One picture of what is in sight, from the top."""
    await page.evaluate("scrollTo(0, 0)")
    await page.wait_for_timeout(400)
    keep(await page.screenshot(), name)


if __name__ == "__main__":
    sys.exit(asyncio.run(take_all()))
