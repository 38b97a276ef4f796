"""Moving a screening to its hall's new layout, over JSON."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.sales.desk import Sales
from ticketing.sales.hall_moves import HallMove, move_screening, preview_move
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role

ORGANISER = [requires(Role.ORGANISER)]
STAFF = (errors.Unauthenticated, errors.Forbidden, errors.OutOfReach, errors.UnknownScreening)
PLACE = "/api/v1/screenings/{screening:str}/hall-move"


class HallMoveWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The layout of the hall that was previewed."""

    layout: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]


@get(
    PLACE,
    summary="What a move to the hall's layout would change",
    tags=["halls"],
    guards=ORGANISER,
    responses=problems(*STAFF),
)
async def get_hall_move(sales: NamedDependency[Sales], screening: FromPath[str]) -> HallMove:
    return await preview_move(sales, screening)


@post(
    PLACE,
    summary="Move a screening to its hall's layout, with its tickets",
    description="Tickets keep their seat's name, zone and price. Where seats that somebody has would vanish, "
    "they are named and nothing is moved. Moved again, it stays there.",
    tags=["halls"],
    status_code=200,
    guards=ORGANISER,
    responses=problems(*STAFF, errors.SeatsWouldVanish, errors.HallSavedMeanwhile),
)
async def post_hall_move(
    request: StaffRequest, sales: NamedDependency[Sales], screening: FromPath[str], data: JSONBody[HallMoveWish]
) -> HallMove:
    return await move_screening(sales, screening, data.layout, request.user.login)


routes = [get_hall_move, post_hall_move]
