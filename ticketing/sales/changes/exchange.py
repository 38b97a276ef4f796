"""Exchanging tickets for other seats, in the same screening or another of the festival."""

from collections.abc import Callable, Sequence
from datetime import datetime

import asyncpg
import msgspec

from ticketing.kernel import errors
from ticketing.kernel.ids import new_exchange_id, new_ticket_id
from ticketing.kernel.postgres import Connection, Pool, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.model import Screening
from ticketing.sales.changes.exchange_payment import do_exchange, end_exchange
from ticketing.sales.changes.rules import (
    ExchangeTerms,
    ExchangeWish,
    check_exchangeable,
    check_money_back,
    terms_of_exchange,
    tickets_named,
)
from ticketing.sales.desk import SQL as SALES_SQL
from ticketing.sales.desk import Sales, SeatNews, open_order, read_order, tell_seats, view_of
from ticketing.sales.model import OrderFacts, OrderView
from ticketing.sales.orders import CLAIM_TTL_MS, SEAT_CONSTRAINTS
from ticketing.seating.holds import Claim, claim_hold, show_hold

SQL = load_queries("changes")


def _hold_spent(_error: asyncpg.PostgresError) -> errors.TicketingError:
    return errors.HoldExpired()


def _one_waits(_error: asyncpg.PostgresError) -> errors.TicketingError:
    return errors.ExchangePending()


CONSTRAINTS: dict[str, Callable[[asyncpg.PostgresError], errors.TicketingError]] = SEAT_CONSTRAINTS | {
    "exchange_once_per_hold": _hold_spent,
    "exchange_one_waiting_per_order": _one_waits,
}


class ExchangeLook(msgspec.Struct, frozen=True):
    """What an exchange would come to now, and what with: for the page that shows it before it is done."""

    order: OrderFacts
    before: Screening
    claim: Claim
    terms: ExchangeTerms


async def look_at_exchange(
    sales: Sales, order_id: str, secret: str, wishes: Sequence[ExchangeWish], *, hold_id: str
) -> ExchangeLook:
    """What exchanging tickets for the seats of a hold would come to. Nothing is changed.

    Raises:
        Whatever :func:`exchange_tickets` raises.
    """
    order = await open_order(sales, order_id, secret)
    claim = await _look_at_hold(sales, hold_id)
    return await _look(sales, sales.context.postgres, order, wishes, claim)


async def exchange_tickets(
    sales: Sales,
    order_id: str,
    secret: str,
    wishes: Sequence[ExchangeWish],
    *,
    hold_id: str,
    payment: str | None = None,
    due_shown: int | None = None,
) -> OrderView:
    """Exchange tickets of one screening for the seats of a hold, as many.

    Where nothing is to pay, it is done at once: codes of the old seats are superseded, and a lower price is paid
    back. Else the new seats are reserved, and the tickets stay what they are, until the difference is paid or the
    time for it is over. The same request sent again changes nothing. ``payment`` is the way of paying (None: that
    of the order, else the first that serves); ``due_shown`` the sum that the buyer agreed to, in minor units.

    Raises:
        UnknownOrder, UnknownTicket, OrderNotConfirmed, ScreeningsMixed, AlreadyUsed, TicketPassedOn,
        ExchangeNotAllowed, TooLateToChange, ExchangePending, HoldExpired, SeatsTaken, SalesClosed,
        TicketsDoNotMatchHold, TariffNotForZone, CurrenciesMixed, AnotherFestival, NothingPaidBack,
        PaymentProviderUnknown, PriceChanged, SeatingUnavailable
    """
    order = await open_order(sales, order_id, secret)
    if await _asked_before(sales.context.postgres, order_id, hold_id):
        return await view_of(sales, order)
    # What can be refused without it leaves the hold as it was.
    tickets_named(order, [wish.ticket for wish in wishes])
    claim = await claim_hold(sales.seating, hold_id, CLAIM_TTL_MS)
    async with (
        database_errors(CONSTRAINTS),
        sales.context.postgres.acquire() as connection,
        connection.transaction(),
    ):
        await connection.fetchval(SALES_SQL.lock_order, order_id)
        await connection.fetch(SQL.lock_tickets, order_id)
        order = await read_order(connection, order_id)
        if await _asked_before(connection, order_id, hold_id):
            # The same request was under way and is done.
            return await view_of(sales, order)
        look = await _look(sales, connection, order, wishes, claim)
        if due_shown is not None and due_shown != look.terms.due:
            raise errors.PriceChanged
        news = await _write(sales, connection, look, payment)
        order = await read_order(connection, order_id)
    await tell_seats(sales, news, [hold_id])
    return await view_of(sales, order)


async def give_up_exchange(sales: Sales, order_id: str, secret: str) -> OrderView:
    """Give up the exchange that waits for its payment: its seats are free, the tickets stay what they are.

    Where none waits, nothing is changed. Should money for it still arrive, it is sent back.

    Raises:
        UnknownOrder
    """
    await open_order(sales, order_id, secret)
    news: list[SeatNews] = []
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        await connection.fetchval(SALES_SQL.lock_order, order_id)
        order = await read_order(connection, order_id)
        if order.waiting_exchange is not None:
            now = sales.context.clock.now()
            news = await end_exchange(connection, order_id, order.waiting_exchange.exchange, "withdrawn", now)
            order = await read_order(connection, order_id)
    await tell_seats(sales, news)
    return await view_of(sales, order)


async def _look_at_hold(sales: Sales, hold_id: str) -> Claim:
    """The seats of a hold, whose time is left as it is: looking on is no reason to keep them longer."""
    hold = await show_hold(sales.seating, hold_id)
    screening = await sales.catalogue.public_screening(hold.screening)
    layout = await sales.catalogue.layout(screening.layout_id)
    return Claim(hold.hold, screening, layout, hold.seats, tuple(layout.index_of[seat] for seat in hold.seats))


async def _asked_before(source: Pool | Connection, order_id: str, hold_id: str) -> bool:
    async with database_errors():
        return bool(await source.fetchval(SQL.find_exchange_by_hold, hold_id) == order_id)


async def _look(
    sales: Sales, source: Pool | Connection, order: OrderFacts, wishes: Sequence[ExchangeWish], claim: Claim
) -> ExchangeLook:
    tickets = tickets_named(order, [wish.ticket for wish in wishes])
    if len(tickets) != len(wishes) or not tickets:
        raise errors.TicketsDoNotMatchHold(seats=list(claim.seats))
    before = await sales.catalogue.screening(tickets[0].screening)
    check_exchangeable(order, tickets, before, sales.context.clock.now())
    if order.waiting_exchange is not None:
        raise errors.ExchangePending
    percent = 0
    if order.voucher is not None and order.festival == before.festival:
        async with database_errors():
            percent = await source.fetchval(SQL.voucher_percent, order.festival, order.voucher) or 0
    now = sales.context.clock.now()
    terms = terms_of_exchange(tickets, wishes, claim, before, percent=percent, now=now)
    check_money_back(terms, tickets, before, now)
    return ExchangeLook(order, before, claim, terms)


async def _write(sales: Sales, connection: Connection, look: ExchangeLook, payment: str | None) -> list[SeatNews]:
    now = sales.context.clock.now()
    order, claim, terms = look.order, look.claim, look.terms
    provider, until = None, None
    if terms.due > 0:
        provider, until = _way_of_paying(sales, order, (look.before, claim.screening), payment, now)
    exchange_id = new_exchange_id(order.order)
    places = terms.places
    await connection.execute(
        SQL.begin_exchange,
        exchange_id,
        order.order,
        claim.hold,
        terms.due,
        terms.fee,
        order.currency,
        provider,
        now,
        until,
        [place.ticket for place in places],
        [place.revision for place in places],
        [place.screening for place in places],
        [place.seat for place in places],
        [place.zone for place in places],
        [place.tariff for place in places],
        [place.amount for place in places],
        [new_ticket_id() for _ in places],
        [place.refundable for place in places],
    )
    if terms.due > 0:
        return [SeatNews(place.screening, place.seat, "r") for place in places]
    return await do_exchange(connection, order, exchange_id, now)


def _way_of_paying(
    sales: Sales, order: OrderFacts, screenings: Sequence[Screening], wanted: str | None, now: datetime
) -> tuple[str, datetime]:
    offered = [offer.provider for offer in sales.providers.offers(screenings, now, order.locale)]
    usual = order.provider if order.provider in offered else next(iter(offered), None)
    provider, until = sales.providers.chosen(wanted or usual, screenings, now)
    return provider.name, until
