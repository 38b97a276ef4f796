"""A seat that nobody can sit on: kept from sale at this screening, its ticket moved to the nearest equal one."""

from collections.abc import Set as AbstractSet
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from ticketing.door.before_film.places import free_places, states_of_places
from ticketing.door.before_film.presence import SQL
from ticketing.kernel import errors
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening
from ticketing.sales.desk import Sales
from ticketing.sales.orders import SEAT_CONSTRAINTS
from ticketing.seating.offers import nearest_equal

ATTEMPTS_MAX = 5


class BrokenSeatReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A seat by its label, and what is wrong with it."""

    seat: Annotated[str, Meta(min_length=1, max_length=64)]
    note: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class _Case(NamedTuple):
    sales: Sales
    screening: Screening
    layout: Layout
    report: BrokenSeatReport
    by: str


class Reseating(msgspec.Struct, frozen=True):
    """What came of a broken seat.

    ``blocked``: nobody had it. ``moved``: its ticket has the seat ``to`` now, and a new code. ``nobody_moved``: its
    ticket ``ticket`` is still there, since no equal seat is free. ``unpaid``: it waits for a payment or an
    exchange, and can be moved after that. ``order`` is that of a ticket that moved, to print it anew.
    """

    seat: str
    outcome: Literal["blocked", "moved", "nobody_moved", "unpaid"]
    ticket: str | None = None
    to: str | None = None
    order: str | None = None


async def report_broken_seat(sales: Sales, screening: Screening, report: BrokenSeatReport, by: str) -> Reseating:
    """Keep a broken seat from sale, and move its ticket to the nearest free seat of the same zone and kind.

    Reported again: somebody for whom nothing was free is tried once more; else it is answered as before.

    Raises:
        UnknownSeats: the hall has no such numbered seat.
        SeatingUnavailable, DatabaseUnavailable
    """
    layout = await sales.catalogue.layout(screening.layout_id)
    index = layout.index_of.get(report.seat, len(layout.seats))
    if index >= len(layout.seats):
        raise errors.UnknownSeats(seats=[report.seat])
    case = _Case(sales, screening, layout, report, by)
    taken: set[int] = set()
    for attempt in range(ATTEMPTS_MAX):
        free = free_places(await states_of_places(sales, screening)) - taken
        try:
            async with (
                database_errors(SEAT_CONSTRAINTS),
                sales.context.postgres.acquire() as connection,
                connection.transaction(),
            ):
                done = await _reseat(case, connection, free)
        except errors.SeatsTaken as error:
            if attempt == ATTEMPTS_MAX - 1:
                raise
            taken |= {layout.index_of[seat] for seat in error.data["seats"]}
            continue
        await _tell(sales, screening, layout, done)
        return done
    raise errors.SeatingUnavailable


async def repair_seat(sales: Sales, screening: Screening, seat: str, by: str) -> None:
    """A broken seat can be sat on again, and sold where nobody has it. One that is not broken: nothing changes.

    Raises:
        DatabaseUnavailable
    """
    now = sales.context.clock.now()
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        free = await connection.fetchval(SQL.repair_seat, screening.screening_id, seat, now)
        if free is not None:
            await connection.execute(SQL.audit_broken_seat, by, screening.screening_id, "seat_repaired", seat, now)
    layout = await sales.catalogue.layout(screening.layout_id)
    if free and seat in layout.index_of:
        await sales.seating.mirror.settle(
            screening.screening_id, [], [([layout.index_of[seat]], "f")], layout_id=screening.layout_id
        )


def seat_instead(layout: Layout, free: AbstractSet[int], lost: int) -> int | None:
    """The nearest free seat that is equal to a lost one, or None."""
    found = nearest_equal(layout, free, [lost], [lost])
    return found[0] if found else None


async def _reseat(case: _Case, connection: Connection, free: set[int]) -> Reseating:
    layout, by = case.layout, case.by
    now, screening_id, seat = case.sales.context.clock.now(), case.screening.screening_id, case.report.seat
    (known,) = await connection.fetch(SQL.report_broken_seat, screening_id, seat, case.report.note, now, by)
    broken = {row["seat"] for row in await connection.fetch(SQL.list_broken_seats, screening_id)}
    ticket = await connection.fetchrow(SQL.read_ticket_on_seat, screening_id, seat)
    if ticket is None:
        if known["moved_to"] is not None:
            return Reseating(seat, "moved", known["ticket_id"], known["moved_to"], known["order_id"])
        await connection.execute(SQL.audit_broken_seat, by, screening_id, "seat_broken", seat, now)
        return Reseating(seat, "blocked")
    if ticket["status"] == "reserved":
        return Reseating(seat, "unpaid")
    whole = {place for place in free if layout.labels[place] not in broken}
    chosen = seat_instead(layout, whole, layout.index_of[seat])
    if chosen is None:
        await connection.execute(SQL.note_nobody_moved, screening_id, seat, ticket["ticket_id"])
        await connection.execute(SQL.audit_broken_seat, by, screening_id, "seat_broken", seat, now)
        return Reseating(seat, "nobody_moved", ticket["ticket_id"])
    to = layout.labels[chosen]
    order = await connection.fetchval(SQL.move_ticket, ticket["ticket_id"], to, seat, now, by)
    return Reseating(seat, "moved", ticket["ticket_id"], to, order)


async def _tell(sales: Sales, screening: Screening, layout: Layout, done: Reseating) -> None:
    states: list[tuple[list[int], str]] = []
    if done.outcome in ("blocked", "moved"):
        states.append(([layout.index_of[done.seat]], "b"))
    if done.to is not None:
        states.append(([layout.index_of[done.to]], "s"))
    await sales.seating.mirror.settle(screening.screening_id, [], states, layout_id=screening.layout_id)
