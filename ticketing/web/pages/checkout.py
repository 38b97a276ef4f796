"""The checkout: one page for everything in the cart, one form, one order however often it is sent.

The form carries its own random key and the ids of its holds. Sent again by a double click, a reload or the way
back, it is the same order, and the buyer lands on its page.
"""

import asyncio
import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import N_, IdempotencyMismatch, InvalidField, TicketingError, VoucherRefused
from ticketing.kernel.i18n import translate
from ticketing.sales.desk import Sales
from ticketing.sales.model import Buyer, HoldTickets, OrderRequest, OrderView, TicketRequest
from ticketing.sales.orders import place_order
from ticketing.seating.holds import extend_hold, release_hold
from ticketing.seating.model import Hold
from ticketing.web.pages.cart import Cart, cart_cookie, hold_ids_of, read_cart, secure_cookies
from ticketing.web.pages.checkout_view import (
    Part,
    Typed,
    mistakes_in,
    part_of,
    soonest_end,
    total_of,
    typed_from,
)
from ticketing.web.pages.formatting import money_pattern
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import new_form_key, page, see_other

PUBLIC = {"access": "public"}
ORDER_COOKIE: Final = "order"
ORDER_COOKIE_AGE_S: Final = 86_400
ORDER_KEY: Final = re.compile(r"[A-Za-z0-9_-]{20,64}")
KEY_PROBLEM: Final = N_("This form is damaged: open the page again")

MISTAKES: Final = {
    "email": N_("An e-mail address is needed, for example aigerim@example.kz: the tickets are sent there"),
    "name": N_("A name is needed"),
    "consent": N_("Without your consent we may not keep your name and address, and can't send the tickets"),
}


@get("/{language:str}/cart", opt=PUBLIC, include_in_schema=False)
async def show_checkout(
    request: AnyRequest, sales: NamedDependency[Sales], language: FromPath[str]
) -> Response[str]:
    """The cart and the form that turns it into an order."""
    require_language(language)
    cart = await read_cart(sales.seating, hold_ids_of(request))
    return await _page(request, sales, language, cart, typed=Typed(), key=new_form_key())


@post("/{language:str}/cart", opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_checkout(
    request: AnyRequest, sales: NamedDependency[Sales], language: FromPath[str]
) -> Response[Any]:
    """Place the order; or, by another button of the same form, change the cart without losing what was typed."""
    require_language(language)
    form = await read_form(request)
    typed = typed_from({name: form.text(name) for name in form.names()})
    key = form.text("order_key")
    if not ORDER_KEY.fullmatch(key):
        raise InvalidField(problem=KEY_PROBLEM, field="order_key")
    hold_ids = form.texts("hold") or hold_ids_of(request)
    action, _, subject = form.text("action").partition(":")
    if action:
        cart = await _change(sales, await read_cart(sales.seating, hold_ids), action, subject)
        return await _page(request, sales, language, cart, typed=typed, key=new_form_key())
    return await _order(request, sales, language, form=form, typed=typed, key=key)


async def _change(sales: Sales, cart: Cart, action: str, subject: str) -> Cart:
    """More time for everything, or one hold given back. Any other action only adds up anew."""
    if action == "release":
        for hold in cart.holds:
            if hold.hold == subject:
                await release_hold(sales.seating, hold.hold)
        return Cart(tuple(hold for hold in cart.holds if hold.hold != subject), cart.ended)
    if action == "extend":
        return Cart(
            tuple(await asyncio.gather(*(extend_hold(sales.seating, hold.hold) for hold in cart.holds))), cart.ended
        )
    return cart


async def _order(
    request: AnyRequest, sales: Sales, language: str, *, form: Form, typed: Typed, key: str
) -> Response[Any]:
    hold_ids = form.texts("hold")
    mistakes = {field: translate(MISTAKES[name], language) for field, name in mistakes_in(typed).items()}
    refusal: Refusal | None = None
    if not mistakes:
        try:
            order = await _place(sales, language, hold_ids, typed, key)
        except VoucherRefused as error:
            mistakes["voucher"] = refusal_of(error, language).detail
        except IdempotencyMismatch as error:
            # The order of this form stands already: sent once more with other wishes, it is not placed again.
            refusal = refusal_of(error, language)
        except TicketingError as error:
            refusal = refusal_of(error, language)
        else:
            rest = [hold_id for hold_id in hold_ids_of(request) if hold_id not in hold_ids]
            secure = secure_cookies(request)
            cookies = [cart_cookie(rest, secure=secure), _order_cookie(order, secure=secure)]
            return see_other(_next_address(sales, language, order), cookies)
    cart = await read_cart(sales.seating, hold_ids)
    # A refused order may have claimed nothing, but its key is spent only by an order that stands: keep it.
    return await _page(request, sales, language, cart, typed=typed, key=key, refusal=refusal, mistakes=mistakes)


async def _place(sales: Sales, language: str, hold_ids: Sequence[str], typed: Typed, key: str) -> OrderView:
    """Place the order of the form. The seats come from the form itself, so that a repeat says the same."""
    wanted: dict[str, list[TicketRequest]] = {hold_id: [] for hold_id in hold_ids}
    for field, tariff in typed.tariffs.items():
        hold_id, _, seat = field.removeprefix("tariff:").partition(":")
        if hold_id in wanted:
            wanted[hold_id].append(TicketRequest(seat, tariff))
    request = OrderRequest(
        holds=[HoldTickets(hold_id, tickets) for hold_id, tickets in wanted.items() if tickets],
        buyer=Buyer(typed.email, typed.name),
        locale=language,  # type: ignore[arg-type]  # one of the four, see require_language
        payment=typed.payment or None,
        voucher=typed.voucher or None,
    )
    try:
        request = msgspec.convert(msgspec.to_builtins(request), OrderRequest)
    except msgspec.ValidationError as error:
        raise InvalidField(problem=str(error), field="") from error
    return await place_order(sales, request, f"page-{key}")


async def _page(
    request: AnyRequest,
    sales: Sales,
    language: str,
    cart: Cart,
    *,
    typed: Typed,
    key: str,
    refusal: Refusal | None = None,
    mistakes: dict[str, str] | None = None,
) -> Response[str]:
    now = sales.context.clock.now()
    parts = [await _part(sales, language, hold, typed) for hold in cart.holds]
    parts.sort(key=lambda part: part.screening.starts_at)
    total = total_of(parts)
    festival = await sales.catalogue.festival(parts[0].screening.festival) if parts else None
    status_code = refusal.status if refusal else 422 if mistakes else 200
    cookie = cart_cookie((hold.hold for hold in cart.holds), secure=secure_cookies(request))
    return page(
        request,
        "checkout.html",
        language,
        status_code=status_code,
        cookies=[cookie],
        festival=festival,
        parts=parts,
        total=total,
        pattern=money_pattern(total.currency, language) if total else "{}",
        typed=typed,
        order_key=key,
        refusal=refusal,
        mistakes=mistakes or {},
        ended=cart.ended,
        expires_in_ms=soonest_end(parts, now),
        extendable=any(part.hold.extendable_until > part.hold.expires_at for part in parts),
        providers=sales.providers.names,
        last_order=_last_order(request),
        cart_count=len(parts),
    )


async def _part(sales: Sales, language: str, hold: Hold, typed: Typed) -> Part:
    screening = await sales.catalogue.public_screening(hold.screening)
    layout = await sales.catalogue.layout(screening.layout_id)
    return part_of(hold, screening, layout, typed, language)


def _next_address(sales: Sales, language: str, order: OrderView) -> str:
    if order.payment is not None:
        return own_address(sales, order.payment.url)
    return f"/{language}/orders/{order.order}/{order.secret}"


def own_address(sales: Sales, address: str) -> str:
    """An address of ours without its host, so that the page works under whatever name it was reached by."""
    return address.removeprefix(sales.context.settings.public_url)


def _order_cookie(order: OrderView, *, secure: bool) -> Cookie:
    """Leads back to the latest order for a day; no script can read it."""
    return Cookie(
        key=ORDER_COOKIE,
        value=f"{order.order}~{order.secret}",
        max_age=ORDER_COOKIE_AGE_S,
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def _last_order(request: AnyRequest) -> tuple[str, str] | None:
    order, _, secret = request.cookies.get(ORDER_COOKIE, "").partition("~")
    return (order, secret) if order.isalnum() and secret.replace("-", "").replace("_", "").isalnum() else None


routes = [show_checkout, post_checkout]
