"""Placing an order: the seats of a hold become somebody's, in Postgres, once."""

import asyncio
import contextlib
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

import asyncpg
import msgspec

from ticketing.kernel import errors
from ticketing.kernel.ids import new_order_id, new_ticket_id
from ticketing.kernel.postgres import Connection, Pool, database_errors
from ticketing.sales.book import OrderEntry, ticket_entry
from ticketing.sales.desk import SQL, Sales, read_order, tell_mirror, view_of
from ticketing.sales.model import (
    OrderFacts,
    OrderRequest,
    OrderView,
    PricedTicket,
    TicketFacts,
    Voucher,
    price_tickets,
)
from ticketing.seating.holds import Claim, claim_hold

# Longer than any statement may take, so that no hold runs out while its order is being written.
CLAIM_TTL_MS = 30_000
NEW_IDS_MAX = 3
FREE_OF_CHARGE = "none"


class _IdTaken(errors.TicketingError):
    """A random id was used before: once in a thousand million orders, and then another one is drawn."""

    code = "id_taken"


def _seats_taken(error: asyncpg.PostgresError) -> errors.TicketingError:
    # "Key (screening_id, seat)=(…, F-11) already exists."
    seat = (error.detail or "").partition("=(")[2].partition(")")[0].partition(", ")[2]
    return errors.SeatsTaken(seats=[seat] if seat else [])


def _id_taken(_error: asyncpg.PostgresError) -> errors.TicketingError:
    return _IdTaken()


SEAT_CONSTRAINTS: dict[str, Callable[[asyncpg.PostgresError], errors.TicketingError]] = {
    "ticket_one_live_per_seat": _seats_taken,
    "orders_pkey": _id_taken,
    "ticket_pkey": _id_taken,
}


async def place_order(sales: Sales, request: OrderRequest, idempotency_key: str) -> OrderView:
    """Turn holds into an order: reserved until it is paid, or confirmed at once where nothing is to pay.

    The same request with the same key gives the same order again, also when its holds are long gone.

    Raises:
        HoldExpired, SalesClosed, SeatsTaken, TariffNotForZone, TicketsDoNotMatchHold, CurrenciesMixed,
        VoucherRefused, PaymentProviderUnknown, IdempotencyMismatch (the key was used with another body),
        SeatingUnavailable
    """
    fingerprint = hashlib.sha256(msgspec.json.encode(request)).digest()
    hold_ids = [hold.hold for hold in request.holds]
    if len(set(hold_ids)) != len(hold_ids):
        raise errors.InvalidField(problem="holds: a hold is named twice", field="holds")
    now = sales.context.clock.now()
    try:
        claims = await _claim(sales, hold_ids)
        voucher = await _voucher(sales, request, claims, now)
        # As they are always shown, and so that two orders for the same seats wait for each other in one order.
        tickets = price_tickets(claims, request.holds, voucher)
        tickets.sort(key=lambda ticket: (ticket.screening, ticket.seat))
    except errors.TicketingError as refusal:
        # What was good the first time may be used up by it: its holds, its voucher.
        if isinstance(refusal, errors.DatabaseUnavailable):
            raise
        placed = await _placed_before(sales, idempotency_key, fingerprint, hold_ids)
        if placed is None:
            raise
        return await view_of(sales, placed)
    return await _write(
        sales,
        request,
        idempotency_key=idempotency_key,
        fingerprint=fingerprint,
        claims=claims,
        voucher=voucher,
        tickets=tickets,
        now=now,
    )


async def _claim(sales: Sales, hold_ids: Sequence[str]) -> list[Claim]:
    if len(hold_ids) == 1:
        return [await claim_hold(sales.seating, hold_ids[0], CLAIM_TTL_MS)]
    return await asyncio.gather(*(claim_hold(sales.seating, hold_id, CLAIM_TTL_MS) for hold_id in hold_ids))


async def _voucher(sales: Sales, request: OrderRequest, claims: Sequence[Claim], now: datetime) -> Voucher | None:
    if not request.voucher:
        return None
    name = request.voucher.strip().upper()
    festivals = sorted({claim.screening.festival for claim in claims})
    async with database_errors():
        row = await sales.context.postgres.fetchrow(SQL.find_voucher, name, festivals, now)
    if row is None:
        raise errors.VoucherRefused(voucher=name)
    return Voucher(name, row["festival_id"], row["percent"])


async def _write(
    sales: Sales,
    request: OrderRequest,
    *,
    idempotency_key: str,
    fingerprint: bytes,
    claims: Sequence[Claim],
    voucher: Voucher | None,
    tickets: Sequence[PricedTicket],
    now: datetime,
) -> OrderView:
    total = sum(ticket.amount for ticket in tickets)
    free = total == 0
    provider, expires_at = FREE_OF_CHARGE, None
    if not free:
        chosen, expires_at = sales.providers.chosen(request.payment, [claim.screening for claim in claims], now)
        provider = chosen.name
    first = claims[0].screening
    ticket_ids: list[str] = []

    def refuse_voucher(_error: asyncpg.PostgresError) -> errors.TicketingError:
        return errors.VoucherRefused(voucher=request.voucher)

    for attempt in range(NEW_IDS_MAX):
        order_id = new_order_id()
        ticket_ids = [new_ticket_id() for _ in tickets]
        try:
            async with database_errors(SEAT_CONSTRAINTS | {"voucher_not_used_up": refuse_voucher}):
                placed = await sales.book.place(
                    OrderEntry(
                        order_id=order_id,
                        festival=voucher.festival if voucher else first.festival,
                        email=request.buyer.email,
                        name=request.buyer.name,
                        locale=request.locale,
                        currency=first.currency,
                        total=total,
                        provider=provider,
                        voucher=voucher.voucher if voucher else None,
                        idempotency_key=idempotency_key,
                        fingerprint=fingerprint,
                        placed_at=now,
                        expires_at=expires_at,
                    ),
                    [
                        ticket_entry(order_id, ticket_id, ticket)
                        for ticket_id, ticket in zip(ticket_ids, tickets, strict=True)
                    ],
                )
            break
        except _IdTaken:
            if attempt == NEW_IDS_MAX - 1:
                raise errors.DatabaseUnavailable from None
        except errors.SeatsTaken as refusal:
            # The mirror was behind: teach it at once, rather than let the next buyer run into the same wall.
            with contextlib.suppress(errors.Unavailable):
                await sales.seating.mirror.reconcile(sorted({ticket.screening for ticket in tickets}))
            raise refusal from None
    if not placed:
        before = await _placed_before(sales, idempotency_key, fingerprint, [claim.hold for claim in claims])
        if before is None:
            raise errors.DatabaseUnavailable
        return await view_of(sales, before)
    await tell_mirror(
        sales,
        [(ticket.screening, ticket.seat) for ticket in tickets],
        "s" if free else "r",
        [claim.hold for claim in claims],
    )
    status = "sold" if free else "reserved"
    return await view_of(
        sales,
        OrderFacts(
            order=order_id,
            festival=first.festival,
            status="confirmed" if free else "awaiting_payment",
            email=request.buyer.email,
            name=request.buyer.name,
            locale=request.locale,
            currency=first.currency,
            total=total,
            provider=provider,
            voucher=voucher.voucher if voucher else None,
            fingerprint=fingerprint.hex(),
            placed_at=now,
            expires_at=expires_at,
            refunded=0,
            tickets=tuple(
                TicketFacts(
                    ticket=ticket_id,
                    screening=ticket.screening,
                    seat=ticket.seat,
                    zone=ticket.zone,
                    tariff=ticket.tariff,
                    amount=ticket.amount,
                    holder=ticket.holder,
                    status=status,  # type: ignore[arg-type]  # one of two literals, decided above
                    revision=1,
                    entries=0,
                )
                for ticket_id, ticket in zip(ticket_ids, tickets, strict=True)
            ),
        ),
    )


async def order_of_key(postgres: Pool | Connection, idempotency_key: str, fingerprint: bytes) -> str | None:
    """The order that a key has made; None where it has made none yet.

    Raises:
        IdempotencyMismatch: it was made by another request.
    """
    row = await postgres.fetchrow(SQL.find_order_by_key, idempotency_key)
    if row is None:
        return None
    if row["request_fingerprint"] != fingerprint:
        raise errors.IdempotencyMismatch
    return str(row["order_id"])


async def _placed_before(
    sales: Sales, idempotency_key: str, fingerprint: bytes, hold_ids: Sequence[str]
) -> OrderFacts | None:
    async with database_errors():
        order_id = await order_of_key(sales.context.postgres, idempotency_key, fingerprint)
    if order_id is None:
        return None
    order = await read_order(sales.context.postgres, order_id)
    # Whoever wrote it may have died before the mirror knew; its holds would linger and the seats look held.
    for status, state in (("reserved", "r"), ("sold", "s")):
        seats = [(ticket.screening, ticket.seat) for ticket in order.tickets if ticket.status == status]
        await tell_mirror(sales, seats, state, hold_ids)
    return order


async def expire_orders(sales: Sales, orders_max: int = 200) -> int:
    """End the wait of unpaid orders whose time is over, and put their seats back on sale; how many there were."""
    async with database_errors():
        rows = await sales.context.postgres.fetch(SQL.expire_orders, sales.context.clock.now(), orders_max)
    await tell_mirror(sales, [(row["screening_id"], seat) for row in rows for seat in row["seats"]], "f")
    return int(rows[0]["orders"]) if rows else 0
