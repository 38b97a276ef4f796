"""The page that tells what went wrong: in words, with a way on, and with nothing of the server's inside."""

from typing import Any

from litestar import Request, Response

from ticketing.kernel.errors import DeviceRevoked, Forbidden, TicketingError, TooMany, Unauthenticated, Unavailable
from ticketing.kernel.wire import problem_response
from ticketing.web.pages.languages import language_of
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page, see_other, wants_json

# Where a sign-in may lead: a fixed list, so that no link can send staff elsewhere with a fresh session.
STAFF_PLACES = (
    "door",
    "door/house",
    "door/conflicts",
    "devices",
    "capacity",
    "counter/payments",
    "desk/audit",
    "desk/sessions",
)


def error_page(request: Request[Any, Any, Any], error: TicketingError) -> Response[Any]:
    """An error as a page in the reader's language. Staff who are not signed in are led to where they can be."""
    language = language_of(request)
    if wants_json(request):
        return problem_response(error, language)
    place = request.url.path.strip("/").partition("/")[2]
    if place.startswith("door/house/"):
        # A sign-in leads to a fixed list of places: from there it is one step.
        place = "door/house"
    if isinstance(error, Unauthenticated) and not isinstance(error, DeviceRevoked) and place in STAFF_PLACES:
        return see_other(f"/{language}/staff/sign-in?to={place}")
    refusal = refusal_of(error, language)
    response = page(
        request,
        "error.html",
        language,
        status_code=refusal.status,
        festival=None,
        refusal=refusal,
        staff=isinstance(error, Forbidden) and place in STAFF_PLACES,
        again=request.url.path if request.method == "GET" else "",
    )
    if isinstance(error, TooMany | Unavailable):
        response.headers["retry-after"] = str(error.data.get("retry_after_s", 1))
    return response
