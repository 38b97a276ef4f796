"""Whose webhooks are called first where more is due than there are lanes."""

import uuid
from datetime import timedelta

from tests.factories import Factory
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.sales.webhooks import keeping
from ticketing.sales.webhooks.delivering import LEASE, SQL, WORKERS_A_WEBHOOK_MAX
from ticketing.sales.webhooks.model import WebhookTerms

TERMS = WebhookTerms("https://hook.example.org/")


async def test_servers_that_hang_leave_the_free_lanes_to_others(context: Context, clock: ShiftedClock) -> None:
    """Two webhooks of one festival have much that is due and hang; one of another is told something later."""
    factory = Factory(context)
    here, there = await factory.festival(), await factory.festival()
    first, second, elsewhere = (uuid.UUID(int=turn) for turn in range(3))
    for webhook, festival in ((first, here), (second, here), (elsewhere, there)):
        await keeping.set_webhook(context, festival, webhook, TERMS, by="olga")

    async def taken() -> uuid.UUID | None:
        """What a worker takes, and hangs at."""
        now = context.clock.now()
        row = await context.postgres.fetchrow(SQL.take_delivery, now, now + LEASE, WORKERS_A_WEBHOOK_MAX)
        return row["webhook_id"] if row else None

    for _ in range(4):
        for webhook in (first, second):
            await keeping.ping_webhook(context, here, webhook, uuid.uuid4(), by="olga")
    one = await taken()
    for _ in range(3):
        clock.ahead += timedelta(seconds=1)
        await keeping.ping_webhook(context, there, elsewhere, uuid.uuid4(), by="olga")
    assert await taken() == elsewhere
    assert {one, await taken()} == {first, second}
    # Whoever has fewer calls under way has the next lane, whatever else is due longer.
    assert await taken() == elsewhere
    assert {await taken(), await taken()} == {first, second}
    assert await taken() is None
    await context.postgres.execute("update webhook_delivery set busy_until = null where webhook_id = $1", elsewhere)
    assert await taken() == elsewhere
