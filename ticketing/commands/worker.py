"""`ticketing worker`."""

import asyncio
import signal

import click

from ticketing.commands.connecting import settings_with_servers
from ticketing.kernel.context import open_context
from ticketing.kernel.settings import Settings
from ticketing.worker import run_worker


@click.command
def command() -> None:
    """Run the worker: mail, order expiry, repairs of the seat mirror, the ledger's seals.

    Run as many as you like; they share the work. Ends on SIGTERM or Ctrl-C, when the job under way is done or
    given back.
    """
    asyncio.run(_work(settings_with_servers()))


async def _work(settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    async with open_context(settings) as context:
        working = asyncio.ensure_future(run_worker(context))
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, working.cancel)
        try:
            await working
        except asyncio.CancelledError:
            return
