"""Seats over JSON: availability, live changes, and holds."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from litestar.response import Stream
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.seating.holds import (
    SEATS_PER_REQUEST_MAX,
    Seating,
    change_hold,
    extend_hold,
    hold_seats,
    release_hold,
    show_hold,
)
from ticketing.seating.live import Live
from ticketing.seating.model import AreaPlaces, Availability, BestSeats, Hold, NamedSeats, Wish
from ticketing.staff.guards import PUBLIC

Label = Annotated[str, Meta(min_length=1, max_length=64)]
Count = Annotated[int, Meta(ge=1, le=SEATS_PER_REQUEST_MAX)]


class BestRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The best seats for a party; ``wheelchair`` of them are wheelchair places."""

    count: Count
    zone: Annotated[str, Meta(max_length=40)] | None = None
    wheelchair: Annotated[int, Meta(ge=0, le=SEATS_PER_REQUEST_MAX)] = 0


class HoldRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Exactly one of: named ``seats``; the ``best`` for a party; ``count`` places of an unnumbered ``area``."""

    seats: Annotated[list[Label], Meta(min_length=1, max_length=SEATS_PER_REQUEST_MAX)] | None = None
    best: BestRequest | None = None
    area: Label | None = None
    count: Count | None = None


class HoldChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seats to take and seats to give up, all or nothing."""

    add: Annotated[list[Label], Meta(max_length=SEATS_PER_REQUEST_MAX)] = []
    remove: Annotated[list[Label], Meta(max_length=SEATS_PER_REQUEST_MAX)] = []


def wish_of(request: HoldRequest) -> Wish:
    """What a request asks for.

    Raises:
        InvalidField: it asks for nothing, or for several things at once.
    """
    asked = [request.seats is not None, request.best is not None, request.area is not None]
    if sum(asked) != 1 or (request.count is not None) != (request.area is not None):
        raise errors.InvalidField(problem="exactly one of: seats; best; area with count", field="")
    if request.seats is not None:
        return NamedSeats(tuple(request.seats))
    if request.best is not None:
        if request.best.wheelchair > request.best.count:
            raise errors.InvalidField(problem="best.wheelchair is more than best.count", field="best.wheelchair")
        return BestSeats(request.best.count, request.best.zone, request.best.wheelchair)
    if request.area is None or request.count is None:
        raise errors.InvalidField(problem="area needs count", field="count")
    return AreaPlaces(request.area, request.count)


def client_of(request: Request[Any, Any, Any]) -> str:
    """The address that asks; behind a trusted proxy the server has put the visitor's own there."""
    client = request.scope.get("client")
    return client[0] if client else "unknown"


@get(
    "/api/v1/screenings/{screening:str}/availability",
    opt=PUBLIC,
    summary="What is free",
    tags=["seats"],
    responses={
        200: ResponseSpec(Availability, description="Names the seats that are not free", generate_examples=False),
        **problems(errors.UnknownScreening, errors.SeatingUnavailable, errors.HallChanged),
    },
)
async def get_availability(screening: FromPath[str], live: NamedDependency[Live]) -> Response[bytes]:
    watched = await live.look(screening)
    return Response(watched.body(), media_type="application/json", headers={"cache-control": "no-store"})


@get(
    "/api/v1/screenings/{screening:str}/events",
    opt=PUBLIC,
    summary="Changes of seats as they happen",
    tags=["seats"],
    responses={
        200: ResponseSpec(str, description="`snapshot`, then `change`", media_type="text/event-stream"),
        **problems(errors.UnknownScreening, errors.SeatingUnavailable, errors.HallChanged),
    },
)
async def get_events(screening: FromPath[str], live: NamedDependency[Live]) -> Stream:
    return event_stream(await live.events(screening))


def event_stream(events: AsyncIterator[bytes]) -> Stream:
    """An endless answer of server-sent events that no proxy keeps back."""
    return Stream(
        events,
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


@post(
    "/api/v1/screenings/{screening:str}/holds",
    opt=PUBLIC,
    summary="Keep seats for a few minutes",
    tags=["seats"],
    responses=problems(
        errors.UnknownScreening,
        errors.UnknownSeats,
        errors.SeatsTaken,
        errors.WaitingListFirst,
        errors.NotAdjacentAvailable,
        errors.CompanionApart,
        errors.SalesClosed,
        errors.TooManySeats,
        errors.SeatingUnavailable,
        errors.HallChanged,
    ),
)
async def post_hold(
    screening: FromPath[str],
    data: JSONBody[HoldRequest],
    request: Request[Any, Any, Any],
    seating: NamedDependency[Seating],
) -> Hold:
    return await hold_seats(seating, screening, wish_of(data), client_of(request))


@get(
    "/api/v1/holds/{hold:str}",
    opt=PUBLIC,
    summary="A hold as it stands",
    tags=["seats"],
    responses=problems(errors.UnknownHold, errors.SeatingUnavailable, errors.HallChanged),
)
async def get_hold(hold: FromPath[str], seating: NamedDependency[Seating]) -> Hold:
    return await show_hold(seating, hold)


@patch(
    "/api/v1/holds/{hold:str}",
    opt=PUBLIC,
    summary="Take other seats, all or nothing",
    tags=["seats"],
    responses=problems(
        errors.UnknownHold,
        errors.UnknownSeats,
        errors.SeatsTaken,
        errors.WaitingListFirst,
        errors.CompanionApart,
        errors.TooManySeats,
        errors.SeatingUnavailable,
        errors.HallChanged,
    ),
)
async def patch_hold(hold: FromPath[str], data: JSONBody[HoldChange], seating: NamedDependency[Seating]) -> Hold:
    return await change_hold(seating, hold, data.add, data.remove)


@post(
    "/api/v1/holds/{hold:str}/extension",
    opt=PUBLIC,
    status_code=200,
    summary="More time to decide",
    tags=["seats"],
    responses=problems(errors.UnknownHold, errors.SeatingUnavailable, errors.HallChanged),
)
async def post_extension(hold: FromPath[str], seating: NamedDependency[Seating]) -> Hold:
    return await extend_hold(seating, hold)


@delete(
    "/api/v1/holds/{hold:str}",
    opt=PUBLIC,
    summary="Give the seats back",
    tags=["seats"],
    responses=problems(errors.SeatingUnavailable, errors.HallChanged),
)
async def delete_hold(hold: FromPath[str], seating: NamedDependency[Seating]) -> None:
    await release_hold(seating, hold)


routes = [
    get_availability,
    get_events,
    post_hold,
    get_hold,
    patch_hold,
    post_extension,
    delete_hold,
]
