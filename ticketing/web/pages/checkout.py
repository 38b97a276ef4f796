"""The checkout: one page for everything in the cart, one form, one order however often it is sent.

The form carries the ids of its holds, and they make the order's idempotency key. Sent again by a double click, a
reload, the way back or a second tab, it is the same order, and the buyer lands on its page.
"""

import contextlib
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel import errors
from ticketing.kernel.errors import N_, TicketingError
from ticketing.kernel.i18n import translate
from ticketing.sales.desk import Sales
from ticketing.sales.model import Buyer, HoldTickets, OrderRequest, OrderView, TicketRequest
from ticketing.sales.orders import place_order
from ticketing.sales.repeats import find_placed_order
from ticketing.sales.waiting.joining import decline_offers_of
from ticketing.sales.waiting.offered import holds_are_offered
from ticketing.seating.holds import change_hold, extend_hold, release_hold
from ticketing.seating.live import Live
from ticketing.seating.model import Hold
from ticketing.web.pages.cart import Cart, cart_cookie, hold_ids_of, read_cart, secure_cookies
from ticketing.web.pages.checkout_page import Desk, Stand, checkout_page, kept_page, order_cookie, stand_of
from ticketing.web.pages.checkout_rescue import keep_instead
from ticketing.web.pages.checkout_view import HOLDER, TARIFF, Typed, field_of, mistakes_in, order_key_of, typed_from
from ticketing.web.pages.email_spelling import spelled_right
from ticketing.web.pages.form_guard import KEEPS_TYPED, came_with_old_token
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.instead import leftover_of
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import see_other

PUBLIC = {"access": "public"}
# Refusals after which some of the seats may be somebody else's: what is left is shown, and what is offered instead.
LOSING: Final = (
    errors.HoldExpired,
    errors.SalesClosed,
    errors.SeatsTaken,
    errors.TicketsDoNotMatchHold,
    errors.UnknownHold,
)

MISTAKES: Final = {
    "email": N_("An e-mail address is needed, for example aigerim@example.kz: the tickets are sent there"),
    "name": N_("A name is needed"),
    "holder": N_("This name is too long: 200 signs at most"),
    "consent": N_("Without your consent we may not keep your name and address, and can't send the tickets"),
}


@get("/{language:str}/cart", opt=PUBLIC, include_in_schema=False)
async def show_checkout(
    request: AnyRequest, sales: NamedDependency[Sales], live: NamedDependency[Live], language: FromPath[str]
) -> Response[Any]:
    """The cart and the form that turns it into an order; or the hall first, where a single seat is left over."""
    require_language(language)
    desk = Desk(request, sales, live, language)
    cart = await read_cart(sales.seating, hold_ids_of(request))
    unmended = await _screening_to_mend(desk, cart)
    if unmended is not None:
        return see_other(f"/{language}/screenings/{unmended}/continue")
    return await checkout_page(desk, await stand_of(desk, cart, Typed()))


@post("/{language:str}/cart", opt=PUBLIC | {KEEPS_TYPED: True}, include_in_schema=False, status_code=200)
async def post_checkout(
    request: AnyRequest, sales: NamedDependency[Sales], live: NamedDependency[Live], language: FromPath[str]
) -> Response[Any]:
    """Place the order; or, by another button of the same form, change the cart without losing what was typed."""
    require_language(language)
    form = await read_form(request)
    desk = Desk(request, sales, live, language)
    typed = typed_from({name: form.text(name) for name in form.names()}, form.texts("told"))
    hold_ids = form.texts("hold")
    try:
        if came_with_old_token(request):
            stand = await _stand(desk, hold_ids, typed)
            return await checkout_page(desk, stand, refusal=refusal_of(errors.FormExpired(), language))
        if form.text("action"):
            return await _act(desk, form, hold_ids, typed)
        return await _order(desk, hold_ids, typed)
    except errors.Unavailable as error:
        # Redis or Postgres is away: all that was typed stands in the answer, to be sent again as it is.
        return kept_page(desk, form, typed, error)


async def _stand(desk: Desk, hold_ids: Sequence[str], typed: Typed) -> Stand:
    """What is kept of the form's holds and of those chosen in another tab; and what was lost of the form's."""
    known = list(dict.fromkeys([*hold_ids, *hold_ids_of(desk.request)]))
    return await stand_of(desk, await read_cart(desk.sales.seating, known), typed)


async def _screening_to_mend(desk: Desk, cart: Cart) -> str | None:
    """A screening in whose hall the cart leaves a single seat over that it need not, however the checkout was come
    to. Seats that a waiting list has offered were chosen by nobody here, and are not asked about.
    """
    for screening_id in dict.fromkeys(hold.screening for hold in cart.holds):
        screening = await desk.sales.catalogue.public_screening(screening_id)
        layout = await desk.sales.catalogue.layout(screening.layout_id)
        if screening.status == "published" and await leftover_of(desk.live, screening, layout, cart) is not None:
            holds = [hold.hold for hold in cart.holds if hold.screening == screening_id]
            if not await holds_are_offered(desk.sales, holds):
                return screening_id
    return None


# ── changing the cart ────────────────────────────────────────────────────────────────────────────────────────


async def _act(desk: Desk, form: Form, hold_ids: Sequence[str], typed: Typed) -> Response[Any]:
    """Do what another button than that of the payment asks. An unknown one only adds up anew."""
    action, _, subject = form.text("action").partition(":")
    hold_id, _, seat = subject.partition(":")
    cart = await read_cart(desk.sales.seating, list(dict.fromkeys([*hold_ids, *hold_ids_of(desk.request)])))
    try:
        match action:
            case "extend":
                cart = await _extend(desk, cart)
            case "release" | "remove":
                cart, typed = await _give_back(desk, cart, typed, hold_id, seat)
            case "forget":
                typed = typed.without(hold_id, typed.seats_of(hold_id))
            case "again":
                cart, typed = await _take_again(desk, cart, typed, hold_id, form.text(f"offer:{hold_id}", 2000))
            case "email":
                typed = msgspec.structs.replace(typed, email=spelled_right(typed.email) or typed.email)
    except errors.Unavailable:
        raise
    except TicketingError as error:
        refusal = refusal_of(error, desk.language)
        return await checkout_page(desk, await stand_of(desk, cart, typed), refusal=refusal)
    stand = await stand_of(desk, cart, typed)
    mistakes = {"voucher": stand.voucher_problem} if stand.voucher_problem else {}
    return await checkout_page(desk, stand, mistakes=mistakes)


async def _extend(desk: Desk, cart: Cart) -> Cart:
    """More time for everything that still stands."""
    extended: list[Hold] = []
    for hold in cart.holds:
        with contextlib.suppress(errors.UnknownHold):
            extended.append(await extend_hold(desk.sales.seating, hold.hold))
    return Cart(tuple(extended), cart.ended + len(cart.holds) - len(extended))


async def _give_back(desk: Desk, cart: Cart, typed: Typed, hold_id: str, seat: str) -> tuple[Cart, Typed]:
    """Give back one seat of a hold, or all of them where none is named or it was the last."""
    seating = desk.sales.seating
    hold = next((hold for hold in cart.holds if hold.hold == hold_id), None)
    if hold is None or (seat and seat not in hold.seats):
        return cart, typed
    if seat and len(hold.seats) > 1:
        left = await change_hold(seating, hold_id, [], [seat])
        return Cart(tuple(left if one is hold else one for one in cart.holds), cart.ended), typed.without(
            hold_id, [seat]
        )
    await release_hold(seating, hold_id)
    await decline_offers_of(desk.sales, [hold_id])
    rest = Cart(tuple(one for one in cart.holds if one is not hold), cart.ended)
    return rest, typed.without(hold_id, typed.seats_of(hold_id))


async def _take_again(desk: Desk, cart: Cart, typed: Typed, hold_id: str, offer: str) -> tuple[Cart, Typed]:
    """Take what was offered for the lost seats of a hold; their tariffs and names go over to the new ones."""
    stand = await stand_of(desk, cart, typed)
    loss = next((loss for loss in stand.losses if loss.hold == hold_id), None)
    if loss is None or not loss.offer:
        return cart, typed
    wanted = tuple(seat for seat in offer.split(",") if seat)
    seats = wanted if sorted(wanted) == sorted(loss.offer) else loss.offer
    cart, new = await keep_instead(desk.sales.seating, cart, loss.screening.screening_id, seats, desk.client)
    # Unnumbered places get other numbers than those that were lost.
    given = [seat for seat in new.seats if seat in seats] or list(new.seats)
    return cart, typed.moved(hold_id, loss.seats, new.hold, given)


# ── placing the order ────────────────────────────────────────────────────────────────────────────────────────


async def _order(desk: Desk, hold_ids: Sequence[str], typed: Typed) -> Response[Any]:
    language = desk.language
    mistakes = {field: translate(MISTAKES[name], language) for field, name in mistakes_in(typed).items()}
    if mistakes:
        stand = await _stand(desk, hold_ids, typed)
        mistakes |= {"voucher": stand.voucher_problem} if stand.voucher_problem else {}
        return await checkout_page(desk, stand, mistakes=mistakes)
    standing = await read_cart(desk.sales.seating, hold_ids)
    if standing.ended or not standing.holds:
        # Its seats may be gone because this very form was sent before.
        placed = await find_placed_order(desk.sales, order_key_of(hold_ids)) if hold_ids else None
        if placed is not None:
            return _onward(desk, hold_ids, placed)
        return await checkout_page(desk, await _stand(desk, hold_ids, typed), lost=True)
    return await _objection(desk, standing, typed) or await _place(desk, standing, typed)


async def _objection(desk: Desk, standing: Cart, typed: Typed) -> Response[Any] | None:
    """The page that asks or tells before an order is placed; None where there is nothing to say."""
    stand = await stand_of(desk, standing, typed)
    untold = [loss for loss in stand.losses if not loss.told(typed.told)]
    if untold or stand.later:
        hold_ids = [hold.hold for hold in standing.holds]
        return await checkout_page(desk, await _stand(desk, hold_ids, typed), lost=bool(untold))
    if stand.voucher_problem:
        return await checkout_page(desk, stand, mistakes={"voucher": stand.voucher_problem})
    if spelled_right(typed.email) and typed.email_asked != typed.email:
        return await checkout_page(desk, stand, ask_email=True)
    if stand.sum and typed.sum_shown and typed.sum_shown != str(stand.sum.total.amount):
        return await checkout_page(desk, stand, refusal=refusal_of(errors.PriceChanged(), desk.language))
    return None


async def _place(desk: Desk, standing: Cart, typed: Typed) -> Response[Any]:
    hold_ids = [hold.hold for hold in standing.holds]
    key = order_key_of(hold_ids)
    try:
        order = await place_order(desk.sales, _request_of(desk, standing, typed), key)
    except errors.Unavailable:
        raise
    except TicketingError as error:
        # The order of these holds stands already, sent by another tab with other wishes: it is not placed again.
        placed = await find_placed_order(desk.sales, key)
        if placed is not None:
            return _onward(desk, hold_ids, placed)
        if isinstance(error, errors.SeatsTaken):
            await _drop(desk, hold_ids, error.data.get("seats", ()))
        stand = await _stand(desk, hold_ids, typed)
        if isinstance(error, errors.VoucherRefused) and stand.voucher_problem:
            return await checkout_page(desk, stand, mistakes={"voucher": stand.voucher_problem})
        if isinstance(error, LOSING) and stand.losses:
            return await checkout_page(desk, stand, lost=True)
        return await checkout_page(desk, stand, refusal=refusal_of(error, desk.language))
    return _onward(desk, hold_ids, order)


async def _drop(desk: Desk, hold_ids: Sequence[str], seats: Sequence[str]) -> None:
    """Let go of seats that turned out to be sold, so that the rest can be ordered."""
    for hold in (await read_cart(desk.sales.seating, hold_ids)).holds:
        gone = [seat for seat in hold.seats if seat in seats]
        with contextlib.suppress(errors.UnknownHold, errors.CompanionApart):
            if gone and len(gone) < len(hold.seats):
                await change_hold(desk.sales.seating, hold.hold, [], gone)
            elif gone:
                await release_hold(desk.sales.seating, hold.hold)


def _request_of(desk: Desk, standing: Cart, typed: Typed) -> OrderRequest:
    """The order of the form. The seats come from the form itself, so that a repeat says the same."""
    holds = [
        HoldTickets(
            hold.hold,
            [
                TicketRequest(
                    seat,
                    typed.tariffs[field_of(TARIFF, hold.hold, seat)],
                    typed.holders.get(field_of(HOLDER, hold.hold, seat)) or None,
                )
                for seat in typed.wanted_of(hold.hold, hold.seats)
            ],
        )
        for hold in standing.holds
    ]
    request = OrderRequest(
        holds=[hold for hold in holds if hold.tickets],
        buyer=Buyer(typed.email, typed.name),
        locale=desk.language,  # type: ignore[arg-type]  # one of the four, see require_language
        payment=typed.payment or None,
        voucher=typed.voucher or None,
    )
    try:
        return msgspec.convert(msgspec.to_builtins(request), OrderRequest)
    except msgspec.ValidationError as error:
        raise errors.InvalidField(problem=str(error), field="") from error


def _onward(desk: Desk, hold_ids: Sequence[str], order: OrderView) -> Response[Any]:
    """To where the order is paid, or to its tickets."""
    rest = [hold_id for hold_id in hold_ids_of(desk.request) if hold_id not in hold_ids]
    secure = secure_cookies(desk.request)
    address = f"/{desk.language}/orders/{order.order}/{order.secret}"
    if order.payment is not None and order.payment.url:
        address = own_address(desk.sales, order.payment.url)
    return see_other(address, [cart_cookie(rest, secure=secure), order_cookie(order, secure=secure)])


def own_address(sales: Sales, address: str) -> str:
    """An address of ours without its host, so that the page works under whatever name it was reached by."""
    return address.removeprefix(sales.context.settings.public_url)


routes = [show_checkout, post_checkout]
