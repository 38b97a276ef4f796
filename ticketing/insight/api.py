"""Capacity over JSON, for organisers."""

from litestar import get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath
from litestar.response import Stream

from ticketing.insight.capacity import Insight, festival_capacity, screening_capacity
from ticketing.insight.live import FestivalLive
from ticketing.insight.model import Capacity, FestivalCapacity
from ticketing.kernel import errors
from ticketing.kernel.wire import locale_of, problems
from ticketing.seating.api import event_stream
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.staff.reach import venues_of_festival

REFUSALS = (errors.Unauthenticated, errors.Forbidden)


@get(
    "/api/v1/screenings/{screening:str}/capacity",
    guards=[requires(Role.ORGANISER)],
    summary="How full a screening is",
    tags=["capacity"],
    responses=problems(*REFUSALS, errors.UnknownScreening),
)
async def get_screening_capacity(screening: FromPath[str], insight: NamedDependency[Insight]) -> Capacity:
    return await screening_capacity(insight, screening)


@get(
    "/api/v1/festivals/{festival:str}/capacity",
    guards=[requires(Role.ORGANISER, in_part=True)],
    summary="How full a festival is",
    tags=["capacity"],
    responses=problems(*REFUSALS, errors.UnknownFestival),
)
async def get_festival_capacity(
    festival: FromPath[str], request: StaffRequest, insight: NamedDependency[Insight]
) -> FestivalCapacity:
    venues = venues_of_festival(request.user.reach, festival)
    return await festival_capacity(insight, festival, locale_of(request), venues)


@get(
    "/api/v1/festivals/{festival:str}/events",
    guards=[requires(Role.ORGANISER, in_part=True)],
    summary="How full a festival is, as it changes",
    tags=["capacity"],
    responses={
        200: ResponseSpec(str, description="`snapshot`, then `change`", media_type="text/event-stream"),
        **problems(*REFUSALS, errors.UnknownFestival),
    },
)
async def get_festival_events(
    festival: FromPath[str], request: StaffRequest, festival_live: NamedDependency[FestivalLive]
) -> Stream:
    venues = venues_of_festival(request.user.reach, festival)
    return event_stream(await festival_live.events(festival, locale_of(request), venues))


routes = [get_screening_capacity, get_festival_capacity, get_festival_events]
