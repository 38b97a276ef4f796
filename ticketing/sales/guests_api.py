"""What guests do by their links, over JSON: seats of an allotment, and the answer to an invitation."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.sales import links
from ticketing.sales.allotment_choosing import GuestChoice, OpenLink, open_link, take_seats
from ticketing.sales.api import Bearer, secret_of
from ticketing.sales.desk import Sales
from ticketing.sales.invitations.answering import OpenInvitation, answer_invitation, open_invitation
from ticketing.sales.invitations.model import Answer, InvitationStatus
from ticketing.sales.model import OrderView
from ticketing.seating.api import client_of
from ticketing.staff.guards import PUBLIC

LINK = "/api/v1/allotment-links/{code:str}"
INVITATION = "/api/v1/invitations/{invitation:str}"
AnyRequest = Request[Any, Any, Any]


class InvitationView(msgspec.Struct, frozen=True):
    """An invitation as its guest sees it. ``tickets``: the page with them, once they are issued."""

    screening: str
    name: str
    companions_max: int
    answer_by: datetime
    status: InvitationStatus
    companions: tuple[str, ...]
    wheelchairs: int
    note: str
    tickets: str | None


@get(
    LINK,
    opt=PUBLIC,
    summary="The seats that guests can choose by a link",
    tags=["guests"],
    responses=problems(errors.UnknownAllotmentLink),
)
async def get_link(request: AnyRequest, code: FromPath[str], sales: NamedDependency[Sales]) -> OpenLink:
    return await open_link(sales, code, client_of(request))


@post(
    LINK + "/tickets",
    opt=PUBLIC,
    summary="Take seats by a link",
    description="All of the seats or none, free and good at once. The same `choice` sent again has one "
    "effect and one answer.",
    tags=["guests"],
    responses=problems(
        errors.UnknownAllotmentLink,
        errors.AllotmentLinkOver,
        errors.AllotmentLinkUsedUp,
        errors.TooManySeats,
        errors.SeatsTaken,
        errors.CompanionApart,
        errors.SalesClosed,
        errors.NoFreeTariff,
        errors.IdempotencyMismatch,
    ),
)
async def post_choice(
    request: AnyRequest, code: FromPath[str], data: JSONBody[GuestChoice], sales: NamedDependency[Sales]
) -> OrderView:
    return await take_seats(sales, code, data, client_of(request))


@get(
    INVITATION,
    opt=PUBLIC,
    summary="An invitation, for whoever knows its secret",
    tags=["guests"],
    responses=problems(errors.UnknownInvitation, errors.Unauthenticated),
)
async def get_invitation(
    request: AnyRequest, invitation: FromPath[str], sales: NamedDependency[Sales], authorization: Bearer = None
) -> InvitationView:
    opened = await open_invitation(sales, invitation, secret_of(authorization), client_of(request))
    return _view(sales, opened)


@put(
    INVITATION + "/answer",
    opt=PUBLIC,
    summary="Answer an invitation, or change the answer",
    description="Until `answer_by`. A yes that there is no room for waits. Sent again, it changes nothing.",
    tags=["guests"],
    responses=problems(
        errors.UnknownInvitation,
        errors.Unauthenticated,
        errors.InvitationWithdrawn,
        errors.InvitationTicketed,
        errors.AnswersClosed,
        errors.TooManyCompanions,
        errors.InvitationsFull,
    ),
)
async def put_answer(
    request: AnyRequest,
    invitation: FromPath[str],
    data: JSONBody[Answer],
    sales: NamedDependency[Sales],
    authorization: Bearer = None,
) -> InvitationView:
    secret = secret_of(authorization)
    return _view(sales, await answer_invitation(sales, invitation, secret, data, client_of(request)))


def _view(sales: Sales, opened: OpenInvitation) -> InvitationView:
    guest = opened.invitation
    return InvitationView(
        screening=guest.screening,
        name=guest.name,
        companions_max=guest.companions_max,
        answer_by=opened.answer_by,
        status=guest.status,
        companions=guest.companions,
        wheelchairs=guest.wheelchairs,
        note=guest.note,
        tickets=links.order_page(sales.context, guest.order, guest.locale) if guest.order else None,
    )


routes = [get_link, post_choice, get_invitation, put_answer]
