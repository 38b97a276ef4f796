"""All scripts on a server in cluster mode: it refuses a script whose keys have several slots."""

import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import redis.asyncio

from tests.factories import make_layout
from tests.seating.box_office import BoxOffice
from ticketing.embedded.valkey import _program
from ticketing.kernel.context import Context, open_context
from ticketing.kernel.processes import tie_to_parent
from ticketing.kernel.settings import Settings
from ticketing.seating.holds import change_hold, extend_hold, release_hold, show_hold
from ticketing.seating.model import AreaPlaces, BestSeats
from ticketing.seating.scripts import keys_of


@pytest.fixture
async def cluster(settings: Settings, tmp_path: Path) -> AsyncIterator[Context]:
    """A house on a Valkey cluster of one node that owns every slot."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--port", str(port), "--cluster-port", str(port - 10_000 if port > 30_000 else port + 10_000)]
    options += ["--cluster-enabled", "yes", "--save", "", "--dir", str(tmp_path), "--bind", "127.0.0.1"]
    process = subprocess.Popen(
        [_program(), *options],
        stdout=subprocess.DEVNULL,
        preexec_fn=tie_to_parent(),  # noqa: PLW1509 - system calls only
    )
    try:
        client = redis.asyncio.Redis(port=port)
        for _ in range(200):
            try:
                await client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
                break
            except redis.ConnectionError:
                await asyncio.sleep(0.02)
        while b"cluster_state:ok" not in str(await client.execute_command("CLUSTER", "INFO")).encode():
            await asyncio.sleep(0.02)
        await client.aclose()
        own = msgspec.structs.replace(settings, redis_url=f"redis://127.0.0.1:{port}")
        async with open_context(own) as context:
            yield context
    finally:
        process.kill()
        process.wait()


async def test_every_script_runs_where_keys_have_slots(cluster: Context) -> None:
    office = await BoxOffice.opened(cluster, make_layout(area_capacity=6))
    held = await office.hold("A-1", "A-2")
    await change_hold(office.house.seating, held.hold, ["A-3"], ["A-1"])
    await extend_hold(office.house.seating, held.hold)
    await show_hold(office.house.seating, held.hold)
    await release_hold(office.house.seating, held.hold)
    await office.wish(BestSeats(3))
    await office.wish(AreaPlaces("parterre", 2))
    await office.sell("B-1")
    await cluster.redis.call("DEL", *keys_of(office.screening).shared())
    await office.hold("C-1")
    assert await office.reconcile() == 0
    counts = await office.house.counts.counts(office.screening)
    assert counts is not None
    assert (counts.sold, counts.held) == (1, 1)
