"""Seats kept back, over JSON."""

from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.sales.allotments import (
    Allotment,
    AllotmentTerms,
    list_allotments,
    release_allotment,
    set_allotment,
)
from ticketing.sales.allotted_tickets import GuestTickets, issue_guest_tickets
from ticketing.sales.desk import Sales
from ticketing.sales.model import OrderView
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role

SUPERVISOR = [requires(Role.SUPERVISOR)]
STAFF = (errors.Unauthenticated, errors.Forbidden, errors.UnknownScreening)
PLACE = "/api/v1/screenings/{screening:str}/allotments"


@get(
    PLACE,
    summary="Seats kept back: for whom, until when, and which have a ticket",
    tags=["allotments"],
    guards=SUPERVISOR,
    responses=problems(*STAFF),
)
async def get_allotments(screening: FromPath[str], sales: NamedDependency[Sales]) -> list[Allotment]:
    return await list_allotments(sales, await sales.catalogue.screening(screening))


@put(
    PLACE + "/{allotment:str}",
    summary="Keep seats back for an owner, or change that",
    description="All of the seats or none: one that is sold, held or kept back for somebody else is refused. Sent "
    "again, it changes nothing.",
    tags=["allotments"],
    guards=SUPERVISOR,
    responses=problems(
        *STAFF,
        errors.UnknownSeats,
        errors.SeatsTaken,
        errors.AllotmentReleased,
        errors.SeatingUnavailable,
        errors.HallChanged,
    ),
)
async def put_allotment(
    request: StaffRequest,
    screening: FromPath[str],
    allotment: FromPath[str],
    data: JSONBody[AllotmentTerms],
    sales: NamedDependency[Sales],
) -> Allotment:
    asked = await sales.catalogue.screening(screening)
    return await set_allotment(sales, asked, allotment, data, request.user.login)


@post(
    PLACE + "/{allotment:str}/release",
    summary="Let everybody have the seats of an allotment",
    description="But for those that have a ticket. Sent again, it changes nothing.",
    tags=["allotments"],
    status_code=200,
    guards=SUPERVISOR,
    responses=problems(*STAFF, errors.UnknownAllotment),
)
async def post_release(
    request: StaffRequest, screening: FromPath[str], allotment: FromPath[str], sales: NamedDependency[Sales]
) -> Allotment:
    asked = await sales.catalogue.screening(screening)
    return await release_allotment(sales, asked, allotment, request.user.login)


@post(
    PLACE + "/{allotment:str}/tickets",
    summary="Give seats of an allotment to people by name",
    description="A ticket for each name, in the order of the hall; all of them or none, by the tariffs of the "
    "allotment. Free ones are mailed to the owner; others are reserved, to be paid at the box office. "
    "The same `issue` sent again has one effect and one answer.",
    tags=["allotments"],
    status_code=201,
    guards=SUPERVISOR,
    responses=problems(
        *STAFF,
        errors.UnknownAllotment,
        errors.AllotmentReleased,
        errors.AllotmentFull,
        errors.NoFreeTariff,
        errors.NoAllotmentTariff,
        errors.PaymentProviderUnknown,
        errors.SalesClosed,
        errors.IdempotencyMismatch,
    ),
)
async def post_tickets(
    request: StaffRequest,
    screening: FromPath[str],
    allotment: FromPath[str],
    data: JSONBody[GuestTickets],
    sales: NamedDependency[Sales],
) -> OrderView:
    asked = await sales.catalogue.screening(screening)
    return await issue_guest_tickets(sales, asked, allotment, data, request.user.login)


routes = [get_allotments, put_allotment, post_release, post_tickets]
