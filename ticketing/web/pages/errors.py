"""The page that tells what went wrong: in words, with a way on, and with nothing of the server's inside."""

from typing import Any

from litestar import Request, Response

from ticketing.kernel.errors import (
    DeviceRevoked,
    Forbidden,
    MethodNotAllowed,
    SecondFactorMissing,
    TicketingError,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from ticketing.kernel.wire import problem_response
from ticketing.web.pages.desk_places import here_of
from ticketing.web.pages.languages import language_of
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page, see_other, wants_json


def error_page(request: Request[Any, Any, Any], error: TicketingError) -> Response[Any]:
    """An error as a page in the reader's language. Staff who are not signed in are led to where they can be."""
    language = language_of(request)
    if wants_json(request):
        return problem_response(error, language)
    # A sign-in leads to a fixed list of places, so that no link can send staff elsewhere with a fresh session.
    place = here_of(request.url.path)
    if isinstance(error, Unauthenticated) and not isinstance(error, DeviceRevoked) and place:
        return see_other(f"/{language}/staff/sign-in?to={place}")
    if isinstance(error, SecondFactorMissing):
        return see_other(f"/{language}/desk/second-factor")
    if isinstance(error, MethodNotAllowed) and request.method == "GET":
        # An act has no page of its own: whoever comes back to its answer, or changes the language there, is shown
        # what it was done to.
        return see_other(f"/{request.url.path.strip('/').rpartition('/')[0]}")
    refusal = refusal_of(error, language)
    response = page(
        request,
        "error.html",
        language,
        status_code=refusal.status,
        festival=None,
        refusal=refusal,
        staff=isinstance(error, Forbidden) and place != "",
        again=request.url.path if request.method == "GET" else "",
    )
    if isinstance(error, TooMany | Unavailable):
        response.headers["retry-after"] = str(error.data.get("retry_after_s", 1))
    return response
