"""Everything that the hall needs on a page: the drawing, the list, what is free, the visitor's choice."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from markupsafe import Markup

from ticketing.kernel.errors import TicketingError
from ticketing.programme.layout import Layout, LayoutArea
from ticketing.programme.model import Screening
from ticketing.seating.holds import Seating
from ticketing.seating.live import Live
from ticketing.web.pages.cart import Cart
from ticketing.web.pages.choosing import seats_of
from ticketing.web.pages.choosing_place import ChoosingPlace
from ticketing.web.pages.hall_drawing import Drawing, Kept, draw_hall
from ticketing.web.pages.hall_rows import ZoneLook
from ticketing.web.pages.hall_sections import HallPart
from ticketing.web.pages.instead import hint_of, leftover_of
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.screening_view import (
    Choice,
    OfferedSeats,
    choice_of,
    names_of_areas,
    names_of_sections,
    zone_looks,
)

Amend = Callable[[Choice], Choice]


def as_it_is(choice: Choice) -> Choice:
    """A choice that needs no other words."""
    return choice


class HallParts(msgspec.Struct, frozen=True):
    """What ``hall.html`` and ``tray.html`` show. ``free`` is None while it can't be known.

    ``parts`` pairs each part of a hall of several with how many seats are free in it, ``areas`` each unnumbered
    area with its name and the same. ``refusal`` is what was refused, or why the hall can't be shown as it is.
    """

    screening: Screening
    place: ChoosingPlace
    drawing: Drawing
    picture: Markup
    listing: Markup
    parts: tuple[tuple[HallPart, int], ...]
    areas: tuple[tuple[LayoutArea, str, int], ...]
    zones: tuple[ZoneLook, ...]
    kinds: frozenset[str]
    numbered: bool
    free: int | None
    choice: Choice
    ended: int
    refusal: Refusal | None
    offers: tuple[OfferedSeats, ...]
    sections: dict[str, str]

    @property
    def best_zones(self) -> list[ZoneLook]:
        """The zones in which seats can be asked for: numbered ones with a price."""
        unnumbered = {area.zone for area, _, _ in self.areas}
        return [zone for zone in self.zones if zone.price and zone.zone not in unnumbered]

    @property
    def data(self) -> dict[str, Any]:
        """What the script is told of zones and parts: in words, ready to be shown."""
        return {
            "zones": [{"name": zone.name, "prices": zone.tariffs, "shape": zone.shape} for zone in self.zones],
            "sections": self.sections,
        }


async def hall_parts(
    seating: Seating,
    live: Live,
    language: str,
    *,
    screening: Screening,
    place: ChoosingPlace,
    cart: Cart,
    refusal: Refusal | None = None,
    offers: Sequence[OfferedSeats] = (),
    amend: Amend = as_it_is,
) -> HallParts:
    """The hall as it is now, with the seats of ``cart`` marked; all taken while it can't be known what is free."""
    layout = await seating.catalogue.layout(screening.layout_id)
    zones = zone_looks(screening, language)
    drawing = draw_hall(screening.layout_id, Kept(layout), language, zones)
    free: int | None = None
    states: dict[str, object] = dict.fromkeys(drawing.labels)
    areas_free: dict[str, int] = {}
    choice = await told_choice(
        seating, live, language, screening=screening, layout=layout, cart=cart, before=place.given_up
    )
    try:
        availability = (await live.look(screening.screening_id)).availability()
    except TicketingError as error:
        refusal = refusal or refusal_of(error, language, screening.timezone)
    else:
        states = dict(availability.seats)
        free = availability.counts.free
        areas_free = {area: places.free for area, places in availability.areas.items()}
    views = drawing.views(states, frozenset(seats_of(cart, screening.screening_id)))
    names = names_of_areas(screening, layout, language)
    return HallParts(
        screening=screening,
        place=place,
        drawing=drawing,
        picture=drawing.draw(views),
        listing=drawing.list_rows(views),
        parts=tuple((part, part.free(views)) for part in drawing.parts),
        areas=tuple((area, names[area.area], areas_free.get(area.area, 0)) for area in layout.areas),
        zones=zones,
        kinds=frozenset(seat.kind.value for seat in layout.seats),
        numbered=bool(layout.seats),
        free=free,
        choice=amend(choice),
        ended=cart.ended,
        refusal=refusal,
        offers=tuple(offers),
        sections=names_of_sections(layout, language),
    )


async def told_choice(
    seating: Seating,
    live: Live,
    language: str,
    *,
    screening: Screening,
    layout: Layout,
    cart: Cart,
    before: Sequence[str] = (),
) -> Choice:
    """The visitor's choice in words, with a hint where it leaves a single seat over.

    ``before`` are the seats that were chosen a moment ago, or are given up with the choice.
    """
    choice = choice_of(screening, layout, cart.holds, seating.context.clock.now(), language)
    leftover = await leftover_of(live, screening, layout, cart, before)
    if leftover is None:
        return choice
    return msgspec.structs.replace(choice, hint=hint_of(leftover, screening, layout, language))
