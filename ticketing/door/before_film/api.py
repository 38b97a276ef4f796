"""What is done between the doors and the film, over JSON."""

import uuid
from typing import Annotated

import msgspec
from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from ticketing.door.before_film import broken_seats, guests, no_shows
from ticketing.door.before_film.model import House
from ticketing.door.before_film.presence import look_at_house, screening_for
from ticketing.kernel import errors
from ticketing.kernel.wire import locale_of, problems
from ticketing.sales.desk import Sales
from ticketing.sales.model import OrderView
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role

DOOR = [requires(Role.DOOR)]
BOX_OFFICE = [requires(Role.BOX_OFFICE)]
SUPERVISOR = [requires(Role.SUPERVISOR)]
STAFF = (errors.Unauthenticated, errors.DeviceRevoked, errors.Forbidden, errors.UnknownScreening)
NAME_SIGNS_MAX = 120


class GuestsListed(msgspec.Struct, frozen=True):
    """The list and those of its guests who were asked for."""

    holds: guests.GuestList
    guests: list[guests.Guest]


@get(
    "/api/v1/screenings/{screening:str}/house",
    summary="Who is in the house and who is missing",
    description="Seat by seat and in numbers, without personal data. With `If-None-Match` the answer is 304 where "
    "nothing has changed.",
    tags=["before the film"],
    guards=DOOR,
    responses=problems(*STAFF),
)
async def get_house(
    request: StaffRequest, screening: FromPath[str], sales: NamedDependency[Sales]
) -> Response[House]:
    house = await look_at_house(sales, await screening_for(sales, screening, request.user))
    headers = {"etag": f'"{house.tag()}"', "cache-control": "private, no-cache"}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(content=b"", status_code=304, headers=headers)  # type: ignore[arg-type]  # no content
    return Response(house, headers=headers, media_type="application/json")


@post(
    "/api/v1/screenings/{screening:str}/no-shows",
    summary="Release the places of people who have not come",
    description="From the moment that the festival's rules name. Their tickets are refused at every gate; what was "
    "paid stays paid. Sent again, it releases who is missing by then.",
    tags=["before the film"],
    status_code=200,
    guards=SUPERVISOR,
    responses=problems(*STAFF, errors.NoShowsNotDue),
)
async def post_no_shows(
    request: StaffRequest, screening: FromPath[str], sales: NamedDependency[Sales]
) -> no_shows.Released:
    asked = await screening_for(sales, screening, request.user)
    return await no_shows.release_no_shows(sales, asked, request.user.login)


@post(
    "/api/v1/screenings/{screening:str}/no-shows/restored",
    summary="Make a released ticket good again, as its holder came while the seat is free",
    tags=["before the film"],
    status_code=200,
    guards=BOX_OFFICE,
    responses=problems(
        *STAFF,
        errors.UnknownTicket,
        errors.TicketNotReleased,
        errors.SeatsTaken,
        errors.SeatingUnavailable,
        errors.HallChanged,
    ),
)
async def post_restored(
    request: StaffRequest,
    screening: FromPath[str],
    data: JSONBody[no_shows.TicketToRestore],
    sales: NamedDependency[Sales],
) -> House:
    asked = await screening_for(sales, screening, request.user)
    await no_shows.restore_ticket(sales, asked, data.ticket, request.user.login)
    return await look_at_house(sales, asked)


@post(
    "/api/v1/screenings/{screening:str}/rush",
    summary="Give a free ticket to the rush line, naming nobody",
    tags=["before the film"],
    guards=BOX_OFFICE,
    responses=problems(
        *STAFF,
        errors.RushNotOpen,
        errors.UnknownSeats,
        errors.SeatsTaken,
        errors.HouseFull,
        errors.NoFreeTariff,
        errors.NoSigningKey,
        errors.SeatingUnavailable,
        errors.HallChanged,
    ),
)
async def post_rush(
    request: StaffRequest,
    screening: FromPath[str],
    data: JSONBody[no_shows.RushWish],
    sales: NamedDependency[Sales],
) -> OrderView:
    asked = await screening_for(sales, screening, request.user)
    return await no_shows.give_rush_ticket(sales, asked, data, locale_of(request), request.user.login)


@post(
    "/api/v1/screenings/{screening:str}/broken-seats",
    summary="Report a broken seat: it is kept from sale, and its ticket moves to the nearest equal one",
    tags=["before the film"],
    status_code=200,
    guards=BOX_OFFICE,
    responses=problems(
        *STAFF, errors.UnknownSeats, errors.SeatsTaken, errors.SeatingUnavailable, errors.HallChanged
    ),
)
async def post_broken_seat(
    request: StaffRequest,
    screening: FromPath[str],
    data: JSONBody[broken_seats.BrokenSeatReport],
    sales: NamedDependency[Sales],
) -> broken_seats.Reseating:
    asked = await screening_for(sales, screening, request.user)
    return await broken_seats.report_broken_seat(sales, asked, data, request.user.login)


@post(
    "/api/v1/screenings/{screening:str}/broken-seats/repaired",
    summary="A broken seat can be sat on again",
    tags=["before the film"],
    status_code=204,
    guards=BOX_OFFICE,
    responses=problems(*STAFF),
)
async def post_repaired(
    request: StaffRequest,
    screening: FromPath[str],
    data: JSONBody[broken_seats.BrokenSeatReport],
    sales: NamedDependency[Sales],
) -> None:
    asked = await screening_for(sales, screening, request.user)
    await broken_seats.repair_seat(sales, asked, data.seat, request.user.login)


@put(
    "/api/v1/screenings/{screening:str}/guest-list",
    summary="Say how many people the list of guests holds",
    tags=["before the film"],
    guards=SUPERVISOR,
    responses=problems(*STAFF, errors.GuestsBeyondList),
)
async def put_guest_list(
    request: StaffRequest,
    screening: FromPath[str],
    data: JSONBody[guests.GuestListTerms],
    sales: NamedDependency[Sales],
) -> guests.GuestList:
    asked = await screening_for(sales, screening, request.user)
    return await guests.set_guest_list(sales.context, asked.screening_id, data, request.user.login)


@get(
    "/api/v1/screenings/{screening:str}/guests",
    summary="Find guests by the beginning of their names",
    tags=["before the film"],
    guards=DOOR,
    responses=problems(*STAFF),
)
async def get_guests(
    request: StaffRequest,
    screening: FromPath[str],
    sales: NamedDependency[Sales],
    name: Annotated[str, QueryParameter(max_length=NAME_SIGNS_MAX)] = "",
) -> GuestsListed:
    asked = (await screening_for(sales, screening, request.user)).screening_id
    return GuestsListed(
        await guests.read_guest_list(sales.context, asked), await guests.list_guests(sales.context, asked, name)
    )


@post(
    "/api/v1/screenings/{screening:str}/guests",
    summary="Put a guest on the list",
    tags=["before the film"],
    status_code=204,
    guards=SUPERVISOR,
    responses=problems(*STAFF, errors.GuestsBeyondList),
)
async def post_guest(
    request: StaffRequest, screening: FromPath[str], data: JSONBody[guests.NewGuest], sales: NamedDependency[Sales]
) -> None:
    asked = await screening_for(sales, screening, request.user)
    await guests.add_guest(sales.context, asked.screening_id, data, request.user.login)


@delete(
    "/api/v1/screenings/{screening:str}/guests/{guest:uuid}",
    summary="Take a guest off the list, as long as nobody has come on that name",
    tags=["before the film"],
    guards=SUPERVISOR,
    responses=problems(*STAFF),
)
async def delete_guest(
    request: StaffRequest, screening: FromPath[str], guest: FromPath[uuid.UUID], sales: NamedDependency[Sales]
) -> None:
    asked = await screening_for(sales, screening, request.user)
    await guests.take_off_guest(sales.context, asked.screening_id, guest, request.user.login)


@post(
    "/api/v1/screenings/{screening:str}/guests/{guest:uuid}/arrivals",
    summary="Let people in on a name, some or all of them",
    tags=["before the film"],
    status_code=200,
    guards=DOOR,
    responses=problems(*STAFF, errors.UnknownGuest, errors.GuestsBeyondEntry),
)
async def post_arrival(
    request: StaffRequest,
    screening: FromPath[str],
    guest: FromPath[uuid.UUID],
    data: JSONBody[guests.GuestArrival],
    sales: NamedDependency[Sales],
) -> guests.Guest:
    asked = await screening_for(sales, screening, request.user)
    return await guests.let_guests_in(sales.context, asked.screening_id, guest, data, request.user.login)


routes = [
    get_house,
    post_no_shows,
    post_restored,
    post_rush,
    post_broken_seat,
    post_repaired,
    put_guest_list,
    get_guests,
    post_guest,
    delete_guest,
    post_arrival,
]
