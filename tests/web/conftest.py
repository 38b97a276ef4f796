"""A festival on sale, and a visitor with a browser that runs no scripts."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar

from tests.factories import Factory
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context
from ticketing.tickets.keys import ensure_key
from ticketing.web.app import create_app
from ticketing.web.pages.feeds import feeds_kept
from ticketing.web.pages.sitemap import sitemaps_kept


@pytest.fixture
async def factory(context: Context) -> Factory:
    """Makes rows, beside a key that signs tickets."""
    await ensure_key(context)
    return Factory(context)


@contextlib.asynccontextmanager
async def running(app: Litestar) -> AsyncIterator[None]:
    """The application between its start and its end, both in one task: its framework insists on that."""
    up, down = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            up.set()
            await down.wait()

    task = asyncio.create_task(live())
    await asyncio.wait({task, asyncio.create_task(up.wait())}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield
    finally:
        down.set()
        await task


@pytest.fixture
async def visitor(context: Context, factory: Factory) -> AsyncIterator[Visitor]:
    """Somebody with a browser without scripts."""
    # What pages keep for minutes is the process's: the week of another test has the same name.
    feeds_kept.forget()
    sitemaps_kept.forget()
    app = create_app(context=context)
    # Not Litestar's own client: it runs the application in another loop than the one Postgres was connected in.
    transport = httpx.ASGITransport(app=cast("Any", app), client=("192.0.2.1", 40_000))
    async with (
        running(app),
        httpx.AsyncClient(transport=transport, base_url="http://tickets.test", follow_redirects=True) as client,
    ):
        yield Visitor(client)
