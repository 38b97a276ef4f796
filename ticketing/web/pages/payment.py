"""Paying: the demo bank's page, the counter's, and the way to Stripe's."""

import contextlib
from typing import Any, Final, cast

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import InvalidField, OrderNotPayable, PaymentUnavailable, TicketingError
from ticketing.sales.charges import open_charge
from ticketing.sales.demo_bank import BEHAVIOURS, Behaviour, answer_as_bank
from ticketing.sales.desk import Sales, open_order
from ticketing.sales.payments import look_after_return
from ticketing.sales.providers import Charge, order_of_charge
from ticketing.web.pages.checkout import own_address
from ticketing.web.pages.forms import read_form
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import page, see_other

PUBLIC = {"access": "public"}
PATH = "/{language:str}/pay/{provider:str}/{charge:str}/{secret:str}"
LATE_MINUTES_USUAL: Final = 20


@get(PATH, opt=PUBLIC, include_in_schema=False)
async def show_payment(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    *,
    language: FromPath[str],
    provider: FromPath[str],
    charge: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """Where a charge is paid: our page, or the way on to the provider's. What waits for nothing any more is shown
    as an order; so is what the buyer comes back from.
    """
    require_language(language)
    order_page = f"/{language}/orders/{order_of_charge(charge)}/{secret}"
    chosen = sales.providers.offered(provider)
    try:
        owed = await open_charge(sales, charge, secret)
    except OrderNotPayable:
        return see_other(order_page)
    if "returned" in request.query_params:
        # Where the provider does not answer now, its own notice will come.
        with contextlib.suppress(PaymentUnavailable):
            await look_after_return(sales, owed, chosen)
        return see_other(order_page)
    if provider in ("demo", "counter"):
        return await _page(request, sales, language, provider, owed)
    try:
        return see_other(await chosen.start(owed))
    except TicketingError as error:
        return await _page(request, sales, language, provider, owed, refusal=refusal_of(error, language))


@post(PATH, opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_bank(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    *,
    language: FromPath[str],
    provider: FromPath[str],
    charge: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """What the demo bank is to do. Said twice, or too late, it leads to the order as it stands."""
    require_language(language)
    order_page = f"/{language}/orders/{order_of_charge(charge)}/{secret}"
    if provider != "demo":
        return see_other(f"/{language}/pay/{provider}/{charge}/{secret}")
    form = await read_form(request)
    behaviour = form.text("outcome")
    try:
        await answer_as_bank(
            sales,
            charge,
            secret,
            cast("Behaviour", behaviour) if behaviour in BEHAVIOURS else "refused",
            form.number("late_minutes", LATE_MINUTES_USUAL),
        )
    except OrderNotPayable:
        return see_other(order_page)
    except InvalidField as error:
        owed = await open_charge(sales, charge, secret)
        return await _page(request, sales, language, provider, owed, refusal=refusal_of(error, language))
    return see_other(order_page)


async def _page(
    request: AnyRequest,
    sales: Sales,
    language: str,
    provider: str,
    owed: Charge,
    *,
    refusal: Refusal | None = None,
) -> Response[Any]:
    order = await open_order(sales, owed.order, owed.secret)
    names = sorted({ticket.screening for ticket in order.tickets})
    screenings = [await sales.catalogue.screening(name) for name in names]
    first = min(screenings, key=lambda screening: screening.starts_at)
    venues = {screening.venue.venue: screening.venue for screening in screenings}
    template = {"demo": "bank.html", "counter": "pay_at_counter.html"}.get(provider, "payment_down.html")
    return page(
        request,
        template,
        language,
        status_code=refusal.status if refusal else 200,
        festival=await sales.catalogue.festival(order.festival) if provider != "demo" else None,
        charge=owed,
        venues=list(venues.values()),
        zone=first.timezone,
        back=own_address(sales, owed.back),
        late_minutes=LATE_MINUTES_USUAL,
        refusal=refusal,
        cart_count=0,
    )


routes = [show_payment, post_bank]
