"""The order in hand, for whoever has its secret link: its tickets, and giving them back."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import TicketingError
from ticketing.sales.changes.cancellation import cancel_order, look_at_cancellation
from ticketing.sales.changes.rules import Cancellation, refund_fee_of
from ticketing.sales.desk import Sales, open_order
from ticketing.web.pages.checkout import own_address
from ticketing.web.pages.forms import read_form
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.order_payment import other_ways
from ticketing.web.pages.order_view import ShownOrder, deadlines_of, shown_order
from ticketing.web.pages.payment_policy import let_forms_lead_to_payment
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import page, see_other

PUBLIC = {"access": "public"}
PATH = "/{language:str}/orders/{order:str}/{secret:str}"
SUM_SIGNS_MAX = 16


@get(PATH, opt=PUBLIC, include_in_schema=False)
async def show_order_page(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    order: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """The order as it stands."""
    require_language(language)
    facts = await open_order(sales, order, secret)
    return await order_page(request, sales, language, await shown_order(sales, facts, language), secret=secret)


@get(PATH + "/cancellation", opt=PUBLIC, include_in_schema=False)
async def show_cancellation(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    order: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """What giving the ticked tickets back would come to. Nothing is done yet."""
    require_language(language)
    return await _preview(request, sales, language, order, secret, request.query_params.getall("ticket", []))


@post(PATH + "/cancellation", opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_cancellation(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    order: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """Give tickets back for the sum that was shown. A form that shows none gets to see it first, unless nothing was
    paid yet.
    """
    require_language(language)
    form = await read_form(request)
    chosen, shown_sum = form.texts("ticket"), form.text("refund", SUM_SIGNS_MAX)
    facts = await open_order(sales, order, secret)
    agreed = int(shown_sum) if shown_sum.isascii() and shown_sum.isdecimal() else None
    if not chosen or (agreed is None and facts.status == "confirmed"):
        return await _preview(request, sales, language, order, secret, chosen)
    try:
        await cancel_order(sales, order, secret, chosen, refund_shown=agreed)
    except TicketingError as error:
        return await _preview(request, sales, language, order, secret, chosen, error=error)
    return see_other(f"/{language}/orders/{order}/{secret}")


async def _preview(  # noqa: PLR0917 - the parts of the address, and what was chosen
    request: AnyRequest,
    sales: Sales,
    language: str,
    order: str,
    secret: str,
    chosen: list[str],
    *,
    error: TicketingError | None = None,
) -> Response[Any]:
    shown = await shown_order(sales, await open_order(sales, order, secret), language)
    chosen = chosen or [one.ticket.ticket for one in shown.that_can("refund")]
    comes_to = Cancellation((), 0, 0)
    try:
        comes_to = await look_at_cancellation(sales, order, secret, chosen)
    except TicketingError as refused:
        error = error or refused
    if not comes_to.tickets and error is None:
        # Given back already, or nothing can be: the order's page tells how it stands.
        return see_other(f"/{language}/orders/{order}/{secret}")
    going = {ticket.ticket: ticket for ticket in comes_to.tickets}
    listed = [one for one in shown.tickets if one.ticket.ticket in going]
    fees = [refund_fee_of(going[one.ticket.ticket], one.screening) for one in listed]
    refusal = refusal_of(error, language, shown.first.timezone) if error else None
    return page(
        request,
        "cancellation.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=await sales.catalogue.festival(shown.first.festival),
        order=shown.view,
        secret=secret,
        tickets=list(zip(listed, fees, strict=True)),
        others=[one for one in shown.that_can("refund") if one.ticket.ticket not in going],
        comes_to=comes_to,
        deadlines=deadlines_of(listed, sales.context.clock.now()),
        refusal=refusal,
    )


async def order_page(
    request: AnyRequest,
    sales: Sales,
    language: str,
    shown: ShownOrder,
    *,
    secret: str,
    refusal: Refusal | None = None,
) -> Response[Any]:
    """The page of an order."""
    let_forms_lead_to_payment(request, sales)
    view = shown.view
    waiting = view.exchange if view.exchange and view.exchange.payment else None
    return page(
        request,
        "order.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=await sales.catalogue.festival(shown.first.festival),
        order=view,
        secret=secret,
        tickets=shown.tickets,
        exchange=shown.exchange,
        zone=shown.first.timezone,
        deadlines=deadlines_of(shown.tickets, sales.context.clock.now()),
        pay=own_address(sales, view.payment.url) if view.payment else "",
        ways=await other_ways(sales, shown.facts, language),
        pay_exchange=own_address(sales, waiting.payment.url) if waiting and waiting.payment else "",
        refusal=refusal,
    )


routes = [show_order_page, show_cancellation, post_cancellation]
