"""Exchanging tickets, the next steps: new seats in the hall, the difference, and then it is done."""

import re
from collections.abc import Sequence
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import Missing, TicketingError, TicketsDoNotMatchHold
from ticketing.sales.changes.exchange import exchange_tickets, look_at_exchange
from ticketing.sales.changes.rules import ExchangeWish, tickets_named
from ticketing.sales.desk import Sales, open_order
from ticketing.seating.live import Live
from ticketing.seating.model import Hold
from ticketing.seating.single_seats import Leftover
from ticketing.web.pages.cart import Cart
from ticketing.web.pages.checkout import own_address
from ticketing.web.pages.choosing_place import cookie_at, standing_cart
from ticketing.web.pages.choosing_steps import STEPS, take_step
from ticketing.web.pages.exchange_swap import SEATS_PATH, SWAP, Swap, order_address
from ticketing.web.pages.exchange_view import difference_of, tariff_for
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.hall_parts import hall_parts
from ticketing.web.pages.instead import hint_of, leftover_of, refusal_for
from ticketing.web.pages.languages import AnyRequest
from ticketing.web.pages.order_view import shown_order
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import page, see_other
from ticketing.web.pages.screening_view import OfferedSeats

PUBLIC = {"access": "public"}
SUM: Final = re.compile(r"-?[0-9]{1,15}")


@get(SEATS_PATH, opt=PUBLIC, dependencies=SWAP, include_in_schema=False)
async def show_exchange_seats(
    request: AnyRequest, sales: NamedDependency[Sales], live: NamedDependency[Live], swap: NamedDependency[Swap]
) -> Response[Any]:
    """The hall, for as many seats as tickets."""
    return await _hall(request, sales, live, swap, cart=await standing_cart(request, sales.seating, swap.place))


@post(SEATS_PATH + "/{step:str}", opt=PUBLIC, dependencies=SWAP, include_in_schema=False, status_code=200)
async def post_exchange_step(
    request: AnyRequest,
    *,
    sales: NamedDependency[Sales],
    live: NamedDependency[Live],
    swap: NamedDependency[Swap],
    step: FromPath[str],
) -> Response[Any]:
    """Take seats or give them back, find the best, add time; see ``choosing_steps``."""

    async def show(refusal: Refusal, cart: Cart, offers: Sequence[OfferedSeats]) -> Response[Any]:
        return await _hall(request, sales, live, swap, cart=cart, refusal=refusal, offers=offers)

    return await take_step(
        request,
        sales.seating,
        live,
        swap.language,
        screening=swap.screening,
        place=swap.place,
        step=step,
        show=show,
    )


@get(SEATS_PATH + "/{step:str}", opt=PUBLIC, dependencies=SWAP, include_in_schema=False)
async def show_exchange_step(swap: NamedDependency[Swap], step: FromPath[str]) -> Response[Any]:
    """The address of a form, reloaded: back to the hall."""
    if step not in STEPS:
        raise Missing
    return see_other(swap.address)


@get(SEATS_PATH + "/difference", opt=PUBLIC, dependencies=SWAP, include_in_schema=False)
async def show_difference(
    request: AnyRequest, sales: NamedDependency[Sales], live: NamedDependency[Live], swap: NamedDependency[Swap]
) -> Response[Any]:
    """What it comes to, before it is done."""
    return await _difference(request, sales, live, swap)


@post(SEATS_PATH + "/difference", opt=PUBLIC, dependencies=SWAP, include_in_schema=False, status_code=200)
async def post_difference(
    request: AnyRequest, sales: NamedDependency[Sales], live: NamedDependency[Live], swap: NamedDependency[Swap]
) -> Response[Any]:
    """Do the exchange for the sum that was shown, or add up again with other tariffs."""
    form = await read_form(request)
    agreed, hold_id = form.text("due", 16), form.text("hold", 128)
    if form.text("action") == "sum" or not SUM.fullmatch(agreed) or not hold_id:
        return await _difference(request, sales, live, swap, form=form)
    wishes = [ExchangeWish(ticket, None, form.text(f"tariff:{ticket}", 63) or None) for ticket in swap.tickets]
    cart = await standing_cart(request, sales.seating, swap.place)
    if await _leftover(sales, live, swap, _hold_of(cart, swap)) is not None:
        return await _difference(request, sales, live, swap, form=form)
    try:
        after = await exchange_tickets(
            sales,
            swap.order,
            swap.secret,
            wishes,
            hold_id=hold_id,
            payment=form.text("payment", 40) or None,
            due_shown=int(agreed),
        )
    except TicketingError as error:
        return await _difference(request, sales, live, swap, form=form, error=error)
    rest = Cart(tuple(hold for hold in cart.holds if hold.hold != hold_id), 0)
    cookies = [cookie_at(request, swap.place, rest)]
    if after.exchange is not None and after.exchange.payment is not None and after.exchange.payment.url:
        return see_other(own_address(sales, after.exchange.payment.url), cookies)
    return see_other(order_address(swap.language, swap.order, swap.secret), cookies)


async def _hall(
    request: AnyRequest,
    sales: Sales,
    live: Live,
    swap: Swap,
    *,
    cart: Cart,
    refusal: Refusal | None = None,
    offers: Sequence[OfferedSeats] = (),
) -> Response[Any]:
    shown = await shown_order(sales, await open_order(sales, swap.order, swap.secret), swap.language)
    hall = await hall_parts(
        sales.seating,
        live,
        swap.language,
        screening=swap.screening,
        place=swap.place,
        cart=cart,
        refusal=refusal,
        offers=offers,
    )
    return page(
        request,
        "exchange_seats.html",
        swap.language,
        status_code=hall.refusal.status if hall.refusal else 200,
        festival=await sales.catalogue.festival(swap.screening.festival),
        order=shown.view,
        back=order_address(swap.language, swap.order, swap.secret) + "/exchange?ticket=" + swap.tickets[0],
        tickets=[one for one in shown.tickets if one.ticket.ticket in swap.tickets],
        s=swap.screening,
        hall=hall,
    )


async def _difference(
    request: AnyRequest,
    sales: Sales,
    live: Live,
    swap: Swap,
    *,
    form: Form | None = None,
    error: TicketingError | None = None,
) -> Response[Any]:
    cart = await standing_cart(request, sales.seating, swap.place)
    zone = swap.screening.timezone
    hold = _hold_of(cart, swap)
    if hold is None:
        seats = [seat for one in cart.holds if one.screening == swap.screening.screening_id for seat in one.seats]
        error = error or TicketsDoNotMatchHold(seats=seats)
        return await _hall(request, sales, live, swap, cart=cart, refusal=refusal_of(error, swap.language, zone))
    layout = await sales.catalogue.layout(swap.screening.layout_id)
    leftover = await _leftover(sales, live, swap, hold)
    if leftover is not None:
        hint = hint_of(leftover, swap.screening, layout, swap.language)
        return await _hall(request, sales, live, swap, cart=cart, refusal=refusal_for(hint), offers=[hint.offer])
    tickets = tickets_named(swap.facts, swap.tickets)
    asked = {ticket: form.text(f"tariff:{ticket}", 63) if form else "" for ticket in swap.tickets}
    wishes = [
        ExchangeWish(
            ticket.ticket, seat, tariff_for(swap.screening, layout, seat, asked[ticket.ticket] or ticket.tariff)
        )
        for ticket, seat in zip(tickets, hold.seats, strict=True)
    ]
    try:
        look = await look_at_exchange(sales, swap.order, swap.secret, wishes, hold_id=hold.hold)
    except TicketingError as refused:
        told = refusal_of(error or refused, swap.language, zone)
        return await _hall(request, sales, live, swap, cart=cart, refusal=told)
    refusal = refusal_of(error, swap.language, zone) if error else None
    now = sales.context.clock.now()
    shown = await shown_order(sales, swap.facts, swap.language)
    return page(
        request,
        "exchange_difference.html",
        swap.language,
        status_code=refusal.status if refusal else 200,
        festival=await sales.catalogue.festival(swap.screening.festival),
        order=shown.view,
        swap=swap,
        hold=hold.hold,
        s=swap.screening,
        difference=difference_of(look, shown, layout, swap.language),
        offers=sales.providers.offers((look.before, swap.screening), now, swap.language),
        usual=swap.facts.provider,
        refusal=refusal,
    )


async def _leftover(sales: Sales, live: Live, swap: Swap, hold: Hold | None) -> Leftover | None:
    """What the exchange would leave alone though it could be otherwise, its own old seats being free."""
    if hold is None:
        return None
    layout = await sales.catalogue.layout(swap.screening.layout_id)
    return await leftover_of(live, swap.screening, layout, Cart((hold,), 0), swap.given_up)


def _hold_of(cart: Cart, swap: Swap) -> Hold | None:
    """The hold that the tickets can be exchanged for: of that screening, with as many places."""
    for hold in cart.holds:
        if hold.screening == swap.screening.screening_id and len(hold.seats) == len(swap.tickets):
            return hold
    return None


routes = [show_exchange_seats, post_exchange_step, show_exchange_step, show_difference, post_difference]
