"""Afterwards: giving tickets back, exchanging a seat, passing a ticket on."""

from collections.abc import Sequence

from ticketing.kernel import errors
from ticketing.kernel.money import Money
from ticketing.kernel.postgres import database_errors
from ticketing.programme.model import Screening, price_of
from ticketing.sales.desk import SQL, Sales, open_order, read_order, tell_mirror, view_of
from ticketing.sales.model import OrderFacts, OrderView, TicketFacts, cancellation_of, check_changeable
from ticketing.sales.orders import CLAIM_TTL_MS, SEAT_CONSTRAINTS
from ticketing.sales.refunds import owe_refund
from ticketing.seating.holds import claim_hold


async def cancel_order(sales: Sales, order_id: str, secret: str, tickets: Sequence[str] | None = None) -> OrderView:
    """Give back tickets (None: all), under the festival's rules: seats free, codes void, the money owed.

    Giving back what was given back already changes nothing.

    Raises:
        UnknownOrder, UnknownTicket, AlreadyUsed, TooLateToChange
    """
    await open_order(sales, order_id, secret)
    seats: list[tuple[str, str]] = []
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        await connection.fetchval(SQL.lock_order, order_id)
        order = await read_order(connection, order_id)
        now = sales.context.clock.now()
        given_back = cancellation_of(order, tickets, await _screenings_of(sales, order), now)
        if order.status == "awaiting_payment" and given_back.tickets:
            # Part of an unpaid order can't be given back: its payment would not fit any more.
            rows = await connection.fetch(SQL.close_order, order_id, now, "cancelled")
            seats = [(row["screening_id"], row["seat"]) for row in rows]
        elif order.status == "confirmed" and given_back.tickets:
            chosen = [ticket.ticket for ticket in given_back.tickets]
            rows = await connection.fetch(SQL.give_back_tickets, order_id, chosen, now, given_back.fee)
            if len(rows) != len(chosen):
                # Somebody entered with one of them between our look and our write.
                raise errors.AlreadyUsed(ticket=chosen[0])
            if given_back.refund:
                await owe_refund(connection, order_id, Money(given_back.refund, order.currency), "cancelled", now)
            seats = [(row["screening_id"], row["seat"]) for row in rows]
        order = await read_order(connection, order_id)
    await tell_mirror(sales, seats, "f")
    return await view_of(sales, order)


async def exchange_ticket(
    sales: Sales, order_id: str, secret: str, ticket_id: str, *, hold_id: str, tariff: str | None
) -> OrderView:
    """Exchange a ticket for the one seat of a hold, in the same screening or another; a lower price is paid back.

    The code of the old seat is superseded at once. The same request sent again changes nothing.

    Raises:
        UnknownOrder, UnknownTicket, OrderNotConfirmed, AlreadyUsed, TooLateToChange, HoldExpired, SeatsTaken,
        TicketsDoNotMatchHold, TariffNotForZone, ExchangeCostsMore, CurrenciesMixed
    """
    order = await open_order(sales, order_id, secret)
    if _sold_ticket(order, ticket_id).exchange_hold == hold_id:
        return await view_of(sales, order)
    claim = await claim_hold(sales.seating, hold_id, CLAIM_TTL_MS)
    if len(claim.seats) != 1:
        raise errors.TicketsDoNotMatchHold(seats=list(claim.seats))
    seat = claim.seats[0]
    async with (
        database_errors(SEAT_CONSTRAINTS),
        sales.context.postgres.acquire() as connection,
        connection.transaction(),
    ):
        await connection.fetchval(SQL.lock_order, order_id)
        order = await read_order(connection, order_id)
        ticket = _sold_ticket(order, ticket_id)
        if ticket.exchange_hold == hold_id:
            # The same request was under way and is done.
            return await view_of(sales, order)
        now = sales.context.clock.now()
        before = await sales.catalogue.screening(ticket.screening)
        check_changeable(ticket, before, before.rules.exchange_until_minutes, now)
        if claim.screening.currency != order.currency:
            raise errors.CurrenciesMixed(currencies=sorted({claim.screening.currency, order.currency}))
        zone = claim.layout.zone_of[claim.layout.index_of[seat]]
        price = price_of(claim.screening, zone, tariff or ticket.tariff)
        if price is None or not price.public:
            raise errors.TariffNotForZone(tariff=tariff or ticket.tariff, seat=seat, zone=zone)
        if price.amount > ticket.amount:
            raise errors.ExchangeCostsMore(difference=price.amount - ticket.amount, currency=order.currency)
        moved = await connection.fetchval(
            SQL.exchange_ticket,
            order_id,
            ticket_id,
            claim.screening.screening_id,
            seat,
            zone,
            price.tariff,
            price.amount,
            now,
            hold_id,
        )
        if moved is None:
            raise errors.AlreadyUsed(ticket=ticket_id)
        if price.amount < ticket.amount:
            difference = Money(ticket.amount - price.amount, order.currency)
            await owe_refund(connection, order_id, difference, "exchanged", now)
        order = await read_order(connection, order_id)
    await tell_mirror(sales, [(claim.screening.screening_id, seat)], "s", [hold_id])
    await tell_mirror(sales, [(ticket.screening, ticket.seat)], "f")
    return await view_of(sales, order)


async def transfer_ticket(sales: Sales, order_id: str, secret: str, ticket_id: str, holder: str) -> OrderView:
    """Pass a ticket on: it bears another name, and the code that the first holder has is superseded.

    Raises:
        UnknownOrder, UnknownTicket, OrderNotConfirmed, AlreadyUsed, TransferNotAllowed
    """
    order = await open_order(sales, order_id, secret)
    ticket = _sold_ticket(order, ticket_id)
    screening = await sales.catalogue.screening(ticket.screening)
    if not screening.rules.transfer:
        raise errors.TransferNotAllowed
    if ticket.holder != holder:
        async with database_errors():
            done = await sales.context.postgres.fetchval(SQL.transfer_ticket, order_id, ticket_id, holder)
        if done is None:
            raise errors.AlreadyUsed(ticket=ticket_id)
    return await view_of(sales, await read_order(sales.context.postgres, order_id))


def _sold_ticket(order: OrderFacts, ticket_id: str) -> TicketFacts:
    ticket = next((ticket for ticket in order.tickets if ticket.ticket == ticket_id), None)
    if ticket is None:
        raise errors.UnknownTicket(ticket=ticket_id)
    if order.status != "confirmed" or ticket.status != "sold":
        raise errors.OrderNotConfirmed(status=order.status)
    if ticket.entries > 0:
        raise errors.AlreadyUsed(ticket=ticket_id)
    return ticket


async def _screenings_of(sales: Sales, order: OrderFacts) -> dict[str, Screening]:
    return {
        screening_id: await sales.catalogue.screening(screening_id)
        for screening_id in {ticket.screening for ticket in order.tickets}
    }
