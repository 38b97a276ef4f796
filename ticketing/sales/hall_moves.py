"""A screening moves to its hall's new layout with its tickets, seat by seat; or stays, where one would vanish.

Tickets keep their seat's name, zone and price; only where the seat is changes. One transaction decides, under a
lock that whoever takes a seat shares: an order that is written at the same moment comes wholly before or wholly
after. What comes after and wants a seat that is gone is refused as if somebody had it. Holds move along, by the
mirror's rebuild.
"""

from functools import partial
from typing import Literal

import asyncpg
import msgspec

from ticketing.kernel import errors
from ticketing.kernel.errors import N_
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.importing import SQL as IMPORT_SQL
from ticketing.programme.layout import Layout
from ticketing.programme.layout_differences import LayoutDifferences, compare_layouts
from ticketing.programme.model import Screening, has_ended
from ticketing.sales.desk import Sales
from ticketing.staff.accounts import add_audit

SQL = load_queries("halls")
# Each time somebody else has moved it meanwhile.
MOVE_TRIES = 3
OVER_PROBLEM = N_("The screening is over: it keeps its plan")

SeatUse = Literal["sold", "reserved", "kept_back", "offered", "broken"]

KEPT_BY: dict[str, SeatUse] = {
    "screening_keeps_seats_with_tickets": "sold",
    "screening_keeps_seats_kept_back": "kept_back",
    "screening_keeps_seats_offered": "offered",
}
"""What the seat has of which a constraint of the database says that it would vanish."""


class SeatInUse(msgspec.Struct, frozen=True):
    """A place that somebody has, or that is kept for somebody."""

    seat: str
    used: SeatUse


class HallMove(msgspec.Struct, frozen=True):
    """What a move would change for those who have a place.

    ``layout``: the hall's, to which the screening would move; ``before``: the one it has. ``differences`` are those
    of the two layouts. ``in_use`` are all places that somebody has; ``vanishing`` those of them that the new layout
    lacks: with one of these the move is refused. ``elsewhere``, ``rezoned`` and ``other_kind`` are those that stand
    elsewhere, in another price zone or become of another kind. ``unpriced`` are zones of the new layout for which
    the screening has no price: nobody can buy their seats.
    """

    screening: str
    before: str
    layout: str
    differences: LayoutDifferences
    in_use: tuple[SeatInUse, ...]
    vanishing: tuple[SeatInUse, ...]
    elsewhere: tuple[str, ...]
    rezoned: tuple[str, ...]
    other_kind: tuple[str, ...]
    unpriced: tuple[str, ...]


def plan_move(
    screening: Screening, before: Layout, after: Layout, layout_of_hall: str, in_use: tuple[SeatInUse, ...]
) -> HallMove:
    """What the move of a screening would change. Pure."""
    differences = compare_layouts(before, after)
    used = {one.seat for one in in_use}
    priced = {zone.zone for zone in screening.zones}
    return HallMove(
        screening=screening.screening_id,
        before=screening.layout_id,
        layout=layout_of_hall,
        differences=differences,
        in_use=in_use,
        vanishing=tuple(one for one in in_use if one.seat not in after.index_of),
        elsewhere=tuple(seat for seat in differences.moved if seat in used),
        rezoned=tuple(seat for seat in differences.zone if seat in used),
        other_kind=tuple(seat for seat in differences.kind if seat in used),
        unpriced=tuple(zone for zone in after.zones() if zone not in priced),
    )


async def preview_move(sales: Sales, screening_id: str) -> HallMove:
    """What would become of a screening if it moved to its hall's layout now.

    Raises:
        UnknownScreening, DatabaseUnavailable
    """
    screening = await sales.catalogue.fresh_screening(screening_id)
    async with database_errors():
        layout_of_hall = await sales.context.postgres.fetchval(SQL.read_layout_of_hall, screening_id)
        rows = await sales.context.postgres.fetch(SQL.find_seats_in_use, screening_id, sales.context.clock.now())
    return plan_move(
        screening,
        await sales.catalogue.layout(screening.layout_id),
        await sales.catalogue.layout(layout_of_hall),
        layout_of_hall,
        tuple(SeatInUse(row["seat"], row["used"]) for row in rows),
    )


async def move_screening(sales: Sales, screening_id: str, layout_id: str, by: str) -> HallMove:
    """Move a screening to its hall's layout, ``layout_id``, with all that is sold. Moved again, it stays there.

    Raises:
        UnknownScreening
        HallSavedMeanwhile: the hall has another layout by now, or the screening is moved again and again.
        SeatsWouldVanish: with every seat that somebody has and the layout lacks; nothing was moved.
        InvalidField: the screening is over.
        DatabaseUnavailable
    """
    for _ in range(MOVE_TRIES):
        plan = await _try_move(sales, screening_id, layout_id, by)
        if plan is not None:
            await _tell(sales, screening_id, layout_id)
            return plan
    raise errors.HallSavedMeanwhile(layout=layout_id)


async def _try_move(sales: Sales, screening_id: str, layout_id: str, by: str) -> HallMove | None:
    """What was moved; None where the screening got another layout while ours were read."""
    screening = await sales.catalogue.fresh_screening(screening_id)
    now = sales.context.clock.now()
    async with database_errors():
        layout_of_hall = await sales.context.postgres.fetchval(SQL.read_layout_of_hall, screening_id)
    if layout_of_hall != layout_id:
        raise errors.HallSavedMeanwhile(layout=layout_of_hall)
    # Read before the locks: whoever waits for these may have the last connection that reading would need.
    before = await sales.catalogue.layout(screening.layout_id)
    after = await sales.catalogue.layout(layout_id)

    async with (
        database_errors({constraint: partial(_vanishing, used) for constraint, used in KEPT_BY.items()}),
        sales.context.postgres.acquire() as connection,
        connection.transaction(),
    ):
        # No edit at the desk and no import comes between: they write back the layout that they have read.
        await connection.execute(IMPORT_SQL.lock_imports)
        known = await connection.fetchrow(SQL.lock_screening_of_hall, screening_id)
        if known is None:
            raise errors.UnknownScreening(screening=screening_id)
        if known["layout_of_hall"] != layout_id:
            raise errors.HallSavedMeanwhile(layout=known["layout_of_hall"])
        if known["layout_id"] != screening.layout_id:
            return None
        if has_ended(screening, now):
            raise errors.InvalidField(field="screening", problem=OVER_PROBLEM)
        # What is read from here on stays so: whoever takes a seat waits for us.
        await connection.execute(SQL.lock_layout_of_screening, screening_id)
        rows = await connection.fetch(SQL.find_seats_in_use, screening_id, now)
        in_use = tuple(SeatInUse(row["seat"], row["used"]) for row in rows)
        plan = plan_move(screening, before, after, layout_id, in_use)
        if plan.vanishing:
            uses = {one.seat: one.used for one in plan.vanishing}
            raise errors.SeatsWouldVanish(seats=list(uses), uses=uses)
        if screening.layout_id != layout_id:
            await connection.execute(SQL.move_screening, screening_id, layout_id, now)
            await add_audit(
                connection, now, by, "screening_moved_to_layout", screening_id, before=plan.before, layout=layout_id
            )
    return plan


def _vanishing(used: SeatUse, error: asyncpg.PostgresError) -> errors.TicketingError:
    seat = error.detail or ""
    return errors.SeatsWouldVanish(seats=[seat], uses={seat: used})


async def _tell(sales: Sales, screening_id: str, layout_id: str) -> None:
    """Build the mirror of the new layout. Should nobody get to it, whoever asks next does."""
    sales.catalogue.forget()
    try:
        await sales.seating.mirror.run("count", screening_id, [], layout_id=layout_id)
    except errors.Unavailable:
        return
