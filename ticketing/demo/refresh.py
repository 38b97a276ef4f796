"""Keeping the demo on sale: the folder for the present hour, imported."""

import asyncio
import tempfile
from pathlib import Path

from ticketing.demo.schedule import write_demo
from ticketing.kernel.context import Context
from ticketing.programme.importing import ImportReport, import_programme


async def refresh_demo(context: Context) -> ImportReport:
    """Import the demo as it is now. Run at the start and every hour: what has come near is added.

    Left for a day, the demo is still on sale with doors open; beyond that it runs dry.

    Raises ImportRefused where the database holds something that contradicts the demo, and DatabaseUnavailable.
    """
    now = context.clock.now()
    with tempfile.TemporaryDirectory(prefix="ticketing-demo-") as folder:
        await asyncio.to_thread(write_demo, Path(folder), now)
        return await import_programme(context, Path(folder), now=now)
