"""The process that seals the ledger while orders are measured: ``python -m ticketing.bench.sealer``.

A worker does more; of what the ledger costs, this is the rest.
"""

import asyncio

from ticketing.kernel.context import open_context
from ticketing.kernel.settings import read_settings
from ticketing.sales.ledger import seal_when_worth_it
from ticketing.worker import IDLE_S


async def seal_until_ended() -> None:
    """Seal as a worker does, until the process is ended."""
    async with open_context(read_settings()) as context:
        while True:
            if not await seal_when_worth_it(context):
                await asyncio.sleep(IDLE_S)


if __name__ == "__main__":
    asyncio.run(seal_until_ended())
