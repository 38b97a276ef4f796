"""The desk: where staff start from, and find each page that their role opens."""

from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.rendering import page


@get("/{language:str}/desk", guards=[requires(Role.DOOR)], include_in_schema=False)
async def show_desk(request: StaffRequest, language: FromPath[str]) -> Response[Any]:
    """Every place of the staff's side that this role opens."""
    require_language(language)
    return page(request, "desk_home.html", language, festival=None, cart_count=0)


routes = [show_desk]
