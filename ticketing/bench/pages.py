"""What the public opens: the programme of a week and the seats of a half-full hall, packed as for browsers."""

import asyncio
import gzip
import itertools
import urllib.request
from collections.abc import Awaitable, Callable

from ticketing.bench.load import request_bytes
from ticketing.bench.paths import CheckFailed, HotPath
from ticketing.bench.stage import SQL
from ticketing.kernel.context import Context

WEEK = "bench-week"
SCREENINGS = 56
SEATS = 500
# Tokens, and how well they can be packed, differ from answer to answer.
SIZE_DIFFERS_MAX = 0.05


async def add_week(context: Context, layout_id: str) -> list[str]:
    """A festival of 56 screenings, eight a day, of twelve films, in halls of that layout; made once. Their ids."""
    rows = await context.postgres.fetch(SQL.add_week, WEEK, layout_id)
    return [row["screening_id"] for row in rows]


async def pages(url: str, screening_id: str) -> list[HotPath]:
    """The two pages, each beside as many bytes ready made."""
    return [
        await _path(url, f"programme page of {SCREENINGS} screenings", f"/en?festival={WEEK}", b"/screenings/", 10),
        await _path(url, f"seat map page of a {SEATS}-seat hall", f"/en/screenings/{screening_id}", b"<use", SEATS),
    ]


async def _path(url: str, name: str, address: str, mark: bytes, marks_min: int) -> HotPath:
    size = len(await asyncio.to_thread(_ask, url + address))
    bodies: dict[int, bytes] = {}
    return HotPath(
        name=name,
        at_least=0.02,
        ours=itertools.repeat(request_bytes("GET", address, Accept_Encoding="gzip")),
        floor=itertools.repeat(request_bytes("GET", f"/floor/bytes/{size}")),
        supply=0,
        statuses=frozenset({200}),
        take=lambda _request, _status, body: bodies.update({len(body): body}),
        check=_checked(bodies, size, mark, marks_min),
    )


def _checked(bodies: dict[int, bytes], size: int, mark: bytes, marks_min: int) -> Callable[[], Awaitable[str]]:
    async def check() -> str:
        if not bodies or any(abs(found - size) > size * SIZE_DIFFERS_MAX for found in bodies):
            raise CheckFailed(f"pages of {sorted(bodies)} bytes, expected {size}")
        for body in bodies.values():
            page = gzip.decompress(body)
            if page.count(mark) < marks_min or not page.rstrip().endswith(b"</html>"):
                raise CheckFailed(f"{page.count(mark)} of {marks_min} in a page of {len(page)} bytes")
        return f"{size:,} bytes each, packed"

    return check


def _ask(address: str) -> bytes:
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})  # noqa: S310 - our own
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own
        body: bytes = answer.read()
    return body
