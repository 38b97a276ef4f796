"""The programme's desk over JSON: entries by table, and what is done to a screening that is sold.

It stands here and not with the programme because moving a sold screening writes to its buyers.
"""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.errors import N_
from ticketing.kernel.wire import problems
from ticketing.programme.desk.copying import COPIES_MAX, copy_screening
from ticketing.programme.desk.model import Entry, EntryTable, Fields, key_of
from ticketing.programme.desk.reach import require_reading
from ticketing.programme.desk.reading import (
    ENTRIES_LISTED_MAX,
    KEY_PATTERN,
    EntryPage,
    read_entry,
    read_page,
)
from ticketing.programme.desk.removing import remove_entry
from ticketing.programme.desk.writing import NOTHING_BROUGHT, Brought, Writer, Written, write_entry
from ticketing.programme.hall_book import HALL_BYTES_MAX, read_drawing
from ticketing.sales.desk import Sales
from ticketing.sales.screenings.cancelling import (
    CancellationView,
    Way,
    cancel_screening,
    close_at_once,
    look_at_screening,
)
from ticketing.sales.screenings.moving import telling_of_moves
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role

ORGANISER = [requires(Role.ORGANISER)]
TAGS = ["programme desk"]
KEY_PROBLEM = N_("The fields name another entry than the address")
SEAT_MAP_PROBLEM = N_("Halls have seat maps, and nothing else")

Version = Annotated[str, Meta(pattern=r"^[0-9a-f]{24}$")]
NoControls = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$")]


class NewEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``fields`` are those of the table in an import file; the one that names it may be left out.

    ``seat_map`` is a hall's, in our own format; a new hall has one, and nothing else does.
    """

    fields: dict[str, Any]
    seat_map: dict[str, Any] | None = None


class ChangedEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All ``fields`` of the entry as they shall be, made from the ``version`` that was read. ``tell_buyers`` lets a
    screening be moved for which tickets are sold.
    """

    fields: dict[str, Any]
    made_from: Version
    tell_buyers: bool = False


class EntryList(msgspec.Struct, frozen=True):
    """Entries that were made."""

    entries: list[Entry]


class Copies(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to copy a screening to: ``starts`` on the venue's clock, without an offset."""

    starts: Annotated[list[Annotated[datetime, Meta(tz=False)]], Meta(min_length=1, max_length=COPIES_MAX)]
    status: Literal["draft", "published"] = "draft"


class CancellationWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of the tickets, and why, for the letter: a text by language."""

    way: Way
    reason: dict[Literal["kk", "ru", "fr", "en"], NoControls] = {}


STAFF_REFUSALS = (errors.Unauthenticated, errors.Forbidden, errors.OutOfReach)
WRITE_REFUSALS = (*STAFF_REFUSALS, errors.UnknownEntry, errors.EntryRefused, errors.EntryExists)


@get(
    "/api/v1/desk/{table:str}",
    guards=ORGANISER,
    summary="The entries of a table of the programme",
    description="Drafts included. Of what belongs to festivals, those of the festivals within reach.",
    tags=TAGS,
    responses=problems(*STAFF_REFUSALS),
)
async def get_entries(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    table: FromPath[EntryTable],
    *,
    festival: FromQuery[str | None] = None,
    limit: Annotated[
        int, QueryParameter(ge=1, le=ENTRIES_LISTED_MAX, description="How many.")
    ] = ENTRIES_LISTED_MAX,
    cursor: Annotated[
        str | None, QueryParameter(pattern=KEY_PATTERN, description="`next` of the answer before.")
    ] = None,
) -> EntryPage:
    """What is out of reach is left out, so that an answer may have fewer than `limit` although others follow."""
    return await read_page(sales.context, request.user.reach, table, festival, limit=limit, cursor=cursor)


@get(
    "/api/v1/desk/{table:str}/{key:str}",
    guards=ORGANISER,
    summary="An entry of the programme",
    description="Its fields are those of an import file; what belongs to a festival is named `festival:own`.",
    tags=TAGS,
    responses=problems(*STAFF_REFUSALS, errors.UnknownEntry),
)
async def get_entry(
    request: StaffRequest, sales: NamedDependency[Sales], table: FromPath[EntryTable], key: FromPath[str]
) -> Entry:
    entry = await read_entry(sales.context, table, key)
    await require_reading(sales.context.postgres, request.user.reach, table, entry.fields)
    return entry


@post(
    "/api/v1/desk/{table:str}",
    guards=ORGANISER,
    status_code=201,
    summary="Add an entry to the programme",
    description="Sent again, the entry that is there is the answer. A hall comes with its seat map in our format.",
    tags=TAGS,
    request_max_body_size=HALL_BYTES_MAX,
    responses=problems(*WRITE_REFUSALS, errors.HallRefused),
)
async def post_entry(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    table: FromPath[EntryTable],
    data: JSONBody[NewEntry],
) -> Written:
    brought = NOTHING_BROUGHT
    if data.seat_map is not None:
        if table != "hall":
            raise errors.InvalidField(field="seat_map", problem=SEAT_MAP_PROBLEM)
        brought = Brought(layout=await asyncio.to_thread(read_drawing, data.seat_map))
    written = await write_entry(
        sales.context, _writer(request), table, data.fields, made_from=None, brought=brought
    )
    sales.catalogue.forget()
    return written


@put(
    "/api/v1/desk/{table:str}/{key:str}",
    guards=ORGANISER,
    summary="Change an entry of the programme",
    description="Made from the version that was read: what somebody has changed since is not overwritten.",
    tags=TAGS,
    responses=problems(
        *WRITE_REFUSALS, errors.ChangedMeanwhile, errors.ScreeningIsCancelled, errors.MoveUnconfirmed
    ),
)
async def put_entry(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    table: FromPath[EntryTable],
    key: FromPath[str],
    data: JSONBody[ChangedEntry],
) -> Written:
    entry = await read_entry(sales.context, table, key)
    await require_reading(sales.context.postgres, request.user.reach, table, entry.fields)
    _named(table, key, data.fields)
    telling = telling_of_moves(sales.context.clock, confirmed=data.tell_buyers)
    written = await write_entry(
        sales.context, _writer(request), table, data.fields, made_from=data.made_from, after_write=telling
    )
    sales.catalogue.forget()
    if table == "screening":
        await close_at_once(sales, key)
    return written


@delete(
    "/api/v1/desk/{table:str}/{key:str}",
    guards=ORGANISER,
    summary="Delete an entry on which nothing rests",
    description="What is gone already is gone.",
    tags=TAGS,
    responses=problems(*STAFF_REFUSALS, errors.EntryInUse),
)
async def delete_entry(
    request: StaffRequest, sales: NamedDependency[Sales], table: FromPath[EntryTable], key: FromPath[str]
) -> None:
    await remove_entry(sales.context, _writer(request), table, key)
    sales.catalogue.forget()


@post(
    "/api/v1/screenings/{screening:str}/copies",
    guards=ORGANISER,
    status_code=201,
    summary="Copy a screening to other days and times",
    description="All copies or none; sent again, they are there already.",
    tags=TAGS,
    responses=problems(*WRITE_REFUSALS, errors.UnknownScreening),
)
async def post_copies(
    request: StaffRequest, sales: NamedDependency[Sales], screening: FromPath[str], data: JSONBody[Copies]
) -> EntryList:
    made = await copy_screening(sales.context, _writer(request), screening, data.starts, data.status)
    sales.catalogue.forget()
    return EntryList(made)


@get(
    "/api/v1/screenings/{screening:str}/cancellation",
    guards=ORGANISER,
    summary="What cancelling a screening concerns, or how far it is",
    tags=TAGS,
    responses=problems(*STAFF_REFUSALS, errors.UnknownScreening),
)
async def get_cancellation(sales: NamedDependency[Sales], screening: FromPath[str]) -> CancellationView:
    return await look_at_screening(sales, await sales.catalogue.screening(screening))


@post(
    "/api/v1/screenings/{screening:str}/cancellation",
    guards=ORGANISER,
    status_code=200,
    summary="Cancel a screening",
    description="Off sale at once; its orders are seen to by the worker, one by one, each once.",
    tags=TAGS,
    responses=problems(
        *STAFF_REFUSALS, errors.UnknownScreening, errors.ScreeningIsDraft, errors.CancelledOtherwise
    ),
)
async def post_cancellation(
    request: StaffRequest, sales: NamedDependency[Sales], screening: FromPath[str], data: JSONBody[CancellationWish]
) -> CancellationView:
    asked = await sales.catalogue.screening(screening)
    reason = {str(language): text for language, text in data.reason.items()}
    return await cancel_screening(sales, asked, data.way, reason, request.user.login)


def _named(table: EntryTable, key: str, fields: Fields) -> None:
    if key_of(table, fields) != key:
        raise errors.InvalidField(field="fields", problem=KEY_PROBLEM)


def _writer(request: StaffRequest) -> Writer:
    return Writer(request.user.login, request.user.reach)


routes = [
    get_entries,
    get_entry,
    post_entry,
    put_entry,
    delete_entry,
    post_copies,
    get_cancellation,
    post_cancellation,
]
