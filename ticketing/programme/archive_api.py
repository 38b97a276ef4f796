"""Putting a festival away over JSON."""

from typing import Final

from litestar import delete, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.wire import problems
from ticketing.programme.archive import archive_festival, take_out_festival
from ticketing.programme.catalogue import Catalogue
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role

PLACE: Final = "/api/v1/festivals/{festival:str}/archive"
STAFF: Final = (errors.Unauthenticated, errors.Forbidden, errors.OutOfReach, errors.UnknownFestival)


@put(
    PLACE,
    guards=[requires(Role.ORGANISER)],
    status_code=204,
    summary="Put a festival away that is over",
    description="Left out of lists; its pages, reports and tickets stay. Again, nothing changes.",
    tags=["programme desk"],
    responses=problems(*STAFF, errors.FestivalNotOver),
)
async def put_archive(
    request: StaffRequest,
    festival: FromPath[str],
    context: NamedDependency[Context],
    catalogue: NamedDependency[Catalogue],
) -> None:
    await archive_festival(context, festival, by=request.user.login)
    catalogue.forget()


@delete(
    PLACE,
    guards=[requires(Role.ORGANISER)],
    summary="Have a festival in the lists again",
    description="Again, nothing changes.",
    tags=["programme desk"],
    responses=problems(*STAFF),
)
async def delete_archive(
    request: StaffRequest,
    festival: FromPath[str],
    context: NamedDependency[Context],
    catalogue: NamedDependency[Catalogue],
) -> None:
    await take_out_festival(context, festival, by=request.user.login)
    catalogue.forget()


routes = [put_archive, delete_archive]
