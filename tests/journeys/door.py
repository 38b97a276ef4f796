"""A door for journeys: tickets with their codes, devices before them, and a camera that sees what it is shown."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy
import qrcode
from playwright.async_api import BrowserContext, Page
from qrcode.constants import ERROR_CORRECT_M

from tests.factories import Factory
from ticketing.kernel.context import Context
from ticketing.programme.layout import Layout
from ticketing.staff.devices import add_device, enrol_device
from ticketing.staff.guards import DEVICE_COOKIE_NAME
from ticketing.tickets.code import TicketFacts
from ticketing.tickets.keys import SigningKeys

FRAME = (640, 480)
FRAMES_A_SECOND = 10


class Door:
    """A screening with its doors open, and codes of tickets for it."""

    def __init__(self, context: Context, factory: Factory) -> None:
        self.context = context
        self.factory = factory
        self.screening = ""
        self.venue = ""
        self.tickets: list[str] = []
        self.codes: list[str] = []

    async def open(self, seats: int, layout: Layout | None = None, **screening: Any) -> None:
        self.screening = await self.factory.screening(layout=layout, **screening)
        row = await self.context.postgres.fetchrow(
            "select venue_id, doors_at, ends_at from screening join hall using (hall_id) where screening_id = $1",
            self.screening,
        )
        assert row is not None
        self.venue = row["venue_id"]
        labels = [f"{'ABCDEFGH'[number // 8]}-{number % 8 + 1}" for number in range(seats)]
        placed = await self.factory.order(self.screening, *labels)
        self.tickets = list(placed.tickets.values())
        keys = SigningKeys(self.context)
        self.codes = [
            await keys.code_of(TicketFacts(ticket, self.screening, 0, 1, row["doors_at"], row["ends_at"]))
            for ticket in self.tickets
        ]

    async def enrol(self, browser: BrowserContext, site: str, gate: str) -> str:
        """Make the browser a device of this gate; its id."""
        enrolment = await add_device(self.context, f"Telephone {gate}", [self.venue], [gate], by="olga")
        enrolled = await enrol_device(self.context, enrolment.secret)
        await browser.add_cookies([{"name": DEVICE_COOKIE_NAME, "value": enrolled.token, "url": site}])
        return str(
            await self.context.postgres.fetchval("select max(device_id) from device where name like $1", f"%{gate}")
        )

    async def scans(self) -> list[dict[str, Any]]:
        rows = await self.context.postgres.fetch("select * from scan order by scanned_at, scan_id")
        return [dict(row) for row in rows]


async def ready(page: Page) -> None:
    """The page has its list, and is kept on the device."""
    await page.locator("body.ready.kept").wait_for()
    await page.locator("[data-part=list]", has_text="min").wait_for()


async def type_codes(page: Page, codes: Sequence[str]) -> list[str]:
    """Let a hand-held scanner type codes; how each verdict looked."""
    looks = []
    for code in codes:
        await page.evaluate("() => { document.getElementById('verdict').className = 'verdict' }")
        await page.fill("#code", code)
        await page.keyboard.press("Enter")
        await page.locator("#verdict[class*=' ']").wait_for()
        looks.append((await page.locator("#verdict").get_attribute("class") or "").removeprefix("verdict "))
    return looks


async def waiting(page: Page) -> int:
    return int(await page.locator("#state").get_attribute("data-waiting") or 0)


async def eventually(page: Page, count: int) -> None:
    """So many scans wait to be sent."""
    await page.locator(f"#state[data-waiting='{count}']").wait_for(timeout=15_000)


def film_of(codes: Sequence[str], path: Path, *, seconds_each: float = 1.2) -> None:
    """A film for the camera: each code in turn, and nothing in between."""
    width, height = FRAME
    still = numpy.full((height, width), 200, dtype=numpy.uint8)
    colours = numpy.full(width * height // 2, 128, dtype=numpy.uint8).tobytes()
    frames = []
    for code in codes:
        symbol = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4, box_size=8)
        symbol.add_data(code)
        picture = numpy.array(symbol.make_image().convert("L"), dtype=numpy.uint8)
        shown = still.copy()
        top, left = (height - picture.shape[0]) // 2, (width - picture.shape[1]) // 2
        shown[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
        frames += [shown] * round(seconds_each * FRAMES_A_SECOND) + [still] * round(0.4 * FRAMES_A_SECOND)
    with path.open("wb") as film:
        film.write(f"YUV4MPEG2 W{width} H{height} F{FRAMES_A_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        for frame in frames:
            film.write(b"FRAME\n" + frame.tobytes() + colours)
