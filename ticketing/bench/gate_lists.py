"""What a gate asks for so that it can go on alone: a full list of 5,000 tickets, and what is new of it."""

import asyncio
import gzip
import itertools
import urllib.request
from collections.abc import Awaitable, Callable

import msgspec

from ticketing.bench.load import request_bytes
from ticketing.bench.paths import CheckFailed, HotPath
from ticketing.bench.stage import SQL, add_sold
from ticketing.kernel.context import Context

FULL_HOUSE = "bench-full"
TICKETS = 5_000
# The moment at which a list was made stands in it, in more or fewer digits.
MOMENTS_BYTES_MAX = 20


async def add_full_house(context: Context, layout_id: str) -> None:
    """A screening with 5,000 sold tickets, in a venue of its own; once."""
    if await context.postgres.fetchval(SQL.add_full_house, FULL_HOUSE, layout_id):
        await add_sold(context, [(FULL_HOUSE, f"parterre#{number}") for number in range(TICKETS)])


async def gate_lists(url: str, token: str) -> list[HotPath]:
    """The snapshot of a screening, the evening of its venue, and that evening asked again when nothing is new."""
    snapshot, evening = f"/api/v1/door/snapshot?screening={FULL_HOUSE}", f"/api/v1/door/evening?venue={FULL_HOUSE}"
    body, _ = await _ask(url + snapshot, token)
    whole, tag = await _ask(url + evening, token)
    mark = msgspec.json.decode(whole)["mark"]
    bearer = f"Bearer {token}"
    rows, nothing = f"/floor/rows/{FULL_HOUSE}", "/floor/bytes/0"
    return [
        _path(
            f"snapshot of {TICKETS:,} tickets",
            0.4,
            request_bytes("GET", snapshot, Authorization=bearer),
            rows,
            body,
        ),
        _path(
            f"evening of {TICKETS:,} tickets", 0.4, request_bytes("GET", evening, Authorization=bearer), rows, whole
        ),
        _path(
            f"evening of {TICKETS:,} tickets, nothing new",
            0.02,
            request_bytes("GET", f"{evening}&since={mark}", If_None_Match=tag, Authorization=bearer),
            nothing,
            b"",
        ),
    ]


def _path(name: str, at_least: float, ours: bytes, floor: str, expected: bytes) -> HotPath:
    sizes: set[int] = set()
    return HotPath(
        name=name,
        at_least=at_least,
        ours=itertools.repeat(ours),
        floor=itertools.repeat(request_bytes("GET", floor)),
        supply=0,
        statuses=frozenset({200 if expected else 304}),
        take=lambda _request, _status, body: sizes.add(len(body)),
        check=_checked(sizes, expected),
    )


def _checked(sizes: set[int], expected: bytes) -> Callable[[], Awaitable[str]]:
    async def check() -> str:
        wrong = {size for size in sizes if abs(size - len(expected)) > MOMENTS_BYTES_MAX}
        if wrong or not sizes:
            raise CheckFailed(f"answers of {sorted(wrong)} bytes, expected {len(expected)}")
        if not expected:
            return "304 each, and no bytes"
        listed = len(msgspec.json.decode(expected)["tickets"])
        if listed != TICKETS:
            raise CheckFailed(f"{listed} tickets in the list of {TICKETS}")
        return f"{len(expected):,} bytes each, {len(gzip.compress(expected)):,} packed"

    return check


async def _ask(address: str, token: str) -> tuple[bytes, str]:
    def ask() -> tuple[bytes, str]:
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - our own
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own
            return answer.read(), answer.headers.get("etag", "")

    return await asyncio.to_thread(ask)
