"""Drawings that are not saved yet: one a hall and person, kept for them until they save or throw it away."""

from datetime import datetime
from typing import Any, Final

import asyncpg
import msgspec

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_
from ticketing.kernel.postgres import database_errors
from ticketing.programme.hall_book import SQL, HallDrawing, check_hall_id, check_name, is_hall_id
from ticketing.programme.model import Translated
from ticketing.staff.reach import Reach, require_reach

DRAFTS_PER_PERSON_MAX: Final = 100
MANY_PROBLEM: Final = N_("You have too many drafts: save or throw away one of the others first")


class HallDraft(msgspec.Struct, frozen=True):
    """A drawing as it was left. ``document`` need not be a hall yet."""

    venue: str
    name: Translated
    based_on: str | None
    document: dict[str, Any]
    saved_at: datetime


class DraftRow(msgspec.Struct, frozen=True):
    """A draft in a list."""

    hall: str
    venue: str
    name: Translated
    saved_at: datetime


class DraftKept(msgspec.Struct, frozen=True):
    """When a draft was kept."""

    saved_at: datetime


async def keep_draft(context: Context, reach: Reach, hall: str, drawing: HallDrawing, by: str) -> DraftKept:
    """Keep what somebody draws, whatever it is. The one of before is gone.

    Raises:
        InvalidField: its id or name can't be one, it began with a layout that nobody knows, or there are too many.
        UnknownVenue
        HallElsewhere: a hall of that id belongs to another venue.
        OutOfReach, DatabaseUnavailable
    """
    check_hall_id(hall)
    check_name(drawing.name)
    require_reach(reach, venue=drawing.venue)

    def unknown_venue(_error: asyncpg.PostgresError) -> errors.TicketingError:
        return errors.UnknownVenue(venue=drawing.venue)

    def unknown_layout(_error: asyncpg.PostgresError) -> errors.TicketingError:
        return errors.InvalidField(field="based_on", problem="based_on: there is no such layout")

    constraints = {"hall_draft_venue_id_fkey": unknown_venue, "hall_draft_based_on_fkey": unknown_layout}
    async with database_errors(constraints):
        stands_at = await context.postgres.fetchval(SQL.read_venue_of_hall, hall)
        if stands_at not in (None, drawing.venue):
            raise errors.HallElsewhere(hall=hall)
        saved_at = await context.postgres.fetchval(
            SQL.keep_hall_draft,
            hall,
            by,
            drawing.venue,
            drawing.name,
            drawing.based_on,
            drawing.document,
            context.clock.now(),
            DRAFTS_PER_PERSON_MAX,
        )
    if saved_at is None:
        raise errors.InvalidField(field="hall", problem=MANY_PROBLEM)
    return DraftKept(saved_at)


async def read_draft(context: Context, reach: Reach, hall: str, by: str) -> HallDraft | None:
    """Somebody's own draft of a hall; None where there is none.

    Raises:
        OutOfReach, DatabaseUnavailable
    """
    if not is_hall_id(hall):
        return None
    async with database_errors():
        row = await context.postgres.fetchrow(SQL.read_hall_draft, hall, by)
    if row is None:
        return None
    require_reach(reach, venue=row["venue"])
    return msgspec.convert(dict(row), HallDraft)


async def list_drafts(context: Context, by: str) -> list[DraftRow]:
    """The drafts of somebody, the latest first.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        rows = await context.postgres.fetch(SQL.list_hall_drafts, by)
    return [msgspec.convert(dict(row), DraftRow) for row in rows]


async def drop_draft(context: Context, hall: str, by: str) -> None:
    """Throw somebody's own draft of a hall away. One that is gone already is no error.

    Raises:
        DatabaseUnavailable
    """
    if is_hall_id(hall):
        async with database_errors():
            await context.postgres.execute(SQL.drop_hall_draft, hall, by)
