"""Money that goes back: owed in the transaction of what causes it, sent by the worker afterwards."""

from datetime import datetime, timedelta
from typing import Literal

import structlog
from prometheus_client import Gauge

from ticketing.kernel import errors
from ticketing.kernel.jobs import SQL as JOBS_SQL
from ticketing.kernel.jobs import pause_s
from ticketing.kernel.money import Money
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.sales.desk import Sales
from ticketing.sales.providers import RefundOwed

SQL = load_queries("payments")
REFUNDS_AT_ONCE_MAX = 100
# What a provider may take to answer, all its tries together.
PROVIDER_MAX_S = 60

RefundReason = Literal["cancelled", "paid_too_late", "paid_twice", "exchanged"]

log = structlog.get_logger(__name__)
OLDEST_S = Gauge(
    "ticketing_refunds_oldest_seconds",
    "How long the refund has waited that waits longest, by the provider that is to send it, or by_hand",
    ("way",),
    multiprocess_mode="max",
)
WAITING = Gauge("ticketing_refunds_waiting", "Refunds that wait", ("way",), multiprocess_mode="max")


async def owe_refund(
    connection: Connection, order_id: str, money: Money, reason: RefundReason, now: datetime
) -> None:
    """Owe a buyer part of what their order has paid, in a transaction that has locked the order.

    It comes from the order's payments, the newest first, and from none more than was paid.

    Raises:
        Unforeseen: the order has not paid as much. Then the books are wrong, and nothing may be written.
    """
    owed = await connection.fetchval(SQL.owe_refund, order_id, money.amount, money.currency, reason, now)
    if owed != money.amount:
        log.critical("refund_not_covered", order=order_id, amount=money.amount, covered=owed)
        raise errors.Unforeseen


async def owe_payment_back(connection: Connection, payment_id: int, reason: RefundReason, now: datetime) -> None:
    """Owe the whole of one payment: it came too late, twice, or for another sum."""
    await connection.execute(SQL.owe_payment_back, payment_id, reason, now)


async def settle_refunds(sales: Sales) -> int:
    """Hand refunds that are due to their providers; how many were taken over.

    Each in a transaction of its own, and one that can't be sent now rests: it holds up no other.

    Raises:
        DatabaseUnavailable
    """
    settled = 0
    for _ in range(REFUNDS_AT_ONCE_MAX):
        done = await _settle_next(sales)
        if done is None:
            break
        settled += done
    return settled


async def measure_refunds(sales: Sales) -> None:
    """Put how long refunds have waited into the metrics: by the provider that is to send them, or ``by_hand``."""
    async with database_errors():
        rows = await sales.context.postgres.fetch(
            SQL.measure_refunds, sales.context.clock.now(), list(sales.providers.refunding)
        )
    waiting = {row["way"]: row for row in rows}
    for way in (*sales.providers.refunding, "by_hand"):
        row = waiting.get(way)
        OLDEST_S.labels(way).set(row["age_s"] if row else 0)
        WAITING.labels(way).set(row["refunds"] if row else 0)


async def _settle_next(sales: Sales) -> int | None:
    """1 where a refund was sent, 0 where it was put off, None where none is due."""
    now = sales.context.clock.now()
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        # The row stays locked while a provider far away answers.
        await connection.execute(JOBS_SQL.allow_long_work, f"{PROVIDER_MAX_S}s")
        row = await connection.fetchrow(SQL.take_refund_due, now, list(sales.providers.refunding))
        if row is None:
            return None
        owed = RefundOwed(
            row["refund_id"], row["order_id"], row["provider_reference"], Money(row["amount"], row["currency"])
        )
        try:
            reference = await sales.providers.offered(row["provider"]).refund(owed)
        except errors.Unavailable as error:
            again = now + timedelta(seconds=pause_s(row["attempts"]))
            await connection.execute(SQL.put_off_refund, owed.refund, again, error.code)
            log.warning("refund_put_off", provider=row["provider"], refund=owed.refund)
            return 0
        except errors.RefundRefused as error:
            await connection.execute(SQL.give_up_refund, owed.refund, now, error.code)
            log.warning("refund_given_up", provider=row["provider"], refund=owed.refund)
            return 0
        await connection.execute(SQL.settle_refund, owed.refund, now, reference)
        return 1
