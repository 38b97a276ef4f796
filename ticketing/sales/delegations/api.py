"""Delegations, over JSON."""

import uuid
from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.sales.delegations.keeping import (
    accredit_delegation,
    invite_delegation,
    list_delegations,
    read_delegation,
    set_delegation,
)
from ticketing.sales.delegations.model import SCREENINGS_AT_ONCE_MAX, Delegation, DelegationTerms
from ticketing.sales.desk import Sales
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.staff.reach import require_reach

ORGANISER = [requires(Role.ORGANISER)]
STAFF = (errors.Unauthenticated, errors.Forbidden, errors.OutOfReach)
ONE = "/api/v1/delegations/{delegation:uuid}"


class InvitedTo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Screenings and meetings of the delegation's festival."""

    screenings: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=63)]],
        Meta(min_length=1, max_length=SCREENINGS_AT_ONCE_MAX),
    ]


@get(
    "/api/v1/festivals/{festival:str}/delegations",
    summary="Delegations with their members, what they are invited to, and their answers",
    tags=["delegations"],
    guards=ORGANISER,
    responses=problems(*STAFF, errors.UnknownFestival),
)
async def get_delegations(
    request: StaffRequest, festival: FromPath[str], sales: NamedDependency[Sales]
) -> list[Delegation]:
    require_reach(request.user.reach, festival=festival)
    return await list_delegations(sales, festival)


@put(
    "/api/v1/festivals/{festival:str}/delegations/{delegation:uuid}",
    summary="Make a delegation, or change it",
    description="The first member is its head. Sent again, it changes nothing.",
    tags=["delegations"],
    guards=ORGANISER,
    responses=problems(*STAFF, errors.UnknownFestival, errors.UnknownDelegation, errors.MemberInvited),
)
async def put_delegation(
    request: StaffRequest,
    festival: FromPath[str],
    delegation: FromPath[uuid.UUID],
    data: JSONBody[DelegationTerms],
    sales: NamedDependency[Sales],
) -> Delegation:
    require_reach(request.user.reach, festival=festival)
    return await set_delegation(sales, festival, delegation, data, request.user.login)


@post(
    ONE + "/invitations",
    summary="Invite a delegation to screenings and meetings in one act",
    description="All members to all of them, or nobody to anything. Sent again, it invites who is missing.",
    tags=["delegations"],
    status_code=200,
    guards=ORGANISER,
    responses=problems(
        *STAFF,
        errors.UnknownDelegation,
        errors.UnknownScreening,
        errors.InvitationTermsMissing,
        errors.AnswersClosed,
        errors.InvitationsBeyondBounds,
        errors.SalesClosed,
    ),
)
async def post_invitations(
    request: StaffRequest, delegation: FromPath[uuid.UUID], data: JSONBody[InvitedTo], sales: NamedDependency[Sales]
) -> Delegation:
    known = await read_delegation(sales, delegation)
    require_reach(request.user.reach, festival=known.festival)
    for asked in data.screenings:
        screening = await sales.catalogue.screening(asked)
        require_reach(request.user.reach, festival=screening.festival, venue=screening.venue.venue)
    return await invite_delegation(sales, delegation, data.screenings, request.user.login)


@post(
    ONE + "/accreditations",
    summary="Accredit the members of a delegation who have no badge",
    description="For all screenings of films and for what they are invited to, between arrival and departure.",
    tags=["delegations"],
    status_code=200,
    guards=ORGANISER,
    responses=problems(*STAFF, errors.UnknownDelegation, errors.AccreditationsFull),
)
async def post_accreditations(
    request: StaffRequest, delegation: FromPath[uuid.UUID], sales: NamedDependency[Sales]
) -> Delegation:
    known = await read_delegation(sales, delegation)
    require_reach(request.user.reach, festival=known.festival)
    return await accredit_delegation(sales, delegation, request.user.login)


routes = [get_delegations, put_delegation, post_invitations, post_accreditations]
