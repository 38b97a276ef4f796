"""Tickets sold by hand, entered over JSON."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.wire import locale_of, problems
from ticketing.sales.desk import Sales
from ticketing.sales.outage.entering import enter_stack, look_at_stack, show_batch
from ticketing.sales.outage.model import PAPERS_MAX, HandSoldBatch, HandSoldPaper, HandSoldStack, StackPreview
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role

COUNTER = [requires(Role.BOX_OFFICE)]
REFUSALS = (
    errors.Unauthenticated,
    errors.Forbidden,
    errors.OutOfReach,
    errors.UnknownScreening,
    errors.HandSoldTooLate,
)


class Papers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Papers to be looked at, before they are entered."""

    papers: Annotated[tuple[HandSoldPaper, ...], Meta(min_length=1, max_length=PAPERS_MAX)]


@post(
    "/api/v1/screenings/{screening:str}/hand-sold/preview",
    guards=COUNTER,
    status_code=200,
    summary="What entering tickets that were sold by hand would do",
    description="Nothing is changed. Each paper is told with all that stands against it.",
    tags=["counter"],
    responses=problems(*REFUSALS),
)
async def post_hand_sold_preview(
    request: StaffRequest, screening: FromPath[str], data: JSONBody[Papers], sales: NamedDependency[Sales]
) -> StackPreview:
    return await look_at_stack(sales, screening, data.papers, request.user)


@post(
    "/api/v1/screenings/{screening:str}/hand-sold",
    guards=COUNTER,
    status_code=200,
    summary="Enter tickets that were sold by hand during an outage",
    description="All of the papers, or none where anything stands against one: then `papers` names every one that "
    "can't be entered. `batch` names this stack: the same one again changes nothing.",
    tags=["counter"],
    responses=problems(*REFUSALS, errors.HandSoldRefused, errors.NoOpenShift, errors.IdempotencyMismatch),
)
async def post_hand_sold(
    request: StaffRequest, screening: FromPath[str], data: JSONBody[HandSoldStack], sales: NamedDependency[Sales]
) -> HandSoldBatch:
    return await enter_stack(sales, screening, data, locale_of(request), request.user)


@get(
    "/api/v1/counter/hand-sold/{batch:uuid}",
    guards=COUNTER,
    summary="A stack of tickets sold by hand, as it was entered",
    tags=["counter"],
    responses=problems(errors.Unauthenticated, errors.Forbidden, errors.OutOfReach, errors.UnknownBatch),
)
async def get_hand_sold(
    request: StaffRequest, batch: FromPath[UUID], sales: NamedDependency[Sales]
) -> HandSoldBatch:
    return await show_batch(sales, batch, request.user)


routes = [post_hand_sold_preview, post_hand_sold, get_hand_sold]
