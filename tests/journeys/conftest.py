"""The house on a real port, and a real browser before it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.factories import Factory
from ticketing.kernel.context import Context
from ticketing.tickets.keys import ensure_key
from ticketing.web.app import create_app

STOP_S = 3
OpenPage = Callable[..., AbstractAsyncContextManager[Page]]


@pytest.fixture
async def factory(context: Context) -> Factory:
    """Makes rows, beside a key that signs tickets."""
    await ensure_key(context)
    return Factory(context)


@pytest.fixture
async def site(context: Context, factory: Factory) -> AsyncIterator[str]:
    """The address of the house."""
    config = uvicorn.Config(
        create_app(context=context), port=0, log_level="error", timeout_graceful_shutdown=STOP_S, lifespan="on"
    )
    server = uvicorn.Server(config)
    # Not `serve`, which would take the signals from pytest.
    task = asyncio.create_task(server._serve(sockets=None))
    while not server.started:
        if task.done():
            await task
        await asyncio.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task


@pytest.fixture
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    """The system's Chromium."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield opened
        await opened.close()


@pytest.fixture
def open_page(browser: Browser, site: str) -> OpenPage:
    """A page of a new visitor; whatever its console complains of fails the test."""

    @contextlib.asynccontextmanager
    async def opened(
        width: int = 1280, *, scripts: bool = True, complaints_allowed: tuple[str, ...] = (), **options: Any
    ) -> AsyncIterator[Page]:
        visitor: BrowserContext = await browser.new_context(
            base_url=site,
            viewport={"width": width, "height": 800},
            java_script_enabled=scripts,
            has_touch=width < 600,
            **options,
        )
        page = await visitor.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.set_default_timeout(10_000)
        yield page
        await visitor.close()
        assert [text for text in complaints if not any(part in text for part in complaints_allowed)] == []

    return opened


@pytest.fixture
async def page(open_page: OpenPage) -> AsyncIterator[Page]:
    """Any page of ours: what it imports is served as it is in life."""
    async with open_page() as opened:
        await opened.goto("/en/staff/sign-in")
        yield opened
