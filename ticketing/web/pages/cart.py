"""The cart: the holds of one visitor, whose ids the browser keeps in a cookie that no script can read.

A hold id is the whole right to the hold, so nothing about carts is stored here, and a cart is worth nothing
once its holds have ended.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from litestar.datastructures import Cookie

from ticketing.kernel.errors import UnknownHold
from ticketing.kernel.ids import screening_of_hold
from ticketing.programme.layout import area_of
from ticketing.seating.holds import Seating, show_hold
from ticketing.seating.model import Hold
from ticketing.web.pages.languages import AnyRequest

CART_COOKIE: Final = "cart"
CART_AGE_S: Final = 7_200
HOLDS_MAX: Final = 12
_BETWEEN: Final = "~"


class Cart(msgspec.Struct, frozen=True):
    """The holds that still stand, and how many of those the browser named have ended."""

    holds: tuple[Hold, ...]
    ended: int

    def of_screening(self, screening_id: str, *, areas: bool) -> Hold | None:
        """The hold on a screening's numbered seats, or with ``areas`` the one on its unnumbered places."""
        for hold in self.holds:
            if hold.screening == screening_id and (area_of(hold.seats[0]) is not None) == areas:
                return hold
        return None


def hold_ids_of(request: AnyRequest) -> list[str]:
    """The hold ids in the cookie that can be such; at most ``HOLDS_MAX``, each once."""
    parts = request.cookies.get(CART_COOKIE, "").split(_BETWEEN)
    return list(dict.fromkeys(part for part in parts if screening_of_hold(part) is not None))[:HOLDS_MAX]


async def read_cart(seating: Seating, hold_ids: Sequence[str]) -> Cart:
    """The cart of those ids, in their order.

    Raises:
        SeatingUnavailable: whether they stand can't be said now.
    """
    found = await asyncio.gather(*(_standing(seating, hold_id) for hold_id in hold_ids))
    holds = tuple(hold for hold in found if hold is not None and hold.seats)
    return Cart(holds, len(hold_ids) - len(holds))


async def _standing(seating: Seating, hold_id: str) -> Hold | None:
    try:
        return await show_hold(seating, hold_id)
    except UnknownHold:
        return None


def cart_cookie(hold_ids: Iterable[str], *, secure: bool) -> Cookie:
    """The cookie that names these holds; an empty cart takes it away."""
    value = _BETWEEN.join(list(hold_ids)[-HOLDS_MAX:])
    return Cookie(
        key=CART_COOKIE,
        value=value,
        max_age=CART_AGE_S if value else 0,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def secure_cookies(request: AnyRequest) -> bool:
    """Whether cookies go over HTTPS alone, as the settings say."""
    context: Any = request.app.state.context
    return bool(context.settings.secure_cookies)
