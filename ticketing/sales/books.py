"""The invariants of the books, looked for in production: what must never be, as a metric to raise an alarm on."""

from datetime import timedelta

import structlog
from prometheus_client import Gauge

from ticketing.kernel.context import Context
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries

SQL = load_queries("books")
LOOKED_BACK = timedelta(days=2)

log = structlog.get_logger(__name__)
BROKEN = Gauge(
    "ticketing_invariant_broken",
    "Orders, tickets or counts of the last days that break a rule; anything but 0 is an alarm",
    ("rule",),
    multiprocess_mode="max",
)


async def audit_books(context: Context) -> dict[str, int]:
    """How many recent orders, tickets or counts break each rule; all must be 0.

    ``money``: money taken = tickets live + money back + fees kept. ``ticket_and_order``: no ticket is in a state
    that its order does not allow. ``exchange_places``: a place is reserved by an exchange as long as that waits for
    its payment, and no longer. ``till``: what was booked to a closed shift is what it was closed with.
    ``ticket_count``: the counts that the door shows are those of the rows.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        rows = await context.postgres.fetch(SQL.count_broken, context.clock.now() - LOOKED_BACK)
    broken = {row["rule"]: row["broken"] for row in rows}
    for rule, count in broken.items():
        BROKEN.labels(rule).set(count)
        if count:
            log.critical("invariant_broken", rule=rule, count=count)
    return broken
