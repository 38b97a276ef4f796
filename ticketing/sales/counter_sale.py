"""A sale over the counter: held seats become tickets and money, at once or not at all."""

import contextlib
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import asyncpg
import msgspec
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.ids import new_order_id, new_ticket_id
from ticketing.kernel.money import Money
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.model import Screening
from ticketing.sales.counter import Method
from ticketing.sales.counter_rules import change_due, check_counter_sells, check_entry_open
from ticketing.sales.desk import Sales, read_order, tell_mirror, view_of
from ticketing.sales.model import (
    HOLDS_PER_ORDER_MAX,
    TICKETS_PER_ORDER_MAX,
    Email,
    HoldTickets,
    Locale,
    Name,
    OrderView,
    PricedTicket,
    price_tickets,
)
from ticketing.sales.orders import CLAIM_TTL_MS, SEAT_CONSTRAINTS, order_of_key
from ticketing.sales.tills.model import AMOUNT_MAX
from ticketing.sales.tills.shifts import BOOKING_CONSTRAINTS, require_open_shift
from ticketing.seating.holds import Claim, change_hold, claim_hold, hold_seats, release_hold, show_hold
from ticketing.seating.model import Hold, NamedSeats, Wish
from ticketing.staff.model import Principal

SQL = load_queries("counter_sales")

Mode = Literal["presale", "immediate_entry"]


class CounterHold(HoldTickets, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The tickets for the seats of one hold. ``mode`` is theirs; null: the sale's. One sale may let somebody in to
    the film that begins and sell them another for tomorrow.
    """

    mode: Mode | None = None


class CounterSale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sale, of one screening or several. ``money`` is what it comes to, as it was told to the buyer; ``given`` is
    the cash that was handed over, in minor units, null where it was the exact sum. ``method`` is null where nothing
    is to pay. A buyer need give neither address nor name; with ``email`` the tickets are mailed.
    """

    holds: Annotated[list[CounterHold], Meta(min_length=1, max_length=HOLDS_PER_ORDER_MAX)]
    money: Money
    mode: Mode
    method: Method | None = None
    given: Annotated[int, Meta(ge=0, le=AMOUNT_MAX)] | None = None
    email: Email | None = None
    name: Name | None = None
    locale: Locale = "en"


class SoldAtCounter(msgspec.Struct, frozen=True):
    """What was sold, and what goes back of the cash that was given."""

    order: OrderView
    change: Money


async def hold_at_counter(
    sales: Sales, screening_id: str, wish: Wish, by: Principal, instead_of: str | None = None
) -> Hold:
    """Keep seats for somebody at the counter, by the same mechanism as the public's. ``instead_of`` is the hold
    that they have: named seats are exchanged all or nothing, for another wish it is given up first.

    Raises:
        OutOfReach, SalesClosed, ByInvitation: see :func:`check_counter_sells`.
        UnknownScreening, UnknownSeats, SeatsTaken, NotAdjacentAvailable, CompanionApart, WaitingListFirst,
        TooManySeats, InvalidField, SeatingUnavailable
    """
    screening = await sales.catalogue.public_screening(screening_id)
    check_counter_sells(screening, by, sales.context.clock.now())
    if isinstance(wish, NamedSeats) and len(wish.seats) > TICKETS_PER_ORDER_MAX:
        raise errors.TooManySeats(max=TICKETS_PER_ORDER_MAX)
    if instead_of is not None:
        if isinstance(wish, NamedSeats):
            with contextlib.suppress(errors.UnknownHold):
                return await _exchanged(sales, screening_id, wish, instead_of)
        else:
            await release_hold(sales.seating, instead_of)
    return await hold_seats(sales.seating, screening_id, wish, by.login, staff_until=screening.ends_at)


async def _exchanged(sales: Sales, screening_id: str, wish: NamedSeats, hold_id: str) -> Hold:
    before = await show_hold(sales.seating, hold_id)
    if before.screening != screening_id:
        await release_hold(sales.seating, hold_id)
        raise errors.UnknownHold
    add = [seat for seat in wish.seats if seat not in before.seats]
    remove = [seat for seat in before.seats if seat not in wish.seats]
    return await change_hold(sales.seating, hold_id, add, remove, seats_max=TICKETS_PER_ORDER_MAX)


async def take_out(sales: Sales, hold_id: str, seat: str | None = None) -> None:
    """Give a seat of a hold back at once, or all of it (None); with its last seat a hold ends. What is not held any
    more is no error.

    Raises:
        CompanionApart: the wheelchair place of a companion that would stay.
        SeatingUnavailable
    """
    if seat is not None:
        try:
            held = (await show_hold(sales.seating, hold_id)).seats
        except errors.UnknownHold:
            return
        if seat not in held:
            return
        if len(held) > 1:
            with contextlib.suppress(errors.UnknownHold, errors.UnknownSeats):
                await change_hold(sales.seating, hold_id, [], [seat], seats_max=TICKETS_PER_ORDER_MAX)
            return
    await release_hold(sales.seating, hold_id)


async def sell_at_counter(sales: Sales, sale: CounterSale, idempotency_key: str, by: Principal) -> SoldAtCounter:
    """Sell the seats of holds: order, tickets, ledger and payment in one statement, booked to the shift that ``by``
    has open. In immediate entry its tickets are admitted with it.

    The same sale with the same key is the one that was made, also when its holds are long gone.

    Raises:
        NoOpenShift: who sells has no till open.
        HoldExpired, SeatsTaken: the seats are gone.
        OutOfReach, SalesClosed, ByInvitation, EntryNotOpen: see ``counter_rules``.
        PriceChanged: it comes to another sum than was told. TooLittleGiven: and less was handed over.
        TariffNotForZone, TicketsDoNotMatchHold, CurrenciesMixed, TooManySeats, InvalidField
        IdempotencyMismatch: the key was used with another sale, or by somebody else.
        SeatingUnavailable, DatabaseUnavailable
    """
    fingerprint = hashlib.sha256(msgspec.json.encode([sale, by.login])).digest()
    hold_ids = [hold.hold for hold in sale.holds]
    if len(set(hold_ids)) != len(hold_ids):
        raise errors.InvalidField(problem="holds: a hold is named twice", field="holds")
    now = sales.context.clock.now()
    async with database_errors():
        known = await order_of_key(sales.context.postgres, idempotency_key, fingerprint)
    if known is None:
        claims = [await claim_hold(sales.seating, hold_id, CLAIM_TTL_MS) for hold_id in sorted(hold_ids)]
        claims.sort(key=lambda claim: hold_ids.index(claim.hold))
        tickets = _checked(claims, sale, by, now)
        known = await _write(
            sales, sale, tickets, claims[0].screening, key=(idempotency_key, fingerprint), by=by, now=now
        )
    order = await read_order(sales.context.postgres, known)
    # Told again where it was sold before: whoever sold it may have died before the mirror knew.
    seats = [(ticket.screening, ticket.seat) for ticket in order.tickets if ticket.status == "sold"]
    await tell_mirror(sales, seats, "s", hold_ids)
    back = change_due(order.total, sale.given if sale.method == "cash" else None)
    return SoldAtCounter(await view_of(sales, order), Money(back, order.currency))


def _checked(claims: Sequence[Claim], sale: CounterSale, by: Principal, now: datetime) -> list[PricedTicket]:
    for claim, hold in zip(claims, sale.holds, strict=True):
        check_counter_sells(claim.screening, by, now)
        if (hold.mode or sale.mode) == "immediate_entry":
            check_entry_open(claim.screening, now)
    tickets = price_tickets(claims, sale.holds, None, at_counter=True)
    due = Money(sum(ticket.amount for ticket in tickets), claims[0].screening.currency)
    if due != sale.money:
        raise errors.PriceChanged(due=msgspec.to_builtins(due))
    if due.amount and sale.method is None:
        raise errors.InvalidField(problem="method: cash or card", field="method")
    if sale.method == "cash":
        change_due(due.amount, sale.given)
    return tickets


async def _write(
    sales: Sales,
    sale: CounterSale,
    tickets: Sequence[PricedTicket],
    first: Screening,
    *,
    key: tuple[str, bytes],
    by: Principal,
    now: datetime,
) -> str:
    """The number of the order; also where somebody else has placed it by the same key a moment ago."""

    def drawn_before(_error: asyncpg.PostgresError) -> errors.TicketingError:
        # Once in a thousand million sales: the same again draws other numbers.
        return errors.DatabaseUnavailable()

    constraints = {**SEAT_CONSTRAINTS, **BOOKING_CONSTRAINTS}
    constraints |= {"orders_pkey": drawn_before, "ticket_pkey": drawn_before}
    try:
        async with (
            database_errors(constraints),
            sales.context.postgres.acquire() as connection,
            connection.transaction(),
        ):
            shift = await require_open_shift(connection, by.login)
            placed: str | None = await connection.fetchval(
                SQL.sell_at_counter,
                new_order_id(),
                first.festival,
                shift.shift,
                sale.email or "",
                " ".join((sale.name or "").split()),
                sale.locale,
                first.currency,
                sale.money.amount,
                *key,
                now,
                by.login,
                sale.method if sale.money.amount else None,
                [new_ticket_id() for _ in tickets],
                *([getattr(ticket, name) for ticket in tickets] for name in PricedTicket.__struct_fields__),
                # Priced tickets stand in the order in which the holds ask for them.
                [hold.mode or sale.mode for hold in sale.holds for _ in hold.tickets],
                shift.till,
            )
            placed = placed or await order_of_key(connection, *key)
    except errors.SeatsTaken:
        # The mirror was behind: teach it at once, rather than let the next buyer run into the same wall.
        with contextlib.suppress(errors.Unavailable):
            await sales.seating.mirror.reconcile(sorted({ticket.screening for ticket in tickets}))
        raise
    if placed is None:
        raise errors.DatabaseUnavailable
    return placed
