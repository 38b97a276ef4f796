"""Accreditations over JSON, for organisers."""

from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta

from ticketing.accreditation.accrediting import accredit, change_accreditation, reissue_badge, revoke_accreditation
from ticketing.accreditation.desk import Accreditations
from ticketing.accreditation.model import (
    Accreditation,
    AccreditationChange,
    Category,
    NewAccreditations,
    Status,
)
from ticketing.accreditation.reading import LISTED_MAX, Listed, list_accreditations, read_accreditation
from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.staff.reach import require_reach

ORGANISER = [requires(Role.ORGANISER)]
STAFF = (errors.Unauthenticated, errors.Forbidden, errors.OutOfReach)
ALL = "/api/v1/festivals/{festival:str}/accreditations"
ONE = "/api/v1/accreditations/{accreditation:str}"


class Reissue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The revision of the badge that is to be superseded."""

    revision: Annotated[int, Meta(ge=1, le=65_535)]


@get(
    ALL,
    summary="Who is accredited to a festival",
    tags=["accreditations"],
    guards=ORGANISER,
    responses=problems(*STAFF, errors.UnknownFestival),
)
async def get_accreditations(
    request: StaffRequest,
    accreditations: NamedDependency[Accreditations],
    festival: FromPath[str],
    *,
    category: FromQuery[Category | None] = None,
    status: FromQuery[Status | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=LISTED_MAX)] = 50,
    cursor: Annotated[str | None, QueryParameter(max_length=200)] = None,
) -> Listed:
    require_reach(request.user.reach, festival=festival)
    return await list_accreditations(
        accreditations, festival, category=category, status=status, limit=limit, cursor=cursor
    )


@post(
    ALL,
    summary="Accredit people to a festival",
    description="All of them alike, all or none. The same `request` sent again has one effect and one answer.",
    tags=["accreditations"],
    status_code=201,
    guards=ORGANISER,
    responses=problems(*STAFF, errors.UnknownFestival, errors.AccreditationsFull, errors.IdempotencyMismatch),
)
async def post_accreditations(
    request: StaffRequest,
    accreditations: NamedDependency[Accreditations],
    festival: FromPath[str],
    data: JSONBody[NewAccreditations],
) -> list[Accreditation]:
    require_reach(request.user.reach, festival=festival)
    return await accredit(accreditations, festival, data, request.user.login)


@get(
    ONE,
    summary="One accreditation",
    tags=["accreditations"],
    guards=ORGANISER,
    responses=problems(*STAFF, errors.UnknownAccreditation),
)
async def get_accreditation(
    request: StaffRequest, accreditations: NamedDependency[Accreditations], accreditation: FromPath[str]
) -> Accreditation:
    return await within_reach(request, accreditations, accreditation)


@put(
    ONE,
    summary="Change an accreditation: whose it is, and what it may enter",
    description="Made from the `version` that was read: what somebody has changed since is not overwritten. "
    "Its badge stays good. Sent again, it changes nothing.",
    tags=["accreditations"],
    guards=ORGANISER,
    responses=problems(*STAFF, errors.UnknownAccreditation, errors.AccreditationErased, errors.ChangedMeanwhile),
)
async def put_accreditation(
    request: StaffRequest,
    accreditations: NamedDependency[Accreditations],
    accreditation: FromPath[str],
    data: JSONBody[AccreditationChange],
) -> Accreditation:
    await within_reach(request, accreditations, accreditation)
    return await change_accreditation(
        accreditations, accreditation, data, request.user.login, made_from=data.made_from
    )


@post(
    ONE + "/revocation",
    summary="Let a badge in nowhere any more",
    description="Sent again, it changes nothing. A new badge makes the accreditation good again.",
    tags=["accreditations"],
    status_code=200,
    guards=ORGANISER,
    responses=problems(*STAFF, errors.UnknownAccreditation),
)
async def post_revocation(
    request: StaffRequest, accreditations: NamedDependency[Accreditations], accreditation: FromPath[str]
) -> Accreditation:
    await within_reach(request, accreditations, accreditation)
    return await revoke_accreditation(accreditations, accreditation, request.user.login)


@post(
    ONE + "/reissue",
    summary="Make a badge anew",
    description="The badge of this revision and all before it are superseded. Sent again, it changes nothing.",
    tags=["accreditations"],
    status_code=200,
    guards=ORGANISER,
    responses=problems(*STAFF, errors.UnknownAccreditation, errors.AccreditationErased),
)
async def post_reissue(
    request: StaffRequest,
    accreditations: NamedDependency[Accreditations],
    accreditation: FromPath[str],
    data: JSONBody[Reissue],
) -> Accreditation:
    await within_reach(request, accreditations, accreditation)
    return await reissue_badge(accreditations, accreditation, data.revision, request.user.login)


async def within_reach(request: StaffRequest, accreditations: Accreditations, accreditation: str) -> Accreditation:
    """An accreditation of a festival in which the caller's role counts.

    Raises:
        UnknownAccreditation, OutOfReach, DatabaseUnavailable
    """
    found = await read_accreditation(accreditations, accreditation)
    require_reach(request.user.reach, festival=found.festival)
    return found


routes = [
    get_accreditations,
    post_accreditations,
    get_accreditation,
    put_accreditation,
    post_revocation,
    post_reissue,
]
