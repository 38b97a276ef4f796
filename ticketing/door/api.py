"""The door over JSON. A verdict is always a 200: errors are for faults."""

from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK

from ticketing.door import offline
from ticketing.door.answers import ScanAnswer, admit, answer_of
from ticketing.door.desk import Door
from ticketing.door.model import SCREENING_PATTERN, ScanBatch, ScanRequest
from ticketing.door.scans import record_scans
from ticketing.kernel.errors import Forbidden, Unauthenticated, UnknownScreening
from ticketing.kernel.wire import locale_of, problems
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role

OneScreening = Annotated[str, QueryParameter(pattern=SCREENING_PATTERN)]
AnyScreening = Annotated[str | None, QueryParameter(pattern=SCREENING_PATTERN)]


@post(
    "/api/v1/door/scans",
    summary="Scan a ticket",
    tags=["door"],
    status_code=HTTP_200_OK,
    guards=[requires(Role.DOOR)],
    responses=problems(Unauthenticated, Forbidden),
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
    responses=problems(Unauthenticated, Forbidden),
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
    responses=problems(Unauthenticated, Forbidden, UnknownScreening),
)
async def show_snapshot(
    request: StaffRequest, screening: OneScreening, door: NamedDependency[Door]
) -> offline.Snapshot:
    """The tickets of a screening, who is inside, and the public keys that codes are checked with."""
    return await offline.take_snapshot(door, screening, locale_of(request))


@get(
    "/api/v1/door/conflicts",
    summary="Whom gates let in and the house would have refused",
    tags=["door"],
    guards=[requires(Role.SUPERVISOR)],
    responses=problems(Unauthenticated, Forbidden),
)
async def show_conflicts(
    door: NamedDependency[Door],
    screening: AnyScreening = None,
    limit: Annotated[int, QueryParameter(ge=1, le=offline.CONFLICTS_LISTED_MAX)] = 50,
    cursor: Annotated[str | None, QueryParameter(max_length=200)] = None,
) -> offline.Conflicts:
    """Found when late scans were handed in, the latest first."""
    return await offline.list_conflicts(door, screening, limit, cursor)


routes = [scan_ticket, scan_batch, show_snapshot, show_conflicts]
