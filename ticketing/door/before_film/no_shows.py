"""Places of people who did not come: released in one act, given to the rush line, and back where it is still time.

A gate that scans a ticket while it is released takes turns with that by the lock of the ticket's row: whoever is
first decides, and the other finds it decided.
"""

import uuid
from datetime import datetime

import msgspec

from ticketing.door.before_film.model import release_due, release_moment
from ticketing.door.before_film.places import best_place, free_places, states_of_places
from ticketing.door.before_film.presence import SQL
from ticketing.kernel import errors
from ticketing.kernel.ids import new_order_id, new_ticket_id
from ticketing.kernel.postgres import database_errors
from ticketing.programme.model import Screening, doors_open
from ticketing.sales.desk import Sales, SeatNews, read_order, tell_seats, view_of
from ticketing.sales.free_tickets import free_tariff, zone_of_place
from ticketing.sales.model import OrderView
from ticketing.sales.orders import SEAT_CONSTRAINTS

ATTEMPTS_MAX = 5


class ReleasedSeat(msgspec.Struct, frozen=True):
    """A ticket that is void since nobody came with it, and the place that is free by that."""

    ticket: str
    seat: str


class Due(msgspec.Struct, frozen=True):
    """What a release would free, as things stand: places, each of one ticket, and of how many orders they are."""

    seats: tuple[ReleasedSeat, ...]
    orders: int


class Released(msgspec.Struct, frozen=True):
    """What one release has freed; nothing where nobody was missing any more."""

    seats: tuple[ReleasedSeat, ...]


class RushWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One free ticket for somebody in the rush line, who is not named. ``rush`` names this giving: sent again, it
    gives no second one. ``seat``: this very one; left out, the best that is free.
    """

    rush: uuid.UUID
    seat: str | None = None


class TicketToRestore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The number of a ticket that was released."""

    ticket: str


async def look_at_no_shows(sales: Sales, screening: Screening) -> Due:
    """Whose places a release would free by now; who comes in meanwhile keeps theirs.

    Raises:
        NoShowsNotDue: it is too early, or this festival releases nobody's place.
        DatabaseUnavailable
    """
    moment = _due_since(screening, sales.context.clock.now())
    async with database_errors():
        rows = await sales.context.postgres.fetch(SQL.list_no_shows, screening.screening_id, moment)
    seats = tuple(ReleasedSeat(row["ticket"], row["seat"]) for row in rows)
    return Due(seats, len({row["order_id"] for row in rows}))


async def release_no_shows(sales: Sales, screening: Screening, by: str) -> Released:
    """Release the places of all who have not come, from the moment that the festival's rules name.

    Their tickets are refused at the door from now on; what was paid stays paid. Tickets that were issued after that
    moment, and those that were restored, stay good.

    Raises:
        NoShowsNotDue: it is too early, or this festival releases nobody's place.
        DatabaseUnavailable
    """
    now = sales.context.clock.now()
    moment = _due_since(screening, now)
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        rows = await connection.fetch(SQL.release_no_shows, screening.screening_id, moment, now, by)
    seats = tuple(ReleasedSeat(row["ticket"], row["seat"]) for row in rows)
    await tell_seats(sales, [SeatNews(screening.screening_id, one.seat, "f") for one in seats])
    return Released(seats)


def _due_since(screening: Screening, now: datetime) -> datetime:
    moment = release_moment(screening)
    if moment is None or not release_due(screening, now):
        raise errors.NoShowsNotDue(release_at=moment)
    return moment


async def restore_ticket(sales: Sales, screening: Screening, ticket: str, by: str) -> None:
    """Make a released ticket good again, as its holder came while the seat is still free. Again: changes nothing.

    Raises:
        UnknownTicket: this screening has none of that number.
        TicketNotReleased: it is void for another reason.
        SeatsTaken: the seat is somebody else's by now, or is being chosen, or is broken.
        SeatingUnavailable, DatabaseUnavailable
    """
    layout = await sales.catalogue.layout(screening.layout_id)
    states = await states_of_places(sales, screening)
    async with (
        database_errors(SEAT_CONSTRAINTS),
        sales.context.postgres.acquire() as connection,
        connection.transaction(),
    ):
        row = await connection.fetchrow(SQL.read_released, screening.screening_id, ticket)
        if row is None:
            raise errors.UnknownTicket
        if row["status"] == "sold":
            return
        if row["released_at"] is None or row["order_status"] != "confirmed":
            raise errors.TicketNotReleased
        index = layout.index_of.get(row["seat"])
        # Free to all, or kept for the waiting list, which has not been offered it yet.
        if index is None or chr(states[index]) not in "fw":
            raise errors.SeatsTaken(seats=[row["seat"]])
        await connection.execute(SQL.restore_ticket, ticket, sales.context.clock.now(), by)
    await tell_seats(sales, [SeatNews(screening.screening_id, row["seat"], "s")])


async def give_rush_ticket(sales: Sales, screening: Screening, wish: RushWish, locale: str, by: str) -> OrderView:
    """One free ticket for the rush line, while people are let in; nobody is named and nothing is mailed.

    Raises:
        RushNotOpen: the doors are not open, or it is over.
        UnknownSeats, SeatsTaken: the seat that was asked for.
        HouseFull: no place is free.
        NoFreeTariff: the festival has no free tariff for this part of the hall.
        SeatingUnavailable, DatabaseUnavailable
    """
    key = f"rush-{wish.rush}"
    known = await _known(sales, key)
    if known is not None:
        return await view_of(sales, await read_order(sales.context.postgres, known))
    now = sales.context.clock.now()
    if not doors_open(screening, now):
        raise errors.RushNotOpen
    layout = await sales.catalogue.layout(screening.layout_id)
    if wish.seat is not None and wish.seat not in layout.index_of:
        raise errors.UnknownSeats(seats=[wish.seat])
    for attempt in range(ATTEMPTS_MAX):
        free = free_places(await states_of_places(sales, screening))
        index = best_place(layout, free) if wish.seat is None else layout.index_of[wish.seat]
        if index is None:
            raise errors.HouseFull
        if index not in free:
            raise errors.SeatsTaken(seats=[layout.labels[index]])
        zone = zone_of_place(layout, index)
        tariff = free_tariff(screening, zone)
        if tariff is None:
            raise errors.NoFreeTariff
        order_id, seat = new_order_id(), layout.labels[index]
        try:
            async with database_errors(SEAT_CONSTRAINTS):
                placed = await sales.context.postgres.fetchval(
                    SQL.give_rush_ticket,
                    order_id,
                    screening.festival,
                    new_ticket_id(),
                    screening.screening_id,
                    seat,
                    zone,
                    tariff,
                    screening.currency,
                    key,
                    locale,
                    now,
                    by,
                )
        except errors.SeatsTaken:
            # The mirror had not heard of a sale.
            await sales.seating.mirror.reconcile([screening.screening_id])
            if wish.seat is not None or attempt == ATTEMPTS_MAX - 1:
                raise
            continue
        if placed is not None:
            await tell_seats(sales, [SeatNews(screening.screening_id, seat, "s")])
        # Where the same was asked twice at once, the other one has placed it.
        given: str = placed or await _known(sales, key) or order_id
        return await view_of(sales, await read_order(sales.context.postgres, given))
    raise errors.HouseFull


async def _known(sales: Sales, key: str) -> str | None:
    async with database_errors():
        found: str | None = await sales.context.postgres.fetchval(SQL.find_rush_order, key)
    return found
