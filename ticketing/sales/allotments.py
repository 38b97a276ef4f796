"""Seats kept back for an owner: made and changed at the desk, released by hand or at their time.

The mirror decides first whether a seat is free of everybody, in one step with keeping it back; what Postgres then
refuses is given back. So a seat that somebody holds or has bought is never kept from them.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Annotated, Final

import asyncpg
import msgspec
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.errors import N_
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening
from ticketing.sales.desk import Sales, tell_mirror
from ticketing.sales.free_tickets import price_of_kept_seat, zone_of_place
from ticketing.seating.model import labels_of, unknown_seats

SQL = load_queries("allotments")
SEATS_MAX: Final = 500
RELEASED_AT_ONCE_MAX: Final = 100
WORKER: Final = "(worker)"
"""Who releases what is due, in the audit. No login has brackets."""
NAME_PROBLEM: Final = N_("The name of an allotment has 1 to 63 signs: a to z, 0 to 9, dash")
PAST_PROBLEM: Final = N_("The release time is past")
LATE_PROBLEM: Final = N_("The release time is after the end of the screening")
TWICE_PROBLEM: Final = N_("A seat is named twice")
TARIFFS_MAX: Final = 10
TARIFFS_PROBLEM: Final = N_("Each tariff has a price at this screening, and each seat a price by one of them")
_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")

NoControls = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"


class AllotmentTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose seats, which, and until when; without ``release_at`` they are kept until somebody releases them.

    ``tariffs``: by which they are given, the first that has a price in a seat's zone; none: a free one.
    """

    owner: Annotated[str, Meta(max_length=120, pattern=NoControls)]
    seats: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...], Meta(min_length=1, max_length=SEATS_MAX)
    ]
    release_at: Annotated[datetime, Meta(tz=True)] | None = None
    tariffs: Annotated[tuple[Annotated[str, Meta(pattern=_SLUG.pattern)], ...], Meta(max_length=TARIFFS_MAX)] = ()


class Allotment(msgspec.Struct, frozen=True):
    """An allotment: its seats in the order of the hall, and those of them that have a ticket (``taken``).

    ``released``: its seats are everybody's, by hand or since its time has come.
    """

    allotment: str
    owner: str
    release_at: datetime | None
    released_at: datetime | None
    released: bool
    seats: tuple[str, ...]
    taken: tuple[str, ...]
    tariffs: tuple[str, ...] = ()


async def list_allotments(sales: Sales, screening: Screening) -> list[Allotment]:
    """The allotments of a screening by owner, those that are released last.

    Raises:
        DatabaseUnavailable
    """
    layout = await sales.catalogue.layout(screening.layout_id)
    now = sales.context.clock.now()
    async with database_errors():
        rows = await sales.context.postgres.fetch(SQL.list_allotments, screening.screening_id)

    def in_order(seats: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted(seats, key=lambda seat: layout.index_of.get(seat, layout.capacity)))

    return [
        Allotment(
            row["allotment"],
            row["owner"],
            row["release_at"],
            row["released_at"],
            row["released_at"] is not None or (row["release_at"] is not None and row["release_at"] <= now),
            in_order(row["seats"]),
            in_order(row["taken"]),
            tuple(row["tariffs"]),
        )
        for row in rows
    ]


async def set_allotment(
    sales: Sales, screening: Screening, allotment: str, terms: AllotmentTerms, by: str
) -> Allotment:
    """Make an allotment, or give it another owner, time or seats. Sent again, it changes nothing.

    Raises:
        InvalidField: its name, a release time that is past or after the end, a seat named twice, or tariffs without
            a price for all of its seats.
        UnknownSeats: the hall lacks them.
        SeatsTaken: sold, held, offered to those who wait, broken, or kept back for somebody else.
        AllotmentReleased: its seats are everybody's already.
        SeatingUnavailable, DatabaseUnavailable
    """
    layout = await sales.catalogue.layout(screening.layout_id)
    _check(sales, screening, layout, allotment, terms)
    before = await _find(sales, screening, allotment)
    new = [seat for seat in terms.seats if before is None or before.released or seat not in before.seats]
    if before is not None and before.released:
        raise errors.AllotmentReleased
    await _keep_back(sales, screening, layout, new)
    try:
        freed = await _write(sales, screening, allotment, terms, new=new, by=by)
    except errors.TicketingError:
        await tell_mirror(sales, [(screening.screening_id, seat) for seat in new], "f")
        # What was sold meanwhile, the mirror learns at once.
        await sales.seating.mirror.reconcile([screening.screening_id])
        raise
    await tell_mirror(sales, [(screening.screening_id, seat) for seat in new], "b")
    await tell_mirror(sales, [(screening.screening_id, seat) for seat in freed], "f")
    return await read_allotment(sales, screening, allotment)


async def read_allotment(sales: Sales, screening: Screening, allotment: str) -> Allotment:
    """One allotment of a screening.

    Raises:
        UnknownAllotment, DatabaseUnavailable
    """
    found = await _find(sales, screening, allotment)
    if found is None:
        raise errors.UnknownAllotment
    return found


async def list_untaken(sales: Sales, screening: Screening, allotment: str) -> tuple[str, ...] | None:
    """Its seats that somebody can be given, in the order of the hall; None once it is released, or was never there.
    Seats that are planned for guests are not among them.

    Raises:
        DatabaseUnavailable
    """
    known = await _find(sales, screening, allotment)
    if known is None or known.released:
        return None
    layout = await sales.catalogue.layout(screening.layout_id)
    async with database_errors():
        rows = await sales.context.postgres.fetch(SQL.list_untaken, screening.screening_id, allotment, False)
    return tuple(in_hall_order(layout, (row["seat"] for row in rows)))


def in_hall_order(layout: Layout, seats: Iterable[str]) -> list[str]:
    """Seats as they stand in the layout; those that it lacks are left out."""
    return sorted((seat for seat in seats if seat in layout.index_of), key=layout.index_of.__getitem__)


async def release_allotment(sales: Sales, screening: Screening, allotment: str, by: str) -> Allotment:
    """Its seats are everybody's, but for those that have a ticket. Released again: nothing changes.

    Raises:
        UnknownAllotment, DatabaseUnavailable
    """
    await read_allotment(sales, screening, allotment)
    await _release(sales, screening.screening_id, allotment, by)
    return await read_allotment(sales, screening, allotment)


async def release_due_allotments(sales: Sales) -> int:
    """Release what is due by its time; how many seats that freed. Several workers share them out.

    Raises:
        DatabaseUnavailable
    """
    return await _release(sales, None, None, WORKER)


async def _release(sales: Sales, screening_id: str | None, allotment: str | None, by: str) -> int:
    now = sales.context.clock.now()
    async with database_errors():
        rows = await sales.context.postgres.fetch(
            SQL.release_allotments, now, screening_id, allotment, RELEASED_AT_ONCE_MAX, by
        )
    freed = [(row["screening_id"], row["seat"]) for row in rows if row["seat"] is not None]
    await tell_mirror(sales, freed, "f")
    return len(freed)


async def _find(sales: Sales, screening: Screening, allotment: str) -> Allotment | None:
    listed = await list_allotments(sales, screening)
    return next((one for one in listed if one.allotment == allotment), None)


def _check(sales: Sales, screening: Screening, layout: Layout, allotment: str, terms: AllotmentTerms) -> None:
    if not _SLUG.fullmatch(allotment):
        raise errors.InvalidField(field="allotment", problem=NAME_PROBLEM)
    if terms.release_at is not None and terms.release_at <= sales.context.clock.now():
        raise errors.InvalidField(field="release_at", problem=PAST_PROBLEM)
    if terms.release_at is not None and terms.release_at > screening.ends_at:
        raise errors.InvalidField(field="release_at", problem=LATE_PROBLEM)
    unknown = unknown_seats(layout, terms.seats)
    if unknown:
        raise errors.UnknownSeats(seats=unknown)
    if len(set(terms.seats)) != len(terms.seats):
        raise errors.InvalidField(field="seats", problem=TWICE_PROBLEM)
    if not terms.tariffs:
        return
    zones = {zone_of_place(layout, layout.index_of[seat]) for seat in terms.seats}
    priced = {price.tariff for price in screening.prices}
    if not priced.issuperset(terms.tariffs) or any(
        price_of_kept_seat(screening, zone, terms.tariffs) is None for zone in zones
    ):
        raise errors.InvalidField(field="tariffs", problem=TARIFFS_PROBLEM)


async def _keep_back(sales: Sales, screening: Screening, layout: Layout, seats: Sequence[str]) -> None:
    if not seats:
        return
    indices = ",".join(str(layout.index_of[seat]) for seat in seats)
    outcome, rest = await sales.seating.mirror.run(
        "keep_back", screening.screening_id, [indices], layout_id=screening.layout_id
    )
    if outcome != "ok":
        raise errors.SeatsTaken(seats=list(labels_of(layout, rest[0].decode())))


async def _write(
    sales: Sales, screening: Screening, allotment: str, terms: AllotmentTerms, *, new: Sequence[str], by: str
) -> list[str]:
    """Write an allotment down in one transaction; the seats that it gave up and that are free by that."""
    screening_id, now = screening.screening_id, sales.context.clock.now()

    def somebody_elses(_error: asyncpg.PostgresError) -> errors.TicketingError:
        return errors.SeatsTaken(seats=list(new))

    bounds: dict[str, Callable[[asyncpg.PostgresError], errors.TicketingError]] = {
        "allotment_seat_pkey": somebody_elses,
        # Deleted a moment ago.
        "allotment_tariffs_exist": lambda _error: errors.InvalidField(field="tariffs", problem=TARIFFS_PROBLEM),
    }
    async with database_errors(bounds), sales.context.postgres.acquire() as connection, connection.transaction():
        released_at = await connection.fetchval(
            SQL.begin_allotment, screening_id, allotment, terms.owner, terms.release_at
        )
        if released_at is not None:
            raise errors.AllotmentReleased
        taken = await connection.fetch(SQL.list_taken, screening_id, list(new))
        if taken:
            raise errors.SeatsTaken(seats=[row["seat"] for row in taken])
        rows = await connection.fetch(
            SQL.change_allotment,
            screening_id,
            allotment,
            terms.owner,
            terms.release_at,
            list(terms.seats),
            now,
            by,
            list(dict.fromkeys(terms.tariffs)),
        )
        await connection.execute(SQL.take_from_released, screening_id, list(new), now)
        await connection.execute(SQL.keep_seats_back, screening_id, allotment, list(new))
    return [row["seat"] for row in rows]
