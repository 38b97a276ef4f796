"""Tickets given back over the counter: once each, for a reason, the money the way it came."""

import hashlib
from typing import NamedTuple

import asyncpg
import msgspec

from ticketing.kernel import errors
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.sales.after_sale.finding import SQL, require_hand
from ticketing.sales.after_sale.model import (
    CancellationChoice,
    CancellationTerms,
    CancellationWish,
    CounterCancellation,
)
from ticketing.sales.after_sale.rules import check_explained, check_supervisor, terms_at_counter
from ticketing.sales.changes.cancellation import SQL as CHANGES_SQL
from ticketing.sales.changes.cancellation import give_back, screenings_of
from ticketing.sales.counter import enter_handed_out
from ticketing.sales.desk import SQL as SALES_SQL
from ticketing.sales.desk import Sales, SeatNews, read_order, tell_seats
from ticketing.sales.model import OrderFacts
from ticketing.sales.providers import order_of_charge
from ticketing.sales.tills.shifts import BOOKING_CONSTRAINTS
from ticketing.staff.accounts import add_audit
from ticketing.staff.model import Principal


def _used_before(_error: asyncpg.PostgresError) -> errors.TicketingError:
    return errors.IdempotencyMismatch()


async def look_at_counter_cancellation(
    sales: Sales, order_id: str, choice: CancellationChoice, clerk: Principal
) -> CancellationTerms:
    """What giving back tickets over the counter would come to now. Nothing is changed.

    Raises:
        UnknownOrder, UnknownTicket, OrderNotConfirmed, TicketsNotSold, OutOfReach
    """
    check_order_number(order_id)
    order = await read_order(sales.context.postgres, order_id)
    screenings = await screenings_of(sales, order)
    require_hand(clerk, order, choice.tickets, screenings)
    return terms_at_counter(order, choice, screenings, sales.context.clock.now())


async def cancel_at_counter(
    sales: Sales, order_id: str, wish: CancellationWish, clerk: Principal
) -> CounterCancellation:
    """Take tickets back over the counter: seats free, codes void, rights cancelled, the money back the way it came.

    What was taken in cash or at the card terminal is handed out at once, and entered as such; what a provider took
    is owed, and the worker has it sent. The same wish again changes nothing. A scan at the same moment takes turns
    with it on the row of the ticket: who got in first has used the ticket, and then it takes a supervisor.

    Raises:
        UnknownOrder, UnknownTicket, OrderNotConfirmed, OutOfReach
        TicketsNotSold: another till was faster.
        SupervisorNeeded: it goes beyond what the public may do; with the rules.
        PriceChanged: it comes to another sum than the buyer was told; with the sum.
        InvalidField: "other" without a note.
        NoOpenShift: money is to be handed out, and the clerk has no till open.
        IdempotencyMismatch: ``cancellation`` stands for another wish.
        DatabaseUnavailable: it may or may not be done: send the same again.
    """
    check_order_number(order_id)
    check_explained(wish.reason, wish.note)
    fingerprint = hashlib.sha256(msgspec.json.encode([order_id, wish])).digest()
    news: list[SeatNews] = []
    async with (
        database_errors({"counter_cancellation_pkey": _used_before, **BOOKING_CONSTRAINTS}),
        sales.context.postgres.acquire() as connection,
        connection.transaction(),
    ):
        await connection.fetchval(SALES_SQL.lock_order, order_id)
        await connection.fetch(CHANGES_SQL.lock_tickets, order_id)
        order = await read_order(connection, order_id)
        screenings = await screenings_of(sales, order)
        require_hand(clerk, order, wish.tickets, screenings)
        known = await connection.fetchrow(SQL.find_cancellation, wish.cancellation)
        if known is None:
            terms = terms_at_counter(order, wish, screenings, sales.context.clock.now())
            taken = [screenings[one.screening] for one in order.tickets if one.ticket in terms.tickets]
            check_supervisor(terms.beyond, clerk, taken)
            if wish.money != terms.refund:
                raise errors.PriceChanged(due=msgspec.to_builtins(terms.refund))
            act = _Act(order, wish, terms, fingerprint, clerk.login)
            news = await _take_back(sales, connection, act)
        elif (known["order_id"], known["fingerprint"]) != (order_id, fingerprint):
            raise errors.IdempotencyMismatch
        body = await connection.fetchval(SQL.read_cancellation, wish.cancellation)
    await tell_seats(sales, news)
    return msgspec.json.decode(body, type=CounterCancellation)


class _Act(NamedTuple):
    order: OrderFacts
    wish: CancellationWish
    terms: CancellationTerms
    fingerprint: bytes
    login: str


async def _take_back(sales: Sales, connection: Connection, act: _Act) -> list[SeatNews]:
    order, wish, terms = act.order, act.wish, act.terms
    now = sales.context.clock.now()
    before = await connection.fetchval(SQL.last_refund_of_order, order.order)
    refund, fee = terms.refund.amount, terms.fee.amount
    news = await give_back(connection, order, terms.tickets, refund=refund, fee=fee, now=now)
    rows = await connection.fetch(SQL.list_refunds_since, order.order, before, list(sales.providers.refunding))
    await connection.execute(
        SQL.add_cancellation,
        wish.cancellation,
        order.order,
        act.fingerprint,
        list(terms.tickets),
        refund,
        fee,
        order.currency,
        wish.reason,
        wish.note.strip(),
        list(terms.beyond),
        [row["refund_id"] for row in rows],
        now,
        act.login,
    )
    await add_audit(
        connection,
        now,
        act.login,
        "cancelled_at_counter",
        order.order,
        tickets=", ".join(terms.tickets),
        reason=wish.reason,
        beyond=", ".join(terms.beyond),
        refund=refund,
        fee=fee,
        currency=order.currency,
    )
    if wish.hand_out:
        for row in rows:
            if row["by_hand"]:
                await enter_handed_out(sales, connection, row["refund_id"], act.login)
    return news


def check_order_number(order_id: str) -> None:
    """Go on with what can be the number of an order.

    Raises:
        UnknownOrder
    """
    if order_of_charge(order_id) != order_id:
        raise errors.UnknownOrder
