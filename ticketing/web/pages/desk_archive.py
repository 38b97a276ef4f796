"""A festival put away from the lists, and taken out again, by a button on its page of the programme's desk."""

from typing import Any, Final

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import TicketingError
from ticketing.programme.archive import archive_festival, take_out_festival
from ticketing.sales.desk import Sales
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.web.pages.desk_entry import entry_refused
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.rendering import see_other

ORGANISER: Final = [requires(Role.ORGANISER)]
PLACE: Final = "/{language:str}/desk/festivals/{festival:str}"


@post(PLACE + "/archive", guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_festival_archive(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], festival: FromPath[str]
) -> Response[Any]:
    """Put it away, and say so on its page."""
    require_language(language)
    try:
        await archive_festival(sales.context, festival, by=request.user.login)
    except TicketingError as error:
        return await entry_refused(request, sales, language, "festival", festival, error)
    return _back(sales, language, festival)


@post(PLACE + "/taking-out", guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_festival_taking_out(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], festival: FromPath[str]
) -> Response[Any]:
    """Have it in the lists again."""
    require_language(language)
    await take_out_festival(sales.context, festival, by=request.user.login)
    return _back(sales, language, festival)


def _back(sales: Sales, language: str, festival: str) -> Response[Any]:
    sales.catalogue.forget()
    return see_other(f"/{language}/desk/programme/festival/{festival}?told=saved")


routes = [post_festival_archive, post_festival_taking_out]
