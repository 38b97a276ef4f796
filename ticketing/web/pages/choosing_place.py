"""Where on the site seats are chosen: on the page of a screening for the cart, elsewhere for an exchange."""

from collections.abc import Sequence
from typing import Final

import msgspec
from litestar.datastructures import Cookie

from ticketing.kernel.ids import screening_of_hold
from ticketing.seating.holds import Seating
from ticketing.web.pages.cart import (
    CART_AGE_S,
    CART_COOKIE,
    HOLDS_MAX,
    Cart,
    cart_cookie,
    read_cart,
    secure_cookies,
)
from ticketing.web.pages.languages import AnyRequest

_BETWEEN: Final = "~"


class ChoosingPlace(msgspec.Struct, frozen=True):
    """Where the forms of a hall go, and what comes after the choice.

    ``address`` is what the steps stand beneath (``/seats``, ``/best``, …); ``onward`` and ``onward_words`` are the
    main button of the tray. ``cookie`` keeps the ids of the holds: another one than the cart's where the seats must
    not show up in the cart. With ``seats_exactly`` the tray says how many are missing or too many. ``given_up`` are
    the seats of this screening that the choice replaces.
    """

    address: str
    onward: str
    onward_words: str
    cookie: str = CART_COOKIE
    cookie_path: str = "/"
    seats_exactly: int | None = None
    best: bool = True
    given_up: tuple[str, ...] = ()


def hold_ids_at(request: AnyRequest, place: ChoosingPlace) -> tuple[str, ...]:
    """The hold ids in the place's cookie that can be such; at most ``HOLDS_MAX``, each once."""
    parts = request.cookies.get(place.cookie, "").split(_BETWEEN)
    return tuple(dict.fromkeys(part for part in parts if screening_of_hold(part) is not None))[:HOLDS_MAX]


async def standing_cart(request: AnyRequest, seating: Seating, place: ChoosingPlace) -> Cart:
    """The holds of the place's cookie that still stand.

    Raises:
        SeatingUnavailable: whether they stand can't be said now.
    """
    return await read_cart(seating, hold_ids_at(request, place))


def cookie_at(request: AnyRequest, place: ChoosingPlace, cart: Cart) -> Cookie:
    """The cookie that names the holds of ``cart`` at that place; an empty cart takes it away."""
    ids: Sequence[str] = [hold.hold for hold in cart.holds]
    secure = secure_cookies(request)
    if place.cookie == CART_COOKIE:
        return cart_cookie(ids, secure=secure, ends_at=cart.ends_at)
    return Cookie(
        key=place.cookie,
        value=_BETWEEN.join(ids[-HOLDS_MAX:]),
        max_age=CART_AGE_S if ids else 0,
        path=place.cookie_path,
        secure=secure,
        httponly=True,
        samesite="lax",
    )
