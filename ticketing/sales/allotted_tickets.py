"""Tickets from an allotment, for the people whom its owner names, by its tariffs, and mailed to the owner."""

import hashlib
import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.ids import new_order_id, new_ticket_id
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.programme.model import Screening
from ticketing.sales.allotments import SQL, NoControls, in_hall_order
from ticketing.sales.book import OrderEntry, TicketEntry, write_orders
from ticketing.sales.desk import Sales, SeatNews, read_order, tell_seats, view_of
from ticketing.sales.free_tickets import price_of_kept_seat, zone_of_place
from ticketing.sales.model import Buyer, Locale, OrderView
from ticketing.sales.orders import SEAT_CONSTRAINTS, order_of_key
from ticketing.staff.accounts import add_audit

NAMES_MAX: Final = 100
AT_BOX_OFFICE: Final = "counter"
GuestName = Annotated[str, Meta(max_length=120, pattern=NoControls)]


class GuestTickets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ticket for each name, mailed to ``owner``. ``issue`` is chosen by who asks: sent again, it is one."""

    issue: uuid.UUID
    owner: Buyer
    names: Annotated[tuple[GuestName, ...], Meta(min_length=1, max_length=NAMES_MAX)]
    locale: Locale = "en"


async def issue_guest_tickets(
    sales: Sales, screening: Screening, allotment: str, wish: GuestTickets, by: str
) -> OrderView:
    """Give each name a seat of an allotment, in the order of the hall; all of them or none.

    Raises:
        UnknownAllotment, AllotmentReleased
        AllotmentFull: it has fewer seats left than there are names.
        NoFreeTariff, NoAllotmentTariff: no tariff of it has a price in this part of the hall.
        PaymentProviderUnknown: they cost something, and the box office takes no money for them.
        SalesClosed: the screening is cancelled or over.
        IdempotencyMismatch: ``issue`` was used for something else.
        DatabaseUnavailable
    """
    key, fingerprint = f"allotment-{wish.issue}", _fingerprint(screening, allotment, wish)
    require_to_come(screening, sales.context.clock.now())
    given: list[str] = []
    async with (
        database_errors(SEAT_CONSTRAINTS),
        sales.context.postgres.acquire() as connection,
        connection.transaction(),
    ):
        # Takes turns on the allotment, so that two who ask for its last seat don't both find it.
        seats = await lock_untaken(sales, connection, screening, allotment)
        order = await order_of_key(connection, key, fingerprint)
        if order is None:
            if len(seats) < len(wish.names):
                raise errors.AllotmentFull(left=len(seats))
            given = seats[: len(wish.names)]
            holders = dict(zip(given, wish.names, strict=True))
            tariffs = await tariffs_of(connection, screening, allotment)
            parcel = Parcel(wish.owner, wish.locale, key, fingerprint, holders, tariffs)
            order = await write_tickets(sales, connection, screening, parcel)
            detail = {"allotment": allotment, "order": order, "seats": ", ".join(given)}
            now = sales.context.clock.now()
            await add_audit(connection, now, by, "allotment_filled", screening.screening_id, **detail)
    return await told_of(sales, order, given)


class Parcel(msgspec.Struct, frozen=True):
    """Tickets about to be written as one order: ``holders`` by seat, all of one screening.

    ``key`` and ``fingerprint`` tell a request that is sent again. ``tariffs`` are those of the allotment; without
    them the tickets are free.
    """

    buyer: Buyer
    locale: Locale
    key: str
    fingerprint: bytes
    holders: dict[str, str]
    tariffs: tuple[str, ...] = ()


async def tariffs_of(connection: Connection, screening: Screening, allotment: str) -> tuple[str, ...]:
    """By which tariffs the seats of an allotment are given, the best first; none: by a free one."""
    return tuple(await connection.fetchval(SQL.tariffs_of_allotment, screening.screening_id, allotment) or ())


async def told_of(sales: Sales, order: str, given: Collection[str]) -> OrderView:
    """An order from an allotment, as its owner sees it; the mirror learns of the seats ``given`` just now."""
    facts = await read_order(sales.context.postgres, order)
    states = {"sold": "s", "reserved": "r"}
    await tell_seats(
        sales,
        [
            SeatNews(one.screening, one.seat, states[one.status])
            for one in facts.tickets
            if one.seat in given and one.status in states
        ],
    )
    return await view_of(sales, facts)


def require_to_come(screening: Screening, now: datetime) -> None:
    """Go on where people can still be given tickets for it.

    Raises:
        SalesClosed: the screening is cancelled, not published, or over.
    """
    if screening.status != "published" or now >= screening.ends_at:
        raise errors.SalesClosed(opens_at=screening.sales_open_at, closes_at=screening.sales_close_at)


async def lock_untaken(
    sales: Sales, connection: Connection, screening: Screening, allotment: str, *, planned_too: bool = False
) -> list[str]:
    """Take turns on an allotment; its seats without a ticket, in the order of the hall. Those that are planned for
    guests are left out, unless it is the plan that asks (``planned_too``).

    Raises:
        UnknownAllotment, AllotmentReleased
    """
    layout = await sales.catalogue.layout(screening.layout_id)
    now = sales.context.clock.now()
    released = await connection.fetchval(SQL.lock_allotment, screening.screening_id, allotment, now)
    if released is None:
        raise errors.UnknownAllotment
    if released:
        raise errors.AllotmentReleased
    # A statement of its own: it sees what those who had the lock before have written.
    rows = await connection.fetch(SQL.list_untaken, screening.screening_id, allotment, planned_too)
    return in_hall_order(layout, (row["seat"] for row in rows))


async def write_tickets(sales: Sales, connection: Connection, screening: Screening, parcel: Parcel) -> str:
    """Write tickets for seats of a locked allotment, in the transaction of ``connection``; the order's name.

    What costs nothing is confirmed, and its letter follows, to the buyer; where they gave no address, none does.
    What costs something is reserved, to be paid at the box office by the festival's rules for that. The mirror is
    told afterwards.

    Raises:
        NoFreeTariff, NoAllotmentTariff: no tariff has a price in this part of the hall.
        PaymentProviderUnknown: there is something to pay, and the box office takes no money for it.
        SeatsTaken: by the index ``ticket_one_live_per_seat``, whatever the lock said.
    """
    order_id, now = new_order_id(), sales.context.clock.now()
    tickets = await _tickets(sales, screening, order_id, parcel)
    total = sum(ticket.amount for ticket in tickets)
    expires_at = sales.providers.chosen(AT_BOX_OFFICE, [screening], now)[1] if total else None
    order = OrderEntry(
        order_id=order_id,
        festival=screening.festival,
        email=parcel.buyer.email,
        name=parcel.buyer.name,
        locale=parcel.locale,
        currency=screening.currency,
        total=total,
        provider=AT_BOX_OFFICE,
        voucher=None,
        idempotency_key=parcel.key,
        fingerprint=parcel.fingerprint,
        placed_at=now,
        expires_at=expires_at,
    )
    await write_orders(connection, [(order, tickets)])
    return order_id


def _fingerprint(screening: Screening, allotment: str, wish: GuestTickets) -> bytes:
    return hashlib.sha256(msgspec.json.encode([screening.screening_id, allotment, wish])).digest()


async def _tickets(sales: Sales, screening: Screening, order_id: str, parcel: Parcel) -> list[TicketEntry]:
    layout = await sales.catalogue.layout(screening.layout_id)
    tickets = []
    for seat in sorted(parcel.holders, key=layout.index_of.__getitem__):
        zone = zone_of_place(layout, layout.index_of[seat])
        price = price_of_kept_seat(screening, zone, parcel.tariffs)
        if price is None:
            raise errors.NoAllotmentTariff if parcel.tariffs else errors.NoFreeTariff
        holder = " ".join(parcel.holders[seat].split())
        tickets.append(
            TicketEntry(
                order_id,
                new_ticket_id(),
                screening.screening_id,
                seat,
                zone,
                price.tariff,
                price.amount,
                holder,
            )
        )
    return tickets
