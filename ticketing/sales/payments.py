"""What a payment provider tells us, and what follows: once for each notice, in one transaction."""

import asyncpg
import msgspec
import structlog

from ticketing.kernel import errors
from ticketing.kernel.ids import ALPHABET, ORDER_ID_LENGTH
from ticketing.kernel.money import Money
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.sales.desk import SQL, Sales, read_order, tell_mirror, view_of
from ticketing.sales.model import OrderFacts, OrderView, PaymentEffect, payment_effect
from ticketing.sales.providers import PaymentNotice

REFUNDS_AT_ONCE_MAX = 100

log = structlog.get_logger(__name__)


async def take_notice(sales: Sales, notice: PaymentNotice) -> OrderFacts | None:
    """Act on a provider's notice. When this returns, notice and effect are safe in Postgres.

    The same notice again has no effect. A notice for an order that we don't know is kept for a person to look at
    and gives None.

    Raises:
        DatabaseUnavailable: it may or may not have been taken: the provider sends it again.
    """
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        status = await connection.fetchval(SQL.lock_order, notice.order)
        order = await read_order(connection, notice.order) if status is not None else None
        effect, outcome = _effect_on(order, notice)
        noted = await connection.fetchval(
            SQL.note_payment_event,
            notice.provider,
            notice.event,
            notice.order,
            msgspec.to_builtins(notice),
            sales.context.clock.now(),
            outcome,
        )
        if order is None:
            log.warning("payment_for_unknown_order", provider=notice.provider)
            return None
        if noted is None:
            # Whoever took it the first time may have died before the mirror knew.
            seats, state = [(one.screening, one.seat) for one in order.tickets if one.status == "sold"], "s"
        else:
            seats, state = await _apply(sales, connection, order, notice, effect)
            order = await read_order(connection, notice.order)
    await tell_mirror(sales, seats, state)
    return order


async def report_demo_payment(sales: Sales, order_id: str, outcome: str, secret: str | None = None) -> OrderView:
    """What the demo bank says of an order. Saying the same again changes nothing.

    Raises:
        PaymentProviderUnknown: the demo bank is not switched on.
        UnknownOrder
        OrderNotPayable: the order is not waiting for this answer.
    """
    provider = sales.providers.offered("demo")
    if len(order_id) != ORDER_ID_LENGTH or any(sign not in ALPHABET for sign in order_id):
        raise errors.UnknownOrder
    order = await read_order(sales.context.postgres, order_id)
    if order.total == 0:
        raise errors.OrderNotPayable(status=order.status)
    notice = PaymentNotice(
        provider=provider.name,
        event=f"{order_id}-{outcome}",
        order=order_id,
        outcome="paid" if outcome == "paid" else "refused",
        reference=f"demo-{order_id}",
        money=Money(order.total, order.currency),
    )
    settled = await take_notice(sales, notice)
    known = secret is not None and sales.context.secrets.opens_order(order_id, secret)
    return await view_of(sales, settled or order, known_to_caller=known)


async def settle_refunds(sales: Sales) -> int:
    """Hand refunds owed to their providers; how many were taken over."""
    settled = 0
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        offered = list(sales.providers.names)
        for row in await connection.fetch(SQL.list_refunds_owed, REFUNDS_AT_ONCE_MAX, offered):
            provider = sales.providers.offered(row["payment_provider"])
            try:
                await provider.refund(row["order_id"], Money(row["amount"], row["currency"]), row["refund_id"])
            except errors.Unavailable:
                log.warning("refund_put_off", provider=provider.name, refund=row["refund_id"])
                continue
            await connection.execute(SQL.settle_refund, row["refund_id"], sales.context.clock.now())
            settled += 1
    return settled


def _effect_on(order: OrderFacts | None, notice: PaymentNotice) -> tuple[PaymentEffect, str]:
    if order is None:
        return PaymentEffect(), "unknown_order"
    fits = notice.money == Money(order.total, order.currency)
    effect = payment_effect(order.status, paid=notice.outcome == "paid", amount_fits=fits)
    return effect, f"{notice.outcome}_when_{order.status}"


async def _apply(
    sales: Sales, connection: Connection, order: OrderFacts, notice: PaymentNotice, effect: PaymentEffect
) -> tuple[list[tuple[str, str]], str]:
    now = sales.context.clock.now()
    if effect.close:
        rows = await connection.fetch(SQL.close_order, order.order, now, "refused")
        return [(row["screening_id"], row["seat"]) for row in rows], "f"
    if not effect.take:
        return [], "f"
    money = notice.money
    taken = await connection.fetchval(
        SQL.take_payment, order.order, notice.provider, notice.reference, money.amount, money.currency, now
    )
    if taken is None:
        # Another notice of the same payment: the money stands in the books already.
        return [], "f"
    reason = effect.refund
    if effect.sell:
        sold = await _sell(sales, connection, order)
        if sold is not None:
            return [(row["screening_id"], row["seat"]) for row in sold], "s"
        reason = "paid_too_late"
    await connection.execute(SQL.owe_refund, order.order, money.amount, money.currency, reason, now)
    return [], "f"


async def _sell(sales: Sales, connection: Connection, order: OrderFacts) -> list[asyncpg.Record] | None:
    """The seats sold; None where a payment came so late that the film is over, or that somebody else has the seats
    or the last use of the voucher.
    """
    now = sales.context.clock.now()
    if order.status != "awaiting_payment":
        for screening_id in {ticket.screening for ticket in order.tickets}:
            screening = await sales.catalogue.screening(screening_id)
            if screening.status != "published" or screening.ends_at <= now:
                return None
    try:
        async with connection.transaction():
            return await connection.fetch(SQL.confirm_order, order.order, now)
    except (asyncpg.UniqueViolationError, asyncpg.CheckViolationError) as error:
        if error.constraint_name not in ("ticket_one_live_per_seat", "voucher_not_used_up"):
            raise
        return None
