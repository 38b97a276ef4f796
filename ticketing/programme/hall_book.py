"""The halls of a house: listed, and saved with a new layout. What is sold goes by the layout its screening pins.

A layout never changes and is named by its hash, so saving the same drawing twice is one act. A hall is there from
its first layout on; before that it is somebody's draft, see ``hall_drafts``.
"""

import asyncio
import re
from typing import Annotated, Any, Final

import asyncpg
import msgspec
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.halls import parse_hall
from ticketing.programme.halls.own import hall_document, read_own
from ticketing.programme.layout import Layout, layout_body, layout_from_body, layout_id
from ticketing.programme.model import Screening, Translated
from ticketing.programme.nodes import Node
from ticketing.programme.problems import Problems
from ticketing.staff.accounts import add_audit
from ticketing.staff.reach import EVERYWHERE, Reach, reaches, require_reach

SQL = load_queries("halls")
PROGRAMME_SQL = load_queries("programme")
HALLS_LISTED_MAX: Final = 1_000
VENUES_LISTED_MAX: Final = 1_000
SCREENINGS_LISTED_MAX: Final = 500
HALL_BYTES_MAX: Final = 8_000_000
"""A hall of 20,000 places in our own format has some two million."""
DRAWING: Final = "drawing"
"""How problems name a document that came without a file."""
LANGUAGES: Final = frozenset({"kk", "ru", "fr", "en"})
NAME_PROBLEM: Final = N_("A hall has a name in one language at least: kk, ru, fr or en")
ID_PROBLEM: Final = N_("The id of a hall has 1 to 63 signs: a to z, 0 to 9, dash")
_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_LAYOUT: Final = r"^[0-9a-f]{32}$"

HallText = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")
]


class HallDrawing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A hall as it is to be: ``document`` in our own format, ``based_on`` the layout that the drawing began with.

    null: it began empty, which is right only for a hall that has no layout yet.
    """

    venue: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    name: dict[str, HallText]
    document: dict[str, Any]
    based_on: Annotated[str, Meta(pattern=_LAYOUT)] | None = None


class HallRow(msgspec.Struct, frozen=True):
    """A hall in a list. ``ahead`` counts its screenings to come, ``older`` those of them with another layout."""

    hall: str
    venue: str
    name: Translated
    venue_name: Translated
    city_name: Translated
    timezone: str
    layout: str
    places: int
    ahead: int
    older: int


class VenueRow(msgspec.Struct, frozen=True):
    """A venue, to choose one."""

    venue: str
    name: Translated
    city_name: Translated


async def list_halls(context: Context, reach: Reach) -> list[HallRow]:
    """The halls within reach by city and venue, at most `HALLS_LISTED_MAX`.

    Raises:
        DatabaseUnavailable
    """
    return await _list(context, reach, None)


async def read_hall(context: Context, reach: Reach, hall: str) -> HallRow:
    """One hall.

    Raises:
        UnknownHall
        OutOfReach: its venue is not the asker's.
        DatabaseUnavailable
    """
    found = await _list(context, EVERYWHERE, hall) if is_hall_id(hall) else []
    if not found:
        raise errors.UnknownHall(hall=hall)
    require_reach(reach, venue=found[0].venue)
    return found[0]


async def list_venues(context: Context, reach: Reach) -> list[VenueRow]:
    """The venues within reach, at most `VENUES_LISTED_MAX`.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        rows = await context.postgres.fetch(SQL.list_venues, _venues(reach), VENUES_LISTED_MAX)
    return [msgspec.convert(dict(row), VenueRow) for row in rows]


async def list_screenings_of_hall(context: Context, hall: str) -> list[Screening]:
    """The screenings of a hall that are still to end, by start; drafts too.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        rows = await context.postgres.fetch(
            SQL.list_screenings_of_hall, hall, context.clock.now(), SCREENINGS_LISTED_MAX
        )
    return [msgspec.json.decode(row["body"], type=Screening) for row in rows]


async def read_layout(context: Context, layout: str) -> Layout:
    """A layout by its id, one that somebody refers to.

    Raises:
        LookupError: there is none.
        DatabaseUnavailable
    """
    async with database_errors():
        body = await context.postgres.fetchval(PROGRAMME_SQL.get_layout, layout)
    if body is None:
        raise LookupError(f"no layout {layout}")
    return layout_from_body(body)


def read_drawing(document: object) -> Layout:
    """The layout of a document of our own format that was decoded already.

    Raises:
        HallRefused: with every problem in its data `problems`.
    """
    problems = Problems()
    layout = read_own(Node(document, "", DRAWING, problems), DRAWING, problems)
    if layout is None or problems.count:
        raise problems.refusal(errors.HallRefused)
    return layout


def read_file(content: bytes, file: str) -> dict[str, Any]:
    """A hall file in any of the four formats, as a document of our own.

    Raises:
        HallRefused: with every problem in its data `problems`.
    """
    problems = Problems()
    layout = parse_hall(content, file, problems)
    if layout is None:
        raise problems.refusal(errors.HallRefused)
    return hall_document(layout)


async def save_hall(context: Context, reach: Reach, hall: str, drawing: HallDrawing, by: str) -> HallRow:
    """Give a hall a new layout, or make the hall with its first one. Saved again, it is as it was.

    Screenings keep the layout that they pin. The draft of whoever saves goes.

    Raises:
        InvalidField: its id or name can't be one.
        HallRefused: the drawing is no hall; nothing was saved.
        UnknownHall: the drawing began with a layout, and there is no such hall.
        UnknownVenue, HallElsewhere
        HallSavedMeanwhile: the hall has another layout than the drawing began with.
        OutOfReach, DatabaseUnavailable
    """
    check_hall_id(hall)
    require_reach(reach, venue=drawing.venue)
    check_name(drawing.name)
    # Twenty thousand places take a second: other requests do not wait for that.
    layout = await asyncio.to_thread(read_drawing, drawing.document)
    identity, body = layout_id(layout), msgspec.Raw(layout_body(layout))
    async with (
        database_errors({"hall_venue_id_fkey": _unknown_venue(drawing.venue)}),
        context.postgres.acquire() as connection,
        connection.transaction(),
    ):
        await connection.execute(SQL.store_layout, identity, body, layout.capacity)
        if await _write(connection, hall, drawing, identity):
            before = drawing.based_on or ""
            now = context.clock.now()
            await add_audit(connection, now, by, "hall_saved", hall, layout=identity, before=before)
        await connection.execute(SQL.drop_hall_draft, hall, by)
    return await read_hall(context, reach, hall)


async def _write(connection: Connection, hall: str, drawing: HallDrawing, identity: str) -> bool:
    """The hall's row; False where it was like that before."""
    known = await connection.fetchrow(SQL.lock_hall, hall)
    if known is None and drawing.based_on is not None:
        raise errors.UnknownHall(hall=hall)
    if known is None and await connection.fetchval(SQL.add_hall, hall, drawing.venue, drawing.name, identity):
        return True
    # Somebody else may have made it a moment ago.
    known = known or await connection.fetchrow(SQL.lock_hall, hall)
    if known is None or known["venue_id"] != drawing.venue:
        raise errors.HallElsewhere(hall=hall)
    if identity != known["layout_id"] and drawing.based_on != known["layout_id"]:
        raise errors.HallSavedMeanwhile(layout=known["layout_id"])
    await connection.execute(SQL.change_hall, hall, drawing.name, identity)
    return bool(identity != known["layout_id"])


def is_hall_id(hall: str) -> bool:
    """Can a hall be called so?"""
    return _SLUG.fullmatch(hall) is not None


def check_hall_id(hall: str) -> None:
    """Go on where a hall can be called so.

    Raises:
        InvalidField
    """
    if not is_hall_id(hall):
        raise errors.InvalidField(field="hall", problem=ID_PROBLEM)


def check_name(name: dict[str, str]) -> None:
    """Go on where a name has our languages, one at least.

    Raises:
        InvalidField
    """
    if not name or not name.keys() <= LANGUAGES:
        raise errors.InvalidField(field="name", problem=NAME_PROBLEM)


async def _list(context: Context, reach: Reach, hall: str | None) -> list[HallRow]:
    async with database_errors():
        rows = await context.postgres.fetch(
            SQL.list_halls, _venues(reach), hall, context.clock.now(), HALLS_LISTED_MAX
        )
    return [msgspec.convert(dict(row), HallRow) for row in rows]


def _venues(reach: Reach) -> list[str] | None:
    """The venues that are wholly within reach, since a hall is shared by all festivals; None: any venue."""
    if reaches(reach):
        return None
    return sorted(place.venue for place in reach.places if place.festival is None and place.venue is not None)


def _unknown_venue(venue: str) -> Any:
    def refusal(_error: asyncpg.PostgresError) -> errors.TicketingError:
        return errors.UnknownVenue(venue=venue)

    return refusal
