"""The page of a screening: the film, the hall, and the choice of seats, with and without scripts."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import TicketingError
from ticketing.kernel.wire import problem_response
from ticketing.programme.model import Screening
from ticketing.seating.holds import Seating
from ticketing.seating.live import Live
from ticketing.web.pages.cart import Cart, cart_cookie, hold_ids_of, read_cart, secure_cookies
from ticketing.web.pages.choosing import (
    Chooser,
    choose_best,
    choose_places,
    choose_seats,
    extend_choice,
    give_back,
    seats_of,
    toggle_seat,
)
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.hall_drawing import Kept, draw_hall
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.programme_view import sale_state
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import page, see_other, wants_json
from ticketing.web.pages.screening_view import choice_of, names_of_areas, zone_looks

PUBLIC = {"access": "public"}
PATH = "/{language:str}/screenings/{screening:str}"
SECTION_LABELS_MAX = 100


@get(PATH, opt=PUBLIC, include_in_schema=False)
async def show_screening(
    request: AnyRequest,
    seating: NamedDependency[Seating],
    live: NamedDependency[Live],
    language: FromPath[str],
    screening: FromPath[str],
) -> Response[str]:
    """The film and the hall as it is now, with the visitor's own seats marked."""
    require_language(language)
    found = await seating.catalogue.public_screening(screening)
    try:
        cart = await read_cart(seating, hold_ids_of(request))
    except TicketingError:
        cart = Cart((), 0)
    return await _page(request, seating, live, language, screening=found, cart=cart)


@post(PATH + "/seats", opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_seats(
    request: AnyRequest,
    seating: NamedDependency[Seating],
    live: NamedDependency[Live],
    language: FromPath[str],
    screening: FromPath[str],
) -> Response[Any]:
    """Take the seats that are ticked and give back the others; or, from the map, one seat more or less."""

    async def act(chooser: Chooser, form: Form) -> Cart:
        add, remove = form.text("add", SECTION_LABELS_MAX), form.text("remove", SECTION_LABELS_MAX)
        if add or remove:
            return await toggle_seat(seating, chooser, add, remove)
        return await choose_seats(seating, chooser, form.texts("seat"))

    return await _after(request, seating, live, language, screening_id=screening, act=act)


@post(PATH + "/best", opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_best(
    request: AnyRequest,
    seating: NamedDependency[Seating],
    live: NamedDependency[Live],
    language: FromPath[str],
    screening: FromPath[str],
) -> Response[Any]:
    """Take the best seats for a party."""

    async def act(chooser: Chooser, form: Form) -> Cart:
        zone = form.text("zone", 40) or None
        return await choose_best(seating, chooser, form.number("count", 2), zone, form.number("wheelchair", 0))

    return await _after(request, seating, live, language, screening_id=screening, act=act)


@post(PATH + "/places", opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_places(
    request: AnyRequest,
    seating: NamedDependency[Seating],
    live: NamedDependency[Live],
    language: FromPath[str],
    screening: FromPath[str],
) -> Response[Any]:
    """Take places without numbers."""

    async def act(chooser: Chooser, form: Form) -> Cart:
        return await choose_places(seating, chooser, form.text("area", 64), form.number("count", 1))

    return await _after(request, seating, live, language, screening_id=screening, act=act)


@post(PATH + "/extension", opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_extension(
    request: AnyRequest,
    seating: NamedDependency[Seating],
    live: NamedDependency[Live],
    language: FromPath[str],
    screening: FromPath[str],
) -> Response[Any]:
    """More time to decide."""

    async def act(chooser: Chooser, _: Form) -> Cart:
        return await extend_choice(seating, chooser)

    return await _after(request, seating, live, language, screening_id=screening, act=act)


@post(PATH + "/release", opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_release(
    request: AnyRequest,
    seating: NamedDependency[Seating],
    live: NamedDependency[Live],
    language: FromPath[str],
    screening: FromPath[str],
) -> Response[Any]:
    """Give everything of this screening back."""

    async def act(chooser: Chooser, _: Form) -> Cart:
        return await give_back(seating, chooser)

    return await _after(request, seating, live, language, screening_id=screening, act=act)


async def _after(
    request: AnyRequest,
    seating: Seating,
    live: Live,
    language: str,
    *,
    screening_id: str,
    act: Callable[[Chooser, Form], Awaitable[Cart]],
) -> Response[Any]:
    """Do what a form asks, and show the outcome: as data to the page's script, else as a page."""
    require_language(language)
    screening = await seating.catalogue.public_screening(screening_id)
    hold_ids = tuple(hold_ids_of(request))
    client = request.client.host if request.client else "unknown"
    try:
        cart = await act(Chooser(screening_id, hold_ids, client), await read_form(request))
    except TicketingError as error:
        if wants_json(request):
            return _told(problem_response(error, language), refusal_of(error, language, screening.timezone))
        try:
            standing = await read_cart(seating, hold_ids)
        except TicketingError:
            standing = Cart((), 0)
        refusal = refusal_of(error, language, screening.timezone)
        return await _page(request, seating, live, language, screening=screening, cart=standing, refusal=refusal)
    cookie = cart_cookie((hold.hold for hold in cart.holds), secure=secure_cookies(request))
    if not wants_json(request):
        return see_other(f"/{language}/screenings/{screening_id}#choice", [cookie])
    layout = await seating.catalogue.layout(screening.layout_id)
    now = seating.context.clock.now()
    choice = choice_of(screening, layout, cart.holds, now, language)
    return Response(choice, media_type="application/json", cookies=[cookie], headers={"cache-control": "no-store"})


def _told(response: Response[Any], refusal: Refusal) -> Response[Any]:
    """A problem whose times are told on the venue's clock."""
    response.content |= {"title": refusal.title, "detail": refusal.detail}
    return response


async def _page(
    request: AnyRequest,
    seating: Seating,
    live: Live,
    language: str,
    *,
    screening: Screening,
    cart: Cart,
    refusal: Refusal | None = None,
) -> Response[str]:
    now = seating.context.clock.now()
    layout = await seating.catalogue.layout(screening.layout_id)
    festival = await seating.catalogue.festival(screening.festival)
    zones = zone_looks(screening, language)
    drawing = draw_hall(screening.layout_id, Kept(layout), language, zones)
    choice = choice_of(screening, layout, cart.holds, now, language)
    free: int | None = None
    states: dict[str, object] = dict.fromkeys(drawing.labels)
    areas_free: dict[str, int] = {}
    try:
        availability = (await live.look(screening.screening_id)).availability()
    except TicketingError as error:
        refusal = refusal or refusal_of(error, language, screening.timezone)
    else:
        states = dict(availability.seats)
        free = availability.counts.free
        areas_free = {area: places.free for area, places in availability.areas.items()}
    state = sale_state(screening, now, free)
    views = drawing.views(states, frozenset(seats_of(cart, screening.screening_id)))
    return page(
        request,
        "screening.html",
        language,
        status_code=refusal.status if refusal else 200,
        compress=refusal is None,
        festival=festival,
        s=screening,
        state=state,
        free=free,
        selling=state in ("open", "few", "sold_out", "unknown"),
        zones=zones,
        kinds={seat.kind.value for seat in layout.seats},
        picture=drawing.draw(views),
        listing=drawing.list_rows(views),
        drawing=drawing,
        areas=[
            (area, names_of_areas(screening, layout, language)[area.area], areas_free.get(area.area, 0))
            for area in layout.areas
        ],
        numbered=bool(layout.seats),
        choice=choice,
        ended=cart.ended,
        refusal=refusal,
        address=f"/{language}/screenings/{screening.screening_id}",
        seats_max=screening.rules.seats_per_hold_max,
        cart_count=len(cart.holds),
    )


routes = [show_screening, post_seats, post_best, post_places, post_extension, post_release]
