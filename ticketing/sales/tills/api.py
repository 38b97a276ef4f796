"""Tills and shifts over JSON."""

import uuid
from datetime import datetime
from typing import Annotated, Final

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.sales.desk import Sales
from ticketing.sales.tills.model import Booking, Shift, ShiftClosing, ShiftOpening, Till, TillTerms
from ticketing.sales.tills.shifts import (
    SHIFTS_LISTED_MAX,
    close_shift,
    list_bookings,
    list_shifts,
    open_shift,
    shift_of,
    show_shift,
)
from ticketing.sales.tills.tills import list_tills, set_till
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role

BOX_OFFICE = [requires(Role.BOX_OFFICE)]
SUPERVISOR = [requires(Role.SUPERVISOR)]
STAFF = (errors.Unauthenticated, errors.Forbidden)
SLUG: Final = r"^[a-z0-9][a-z0-9-]{0,62}$"


class Tills(msgspec.Struct, frozen=True):
    """The tills of one's venues. ``mine``: the shift that one has open."""

    tills: list[Till]
    mine: Shift | None


class Shifts(msgspec.Struct, frozen=True):
    """Shifts, the latest first; ``next`` is the cursor of those before, null at the end."""

    shifts: list[Shift]
    next: str | None


@get(
    "/api/v1/counter/tills",
    summary="The tills, and who has them open",
    tags=["tills"],
    guards=BOX_OFFICE,
    responses=problems(*STAFF),
)
async def get_tills(request: StaffRequest, sales: NamedDependency[Sales]) -> Tills:
    return Tills(await list_tills(sales, request.user), await shift_of(sales, request.user))


@put(
    "/api/v1/counter/tills/{till:str}",
    summary="Put a till at a venue, or change it",
    tags=["tills"],
    guards=SUPERVISOR,
    responses=problems(*STAFF, errors.UnknownVenue, errors.TillTaken),
)
async def put_till(
    request: StaffRequest, till: FromPath[str], data: JSONBody[TillTerms], sales: NamedDependency[Sales]
) -> Till:
    return await set_till(sales, till_named(till), data, request.user)


@post(
    "/api/v1/counter/tills/{till:str}/shifts",
    summary="Open a till",
    description="With what lies in it, by currency. The same `shift` sent again is the one that was opened.",
    tags=["tills"],
    status_code=201,
    guards=BOX_OFFICE,
    responses=problems(*STAFF, errors.UnknownTill, errors.TillTaken, errors.ShiftOpen, errors.IdempotencyMismatch),
)
async def post_shift(
    request: StaffRequest, till: FromPath[str], data: JSONBody[ShiftOpening], sales: NamedDependency[Sales]
) -> Shift:
    return await open_shift(sales, till, data, request.user)


@post(
    "/api/v1/counter/shifts/{shift:uuid}/closing",
    summary="Close a till with what was counted",
    description="What should be there is told afterwards, and stays. The same count again changes nothing.",
    tags=["tills"],
    status_code=200,
    guards=BOX_OFFICE,
    responses=problems(*STAFF, errors.UnknownShift, errors.CountMissing, errors.ShiftClosed),
)
async def post_closing(
    request: StaffRequest,
    shift: FromPath[uuid.UUID],
    data: JSONBody[ShiftClosing],
    sales: NamedDependency[Sales],
) -> Shift:
    return await close_shift(sales, shift, data, request.user)


@get(
    "/api/v1/counter/shifts/{shift:uuid}",
    summary="One shift of a till",
    description="One's own, where it is open without what should be there; for supervisors any.",
    tags=["tills"],
    guards=BOX_OFFICE,
    responses=problems(*STAFF, errors.UnknownShift),
)
async def get_shift(request: StaffRequest, shift: FromPath[uuid.UUID], sales: NamedDependency[Sales]) -> Shift:
    return await show_shift(sales, shift, request.user)


@get(
    "/api/v1/counter/shifts/{shift:uuid}/bookings",
    summary="What was booked to a shift, by time",
    description="One's own once it is closed; for supervisors any. Below zero is what was handed out.",
    tags=["tills"],
    guards=BOX_OFFICE,
    responses=problems(*STAFF, errors.UnknownShift),
)
async def get_bookings(
    request: StaffRequest, shift: FromPath[uuid.UUID], sales: NamedDependency[Sales]
) -> list[Booking]:
    return await list_bookings(sales, shift, request.user)


@get(
    "/api/v1/counter/shifts",
    summary="All shifts with their differences",
    tags=["tills"],
    guards=SUPERVISOR,
    responses=problems(*STAFF),
)
async def get_shifts(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    till: Annotated[str | None, QueryParameter(pattern=SLUG)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=SHIFTS_LISTED_MAX)] = 50,
    cursor: Annotated[str | None, QueryParameter(max_length=100)] = None,
) -> Shifts:
    """The latest first."""
    before = shift_of_cursor(cursor) if cursor else None
    listed = await list_shifts(sales, request.user, till=till, before=before, limit=limit)
    return Shifts(listed, cursor_of(listed[-1]) if len(listed) == limit else None)


def till_named(till: str) -> str:
    """A till's id as it may be.

    Raises:
        InvalidField
    """
    try:
        return msgspec.convert({"till": till}, _TillPath).till
    except msgspec.ValidationError as error:
        raise errors.InvalidField(problem=str(error), field="till") from None


class _TillPath(msgspec.Struct, frozen=True):
    till: Annotated[str, msgspec.Meta(pattern=SLUG)]


def cursor_of(shift: Shift) -> str:
    """Where a list goes on behind this shift."""
    return f"{shift.opened_at.isoformat()},{shift.shift}"


def shift_of_cursor(cursor: str) -> tuple[datetime, uuid.UUID]:
    """The inverse of :func:`cursor_of`.

    Raises:
        InvalidField: it is none of ours.
    """
    at, _, shift = cursor.partition(",")
    try:
        moment, behind = datetime.fromisoformat(at), uuid.UUID(shift)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise errors.InvalidField(problem="cursor: take it from `next`", field="cursor")
    return moment, behind


routes = [get_tills, put_till, post_shift, post_closing, get_shift, get_bookings, get_shifts]
