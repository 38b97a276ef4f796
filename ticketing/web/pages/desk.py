"""The desk: where staff start from, and find each page that their role opens."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.door.conflicts import count_open_conflicts
from ticketing.door.desk import Door
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role, allows
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.rendering import page


@get("/{language:str}/desk", guards=[requires(Role.DOOR)], include_in_schema=False)
async def show_desk(request: StaffRequest, door: NamedDependency[Door], language: FromPath[str]) -> Response[Any]:
    """Every place of the staff's side that this role opens, and how many conflicts wait for somebody to look."""
    require_language(language)
    user = request.user
    supervises = allows(user.role, Role.SUPERVISOR) and user.post is None
    waiting = {"door/conflicts": await count_open_conflicts(door, user.reach)} if supervises else {}
    return page(request, "desk_home.html", language, festival=None, cart_count=0, waiting=waiting)


routes = [show_desk]
