"""How a command finds the servers, and works on them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click
import msgspec

from ticketing.demo.folder import DemoFolder
from ticketing.kernel.context import Context, open_context
from ticketing.kernel.settings import Settings, read_settings

Result = TypeVar("Result")

NO_SERVERS = (
    "No database is named, and no demo runs on {data}.\n"
    "Either start one with `make demo` (TICKETING_DATA names its folder), "
    "or set DATABASE_URL and REDIS_URL (see `ticketing settings`)."
)


def settings_with_servers() -> Settings:
    """The settings, with the servers of the demo that runs on the data folder where the environment names none.

    Raises:
        SettingsInvalid: a setting can't be used.
        click.ClickException: there is neither.
    """
    settings = read_settings()
    if settings.database_url and settings.redis_url:
        return settings
    running = DemoFolder(settings.data_path).running()
    if running is None:
        raise click.ClickException(NO_SERVERS.format(data=settings.data_path))
    return msgspec.structs.replace(
        settings,
        database_url=settings.database_url or running.database_url,
        redis_url=settings.redis_url or running.redis_url,
    )


def run_with_context(work: Callable[[Context], Awaitable[Result]]) -> Result:
    """Do ``work`` on an open context."""
    settings = settings_with_servers()

    async def connected() -> Result:
        async with open_context(settings) as context:
            return await work(context)

    return asyncio.run(connected())
