"""Choosing seats of one screening: what a form asks for becomes holds, and never costs what is held already.

The visitor's numbered seats of a screening stand in one hold, unnumbered places in another.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from ticketing.kernel.errors import N_, InvalidField, UnknownHold
from ticketing.programme.layout import area_of
from ticketing.seating.holds import (
    SEATS_PER_REQUEST_MAX,
    Seating,
    change_hold,
    extend_hold,
    hold_seats,
    release_hold,
)
from ticketing.seating.model import AreaPlaces, BestSeats, Hold, NamedSeats, Wish
from ticketing.web.pages.cart import Cart, read_cart

COUNT_PROBLEM: Final = N_("The number of seats must be between 1 and 100")
NOTHING_CHOSEN: Final = N_("Choose at least one seat")


class Chooser(msgspec.Struct, frozen=True):
    """Who chooses, and for which screening. ``hold_ids`` are those of the whole cart."""

    screening: str
    hold_ids: tuple[str, ...]
    client: str


async def choose_seats(seating: Seating, chooser: Chooser, wanted: Sequence[str]) -> Cart:
    """Make ``wanted`` the visitor's numbered seats of the screening: new ones are held, others given back.

    Raises:
        InvalidField: nothing is wanted and nothing was held.
        Whatever ``hold_seats`` and ``change_hold`` refuse; then everything is as before.
    """
    cart = await read_cart(seating, chooser.hold_ids)
    held = cart.of_screening(chooser.screening, areas=False)
    seats = tuple(dict.fromkeys(wanted))
    if not seats:
        if held is None:
            raise InvalidField(problem=NOTHING_CHOSEN, field="seat")
        await release_hold(seating, held.hold)
        return _without(cart, held)
    if held is None:
        return await _hold_anew(seating, chooser, cart, NamedSeats(seats[: SEATS_PER_REQUEST_MAX + 1]))
    add = [seat for seat in seats if seat not in held.seats]
    remove = [seat for seat in held.seats if seat not in seats]
    if not add and not remove:
        return cart
    try:
        changed = await change_hold(seating, held.hold, add, remove)
    except UnknownHold:
        # It ended between our look and our step: what is wanted is held anew.
        return await _hold_anew(seating, chooser, _without(cart, held), NamedSeats(seats))
    return _with(_without(cart, held), changed)


async def toggle_seat(seating: Seating, chooser: Chooser, add: str, remove: str) -> Cart:
    """Take one seat more, or give one back, beside those that are held.

    Raises:
        Whatever :func:`choose_seats` raises.
    """
    cart = await read_cart(seating, chooser.hold_ids)
    held = cart.of_screening(chooser.screening, areas=False)
    seats = [seat for seat in held.seats if seat != remove] if held else []
    if not seats and not add:
        if held is not None:
            await release_hold(seating, held.hold)
        return _without(cart, held)
    return await choose_seats(seating, chooser, [*seats, *([add] if add else [])])


async def choose_best(seating: Seating, chooser: Chooser, count: int, zone: str | None, wheelchair: int) -> Cart:
    """The best seats for a party instead of the numbered seats held so far, which are kept where there are none.

    Raises:
        InvalidField: the count is out of bounds.
        Whatever ``hold_seats`` refuses.
    """
    if not 1 <= count <= SEATS_PER_REQUEST_MAX or not 0 <= wheelchair <= count:
        raise InvalidField(problem=COUNT_PROBLEM, field="count")
    return await _replace(seating, chooser, BestSeats(count, zone, wheelchair), areas=False)


async def choose_places(seating: Seating, chooser: Chooser, area: str, count: int) -> Cart:
    """``count`` places of an unnumbered area instead of those held so far; 0 gives them back.

    Raises:
        InvalidField: the count is out of bounds.
        Whatever ``hold_seats`` refuses.
    """
    if not 0 <= count <= SEATS_PER_REQUEST_MAX:
        raise InvalidField(problem=COUNT_PROBLEM, field="count")
    if count == 0:
        cart = await read_cart(seating, chooser.hold_ids)
        held = cart.of_screening(chooser.screening, areas=True)
        if held is not None:
            await release_hold(seating, held.hold)
        return _without(cart, held)
    return await _replace(seating, chooser, AreaPlaces(area, count), areas=True)


async def extend_choice(seating: Seating, chooser: Chooser) -> Cart:
    """More time for everything in the cart: who is asked to hurry at one screening hurries at all."""
    cart = await read_cart(seating, chooser.hold_ids)
    extended = []
    for hold in cart.holds:
        try:
            extended.append(await extend_hold(seating, hold.hold))
        except UnknownHold:
            continue
    return Cart(tuple(extended), cart.ended + len(cart.holds) - len(extended))


async def give_back(seating: Seating, chooser: Chooser) -> Cart:
    """Give back everything held of the screening."""
    cart = await read_cart(seating, chooser.hold_ids)
    for hold in cart.holds:
        if hold.screening == chooser.screening:
            await release_hold(seating, hold.hold)
    return Cart(tuple(hold for hold in cart.holds if hold.screening != chooser.screening), cart.ended)


def seats_of(cart: Cart, screening_id: str) -> tuple[str, ...]:
    """The places in the cart of a screening, numbered ones first."""
    places = [seat for hold in cart.holds if hold.screening == screening_id for seat in hold.seats]
    return tuple(sorted(places, key=lambda place: area_of(place) is not None))


async def _replace(seating: Seating, chooser: Chooser, wish: Wish, *, areas: bool) -> Cart:
    cart = await read_cart(seating, chooser.hold_ids)
    held = cart.of_screening(chooser.screening, areas=areas)
    new = await hold_seats(seating, chooser.screening, wish, chooser.client)
    if held is not None:
        await release_hold(seating, held.hold)
    return _with(_without(cart, held), new)


async def _hold_anew(seating: Seating, chooser: Chooser, cart: Cart, wish: Wish) -> Cart:
    return _with(cart, await hold_seats(seating, chooser.screening, wish, chooser.client))


def _with(cart: Cart, hold: Hold) -> Cart:
    return Cart((*cart.holds, hold), cart.ended)


def _without(cart: Cart, hold: Hold | None) -> Cart:
    return Cart(tuple(kept for kept in cart.holds if kept is not hold), cart.ended)
