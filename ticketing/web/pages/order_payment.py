"""An order that is not paid: paying it another way, or, once its seats are free again, trying once more."""

from collections import defaultdict
from typing import Any

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel import errors
from ticketing.kernel.errors import TicketingError
from ticketing.kernel.ids import new_hold_id
from ticketing.programme.layout import area_of
from ticketing.sales.desk import Sales, open_order
from ticketing.sales.model import OrderFacts, TicketFacts
from ticketing.sales.payments import change_payment
from ticketing.sales.providers import Offer
from ticketing.seating.live import Live
from ticketing.web.pages.cart import hold_ids_of, read_cart
from ticketing.web.pages.checkout import own_address
from ticketing.web.pages.checkout_page import Desk, checkout_page, stand_of
from ticketing.web.pages.checkout_rescue import keep_instead
from ticketing.web.pages.checkout_view import HOLDER, TARIFF, Typed, field_of
from ticketing.web.pages.forms import read_form
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.rendering import see_other

PUBLIC = {"access": "public"}
PATH = "/{language:str}/orders/{order:str}/{secret:str}"


async def other_ways(sales: Sales, order: OrderFacts, language: str) -> list[Offer]:
    """The ways in which a waiting order can be paid instead of its own."""
    if order.status != "awaiting_payment":
        return []
    names = sorted({ticket.screening for ticket in order.tickets})
    screenings = [await sales.catalogue.screening(name) for name in names]
    offers = sales.providers.offers(screenings, sales.context.clock.now(), language)
    return [offer for offer in offers if offer.provider != order.provider]


@post(PATH + "/payment", opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_payment_way(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    order: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """Pay the order another way. One that waits no more is shown as it stands."""
    require_language(language)
    own = f"/{language}/orders/{order}/{secret}"
    way = (await read_form(request)).text("payment")
    try:
        view = await change_payment(sales, order, secret, way)
    except errors.OrderNotPayable:
        return see_other(own)
    return see_other(own_address(sales, view.payment.url) if view.payment and view.payment.url else own)


@post(PATH + "/again", opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_again(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    live: NamedDependency[Live],
    *,
    language: FromPath[str],
    order: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """Keep the seats of an order whose payment failed or came to nothing once more, and show the checkout with all
    that was typed. Of seats that are taken by now the nearest equal ones are offered.
    """
    require_language(language)
    facts = await open_order(sales, order, secret)
    if facts.status not in ("refused", "expired"):
        return see_other(f"/{language}/orders/{order}/{secret}")
    desk = Desk(request, sales, live, language)
    cart = await read_cart(sales.seating, hold_ids_of(request))
    typed = Typed(email=facts.email, name=facts.name, voucher=facts.voucher or "")
    for tickets in _apart(facts):
        screening = tickets[0].screening
        seats = [ticket.seat for ticket in tickets]
        kept = next((hold for hold in cart.holds if set(seats) <= set(hold.seats)), None)
        # Named by a hold that never was, the seats are told as lost where they can't be had.
        hold_id = new_hold_id(screening)
        if kept is not None:
            hold_id, seats = kept.hold, [*seats]
        else:
            try:
                cart, new = await keep_instead(sales.seating, cart, screening, seats, desk.client)
            except errors.Unavailable:
                raise
            except TicketingError:
                pass
            else:
                hold_id = new.hold
                # Unnumbered places may have got other numbers.
                seats = seats if set(seats) <= set(new.seats) else list(new.seats)
        typed = _with(typed, hold_id, seats, tickets)
    return await checkout_page(desk, await stand_of(desk, cart, typed))


def _apart(order: OrderFacts) -> list[list[TicketFacts]]:
    """The tickets of an order as holds can take them: by screening and, where unnumbered, by area."""
    groups: dict[tuple[str, str | None], list[TicketFacts]] = defaultdict(list)
    for ticket in order.tickets:
        groups[ticket.screening, area_of(ticket.seat)].append(ticket)
    return list(groups.values())


def _with(typed: Typed, hold_id: str, seats: list[str], tickets: list[TicketFacts]) -> Typed:
    pairs = list(zip(seats, tickets, strict=True))
    tariffs = {field_of(TARIFF, hold_id, seat): ticket.tariff for seat, ticket in pairs}
    holders = {field_of(HOLDER, hold_id, seat): ticket.holder for seat, ticket in pairs if ticket.holder}
    return msgspec.structs.replace(typed, tariffs=typed.tariffs | tariffs, holders=typed.holders | holders)


routes = [post_payment_way, post_again]
