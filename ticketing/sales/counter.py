"""The counter: money taken by a person, and money handed out by one."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.money import Money
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.sales.charges import charge_of
from ticketing.sales.desk import SQL as SALES_SQL
from ticketing.sales.desk import Sales, SeatNews, read_order, tell_seats
from ticketing.sales.model import OrderFacts
from ticketing.sales.payments import TakenBy, enter_payment
from ticketing.sales.providers import PaymentNotice, order_of_charge
from ticketing.sales.providers.counter import NAME as COUNTER
from ticketing.sales.tills.shifts import BOOKING_CONSTRAINTS, require_open_shift
from ticketing.staff.accounts import add_audit
from ticketing.staff.reach import EVERYWHERE, Reach, places_in_sql

SQL = load_queries("payments")
HAND_REFUNDS_LISTED_MAX = 200

Receipt = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")]
Method = Literal["cash", "card"]
HandedOut = Literal["cash", "card", "transfer"]


class CounterPayment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money taken at the counter. ``receipt`` names this taking: sent again, it is the same one. ``money`` is what
    was taken; it must be what is to pay.
    """

    receipt: Receipt
    method: Method
    money: Money


class HandRefund(msgspec.Struct, frozen=True):
    """Money that a person has to hand out. ``method``: how it was paid, null where it was not paid at a counter.
    ``sent_in_vain``: its provider could not send it.
    """

    refund: int
    order: str
    name: str
    money: Money
    reason: str
    owed_at: datetime
    method: Method | None
    sent_in_vain: bool


async def take_counter_payment(sales: Sales, charge_id: str, payment: CounterPayment, login: str) -> OrderFacts:
    """Enter money that was taken at the counter for an order, or for the difference of an exchange.

    An order whose time is over can still be paid while its seats are free. The same receipt again changes nothing.
    It is booked to the shift that ``login`` has open.

    Raises:
        NoOpenShift: they have no till open.
        PaymentProviderUnknown: the counter is not switched on.
        UnknownOrder
        OrderNotPayable: it has been paid, given back, or its seats are somebody else's by now: give the money back.
        PriceChanged: another sum is to pay. Nothing was entered.
        IdempotencyMismatch: the receipt stands under another payment.
        DatabaseUnavailable: it may or may not have been entered: enter it again.
    """
    sales.providers.offered(COUNTER)
    order_id = order_of_charge(charge_id)
    if order_id is None:
        raise errors.UnknownOrder
    async with database_errors():
        before = await sales.context.postgres.fetchrow(SQL.find_payment, COUNTER, payment.receipt)
    if before is None:
        charge = await charge_of(sales, charge_id)
        if charge.money != payment.money:
            raise errors.PriceChanged(due=msgspec.to_builtins(charge.money))
    async with (
        database_errors(BOOKING_CONSTRAINTS),
        sales.context.postgres.acquire() as connection,
        connection.transaction(),
    ):
        await connection.fetchval(SALES_SQL.lock_order, order_id)
        order = await read_order(connection, order_id)
        before = await connection.fetchrow(SQL.find_payment, COUNTER, payment.receipt)
        if before is not None:
            if (before["charge"], before["amount"], before["currency"]) != (
                charge_id,
                payment.money.amount,
                payment.money.currency,
            ):
                raise errors.IdempotencyMismatch
            news = [SeatNews(one.screening, one.seat, "s") for one in order.tickets if one.status == "sold"]
        else:
            notice = PaymentNotice(
                COUNTER, f"receipt-{payment.receipt}", charge_id, "paid", payment.receipt, payment.money
            )
            shift = await require_open_shift(connection, login)
            by = TakenBy(payment.method, login, shift.shift)
            news, owed_back = await enter_payment(sales, connection, order, notice, by)
            if owed_back:
                # The buyer stands here: better not to take the money than to owe it.
                raise errors.OrderNotPayable(order_status=order.status)
            await add_audit(
                connection,
                sales.context.clock.now(),
                login,
                "took_payment",
                charge_id,
                receipt=payment.receipt,
                method=payment.method,
                amount=payment.money.amount,
                currency=payment.money.currency,
            )
            order = await read_order(connection, order_id)
    await tell_seats(sales, news)
    return order


async def require_charge(sales: Sales, charge_id: str, reach: Reach) -> None:
    """Go on where all tickets of the order of a charge are within reach. One that is not there is told of later.

    Raises:
        OutOfReach, DatabaseUnavailable
    """
    await _require(sales, SQL.is_order_within_reach, order_of_charge(charge_id), reach)


async def require_refund(sales: Sales, refund: int, reach: Reach) -> None:
    """The same for the order of a refund.

    Raises:
        OutOfReach, DatabaseUnavailable
    """
    await _require(sales, SQL.is_refund_within_reach, refund, reach)


async def _require(sales: Sales, statement: str, name: str | int | None, reach: Reach) -> None:
    if reach == EVERYWHERE or name is None:
        return
    async with database_errors():
        within = await sales.context.postgres.fetchval(statement, name, places_in_sql(reach))
    if within is False:
        raise errors.OutOfReach(festival=None, venue=None)


async def list_hand_refunds(sales: Sales, reach: Reach) -> list[HandRefund]:
    """Refunds within reach that a person has to hand out, the oldest first: what was taken at the counter, what its
    provider could not send, and what a provider took that is switched off by now.
    """
    async with database_errors():
        rows = await sales.context.postgres.fetch(
            SQL.list_hand_refunds,
            list(sales.providers.refunding),
            HAND_REFUNDS_LISTED_MAX,
            places_in_sql(reach),
        )
    return [
        HandRefund(
            refund=row["refund_id"],
            order=row["order_id"],
            name=row["buyer_name"],
            money=Money(row["amount"], row["currency"]),
            reason=row["reason"],
            owed_at=row["owed_at"],
            method=row["method"],
            sent_in_vain=row["sent_in_vain"],
        )
        for row in rows
    ]


async def hand_out_refund(sales: Sales, refund: int, login: str, method: HandedOut | None = None) -> None:
    """Enter that a refund was handed out. Entered again, nothing changes: it was handed out once.

    ``method``: in cash, over the card terminal, or by a transfer; left out, it goes back as it was paid, and what
    was not paid at a counter in cash. But for a transfer, it is booked to the shift that ``login`` has open.

    Raises:
        UnknownRefund: there is no such refund, or it is not for a person to hand out.
        NoOpenShift: they have no till open.
    """
    async with (
        database_errors(BOOKING_CONSTRAINTS),
        sales.context.postgres.acquire() as connection,
        connection.transaction(),
    ):
        await enter_handed_out(sales, connection, refund, login, method)


async def enter_handed_out(
    sales: Sales, connection: Connection, refund: int, login: str, method: HandedOut | None = None
) -> None:
    """The same, inside the transaction of what it belongs to, which maps ``BOOKING_CONSTRAINTS``.

    Raises:
        UnknownRefund, NoOpenShift
    """
    now = sales.context.clock.now()
    if await connection.fetchval(SQL.was_handed_out, refund):
        return
    shift = None if method == "transfer" else await require_open_shift(connection, login)
    row = await connection.fetchrow(
        SQL.hand_out_refund,
        refund,
        now,
        login,
        list(sales.providers.refunding),
        method,
        shift.shift if shift else None,
    )
    if row is not None:
        await add_audit(
            connection,
            now,
            login,
            "handed_out_refund",
            row["order_id"],
            refund=refund,
            method=row["method"],
            amount=row["amount"],
            currency=row["currency"],
        )
    elif not await connection.fetchval(SQL.was_handed_out, refund):
        raise errors.UnknownRefund
