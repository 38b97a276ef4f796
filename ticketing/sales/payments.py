"""What a payment provider tells us, and what follows: once for each notice, in one transaction."""

import asyncpg
import msgspec
import structlog

from ticketing.kernel.money import Money
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.sales.charges import charge_of
from ticketing.sales.desk import SQL as SALES_SQL
from ticketing.sales.desk import Sales, SeatNews, read_order, tell_seats, view_of
from ticketing.sales.exchanges import settle_exchange
from ticketing.sales.model import OrderFacts, OrderView, payment_effect
from ticketing.sales.providers import PaymentNotice, order_of_charge
from ticketing.sales.refunds import owe_payment_back

SQL = load_queries("payments")

log = structlog.get_logger(__name__)


async def take_notice(sales: Sales, notice: PaymentNotice) -> OrderFacts | None:
    """Act on a provider's notice. When this returns, notice and effect are safe in Postgres.

    The same notice again has no effect. A notice for an order that we don't know is kept for a person to look at
    and gives None.

    Raises:
        DatabaseUnavailable: it may or may not have been taken: the provider sends it again.
    """
    order_id = order_of_charge(notice.charge)
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        status = await connection.fetchval(SALES_SQL.lock_order, order_id)
        order = await read_order(connection, order_id) if order_id and status is not None else None
        noted = await connection.fetchval(
            SQL.note_payment_event,
            notice.provider,
            notice.event,
            order_id,
            msgspec.to_builtins(notice),
            sales.context.clock.now(),
            f"{notice.outcome}_when_{order.status}" if order else "unknown_order",
        )
        if order is None:
            log.warning("payment_for_unknown_order", provider=notice.provider)
            return None
        if noted is None:
            # Whoever took it the first time may have died before the mirror knew.
            news = [SeatNews(one.screening, one.seat, "s") for one in order.tickets if one.status == "sold"]
        else:
            news = await _settle(sales, connection, order, notice)
            order = await read_order(connection, order.order)
    await tell_seats(sales, news)
    return order


async def report_demo_payment(sales: Sales, charge_id: str, outcome: str, secret: str | None = None) -> OrderView:
    """What the demo bank says of a charge. Saying the same again changes nothing.

    Raises:
        PaymentProviderUnknown: the demo bank is not switched on.
        UnknownOrder
        OrderNotPayable: the order is not waiting for this answer.
    """
    provider = sales.providers.offered("demo")
    charge = await charge_of(sales, charge_id)
    notice = PaymentNotice(
        provider=provider.name,
        event=f"{charge_id}-{outcome}",
        charge=charge_id,
        outcome="paid" if outcome == "paid" else "refused",
        reference=f"demo-{charge_id}",
        money=charge.money,
    )
    settled = await take_notice(sales, notice)
    known = secret is not None and sales.context.secrets.opens_order(charge.order, secret)
    return await view_of(
        sales, settled or await read_order(sales.context.postgres, charge.order), known_to_caller=known
    )


async def _settle(sales: Sales, connection: Connection, order: OrderFacts, notice: PaymentNotice) -> list[SeatNews]:
    payment_id: int | None = None
    if notice.outcome == "paid":
        payment_id = await connection.fetchval(
            SQL.take_payment,
            order.order,
            notice.charge,
            notice.provider,
            notice.reference,
            notice.money.amount,
            notice.money.currency,
            sales.context.clock.now(),
        )
        if payment_id is None:
            # Another notice of the same payment: the money stands in the books already.
            return []
    settle = _settle_order if notice.charge == order.order else settle_exchange
    return await settle(sales, connection, order, notice, payment_id)


async def _settle_order(
    sales: Sales, connection: Connection, order: OrderFacts, notice: PaymentNotice, payment_id: int | None
) -> list[SeatNews]:
    now = sales.context.clock.now()
    fits = notice.money == Money(order.total, order.currency)
    effect = payment_effect(order.status, paid=payment_id is not None, amount_fits=fits)
    if effect.close:
        rows = await connection.fetch(SALES_SQL.close_order, order.order, now, "refused")
        return [SeatNews(row["screening_id"], row["seat"], "f") for row in rows]
    if payment_id is None:
        return []
    reason = effect.refund
    if effect.sell:
        sold = await _sell(sales, connection, order)
        if sold is not None:
            return [SeatNews(row["screening_id"], row["seat"], "s") for row in sold]
        reason = "paid_too_late"
    if reason is not None:
        await owe_payment_back(connection, payment_id, reason, now)
    return []


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
            return await connection.fetch(SALES_SQL.confirm_order, order.order, now)
    except (asyncpg.UniqueViolationError, asyncpg.CheckViolationError) as error:
        if error.constraint_name not in ("ticket_one_live_per_seat", "voucher_not_used_up"):
            raise
        return None
