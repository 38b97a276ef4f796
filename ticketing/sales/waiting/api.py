"""The waiting list over JSON."""

from typing import Any

from litestar import Request, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.sales.api import IDEMPOTENCY_KEY_SIGNS_MAX, Bearer, IdempotencyKey, secret_of
from ticketing.sales.desk import Sales
from ticketing.sales.waiting.joining import (
    change_waiting,
    decline_offer,
    join_waiting_list,
    leave_waiting_list,
    show_waiting,
)
from ticketing.sales.waiting.model import JoinRequest, WaitingChange, WaitingView
from ticketing.seating.api import client_of
from ticketing.staff.guards import PUBLIC


@post(
    "/api/v1/screenings/{screening:str}/waiting",
    opt=PUBLIC,
    summary="Wait for seats together",
    tags=["waiting list"],
    responses=problems(
        errors.UnknownScreening,
        errors.NoWaitingList,
        errors.SeatsAvailable,
        errors.HallTooSmall,
        errors.TooManySeats,
        errors.WaitingListFull,
        errors.OfferOpen,
        errors.SeatingUnavailable,
        errors.HallChanged,
    ),
)
async def post_waiting(
    screening: FromPath[str],
    data: JSONBody[JoinRequest],
    request: Request[Any, Any, Any],
    sales: NamedDependency[Sales],
    idempotency_key: IdempotencyKey = None,
) -> WaitingView:
    key = idempotency_key if idempotency_key and len(idempotency_key) <= IDEMPOTENCY_KEY_SIGNS_MAX else None
    return await join_waiting_list(sales, screening, data, key, client_of(request))


@get(
    "/api/v1/waiting/{entry:str}",
    opt=PUBLIC,
    summary="A place in a waiting list, for whoever knows its secret",
    tags=["waiting list"],
    responses=problems(errors.UnknownWaitingEntry, errors.Unauthenticated),
)
async def get_waiting(
    entry: FromPath[str], sales: NamedDependency[Sales], authorization: Bearer = None
) -> WaitingView:
    return await show_waiting(sales, entry, secret_of(authorization))


@patch(
    "/api/v1/waiting/{entry:str}",
    opt=PUBLIC,
    summary="Wait for another party; the place stays",
    tags=["waiting list"],
    responses=problems(
        errors.UnknownWaitingEntry,
        errors.Unauthenticated,
        errors.WaitingEnded,
        errors.OfferOpen,
        errors.HallTooSmall,
        errors.TooManySeats,
    ),
)
async def patch_waiting(
    entry: FromPath[str],
    data: JSONBody[WaitingChange],
    sales: NamedDependency[Sales],
    authorization: Bearer = None,
) -> WaitingView:
    return await change_waiting(sales, entry, secret_of(authorization), data)


@delete(
    "/api/v1/waiting/{entry:str}",
    opt=PUBLIC,
    summary="Wait no longer",
    tags=["waiting list"],
    responses=problems(errors.UnknownWaitingEntry, errors.Unauthenticated),
)
async def delete_waiting(entry: FromPath[str], sales: NamedDependency[Sales], authorization: Bearer = None) -> None:
    await leave_waiting_list(sales, entry, secret_of(authorization))


@delete(
    "/api/v1/waiting/{entry:str}/offer",
    opt=PUBLIC,
    status_code=200,
    summary="Decline the seats that are offered",
    tags=["waiting list"],
    responses=problems(errors.UnknownWaitingEntry, errors.Unauthenticated),
)
async def delete_waiting_offer(
    entry: FromPath[str], sales: NamedDependency[Sales], authorization: Bearer = None
) -> WaitingView:
    return await decline_offer(sales, entry, secret_of(authorization))


routes = [post_waiting, get_waiting, patch_waiting, delete_waiting, delete_waiting_offer]
