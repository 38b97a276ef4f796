"""Find my order: the links of an address's orders, sent to that address and shown to nobody."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import TicketingError
from ticketing.sales.changes.finding import find_orders
from ticketing.sales.desk import Sales
from ticketing.sales.model import Email
from ticketing.web.pages.forms import read_form
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import page

PUBLIC = {"access": "public"}
PATH = "/{language:str}/orders"


@get(PATH, opt=PUBLIC, include_in_schema=False)
async def show_finding(request: AnyRequest, language: FromPath[str]) -> Response[Any]:
    """Where to send the links."""
    require_language(language)
    return _page(request, language)


@post(PATH, opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_finding(
    request: AnyRequest, sales: NamedDependency[Sales], language: FromPath[str]
) -> Response[Any]:
    """Send them. The page is the same whether there are any."""
    require_language(language)
    email = (await read_form(request)).text("email")
    try:
        msgspec.convert(email, Email)
    except msgspec.ValidationError:
        return _page(request, language, email=email, wrong=True)
    client = request.client.host if request.client else "unknown"
    try:
        await find_orders(sales, email, language, client)  # type: ignore[arg-type]  # one of the four, see above
    except TicketingError as error:
        return _page(request, language, email=email, refusal=refusal_of(error, language))
    return _page(request, language, email=email, sent=True)


def _page(
    request: AnyRequest,
    language: str,
    *,
    email: str = "",
    wrong: bool = False,
    sent: bool = False,
    refusal: Refusal | None = None,
) -> Response[Any]:
    return page(
        request,
        "find_order.html",
        language,
        status_code=refusal.status if refusal else 422 if wrong else 200,
        festival=None,
        email=email,
        wrong=wrong,
        sent=sent,
        refusal=refusal,
    )


routes = [show_finding, post_finding]
