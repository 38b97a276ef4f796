"""Invitations, over JSON: the desk's side."""

from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.programme.model import Screening
from ticketing.sales.desk import Sales
from ticketing.sales.invitations.model import (
    INVITEES_AT_ONCE_MAX,
    InvitationTerms,
    Invitee,
    Round,
    RoundCounts,
    count_answers,
)
from ticketing.sales.invitations.rounds import invite, read_round, set_terms, withdraw_invitation
from ticketing.sales.invitations.seating import issue_tickets, move_party, propose
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.staff.reach import require_reach

ORGANISER = [requires(Role.ORGANISER)]
STAFF = (errors.Unauthenticated, errors.Forbidden, errors.OutOfReach, errors.UnknownScreening)
SEATING = (
    errors.InvitationTermsMissing,
    errors.SeatingAllotmentMissing,
    errors.UnknownAllotment,
    errors.AllotmentReleased,
)
PLACE = "/api/v1/screenings/{screening:str}/invitations"


class Invitees(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People to invite. Whoever is invited already is left as they are."""

    people: Annotated[list[Invitee], Meta(min_length=1, max_length=INVITEES_AT_ONCE_MAX)]


class PlannedSeats(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The seats of a party, the guest's own first; none: nothing is planned for it."""

    seats: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...], Meta(max_length=11)]


class RoundView(msgspec.Struct, frozen=True):
    """The invitations of a screening with their counts; ``round`` is null before there are terms."""

    round: Round | None
    counts: RoundCounts


class Issued(msgspec.Struct, frozen=True):
    """To how many parties tickets were issued; 0: nobody is left."""

    parties: int


@get(
    PLACE,
    summary="Who is invited, and what they answer",
    tags=["invitations"],
    guards=ORGANISER,
    responses=problems(*STAFF),
)
async def get_invitations(
    request: StaffRequest, screening: FromPath[str], sales: NamedDependency[Sales]
) -> RoundView:
    return _view(await read_round(sales, await _within_reach(request, sales, screening)))


@put(
    "/api/v1/screenings/{screening:str}/invitation-terms",
    summary="How many people invitations come to, until when they are answered, and where guests sit",
    description="Where that makes room, those who wait are accepted and written to.",
    tags=["invitations"],
    guards=ORGANISER,
    responses=problems(
        *STAFF,
        errors.InvitationTermsMissing,
        errors.InvitationsBeyondBounds,
        errors.UnknownAllotment,
        errors.SalesClosed,
    ),
)
async def put_terms(
    request: StaffRequest, screening: FromPath[str], data: JSONBody[InvitationTerms], sales: NamedDependency[Sales]
) -> RoundView:
    asked = await _within_reach(request, sales, screening)
    return _view(await set_terms(sales, asked, data, request.user.login))


@post(
    PLACE,
    summary="Invite people",
    description="Each is written to in their language, with a link of their own. Whoever is invited already, by "
    "address or (without one) by name, is left as they are: a list can be sent twice.",
    tags=["invitations"],
    status_code=200,
    guards=ORGANISER,
    responses=problems(
        *STAFF,
        errors.InvitationTermsMissing,
        errors.InvitationsBeyondBounds,
        errors.AnswersClosed,
        errors.SalesClosed,
    ),
)
async def post_invitations(
    request: StaffRequest, screening: FromPath[str], data: JSONBody[Invitees], sales: NamedDependency[Sales]
) -> RoundView:
    asked = await _within_reach(request, sales, screening)
    await invite(sales, asked, data.people, request.user.login)
    return _view(await read_round(sales, asked))


@post(
    PLACE + "/{invitation:str}/withdrawal",
    summary="Take an invitation back",
    description="Not once its tickets are issued. Sent again, it changes nothing.",
    tags=["invitations"],
    status_code=200,
    guards=ORGANISER,
    responses=problems(*STAFF, errors.UnknownInvitation, errors.InvitationTicketed),
)
async def post_withdrawal(
    request: StaffRequest, screening: FromPath[str], invitation: FromPath[str], sales: NamedDependency[Sales]
) -> RoundView:
    asked = await _within_reach(request, sales, screening)
    return _view(await withdraw_invitation(sales, asked, invitation, request.user.login))


@post(
    "/api/v1/screenings/{screening:str}/invitation-seats",
    summary="Plan seats for all who have accepted, by protocol",
    description="In the allotment of the terms. What was planned before is replaced; tickets stay as they are.",
    tags=["invitations"],
    status_code=200,
    guards=ORGANISER,
    responses=problems(*STAFF, *SEATING),
)
async def post_proposal(
    request: StaffRequest, screening: FromPath[str], sales: NamedDependency[Sales]
) -> RoundView:
    asked = await _within_reach(request, sales, screening)
    return _view(await propose(sales, asked, request.user.login))


@put(
    PLACE + "/{invitation:str}/seats",
    summary="Plan other seats for a party",
    description="Onto the seats of one other party of the same size: both change places.",
    tags=["invitations"],
    guards=ORGANISER,
    responses=problems(*STAFF, *SEATING, errors.UnknownInvitation, errors.InvitationTicketed, errors.SeatsTaken),
)
async def put_seats(
    request: StaffRequest,
    screening: FromPath[str],
    invitation: FromPath[str],
    data: JSONBody[PlannedSeats],
    sales: NamedDependency[Sales],
) -> RoundView:
    asked = await _within_reach(request, sales, screening)
    return _view(await move_party(sales, asked, invitation, data.seats, request.user.login))


@post(
    "/api/v1/screenings/{screening:str}/invitation-tickets",
    summary="Issue tickets for the planned seats, and mail them",
    description="One order a party. Sent again: those who have tickets keep them.",
    tags=["invitations"],
    status_code=200,
    guards=ORGANISER,
    responses=problems(*STAFF, *SEATING, errors.SeatsTaken, errors.NoFreeTariff, errors.SalesClosed),
)
async def post_tickets(request: StaffRequest, screening: FromPath[str], sales: NamedDependency[Sales]) -> Issued:
    asked = await _within_reach(request, sales, screening)
    return Issued(await issue_tickets(sales, asked, request.user.login))


def _view(found: Round | None) -> RoundView:
    return RoundView(found, count_answers(found.invitations if found else ()))


async def _within_reach(request: StaffRequest, sales: Sales, screening: str) -> Screening:
    asked = await sales.catalogue.screening(screening)
    require_reach(request.user.reach, festival=asked.festival, venue=asked.venue.venue)
    return asked


routes = [get_invitations, put_terms, post_invitations, post_withdrawal, post_proposal, put_seats, post_tickets]
