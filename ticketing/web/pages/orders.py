"""The order in hand: its tickets with their codes, for whoever has the secret link; and giving tickets back."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import TicketingError
from ticketing.kernel.i18n import pick
from ticketing.programme.model import Screening
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.changes.rules import changeable_until
from ticketing.sales.desk import Sales, show_order
from ticketing.sales.model import OrderView, TicketView
from ticketing.web.pages.checkout import own_address
from ticketing.web.pages.formatting import place_text
from ticketing.web.pages.forms import read_form
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import page, see_other
from ticketing.web.pages.screening_view import names_of_areas, names_of_sections

PUBLIC = {"access": "public"}
PATH = "/{language:str}/orders/{order:str}/{secret:str}"


class ShownTicket(msgspec.Struct, frozen=True):
    """A ticket with what its holder needs to know."""

    ticket: TicketView
    screening: Screening
    place: str
    tariff: str
    proof: str
    qr: str
    pdf: str
    returnable: bool


@get(PATH, opt=PUBLIC, include_in_schema=False)
async def show_order_page(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    order: FromPath[str],
    secret: FromPath[str],
) -> Response[str]:
    """The order as it stands."""
    require_language(language)
    return await _page(request, sales, language, await show_order(sales, order, secret), secret=secret)


@post(PATH + "/cancellation", opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_order_cancellation(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    order: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """Give back the tickets that are ticked."""
    require_language(language)
    chosen = (await read_form(request)).texts("ticket")
    try:
        shown = await show_order(sales, order, secret)
        if chosen:
            await cancel_order(sales, order, secret, chosen)
    except TicketingError as error:
        shown = await show_order(sales, order, secret)
        zone = (await _screenings(sales, shown.tickets))[shown.tickets[0].screening].timezone
        return await _page(
            request, sales, language, shown, secret=secret, refusal=refusal_of(error, language, zone)
        )
    return see_other(f"/{language}/orders/{order}/{secret}")


async def _page(
    request: AnyRequest,
    sales: Sales,
    language: str,
    order: OrderView,
    *,
    secret: str,
    refusal: Refusal | None = None,
) -> Response[str]:
    screenings = await _screenings(sales, order.tickets)
    first = screenings[order.tickets[0].screening]
    tickets = [await _shown(sales, language, ticket, screenings[ticket.screening]) for ticket in order.tickets]
    tickets.sort(key=lambda shown: (shown.ticket.status == "void", shown.screening.starts_at))
    return page(
        request,
        "order.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=await sales.catalogue.festival(first.festival),
        order=order,
        secret=secret,
        tickets=tickets,
        zone=first.timezone,
        rules=first.rules,
        returnable=[shown for shown in tickets if shown.returnable],
        return_until=changeable_until(first, "refund"),
        pay=own_address(sales, order.payment.url) if order.payment else "",
        refusal=refusal,
    )


async def _screenings(sales: Sales, tickets: Sequence[TicketView]) -> dict[str, Screening]:
    names = {ticket.screening for ticket in tickets}
    return {name: await sales.catalogue.screening(name) for name in names}


async def _shown(sales: Sales, language: str, ticket: TicketView, screening: Screening) -> ShownTicket:
    layout = await sales.catalogue.layout(screening.layout_id)
    price = next((price for price in screening.prices if price.tariff == ticket.tariff), None)
    until = changeable_until(screening, "refund")
    in_time = (until is not None and sales.context.clock.now() < until) or screening.status == "cancelled"
    return ShownTicket(
        ticket=ticket,
        screening=screening,
        place=place_text(
            ticket.seat, names_of_sections(layout, language), names_of_areas(screening, layout, language), language
        ),
        tariff=pick(price.name, language) if price else ticket.tariff,
        proof=pick(price.proof, language) if price else "",
        qr=own_address(sales, ticket.links.qr) if ticket.links else "",
        pdf=own_address(sales, ticket.links.pdf) if ticket.links else "",
        returnable=ticket.status == "sold" and in_time,
    )


routes = [show_order_page, post_order_cancellation]
