"""What is to be told, told: signed, again until it is taken or given up, and forgotten after a month."""

from datetime import timedelta
from typing import Final

import structlog
from prometheus_client import Counter, Gauge

from ticketing.kernel.context import Context
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.sales.webhooks.keeping import end_webhook
from ticketing.sales.webhooks.model import KEPT_DAYS, pause_s, signature
from ticketing.sales.webhooks.posting import CALL_S_MAX, Answer, post

SQL = load_queries("webhooks")
WORKERS_A_WEBHOOK_MAX: Final = 2
"""So that a server that hangs holds up its own deliveries, and not those of all others."""
LEASE: Final = timedelta(seconds=6 * CALL_S_MAX)
"""A worker that is at a delivery longer than this has died."""
FORGOTTEN_AT_ONCE_MAX: Final = 1_000
GIVEN_UP_LOOKED_BACK: Final = timedelta(days=1)
STATUS_GONE: Final = 410
GONE: Final = "(webhook)"
"""Who ended a webhook in the audit, where the other side has answered that it is gone."""

log = structlog.get_logger(__name__)
TRIED = Counter("ticketing_webhook_tries_total", "Calls of webhooks by outcome", ("outcome",))


WAITING = Gauge(
    "ticketing_webhook_deliveries_waiting", "Deliveries to webhooks that wait", multiprocess_mode="mostrecent"
)
OLDEST_S = Gauge(
    "ticketing_webhook_deliveries_oldest_seconds",
    "How long the delivery to a webhook has waited that waits longest; those sent anew by hand left out",
    multiprocess_mode="mostrecent",
)
GIVEN_UP = Gauge(
    "ticketing_webhook_deliveries_given_up",
    "Deliveries to webhooks that were given up in the last day",
    multiprocess_mode="mostrecent",
)


async def measure_deliveries(context: Context) -> None:
    """Put into the metrics what waits for webhooks, and what was given up.

    Raises:
        DatabaseUnavailable
    """
    now = context.clock.now()
    async with database_errors():
        row = await context.postgres.fetchrow(SQL.measure_deliveries, now, now - GIVEN_UP_LOOKED_BACK)
    for gauge, name in ((WAITING, "waiting"), (OLDEST_S, "oldest_s"), (GIVEN_UP, "given_up")):
        gauge.set(row[name] if row else 0)


async def deliver_next(context: Context) -> int:
    """Make a call that is due, if there is one; how many were made (0 or 1). First comes who is being called least.

    No transaction is open meanwhile. A worker that dies at it has made one try, and another makes the next: so
    whoever is called may hear something twice, and knows it by its ``webhook-id``.

    Raises:
        DatabaseUnavailable
    """
    now = context.clock.now()
    async with database_errors():
        due = await context.postgres.fetchrow(SQL.take_delivery, now, now + LEASE, WORKERS_A_WEBHOOK_MAX)
    if due is None:
        return 0
    body = due["body"].encode()
    sent_at_s = int(now.timestamp())
    headers = {
        "content-type": "application/json",
        "user-agent": "ticketing",
        "webhook-id": str(due["delivery_id"]),
        "webhook-timestamp": str(sent_at_s),
        "webhook-signature": signature(
            context.secrets.webhook_key(str(due["webhook_id"])), due["delivery_id"], sent_at_s, body
        ),
    }
    answer = await post(due["url"], headers, body, inner=context.settings.webhooks_inner)
    await _note(context, due["delivery_id"], due["attempts"], answer)
    if answer.status == STATUS_GONE:
        await end_webhook(context, due["festival_id"], due["webhook_id"], by=GONE)
    return 1


async def _note(context: Context, delivery: object, attempts: int, answer: Answer) -> None:
    now = context.clock.now()
    pause = pause_s(attempts)
    given_up = not answer.taken and (pause is None or answer.status == STATUS_GONE)
    again = None if answer.taken or given_up or pause is None else now + timedelta(seconds=pause)
    TRIED.labels(answer.problem or "delivered").inc()
    if given_up:
        log.warning("webhook_given_up", delivery=str(delivery), problem=answer.problem, status=answer.status)
    async with database_errors():
        await context.postgres.execute(
            SQL.finish_try,
            delivery,
            attempts,
            now if answer.taken else None,
            again,
            now if given_up else None,
            answer.status,
            answer.problem,
        )


async def forget_deliveries(context: Context) -> int:
    """Deliveries older than ``KEPT_DAYS`` days go, a thousand at once, and webhooks ended so long ago; how many
    deliveries.

    Raises:
        DatabaseUnavailable
    """
    before = context.clock.now() - timedelta(days=KEPT_DAYS)
    async with database_errors():
        gone: int = await context.postgres.fetchval(SQL.forget_deliveries, before, FORGOTTEN_AT_ONCE_MAX)
        await context.postgres.execute(SQL.forget_webhooks, before)
    return gone
