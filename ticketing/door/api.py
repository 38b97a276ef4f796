"""The door over JSON. A verdict is always a 200: errors are for faults."""

import uuid
from typing import Annotated, TypeVar

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK

from ticketing.door import conflicts, offline
from ticketing.door.answers import ScanAnswer, admit, answer_of
from ticketing.door.desk import Door
from ticketing.door.evening import MARK_MAX, Evening, take_evening
from ticketing.door.model import SCREENING_PATTERN, ScanBatch, ScanRequest
from ticketing.door.scans import record_scans
from ticketing.kernel.errors import (
    ConflictSettled,
    DeviceRevoked,
    Forbidden,
    Unauthenticated,
    UnknownConflict,
    UnknownScreening,
)
from ticketing.kernel.wire import locale_of, problems
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role

Answer = TypeVar("Answer")
OneScreening = Annotated[str, QueryParameter(pattern=SCREENING_PATTERN)]
Venue = Annotated[str | None, QueryParameter(pattern=SCREENING_PATTERN)]
Mark = Annotated[int | None, QueryParameter(ge=0, le=MARK_MAX)]
AnyScreening = Annotated[str | None, QueryParameter(pattern=SCREENING_PATTERN)]


@post(
    "/api/v1/door/scans",
    summary="Scan a ticket or a badge",
    tags=["door"],
    status_code=HTTP_200_OK,
    guards=[requires(Role.DOOR)],
    responses=problems(Unauthenticated, DeviceRevoked, Forbidden),
)
async def scan_ticket(
    request: StaffRequest, data: JSONBody[ScanRequest], door: NamedDependency[Door]
) -> ScanAnswer:
    """Decide about a code at a gate. The same `scan` sent again has one effect and one answer."""
    return await admit(door, data, request.user, locale_of(request))


@post(
    "/api/v1/door/scans/batch",
    summary="Hand in the scans of a gate that was offline",
    tags=["door"],
    status_code=HTTP_200_OK,
    guards=[requires(Role.DOOR)],
    responses=problems(Unauthenticated, DeviceRevoked, Forbidden),
)
async def scan_batch(
    request: StaffRequest, data: JSONBody[ScanBatch], door: NamedDependency[Door]
) -> list[ScanAnswer]:
    """Decided in the order of `scanned_at`, answered in the order given; all are recorded, or none."""
    locale = locale_of(request)
    recorded = await record_scans(door, data.scans, request.user)
    return [await answer_of(door, one, locale) for one in recorded]


@get(
    "/api/v1/door/snapshot",
    summary="What a gate needs to go on without the network",
    tags=["door"],
    guards=[requires(Role.DOOR)],
    responses=problems(Unauthenticated, DeviceRevoked, Forbidden, UnknownScreening),
)
async def show_snapshot(
    request: StaffRequest, screening: OneScreening, door: NamedDependency[Door]
) -> offline.Snapshot:
    """The tickets and badges of a screening, who is inside, and the public keys that codes are checked with."""
    return await offline.take_snapshot(door, screening, request.user.reach, locale_of(request))


@get(
    "/api/v1/door/evening",
    summary="What a venue's gates need to go on without the network, or what is new of it",
    tags=["door"],
    guards=[requires(Role.DOOR)],
    responses=problems(Unauthenticated, DeviceRevoked, Forbidden),
)
async def show_evening(
    request: StaffRequest, door: NamedDependency[Door], venue: Venue = None, since: Mark = None
) -> Response[Evening]:
    """All screenings of a venue around now with their tickets; with `since` (a `mark`), what has changed.

    With `If-None-Match` as well the answer is 304 where nothing has.
    """
    evening, _ = await take_evening(door, venue, since, request.user, locale_of(request))
    return unless_known(request, evening, evening)


def unless_known(request: StaffRequest, evening: Evening, content: Answer) -> Response[Answer]:
    """``content`` with the tag of its evening; 304 without it, where the caller has both tag and tickets."""
    headers = {
        "etag": f'"{evening.tag()}"',
        "cache-control": "private, no-cache",
        "vary": "Accept-Language, Cookie",
    }
    if evening.nothing_new() and request.headers.get("if-none-match") == headers["etag"]:
        return Response(content=b"", status_code=304, headers=headers)  # type: ignore[arg-type]  # no content
    return Response(content, headers=headers, media_type="application/json")


@get(
    "/api/v1/door/conflicts",
    summary="Whom gates let in and the house would have refused",
    tags=["door"],
    guards=[requires(Role.SUPERVISOR)],
    responses=problems(Unauthenticated, DeviceRevoked, Forbidden),
)
async def show_conflicts(
    request: StaffRequest,
    door: NamedDependency[Door],
    *,
    screening: AnyScreening = None,
    status: Annotated[conflicts.Status | None, QueryParameter()] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=conflicts.CONFLICTS_LISTED_MAX)] = 50,
    cursor: Annotated[str | None, QueryParameter(max_length=200)] = None,
) -> conflicts.Conflicts:
    """Found when late scans were handed in, the latest first; with `status`, only those open or settled."""
    return await conflicts.list_conflicts(door, screening, request.user.reach, limit, cursor, status=status)


@put(
    "/api/v1/door/conflicts/{scan:uuid}/settlement",
    summary="Say what came of a conflict",
    tags=["door"],
    guards=[requires(Role.SUPERVISOR)],
    responses=problems(Unauthenticated, DeviceRevoked, Forbidden, UnknownConflict, ConflictSettled),
)
async def put_settlement(
    request: StaffRequest,
    scan: FromPath[uuid.UUID],
    data: JSONBody[conflicts.Settlement],
    door: NamedDependency[Door],
) -> conflicts.ConflictShown:
    """Of two people, the first one stands and the second one is told. Sent again, it changes nothing."""
    return await conflicts.settle_conflict(door, scan, data, request.user)


@delete(
    "/api/v1/door/conflicts/{scan:uuid}/settlement",
    summary="Open a settled conflict again",
    tags=["door"],
    guards=[requires(Role.SUPERVISOR)],
    responses=problems(Unauthenticated, DeviceRevoked, Forbidden, UnknownConflict),
)
async def delete_settlement(request: StaffRequest, scan: FromPath[uuid.UUID], door: NamedDependency[Door]) -> None:
    """Whoever settled it. The audit keeps both."""
    await conflicts.reopen_conflict(door, scan, request.user)


routes = [
    scan_ticket,
    scan_batch,
    show_snapshot,
    show_evening,
    show_conflicts,
    put_settlement,
    delete_settlement,
]
