"""Exchanges with a difference to pay: what its charge is, and what its payment, or the end of its time, does."""

from datetime import datetime
from typing import Literal

import asyncpg
import msgspec

from ticketing.kernel import errors
from ticketing.kernel.i18n import pick, translate
from ticketing.kernel.money import Money
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.sales.desk import Sales, SeatNews, read_order, tell_seats
from ticketing.sales.model import ExchangeFacts, OrderFacts, OrderStatus, payment_effect
from ticketing.sales.providers import Charge, PaymentNotice, order_of_charge
from ticketing.sales.refunds import owe_payment_back, owe_refund
from ticketing.sales.waiting.offered import seats_are_offered

SQL = load_queries("changes")
# An exchange waits, is paid and ends as an order does, so one table says what a notice does to either.
AS_AN_ORDER: dict[str, OrderStatus] = {
    "awaiting_payment": "awaiting_payment",
    "done": "confirmed",
    "refused": "refused",
    "expired": "expired",
    "withdrawn": "cancelled",
}


async def charge_of_exchange(sales: Sales, charge: str) -> Charge:
    """What is to be paid for an exchange.

    Raises:
        UnknownOrder: there is no such exchange.
        OrderNotPayable: there is nothing to pay for it.
    """
    exchange = await _read_exchange(sales, charge)
    order = await read_order(sales.context.postgres, order_of_charge(charge) or "")
    if exchange.due <= 0:
        raise errors.OrderNotPayable(order_status=AS_AN_ORDER[exchange.status])
    festival = await sales.catalogue.festival(order.festival)
    secret = sales.context.secrets.order_secret(order.order)
    text = translate("Exchange of tickets for %(festival)s, order %(order)s", order.locale)
    return Charge(
        charge=charge,
        order=order.order,
        secret=secret,
        money=Money(exchange.due, order.currency),
        locale=order.locale,
        email=order.email,
        description=text % {"festival": pick(festival.name, order.locale), "order": order.order},
        expires_at=exchange.expires_at,
        back=f"{sales.context.settings.public_url}/{order.locale}/orders/{order.order}/{secret}",
    )


async def open_exchange_charge(sales: Sales, charge: str) -> Charge:
    """What is to be paid for an exchange that waits for it.

    Raises:
        UnknownOrder: there is no such exchange.
        OrderNotPayable: it waits no more.
    """
    exchange = await _read_exchange(sales, charge)
    if exchange.status != "awaiting_payment":
        raise errors.OrderNotPayable(order_status=AS_AN_ORDER[exchange.status])
    return await charge_of_exchange(sales, charge)


async def settle_exchange(
    sales: Sales, connection: Connection, order: OrderFacts, notice: PaymentNotice, payment_id: int | None
) -> list[SeatNews]:
    """What a provider's notice does to an exchange, in the transaction that has locked the order.

    ``payment_id``: the payment, in the books already; None where it was refused. Money that comes late does the
    exchange all the same, where the tickets are as they were and the new seats still free; else it goes back.
    """
    now = sales.context.clock.now()
    body = await connection.fetchval(SQL.read_exchange, notice.charge)
    if body is None:
        if payment_id is not None:
            await owe_payment_back(connection, payment_id, "paid_too_late", now)
        return []
    exchange = msgspec.json.decode(body, type=ExchangeFacts)
    fits = notice.money == Money(exchange.due, order.currency)
    effect = payment_effect(AS_AN_ORDER[exchange.status], paid=payment_id is not None, amount_fits=fits)
    if effect.close:
        return await end_exchange(connection, order.order, exchange.exchange, "refused", now)
    if payment_id is None:
        return []
    reason = effect.refund
    if effect.sell:
        news = await _exchange_if_still_possible(sales, connection, order, exchange, now)
        if news is not None:
            return news
        reason = "paid_too_late"
    if reason is not None:
        await owe_payment_back(connection, payment_id, reason, now)
    if effect.sell and exchange.status == "awaiting_payment":
        # It was paid and can't be done any more: its seats must not wait for anything.
        return await end_exchange(connection, order.order, exchange.exchange, "withdrawn", now)
    return []


async def do_exchange(connection: Connection, order: OrderFacts, exchange_id: str, now: datetime) -> list[SeatNews]:
    """Do an exchange in a transaction that has locked the order and its tickets; what costs less is owed back.

    Raises:
        AlreadyUsed: a ticket is not what it was when the exchange was asked for. Roll back.
        asyncpg.UniqueViolationError: somebody else has one of the seats. Roll back.
    """
    exchange = msgspec.json.decode(await connection.fetchval(SQL.read_exchange, exchange_id), type=ExchangeFacts)
    if exchange.status == "awaiting_payment":
        await connection.fetch(SQL.free_exchange_places, order.order)
    left = await connection.fetch(SQL.do_exchange, exchange_id, now)
    if len(left) != len(exchange.places):
        raise errors.AlreadyUsed(ticket=exchange.places[0].ticket)
    if exchange.due < 0:
        await owe_refund(connection, order.order, Money(-exchange.due, order.currency), "exchanged", now)
    taken = {(place.screening, place.seat) for place in exchange.places}
    old = {(row["screening_id"], row["seat"]) for row in left} - taken
    return [SeatNews(*place, "s") for place in sorted(taken)] + [SeatNews(*place, "f") for place in sorted(old)]


async def end_exchange(
    connection: Connection,
    order_id: str,
    exchange_id: str,
    status: Literal["refused", "withdrawn"],
    now: datetime,
) -> list[SeatNews]:
    """End an exchange that waits, in a transaction that has locked the order: its places are free again."""
    await connection.execute(SQL.close_exchange, exchange_id, status, now)
    freed = await connection.fetch(SQL.free_exchange_places, order_id)
    return [SeatNews(row["screening_id"], row["seat"], "f") for row in freed]


async def expire_exchanges(sales: Sales, exchanges_max: int = 200) -> int:
    """End the wait of exchanges whose time to be paid is over: everything is as before; how many there were."""
    async with database_errors():
        rows = await sales.context.postgres.fetch(SQL.expire_exchanges, sales.context.clock.now(), exchanges_max)
    await tell_seats(sales, [SeatNews(row["screening_id"], seat, "f") for row in rows for seat in row["seats"]])
    return int(rows[0]["exchanges"]) if rows else 0


async def _exchange_if_still_possible(
    sales: Sales, connection: Connection, order: OrderFacts, exchange: ExchangeFacts, now: datetime
) -> list[SeatNews] | None:
    """The news of the exchange; None where it can't be done (any more), and then nothing is changed."""
    if order.status != "confirmed" or order.waiting_exchange not in (None, exchange):
        return None
    after = await sales.catalogue.screening(exchange.places[0].screening)
    if after.status != "published" or after.ends_at <= now:
        return None
    places = [(place.screening, place.seat) for place in exchange.places]
    if exchange.status != "awaiting_payment" and await seats_are_offered(connection, places):
        # The seats were given up, and somebody who waited is offered them.
        return None
    await connection.fetch(SQL.lock_tickets, order.order)
    try:
        async with connection.transaction():
            return await do_exchange(connection, order, exchange.exchange, now)
    except errors.AlreadyUsed:
        return None
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "ticket_one_live_per_seat":
            raise
        return None


async def _read_exchange(sales: Sales, charge: str) -> ExchangeFacts:
    async with database_errors():
        body = await sales.context.postgres.fetchval(SQL.read_exchange, charge)
    if body is None:
        raise errors.UnknownOrder
    return msgspec.json.decode(body, type=ExchangeFacts)
