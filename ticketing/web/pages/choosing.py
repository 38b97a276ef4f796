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
from ticketing.web.pages.cart import Cart
from ticketing.web.pages.forms import Form

COUNT_PROBLEM: Final = N_("The number of seats must be between 1 and 100")
NOTHING_CHOSEN: Final = N_("Choose at least one seat")


class Chooser(msgspec.Struct, frozen=True):
    """Who chooses, for which screening, and what stands kept for him or her, of whatever screening."""

    screening: str
    cart: Cart
    client: str

    def held(self, *, areas: bool) -> Hold | None:
        """The hold on numbered seats of the screening, or with ``areas`` the one on unnumbered places."""
        return self.cart.of_screening(self.screening, areas=areas)

    @property
    def seats(self) -> tuple[str, ...]:
        """The numbered seats held."""
        hold = self.held(areas=False)
        return hold.seats if hold is not None else ()


def wanted_seats(form: Form, chooser: Chooser) -> NamedSeats:
    """All numbered seats that are wanted: those ticked; or from the drawing, some more or less than are held."""
    add, remove = form.texts("add"), form.texts("remove")
    if not add and not remove:
        return NamedSeats(tuple(dict.fromkeys(form.texts("seat"))))
    kept = [seat for seat in chooser.seats if seat not in remove]
    return NamedSeats(tuple(dict.fromkeys([*kept, *add])))


def wanted_best(form: Form) -> BestSeats:
    """The best seats for a party.

    Raises:
        InvalidField: a number is none, or out of bounds.
    """
    count, wheelchair = form.number("count", 2), form.number("wheelchair", 0)
    if not 1 <= count <= SEATS_PER_REQUEST_MAX or not 0 <= wheelchair <= count:
        raise InvalidField(problem=COUNT_PROBLEM, field="count")
    return BestSeats(count, form.text("zone", 40) or None, wheelchair)


def wanted_places(form: Form) -> AreaPlaces:
    """So many places of an unnumbered area; 0 gives them back.

    Raises:
        InvalidField: the count is no number, or out of bounds.
    """
    count = form.number("count", 1)
    if not 0 <= count <= SEATS_PER_REQUEST_MAX:
        raise InvalidField(problem=COUNT_PROBLEM, field="count")
    return AreaPlaces(form.text("area", 64), count)


async def choose(seating: Seating, chooser: Chooser, wish: Wish) -> Cart:
    """Make what is wished the visitor's choice, in the place of what is held so far of that sort.

    Raises:
        InvalidField: nothing is wanted and nothing was held.
        Whatever ``hold_seats`` and ``change_hold`` refuse; then everything is as before.
    """
    match wish:
        case NamedSeats(seats):
            return await _choose_seats(seating, chooser, seats)
        case BestSeats():
            return await _replace(seating, chooser, wish, chooser.held(areas=False))
        case AreaPlaces(count=0):
            return await _give_up(seating, chooser.cart, chooser.held(areas=True))
        case AreaPlaces():
            return await _replace(seating, chooser, wish, chooser.held(areas=True))


async def extend_choice(seating: Seating, chooser: Chooser) -> Cart:
    """More time for everything in the cart: who is asked to hurry at one screening hurries at all."""
    extended = []
    for hold in chooser.cart.holds:
        try:
            extended.append(await extend_hold(seating, hold.hold))
        except UnknownHold:
            continue
    return Cart(tuple(extended), chooser.cart.ended + len(chooser.cart.holds) - len(extended))


async def give_back(seating: Seating, chooser: Chooser) -> Cart:
    """Give back everything held of the screening."""
    for hold in chooser.cart.holds:
        if hold.screening == chooser.screening:
            await release_hold(seating, hold.hold)
    rest = (hold for hold in chooser.cart.holds if hold.screening != chooser.screening)
    return Cart(tuple(rest), chooser.cart.ended)


def seats_of(cart: Cart, screening_id: str) -> tuple[str, ...]:
    """The places in the cart of a screening, numbered ones first."""
    places = [seat for hold in cart.holds if hold.screening == screening_id for seat in hold.seats]
    return tuple(sorted(places, key=lambda place: area_of(place) is not None))


async def _choose_seats(seating: Seating, chooser: Chooser, seats: Sequence[str]) -> Cart:
    held = chooser.held(areas=False)
    if not seats:
        if held is None:
            raise InvalidField(problem=NOTHING_CHOSEN, field="seat")
        return await _give_up(seating, chooser.cart, held)
    wish = NamedSeats(tuple(seats[: SEATS_PER_REQUEST_MAX + 1]))
    if held is None:
        return _with(chooser.cart, await hold_seats(seating, chooser.screening, wish, chooser.client))
    add = [seat for seat in seats if seat not in held.seats]
    remove = [seat for seat in held.seats if seat not in seats]
    if not add and not remove:
        return chooser.cart
    rest = _without(chooser.cart, held)
    try:
        return _with(rest, await change_hold(seating, held.hold, add, remove))
    except UnknownHold:
        # It ended between our look and our step: what is wanted is held anew.
        return _with(rest, await hold_seats(seating, chooser.screening, wish, chooser.client))


async def _replace(seating: Seating, chooser: Chooser, wish: Wish, held: Hold | None) -> Cart:
    new = await hold_seats(seating, chooser.screening, wish, chooser.client)
    return _with(await _give_up(seating, chooser.cart, held), new)


async def _give_up(seating: Seating, cart: Cart, held: Hold | None) -> Cart:
    if held is not None:
        await release_hold(seating, held.hold)
    return _without(cart, held)


def _with(cart: Cart, hold: Hold) -> Cart:
    return Cart((*cart.holds, hold), cart.ended)


def _without(cart: Cart, hold: Hold | None) -> Cart:
    return Cart(tuple(kept for kept in cart.holds if kept is not hold), cart.ended)
