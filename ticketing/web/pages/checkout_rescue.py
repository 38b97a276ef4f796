"""Seats that were lost before their order was placed: said so, with why, and the nearest equal ones offered."""

from collections.abc import Collection, Sequence
from typing import Literal

import msgspec

from ticketing.kernel.errors import UnknownScreening
from ticketing.kernel.ids import screening_of_hold
from ticketing.programme.layout import Layout, area_of
from ticketing.programme.model import Screening, on_sale
from ticketing.sales.desk import Sales
from ticketing.sales.model import OrderView
from ticketing.seating.holds import Seating, change_hold, hold_seats
from ticketing.seating.live import Live
from ticketing.seating.model import AreaPlaces, Availability, Hold, NamedSeats
from ticketing.seating.offers import nearest_equal
from ticketing.web.pages.cart import Cart
from ticketing.web.pages.checkout_view import words_of
from ticketing.web.pages.formatting import list_text

LossReason = Literal["ended", "taken", "cancelled", "closed", "ordered"]


class Loss(msgspec.Struct, frozen=True):
    """Seats of a form that are no longer kept, and what is offered: they themselves where they are free."""

    hold: str
    seats: tuple[str, ...]
    screening: Screening
    words: str
    reason: LossReason
    offer: tuple[str, ...] = ()
    offer_words: str = ""

    def told(self, told: Collection[str]) -> bool:
        """Has the page said so already, of every seat (named as ``hold:seat``)?"""
        return all(f"{self.hold}:{seat}" in told for seat in self.seats)

    @property
    def same(self) -> bool:
        """Are the lost seats themselves on offer?"""
        return self.offer == self.seats


async def loss_of(
    sales: Sales, live: Live, hold_id: str, seats: Sequence[str], *, latest: OrderView | None, language: str
) -> Loss | None:
    """What became of seats of a hold that has ended or lost them. None where the form names what never was.

    ``latest`` is the visitor's latest order, in which the seats may stand by now.

    Raises:
        SeatingUnavailable, DatabaseUnavailable
    """
    try:
        screening = await sales.catalogue.public_screening(screening_of_hold(hold_id) or "")
    except UnknownScreening:
        return None
    layout = await sales.catalogue.layout(screening.layout_id)
    known = tuple(sorted((seat for seat in seats if seat in layout.index_of), key=layout.index_of.__getitem__))
    if not known:
        return None
    words = list_text(_counted(words_of(known, screening, layout, language)), language)
    loss = Loss(hold_id, known, screening, words, "ended")
    if screening.status == "cancelled":
        return msgspec.structs.replace(loss, reason="cancelled")
    if latest is not None and all(_ordered(latest, screening.screening_id, seat) for seat in known):
        return msgspec.structs.replace(loss, reason="ordered")
    if not on_sale(screening, sales.context.clock.now()):
        return msgspec.structs.replace(loss, reason="closed")
    availability = (await live.look(screening.screening_id)).availability()
    offer = offer_for(layout, availability, known)
    offer_words = list_text(_counted(words_of(offer, screening, layout, language)), language) if offer else ""
    reason: LossReason = "ended" if offer == known else "taken"
    return msgspec.structs.replace(loss, reason=reason, offer=offer, offer_words=offer_words)


def offer_for(layout: Layout, availability: Availability, seats: Sequence[str]) -> tuple[str, ...]:
    """Places that can be had for those that were lost: they themselves, else the nearest equal ones, else none."""
    area = area_of(seats[0])
    if area is not None:
        free_places = availability.areas.get(area)
        return tuple(seats) if free_places is not None and free_places.free >= len(seats) else ()
    party = [layout.index_of[seat] for seat in seats if area_of(seat) is None]
    free = {index for index, place in enumerate(layout.seats) if place.seat not in availability.seats}
    taken = [index for index in party if index not in free]
    if not taken:
        return tuple(seats)
    return tuple(layout.labels[index] for index in nearest_equal(layout, free, party, taken))


async def keep_instead(
    seating: Seating, cart: Cart, screening_id: str, seats: Sequence[str], client: str
) -> tuple[Cart, Hold]:
    """Take what was offered, beside the seats of the same screening that are still kept.

    Raises:
        Whatever ``hold_seats`` and ``change_hold`` refuse; then everything is as before.
    """
    area = area_of(seats[0])
    held = cart.of_screening(screening_id, areas=False) if area is None else None
    if held is not None:
        new = await change_hold(seating, held.hold, list(seats), [])
        return Cart(tuple(new if hold is held else hold for hold in cart.holds), cart.ended), new
    wish = NamedSeats(tuple(seats)) if area is None else AreaPlaces(area, len(seats))
    new = await hold_seats(seating, screening_id, wish, client)
    return Cart((*cart.holds, new), cart.ended), new


def _ordered(order: OrderView, screening_id: str, seat: str) -> bool:
    return any(
        ticket.screening == screening_id and ticket.seat == seat and ticket.status != "void"
        for ticket in order.tickets
    )


def _counted(words: Sequence[str]) -> list[str]:
    """Equal words once, with their count: the places of an area all have its name."""
    counts = {word: words.count(word) for word in words}
    return [word if count == 1 else f"{word} × {count}" for word, count in counts.items()]
