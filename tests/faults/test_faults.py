"""Servers die in the middle of a sell-out: nothing is sold twice, nothing confirmed is lost, all goes on."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.factories import Factory, make_layout
from tests.faults.house import SECRET, Buyers, WebServer
from ticketing.embedded import PostgresServer, ValkeyServer
from ticketing.kernel.context import Context, open_context
from ticketing.kernel.migrations import migrate
from ticketing.kernel.settings import Settings
from ticketing.tickets.keys import ensure_key

SEATS = 240
BUYERS = 24


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[ValkeyServer]:
    """A Valkey that may be killed."""
    with ValkeyServer(tmp_path / "valkey") as server:
        yield server


def kill_valkey(valkey: ValkeyServer) -> None:
    assert valkey.process is not None
    valkey.process.kill()
    valkey.process.wait()


async def furnish(context: Context) -> str:
    await ensure_key(context)
    rules = {"hold_ttl_s": 2, "hold_cap_s": 4}
    return await Factory(context).screening(layout=make_layout(rows=20, seats=SEATS // 20), rules=rules)


@asynccontextmanager
async def house(
    context: Context, database_url: str, valkey: ValkeyServer, tmp_path: Path
) -> AsyncIterator[tuple[WebServer, Buyers]]:
    """A server, and buyers at its door."""
    screening = await furnish(context)
    server = WebServer(database_url, valkey.url, tmp_path / "web")
    await asyncio.to_thread(server.start)
    try:
        yield server, Buyers(server.url, screening)
    finally:
        server.stop()


async def some_orders(buyers: Buyers, orders: int, selling: asyncio.Task[None]) -> None:
    """Wait for so many orders; what stops the buyers is raised here."""
    while len(buyers.confirmed) < orders:
        await asyncio.sleep(0.02)
        if selling.done():
            selling.result()


async def check_sold_once(context: Context, buyers: Buyers) -> None:
    """Every seat sold, each once; every order that a buyer saw confirmed is; no seat is held."""
    sold = await context.postgres.fetch("select seat from ticket where status = 'sold'")
    assert Counter(Counter(row["seat"] for row in sold).values()) == {1: SEATS}
    lost = await context.postgres.fetch(
        "select order_id from orders where order_id = any($1::text[]) and status <> 'confirmed'",
        sorted(buyers.confirmed),
    )
    assert lost == []
    known = await context.postgres.fetchval(
        "select count(*) from orders where order_id = any($1::text[])", sorted(buyers.confirmed)
    )
    assert known == len(buyers.confirmed)
    assert await context.postgres.fetchval("select count(*) from ticket where status = 'reserved'") == 0


async def test_a_web_server_killed_in_the_middle_of_a_sell_out(
    context: Context, database_url: str, valkey: ValkeyServer, tmp_path: Path
) -> None:
    async with house(context, database_url, valkey, tmp_path) as (server, buyers):
        selling = asyncio.create_task(buyers.sell_out(BUYERS))
        await some_orders(buyers, 15, selling)
        server.kill()
        await asyncio.to_thread(server.start)
        async with asyncio.timeout(60):
            await selling
        assert buyers.met  # somebody was cut off
        await check_sold_once(context, buyers)


async def test_redis_emptied_then_gone_for_a_while_during_sales(
    context: Context, database_url: str, valkey: ValkeyServer, tmp_path: Path
) -> None:
    async with house(context, database_url, valkey, tmp_path) as (server, buyers):
        seen: list[str] = []
        watching = asyncio.create_task(watch(server.url, buyers.screening, seen))
        selling = asyncio.create_task(buyers.sell_out(BUYERS))
        async with open_context(Settings(database_url=database_url, redis_url=valkey.url, secret=SECRET)) as other:
            for orders in (10, 20):
                await some_orders(buyers, orders, selling)
                await other.redis.call("FLUSHALL")
        await some_orders(buyers, 30, selling)
        kill_valkey(valkey)
        events_before = len(seen)
        async with httpx.AsyncClient(base_url=server.url, timeout=5) as client:
            path = f"/api/v1/screenings/{buyers.screening}/holds"
            for _ in range(3):
                refused = await client.post(path, json={"seats": ["A-1"]})
                assert (refused.status_code, refused.json()["code"]) == (503, "seating_unavailable")
                assert refused.headers["retry-after"]
            # What is in the books needs no Redis.
            assert (await client.get("/api/v1/programme")).status_code == 200
            assert (await client.get("/health/ready")).status_code == 503
        valkey.start()
        async with asyncio.timeout(60):
            await selling
        await check_sold_once(context, buyers)
        assert buyers.met["seating_unavailable"]
        # Who watches sees the rest of it without having done anything.
        async with asyncio.timeout(5):
            while not any('"free":0' in event for event in seen[events_before:]) and len(seen) < events_before + 5:
                await asyncio.sleep(0.1)
        watching.cancel()


async def watch(url: str, screening: str, seen: list[str]) -> None:
    """A page that shows the seats: one stream of events, never opened anew."""
    async with (
        httpx.AsyncClient(base_url=url, timeout=httpx.Timeout(5, read=30)) as client,
        client.stream("GET", f"/api/v1/screenings/{screening}/events") as response,
    ):
        assert response.headers["content-type"].startswith("text/event-stream")
        async for line in response.aiter_lines():
            seen.extend([line] if line.startswith("data:") else [])


async def test_postgres_killed_during_sales(valkey: ValkeyServer, tmp_path: Path) -> None:
    with PostgresServer(tmp_path / "postgres") as postgres:
        await migrate(postgres.url)
        settings = Settings(database_url=postgres.url, redis_url=valkey.url, secret=SECRET)
        async with (
            open_context(settings) as context,
            house(context, postgres.url, valkey, tmp_path) as (server, buyers),
        ):
            selling = asyncio.create_task(buyers.sell_out(BUYERS))
            await some_orders(buyers, 15, selling)
            assert postgres.process is not None
            # Its own recovery at the next start is what keeps every commit that was answered.
            postgres.process.send_signal(postgres.kill_signal)
            postgres.process.wait()
            began = time.monotonic()
            async with httpx.AsyncClient(base_url=server.url, timeout=5) as client:
                order = {
                    "holds": [{"hold": "x", "tickets": [{"seat": "A-1", "tariff": "full"}]}],
                    "buyer": {"email": "a@example.org", "name": "A"},
                }
                refused = await client.post("/api/v1/orders", json=order, headers={"idempotency-key": "k"})
                assert (refused.status_code, refused.json()["transient"]) == (503, True)
            assert time.monotonic() - began < 5
            postgres.start()
            async with asyncio.timeout(60):
                await selling
            assert buyers.met["database_unavailable"]
            await check_sold_once(context, buyers)
