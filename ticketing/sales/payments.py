"""What a payment provider tells us, and what follows: once for each notice, in one transaction."""

import uuid
from typing import NamedTuple

import asyncpg
import msgspec
import structlog
from prometheus_client import Counter

from ticketing.kernel import errors
from ticketing.kernel.money import Money
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.sales.changes.exchange_payment import settle_exchange
from ticketing.sales.desk import SQL as SALES_SQL
from ticketing.sales.desk import Sales, SeatNews, open_order, read_order, tell_seats, view_of
from ticketing.sales.model import OrderFacts, OrderView, payment_effect
from ticketing.sales.providers import Charge, PaymentNotice, PaymentProvider, RefundNotice, order_of_charge
from ticketing.sales.refunds import owe_payment_back
from ticketing.sales.waiting.offered import seats_are_offered

SQL = load_queries("payments")

log = structlog.get_logger(__name__)
SAID = Counter(
    "ticketing_provider_notices_total", "Notices of providers that were really theirs", ("provider", "what")
)


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
            if notice.outcome == "paid":
                news, _ = await enter_payment(sales, connection, order, notice)
            else:
                news = await _settle(sales, connection, order, notice, None)
            order = await read_order(connection, order.order)
    await tell_seats(sales, news)
    return order


async def take_what_was_said(
    sales: Sales, provider: str, said: PaymentNotice | RefundNotice | None
) -> OrderFacts | None:
    """Act on whatever a provider's webhook said. When this returns, it is safe in Postgres, or does not concern us.

    Raises:
        DatabaseUnavailable: the provider sends it again.
    """
    SAID.labels(provider, "nothing" if said is None else type(said).__name__).inc()
    match said:
        case PaymentNotice():
            return await take_notice(sales, said)
        case RefundNotice():
            await take_refund_notice(sales, said)
    return None


async def take_refund_notice(sales: Sales, notice: RefundNotice) -> None:
    """A provider has told that a refund did not arrive: it is for a person to hand out now.

    The same notice again, or one of a refund that is not the provider's, changes nothing.
    """
    now = sales.context.clock.now()
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        order_id = await connection.fetchval(
            SQL.refund_came_back, notice.refund, now, "refund_came_back", notice.provider
        )
        await connection.fetchval(
            SQL.note_payment_event,
            notice.provider,
            notice.event,
            order_id,
            msgspec.to_builtins(notice),
            now,
            "refund_came_back" if order_id else "unknown_refund",
        )
    if order_id:
        log.warning("refund_given_up", provider=notice.provider, refund=notice.refund)


async def look_after_return(sales: Sales, charge: Charge, provider: PaymentProvider) -> None:
    """Ask what became of a charge, when its buyer is back before the provider's notice is.

    Raises:
        PaymentUnavailable: the provider does not answer; its notice will come.
    """
    notice = await provider.ask(charge)
    if notice is not None:
        await take_notice(sales, notice)


async def close_ended_payments(sales: Sales) -> int:
    """End at the providers what waits there for charges whose time is over; how many turned out to be paid."""
    taken = 0
    for provider in sales.providers:
        async for notice in provider.close_ended():
            await take_notice(sales, notice)
            taken += 1
    return taken


async def change_payment(sales: Sales, order_id: str, secret: str, provider: str) -> OrderView:
    """Pay a waiting order another way. It waits as long as if this had been chosen at first, and never shorter than
    it did; so changing to and fro keeps no seat longer than the longest way.

    Raises:
        UnknownOrder
        OrderNotPayable: it waits for no payment any more.
        PaymentProviderUnknown: not switched on, or it can't serve the order's screenings.
    """
    await open_order(sales, order_id, secret)
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        await connection.fetchval(SALES_SQL.lock_order, order_id)
        order = await read_order(connection, order_id)
        if order.status != "awaiting_payment" or order.expires_at is None:
            raise errors.OrderNotPayable(order_status=order.status)
        names = sorted({ticket.screening for ticket in order.tickets})
        screenings = [await sales.catalogue.screening(name) for name in names]
        chosen, _ = sales.providers.chosen(provider, screenings, sales.context.clock.now())
        until = chosen.pay_until(screenings, order.placed_at) or order.expires_at
        await connection.execute(SQL.change_payment_way, order_id, chosen.name, max(until, order.expires_at))
        order = await read_order(connection, order_id)
    return await view_of(sales, order)


class TakenBy(NamedTuple):
    """Who took money by hand, how (``cash`` or ``card``), and to which shift of a till it is booked."""

    method: str
    login: str
    shift: uuid.UUID


async def enter_payment(
    sales: Sales, connection: Connection, order: OrderFacts, notice: PaymentNotice, by: TakenBy | None = None
) -> tuple[list[SeatNews], bool]:
    """Enter a payment into the books and do what follows, in the transaction that has locked the order: the seats
    that have changed, and whether the money is owed back.
    """
    payment_id = await connection.fetchval(
        SQL.take_payment,
        order.order,
        notice.charge,
        notice.provider,
        notice.reference,
        notice.money.amount,
        notice.money.currency,
        sales.context.clock.now(),
        by.method if by else None,
        by.login if by else None,
        by.shift if by else None,
    )
    if payment_id is None:
        # Another notice of the same payment: the money stands in the books already.
        return [], False
    news = await _settle(sales, connection, order, notice, payment_id)
    return news, bool(await connection.fetchval(SQL.is_owed_back, payment_id))


async def _settle(
    sales: Sales, connection: Connection, order: OrderFacts, notice: PaymentNotice, payment_id: int | None
) -> list[SeatNews]:
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
    (or is offered them, having waited) or the last use of the voucher.
    """
    now = sales.context.clock.now()
    if order.status != "awaiting_payment":
        for screening_id in {ticket.screening for ticket in order.tickets}:
            screening = await sales.catalogue.screening(screening_id)
            if screening.status != "published" or screening.ends_at <= now:
                return None
        if await seats_are_offered(connection, [(ticket.screening, ticket.seat) for ticket in order.tickets]):
            return None
    try:
        async with connection.transaction():
            return await connection.fetch(SALES_SQL.confirm_order, order.order, now)
    except (asyncpg.UniqueViolationError, asyncpg.CheckViolationError) as error:
        if error.constraint_name not in ("ticket_one_live_per_seat", "voucher_not_used_up"):
            raise
        return None
