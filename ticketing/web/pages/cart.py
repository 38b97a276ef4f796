"""The cart: the holds of one visitor, whose ids the browser keeps in a cookie that no script can read.

A hold id is the whole right to the hold, so nothing about carts is stored here, and a cart is worth nothing
once its holds have ended. Beside the ids stands when the first hold ends, for the basket at the top of pages.
"""

import asyncio
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
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
_UNTIL: Final = re.compile(r"\+(\d{10})")


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

    @property
    def ends_at(self) -> datetime | None:
        """When the first of the holds ends; None where there are none."""
        return min((hold.expires_at for hold in self.holds), default=None)


class Basket(msgspec.Struct, frozen=True):
    """What the cookie says of a cart without asking anybody: how many holds, and the milliseconds left to them.

    It is only for show. ``left_ms`` is None where the cookie does not say.
    """

    count: int = 0
    left_ms: int | None = None


def hold_ids_of(request: AnyRequest) -> list[str]:
    """The hold ids in the cookie that can be such; at most ``HOLDS_MAX``, each once."""
    parts = request.cookies.get(CART_COOKIE, "").split(_BETWEEN)
    return list(dict.fromkeys(part for part in parts if screening_of_hold(part) is not None))[:HOLDS_MAX]


def basket_of(request: AnyRequest, now: datetime) -> Basket:
    """The basket for the top of a page. One whose time is over is empty."""
    count = len(hold_ids_of(request))
    until = next(filter(None, map(_UNTIL.fullmatch, request.cookies.get(CART_COOKIE, "").split(_BETWEEN))), None)
    if not count or until is None:
        return Basket(count)
    left_ms = int(until[1]) * 1000 - round(now.timestamp() * 1000)
    return Basket(count, left_ms) if left_ms > 0 else Basket()


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


def cart_cookie(hold_ids: Iterable[str], *, secure: bool, ends_at: datetime | None = None) -> Cookie:
    """The cookie that names these holds; an empty cart takes it away. ``ends_at``: when the first of them ends."""
    parts = list(hold_ids)[-HOLDS_MAX:]
    if parts and ends_at is not None:
        parts.append(f"+{int(ends_at.astimezone(UTC).timestamp())}")
    value = _BETWEEN.join(parts)
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
