"""The steps of choosing seats: each a small form, answered as a page, or as data to the page's own script."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from litestar import Response

from ticketing.kernel.errors import Missing, TicketingError
from ticketing.kernel.wire import problem_response
from ticketing.programme.model import Screening
from ticketing.seating.holds import Seating
from ticketing.seating.live import Live
from ticketing.seating.model import Wish
from ticketing.web.pages.cart import Cart
from ticketing.web.pages.choosing import (
    Chooser,
    choose,
    extend_choice,
    give_back,
    wanted_best,
    wanted_places,
    wanted_seats,
)
from ticketing.web.pages.choosing_place import ChoosingPlace, cookie_at, standing_cart
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.hall_parts import Amend, as_it_is, told_choice
from ticketing.web.pages.instead import offers_instead
from ticketing.web.pages.languages import AnyRequest
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import see_other, wants_json
from ticketing.web.pages.screening_view import OfferedSeats

ShowPage = Callable[[Refusal, Cart, Sequence[OfferedSeats]], Awaitable[Response[Any]]]

# What is asked for in words of seats, and what is done without.
_WISHES: Final[dict[str, Callable[[Form, Chooser], Wish]]] = {
    "seats": wanted_seats,
    "best": lambda form, _: wanted_best(form),
    "places": lambda form, _: wanted_places(form),
}
_DEEDS: Final[dict[str, Callable[[Seating, Chooser], Awaitable[Cart]]]] = {
    "extension": extend_choice,
    "release": give_back,
}
STEPS: Final = frozenset((*_WISHES, *_DEEDS))
"""The last part of the address that a form of the hall is sent to."""


async def take_step(
    request: AnyRequest,
    seating: Seating,
    live: Live,
    language: str,
    *,
    screening: Screening,
    place: ChoosingPlace,
    step: str,
    show: ShowPage,
    amend: Amend = as_it_is,
) -> Response[Any]:
    """Do what a form asks. A refusal is shown by ``show``, with what stands kept and what could be had instead.

    Raises:
        Missing: there is no such step.
    """
    if step not in STEPS:
        raise Missing
    cart, wish = Cart((), 0), None
    layout = await seating.catalogue.layout(screening.layout_id)
    chooser = Chooser(screening.screening_id, cart, "")
    try:
        cart = await standing_cart(request, seating, place)
        client = request.client.host if request.client else "unknown"
        chooser = Chooser(screening.screening_id, cart, client)
        form = await read_form(request)
        if step in _DEEDS:
            after = await _DEEDS[step](seating, chooser)
        else:
            wish = _WISHES[step](form, chooser)
            after = await choose(seating, chooser, wish)
    except TicketingError as error:
        offers = await offers_instead(live, screening, layout, language, wish=wish, error=error, held=chooser.seats)
        refusal = refusal_of(error, language, screening.timezone)
        if wants_json(request):
            return _told(problem_response(error, language), refusal, offers)
        return await show(refusal, cart, offers)
    cookie = cookie_at(request, place, after)
    if not wants_json(request):
        return see_other(f"{place.address}#choice", [cookie])
    before = (*chooser.seats, *place.given_up)
    choice = await told_choice(
        seating, live, language, screening=screening, layout=layout, cart=after, before=before
    )
    return Response(
        amend(choice), media_type="application/json", cookies=[cookie], headers={"cache-control": "no-store"}
    )


def _told(response: Response[Any], refusal: Refusal, offers: Sequence[OfferedSeats]) -> Response[Any]:
    """A problem whose times are told on the venue's clock, with what could be had instead."""
    response.content |= {"title": refusal.title, "detail": refusal.detail, "offers": list(offers)}
    return response
