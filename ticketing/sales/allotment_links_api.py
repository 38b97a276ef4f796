"""Links to the seats of an allotment, over JSON: the desk's side."""

import uuid

from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.programme.model import Screening
from ticketing.sales.allotment_links import AllotmentLink, LinkTerms, list_links, make_link, revoke_link
from ticketing.sales.desk import Sales
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.staff.reach import require_reach

SUPERVISOR = [requires(Role.SUPERVISOR)]
STAFF = (errors.Unauthenticated, errors.Forbidden, errors.OutOfReach, errors.UnknownScreening)
PLACE = "/api/v1/screenings/{screening:str}/allotment-links"


@get(
    PLACE,
    summary="Links by which guests choose seats of an allotment, and how far each is used up",
    tags=["allotments"],
    guards=SUPERVISOR,
    responses=problems(*STAFF),
)
async def get_links(
    request: StaffRequest, screening: FromPath[str], sales: NamedDependency[Sales]
) -> list[AllotmentLink]:
    return await list_links(sales, await _within_reach(request, sales, screening))


@put(
    "/api/v1/screenings/{screening:str}/allotments/{allotment:str}/link",
    summary="Make a link by which guests choose seats of an allotment",
    description="Until a time, for so many seats in all and a guest. The same `link` sent again changes nothing.",
    tags=["allotments"],
    guards=SUPERVISOR,
    responses=problems(*STAFF, errors.UnknownAllotment, errors.AllotmentReleased),
)
async def put_link(
    request: StaffRequest,
    screening: FromPath[str],
    allotment: FromPath[str],
    data: JSONBody[LinkTerms],
    sales: NamedDependency[Sales],
) -> AllotmentLink:
    asked = await _within_reach(request, sales, screening)
    return await make_link(sales, asked, allotment, data, request.user.login)


@post(
    PLACE + "/{link:uuid}/revocation",
    summary="Let nobody take seats by a link any more",
    description="Tickets that were taken by it stay good. Sent again, it changes nothing.",
    tags=["allotments"],
    status_code=200,
    guards=SUPERVISOR,
    responses=problems(*STAFF, errors.UnknownAllotmentLink),
)
async def post_revocation(
    request: StaffRequest, screening: FromPath[str], link: FromPath[uuid.UUID], sales: NamedDependency[Sales]
) -> AllotmentLink:
    return await revoke_link(sales, await _within_reach(request, sales, screening), link, request.user.login)


async def _within_reach(request: StaffRequest, sales: Sales, screening: str) -> Screening:
    asked = await sales.catalogue.screening(screening)
    require_reach(request.user.reach, festival=asked.festival, venue=asked.venue.venue)
    return asked


routes = [get_links, put_link, post_revocation]
