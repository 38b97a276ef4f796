"""Exchanging tickets, the first step: which ones, and for which screening. And giving an exchange up."""

from collections.abc import Sequence
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import N_, InvalidField, TicketingError
from ticketing.sales.changes.exchange import give_up_exchange
from ticketing.sales.changes.rules import check_exchangeable, tickets_named
from ticketing.sales.desk import Sales, open_order
from ticketing.sales.model import OrderFacts
from ticketing.seating.counts import MirrorCounts
from ticketing.web.pages.exchange_swap import PATH, TICKETS_MAX, Swap, order_address
from ticketing.web.pages.exchange_view import screenings_for
from ticketing.web.pages.forms import read_form
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.order_view import shown_order
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page, see_other

PUBLIC = {"access": "public"}
NO_TICKET: Final = N_("Choose at least one ticket")
NO_SCREENING: Final = N_("Choose a screening")


@get(PATH, opt=PUBLIC, include_in_schema=False)
async def show_exchange(
    request: AnyRequest,
    *,
    sales: NamedDependency[Sales],
    seat_counts: NamedDependency[MirrorCounts],
    language: FromPath[str],
    order: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """Which tickets, and for which screening."""
    require_language(language)
    facts = await open_order(sales, order, secret)
    chosen = request.query_params.getall("ticket", [])
    return await _choices(request, sales, seat_counts, language, facts=facts, chosen=chosen)


@post(PATH, opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_exchange(
    request: AnyRequest,
    *,
    sales: NamedDependency[Sales],
    seat_counts: NamedDependency[MirrorCounts],
    language: FromPath[str],
    order: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """On to the seats, unless these tickets can't be exchanged."""
    require_language(language)
    facts = await open_order(sales, order, secret)
    form = await read_form(request)
    chosen = form.texts("ticket")[:TICKETS_MAX]
    try:
        await _check(sales, facts, chosen)
        wanted = form.text("screening", 63)
        if not wanted:
            raise InvalidField(problem=NO_SCREENING, field="screening")
        screening = await sales.catalogue.public_screening(wanted)
        swap = Swap(language, order, secret, facts, tuple(chosen), screening)
    except TicketingError as error:
        return await _choices(request, sales, seat_counts, language, facts=facts, chosen=chosen, error=error)
    return see_other(swap.address)


@post(PATH + "/withdrawal", opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_withdrawal(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    order: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """Give up the exchange that waits for its payment."""
    require_language(language)
    del request
    await give_up_exchange(sales, order, secret)
    return see_other(order_address(language, order, secret))


async def _check(sales: Sales, facts: OrderFacts, chosen: Sequence[str]) -> None:
    tickets = tickets_named(facts, chosen)
    if not tickets:
        raise InvalidField(problem=NO_TICKET, field="ticket")
    before = await sales.catalogue.screening(tickets[0].screening)
    check_exchangeable(facts, tickets, before, sales.context.clock.now())


async def _choices(
    request: AnyRequest,
    sales: Sales,
    counts: MirrorCounts,
    language: str,
    *,
    facts: OrderFacts,
    chosen: Sequence[str],
    error: TicketingError | None = None,
) -> Response[Any]:
    shown = await shown_order(sales, facts, language)
    can = shown.that_can("exchange")
    ticked = [one for one in can if one.ticket.ticket in chosen] or can[:1]
    before = ticked[0].screening if ticked else shown.first
    refusal = refusal_of(error, language, before.timezone) if error else None
    return page(
        request,
        "exchange.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=await sales.catalogue.festival(before.festival),
        order=shown.view,
        secret=request.path_params["secret"],
        tickets=can,
        ticked={one.ticket.ticket for one in ticked},
        before=before,
        screenings=await screenings_for(sales, counts, before) if can else [],
        waiting=facts.waiting_exchange is not None,
        refusal=refusal,
    )


routes = [show_exchange, post_exchange, post_withdrawal]
