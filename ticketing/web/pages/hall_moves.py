"""The desk's page on which a screening moves to its hall's new drawing: first shown, then done."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import N_, TicketingError
from ticketing.sales.desk import Sales
from ticketing.sales.hall_moves import move_screening, preview_move
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.web.pages.forms import read_form
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page, see_other

ORGANISER = [requires(Role.ORGANISER)]
PLACE: Final = "/{language:str}/desk/halls/{hall:str}/screenings/{screening:str}"
USES: Final = {
    "sold": N_("sold"),
    "reserved": N_("reserved"),
    "kept_back": N_("kept back"),
    "offered": N_("offered to those who wait"),
    "broken": N_("broken"),
}


@get(PLACE, guards=ORGANISER, include_in_schema=False)
async def show_move(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    hall: FromPath[str],
    screening: FromPath[str],
) -> Response[Any]:
    """What the move would change for those who have a seat."""
    require_language(language)
    return await _page(request, sales, language, hall, screening)


@post(PLACE, guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_move(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    hall: FromPath[str],
    screening: FromPath[str],
) -> Response[Any]:
    """Move it; where a seat would vanish, say which."""
    require_language(language)
    try:
        layout = (await read_form(request)).text("layout", 32)
        await move_screening(sales, screening, layout, request.user.login)
    except TicketingError as error:
        return await _page(request, sales, language, hall, screening, refused=error)
    return see_other(f"/{language}/desk/halls/{hall}/screenings/{screening}")


async def _page(
    request: StaffRequest,
    sales: Sales,
    language: str,
    hall: str,
    screening_id: str,
    *,
    refused: TicketingError | None = None,
) -> Response[Any]:
    plan = await preview_move(sales, screening_id)
    screening = await sales.catalogue.screening(screening_id)
    refusal = refusal_of(refused, language, screening.timezone) if refused else None
    return page(
        request,
        "hall_move.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        hall=hall,
        s=screening,
        plan=plan,
        uses=USES,
        refusal=refusal,
    )


routes = [show_move, post_move]
