"""The demo bank: a page that stands where a real bank's would, and can accept or refuse."""

import contextlib
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import OrderNotPayable
from ticketing.sales.desk import Sales, show_order
from ticketing.sales.payments import report_demo_payment
from ticketing.web.pages.forms import read_form
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.rendering import page, see_other

PUBLIC = {"access": "public"}
PATH = "/{language:str}/pay/demo/{order:str}/{secret:str}"


@get(PATH, opt=PUBLIC, include_in_schema=False)
async def show_bank(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    order: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """What is to be paid. An order that waits for nothing any more is shown instead."""
    require_language(language)
    shown = await show_order(sales, order, secret)
    if shown.status != "awaiting_payment":
        return see_other(f"/{language}/orders/{order}/{secret}")
    return page(request, "bank.html", language, festival=None, order=shown, secret=secret, cart_count=0)


@post(PATH, opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_bank(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    order: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """The buyer's decision at the bank. Said twice, or too late, it leads to the order as it stands."""
    require_language(language)
    await show_order(sales, order, secret)
    outcome = "paid" if (await read_form(request)).text("outcome") == "paid" else "refused"
    # An order that is past paying is shown as it stands.
    with contextlib.suppress(OrderNotPayable):
        await report_demo_payment(sales, order, outcome, secret)
    return see_other(f"/{language}/orders/{order}/{secret}")


routes = [show_bank, post_bank]
