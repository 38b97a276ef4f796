"""Before the film: who is missing, on the map and as a list; places released, given away and moved."""

import uuid
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.door.before_film.broken_seats import BrokenSeatReport, Reseating, repair_seat, report_broken_seat
from ticketing.door.before_film.model import SeatThere
from ticketing.door.before_film.no_shows import (
    RushWish,
    give_rush_ticket,
    look_at_no_shows,
    release_no_shows,
    restore_ticket,
)
from ticketing.door.before_film.presence import look_at_house, screenings_of_evening
from ticketing.kernel.errors import N_, InvalidField, TicketingError
from ticketing.kernel.i18n import translate, translations
from ticketing.sales import links
from ticketing.sales.desk import Sales, read_order
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role, allows
from ticketing.web.pages.evening import EVENING, HOUSE, Evening
from ticketing.web.pages.evening_drawing import LOOKS, draw_house, looks_of
from ticketing.web.pages.formatting import place_text
from ticketing.web.pages.forms import read_form
from ticketing.web.pages.hall_drawing import Kept, draw_hall
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import page
from ticketing.web.pages.screening_view import names_of_areas, names_of_sections, zone_looks

DOOR = [requires(Role.DOOR)]
BOX_OFFICE = [requires(Role.BOX_OFFICE)]
SUPERVISOR = [requires(Role.SUPERVISOR)]
SEAT_SIGNS_MAX: Final = 64
NOTE_SIGNS_MAX: Final = 200
AGAIN_PROBLEM: Final = N_("Open the page again")


class Told(msgspec.Struct, frozen=True):
    """What an act came to; ``link`` leads to the ticket that is to be printed now."""

    words: str
    good: bool = True
    link: str = ""


@get("/{language:str}/door/house", guards=DOOR, include_in_schema=False)
async def show_evening(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str]
) -> Response[str]:
    """The screenings around now, to choose from."""
    require_language(language)
    return page(
        request,
        "evening.html",
        language,
        festival=None,
        cart_count=0,
        **_who(request),
        screenings=await screenings_of_evening(sales, request.user),
    )


@get(HOUSE, guards=DOOR, dependencies=EVENING, include_in_schema=False)
async def show_house(evening: NamedDependency[Evening]) -> Response[str]:
    """Who is in and who is missing; the page's script keeps it up to date."""
    return await _page(evening)


@get(HOUSE + "/no-shows", guards=SUPERVISOR, dependencies=EVENING, include_in_schema=False)
async def show_no_shows(evening: NamedDependency[Evening]) -> Response[str]:
    """Whose places a release would free: looked at once more, since their holders may be on the stairs."""
    try:
        due = await look_at_no_shows(evening.sales, evening.screening)
    except TicketingError as error:
        return await _page(evening, refused=error)
    return page(
        evening.request,
        "evening_no_shows.html",
        evening.language,
        festival=None,
        cart_count=0,
        s=evening.screening,
        due=due,
        places=[await _place(evening, one.seat) for one in due.seats],
    )


@post(HOUSE + "/release", guards=SUPERVISOR, dependencies=EVENING, include_in_schema=False, status_code=200)
async def post_release(evening: NamedDependency[Evening]) -> Response[str]:
    """Release the places of all who are missing."""
    try:
        freed = len((await release_no_shows(evening.sales, evening.screening, evening.login)).seats)
    except TicketingError as error:
        return await _page(evening, refused=error)
    words = translations(evening.language).ngettext(
        "%(num)d place is free again", "%(num)d places are free again", freed
    )
    return await _page(evening, told=Told(words % {"num": freed}))


@post(HOUSE + "/restore", guards=BOX_OFFICE, dependencies=EVENING, include_in_schema=False, status_code=200)
async def post_restore(evening: NamedDependency[Evening]) -> Response[str]:
    """Make a released ticket good again."""
    try:
        ticket = (await read_form(evening.request)).text("ticket", SEAT_SIGNS_MAX)
        await restore_ticket(evening.sales, evening.screening, ticket, evening.login)
    except TicketingError as error:
        return await _page(evening, refused=error)
    told = Told(translate("The ticket is good again: to the gate", evening.language))
    return await _page(evening, told=told)


@post(HOUSE + "/rush", guards=BOX_OFFICE, dependencies=EVENING, include_in_schema=False, status_code=200)
async def post_rush(evening: NamedDependency[Evening]) -> Response[str]:
    """One free ticket for the rush line; the form's own id keeps a second press from giving a second one."""
    try:
        form = await read_form(evening.request)
        wish = RushWish(_id_of(form.text("rush")), form.text("seat", SEAT_SIGNS_MAX) or None)
        order = await give_rush_ticket(evening.sales, evening.screening, wish, evening.language, evening.login)
    except TicketingError as error:
        return await _page(evening, refused=error)
    place = await _place(evening, order.tickets[0].seat)
    told = translate("For the rush line: %(place)s", evening.language) % {"place": place}
    return await _page(evening, told=Told(told, link=f"/{evening.language}/orders/{order.order}/{order.secret}"))


@post(HOUSE + "/broken", guards=BOX_OFFICE, dependencies=EVENING, include_in_schema=False, status_code=200)
async def post_broken(evening: NamedDependency[Evening]) -> Response[str]:
    """A seat is broken: kept from sale, its ticket moved."""
    try:
        form = await read_form(evening.request)
        note = " ".join(form.text("note", NOTE_SIGNS_MAX).split())
        report = BrokenSeatReport(form.text("seat", SEAT_SIGNS_MAX), note)
        done = await report_broken_seat(evening.sales, evening.screening, report, evening.login)
    except TicketingError as error:
        return await _page(evening, refused=error)
    return await _page(evening, told=await _told_of(evening, done))


@post(HOUSE + "/repaired", guards=BOX_OFFICE, dependencies=EVENING, include_in_schema=False, status_code=200)
async def post_repaired(evening: NamedDependency[Evening]) -> Response[str]:
    """A seat can be sat on again."""
    seat = (await read_form(evening.request)).text("seat", SEAT_SIGNS_MAX)
    await repair_seat(evening.sales, evening.screening, seat, evening.login)
    return await _page(evening)


async def _told_of(evening: Evening, done: Reseating) -> Told:
    sales, language = evening.sales, evening.language
    if done.outcome == "blocked":
        return Told(translate("The seat is kept from sale. Nobody had it.", language))
    if done.outcome == "unpaid":
        words = translate("An order that is not paid yet has this seat. Report it again once it is paid.", language)
        return Told(words, good=False)
    if done.outcome == "nobody_moved" or done.to is None or done.order is None:
        words = translate("No equal seat is free, so nobody was moved. Report it again once one is.", language)
        return Told(words, good=False)
    order = await read_order(sales.context.postgres, done.order)
    ticket = next(one for one in order.tickets if one.ticket == done.ticket)
    place = await _place(evening, done.to)
    words = translate("The ticket has another seat: %(place)s. Its old code is no longer good.", language)
    return Told(words % {"place": place}, link=links.ticket_page(sales.context, ticket, language))


async def _place(evening: Evening, seat: str) -> str:
    screening, language = evening.screening, evening.language
    layout = await evening.sales.catalogue.layout(screening.layout_id)
    return place_text(
        seat, names_of_sections(layout, language), names_of_areas(screening, layout, language), language
    )


def _id_of(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise InvalidField(field="rush", problem=AGAIN_PROBLEM) from None


def _who(request: StaffRequest) -> dict[str, Any]:
    role = request.user.role
    return {
        "supervisor": allows(role, Role.SUPERVISOR),
        "box_office": allows(role, Role.BOX_OFFICE),
    }


async def _page(
    evening: Evening,
    *,
    told: Told | None = None,
    refused: TicketingError | None = None,
) -> Response[str]:
    sales, language, screening = evening.sales, evening.language, evening.screening
    house = await look_at_house(sales, screening)
    layout = await sales.catalogue.layout(screening.layout_id)
    drawing = draw_hall(screening.layout_id, Kept(layout), language, zone_looks(screening, language))
    sections, areas = names_of_sections(layout, language), names_of_areas(screening, layout, language)

    def placed(seat: str) -> str:
        return place_text(seat, sections, areas, language)

    refusal: Refusal | None = refusal_of(refused, language, screening.timezone) if refused else None
    by_look: dict[str, list[tuple[str, SeatThere]]] = {look: [] for look in LOOKS}
    for one in sorted(house.seats, key=lambda seat: layout.index_of.get(seat.seat, layout.capacity)):
        by_look[one.presence].append((placed(one.seat), one))
    return page(
        evening.request,
        "evening_house.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        **_who(evening.request),
        s=screening,
        house=house,
        drawing=drawing,
        picture=draw_house(drawing, looks_of(house)),
        looks={look: translate(words, language) for look, words in LOOKS.items()},
        by_look=by_look,
        broken=[(placed(one.seat), placed(one.moved_to) if one.moved_to else "", one) for one in house.broken],
        rush=str(uuid.uuid4()),
        told=told,
        refusal=refusal,
    )


routes = [
    show_evening,
    show_house,
    show_no_shows,
    post_release,
    post_restore,
    post_rush,
    post_broken,
    post_repaired,
]
