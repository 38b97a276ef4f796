"""Tickets from an allotment, for the people whom its owner names: free, and mailed to the owner."""

import hashlib
import uuid
from collections.abc import Mapping
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
from ticketing.sales.free_tickets import free_tariff, zone_of_place
from ticketing.sales.model import Buyer, Locale, OrderView
from ticketing.sales.orders import SEAT_CONSTRAINTS, order_of_key
from ticketing.staff.accounts import add_audit

NAMES_MAX: Final = 100
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
        NoFreeTariff: the festival has no free tariff for this part of the hall.
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
            parcel = Parcel(wish.owner, wish.locale, key, fingerprint, dict(zip(given, wish.names, strict=True)))
            order = await write_tickets(sales, connection, screening, parcel)
            detail = {"allotment": allotment, "order": order, "seats": ", ".join(given)}
            now = sales.context.clock.now()
            await add_audit(connection, now, by, "allotment_filled", screening.screening_id, **detail)
    await tell_seats(sales, [SeatNews(screening.screening_id, seat, "s") for seat in given])
    return await view_of(sales, await read_order(sales.context.postgres, order))


class Parcel(msgspec.Struct, frozen=True):
    """Free tickets about to be written as one order: ``holders`` by seat, all of one screening.

    ``key`` and ``fingerprint`` tell a request that is sent again.
    """

    buyer: Buyer
    locale: Locale
    key: str
    fingerprint: bytes
    holders: dict[str, str]


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
    """Write free tickets for seats of a locked allotment, in the transaction of ``connection``; the order's name.

    Its letter follows, to the buyer; where the buyer gave no address, none does. The mirror is told afterwards.

    Raises:
        NoFreeTariff: the festival has no free tariff for this part of the hall.
        SeatsTaken: by the index ``ticket_one_live_per_seat``, whatever the lock said.
    """
    order = OrderEntry(
        order_id=new_order_id(),
        festival=screening.festival,
        email=parcel.buyer.email,
        name=parcel.buyer.name,
        locale=parcel.locale,
        currency=screening.currency,
        total=0,
        provider="counter",
        voucher=None,
        idempotency_key=parcel.key,
        fingerprint=parcel.fingerprint,
        placed_at=sales.context.clock.now(),
        expires_at=None,
    )
    await write_orders(connection, [(order, await _tickets(sales, screening, order.order_id, parcel.holders))])
    return order.order_id


def _fingerprint(screening: Screening, allotment: str, wish: GuestTickets) -> bytes:
    return hashlib.sha256(msgspec.json.encode([screening.screening_id, allotment, wish])).digest()


async def _tickets(
    sales: Sales, screening: Screening, order_id: str, holders: Mapping[str, str]
) -> list[TicketEntry]:
    layout = await sales.catalogue.layout(screening.layout_id)
    tickets = []
    for seat in sorted(holders, key=layout.index_of.__getitem__):
        zone = zone_of_place(layout, layout.index_of[seat])
        tariff = free_tariff(screening, zone)
        if tariff is None:
            raise errors.NoFreeTariff
        holder = " ".join(holders[seat].split())
        tickets.append(
            TicketEntry(order_id, new_ticket_id(), screening.screening_id, seat, zone, tariff, 0, holder)
        )
    return tickets
