"""The public page of a link to an allotment: its seats on the map and in a list, a name, and the tickets."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import N_, InvalidField, TicketingError
from ticketing.kernel.i18n import pick
from ticketing.programme.layout import Layout, area_of
from ticketing.sales.allotment_choosing import GuestChoice, OpenLink, open_link, take_seats
from ticketing.sales.desk import Sales
from ticketing.staff.guards import PUBLIC
from ticketing.web.pages.evening_drawing import draw_house
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.hall_drawing import Kept, draw_hall
from ticketing.web.pages.hall_rows import rows_of
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page, see_other
from ticketing.web.pages.screening_view import names_of_areas, zone_looks

PATH: Final = "/{language:str}/allotments/{code:str}"
NAMES_SIGNS_MAX: Final = 3_000
GUEST_PROBLEM: Final = N_("Choose at least one seat, give your name, and check the address")


class SeatRow(msgspec.Struct, frozen=True):
    """Seats of a row that can be taken, as check boxes: pairs of label and number."""

    section: str
    row: str
    seats: tuple[tuple[str, str], ...]


@get(PATH, opt=PUBLIC, include_in_schema=False)
async def show_link(
    request: AnyRequest, sales: NamedDependency[Sales], language: FromPath[str], code: FromPath[str]
) -> Response[Any]:
    """Which seats can be taken."""
    require_language(language)
    return await _page(request, sales, language, code)


@post(PATH, opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_choice(
    request: AnyRequest, sales: NamedDependency[Sales], language: FromPath[str], code: FromPath[str]
) -> Response[Any]:
    """Take seats, and see their tickets; or what is in the way, with all that was typed."""
    require_language(language)
    form = await read_form(request)
    try:
        opened = await open_link(sales, code, _client(request))
        order = await take_seats(sales, code, _choice(form, opened, language), _client(request))
    except TicketingError as error:
        return await _page(request, sales, language, code, refused=error, typed=form)
    return see_other(f"/{language}/orders/{order.order}/{order.secret}")


def _choice(form: Form, opened: OpenLink, language: str) -> GuestChoice:
    companions = [" ".join(line.split()) for line in form.raw("companions", NAMES_SIGNS_MAX).splitlines()]
    wish: dict[str, Any] = {
        "choice": form.text("choice", 36),
        "seats": [*form.texts("seat"), *_places(form, opened)],
        "name": form.text("name"),
        "companions": [name for name in companions if name],
        "email": form.text("email") or None,
        "locale": language,
    }
    try:
        return msgspec.convert(wish, GuestChoice)
    except msgspec.ValidationError:
        raise InvalidField(field="seats", problem=GUEST_PROBLEM) from None


def _places(form: Form, opened: OpenLink) -> list[str]:
    """So many unnumbered places as are wanted of each area: the first that are left."""
    wanted: list[str] = []
    for area, places in _areas(opened.seats).items():
        wanted += places[: form.number(f"places-{area}", 0)]
    return wanted


def _areas(seats: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for seat in seats:
        area = area_of(seat)
        if area is not None:
            found.setdefault(area, []).append(seat)
    return found


async def _page(
    request: AnyRequest,
    sales: Sales,
    language: str,
    code: str,
    *,
    refused: TicketingError | None = None,
    typed: Form | None = None,
) -> Response[Any]:
    opened = await open_link(sales, code, _client(request))
    screening = await sales.catalogue.screening(opened.screening)
    layout = await sales.catalogue.layout(screening.layout_id)
    drawing = draw_hall(screening.layout_id, Kept(layout), language, zone_looks(screening, language))
    chosen = set(typed.texts("seat")) & set(opened.seats) if typed else set()
    refusal = refusal_of(refused, language, screening.timezone) if refused else None
    areas = names_of_areas(screening, layout, language)
    return page(
        request,
        "allotment_link.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=await sales.catalogue.festival(screening.festival),
        s=screening,
        code=code,
        link=opened,
        rows=_rows(layout, opened.seats, language),
        areas=[(area, areas[area], len(places)) for area, places in _areas(opened.seats).items()],
        drawing=drawing,
        picture=draw_house(drawing, dict.fromkeys(opened.seats, "kept")),
        chosen=chosen,
        seats_max=min(opened.seats_per_guest_max, opened.left, len(opened.seats)),
        refusal=refusal,
        choice=typed.text("choice", 500) if typed else str(uuid.uuid4()),
        typed={
            name: typed.raw(name, 10_000_000)[:NAMES_SIGNS_MAX] if typed else ""
            for name in ("name", "email", "companions")
        },
    )


def _rows(layout: Layout, seats: Sequence[str], language: str) -> list[SeatRow]:
    open_seats = set(seats)
    sections = {section.section: pick(section.name, language) for section in layout.sections if section.name}
    found = (
        SeatRow(
            sections.get(row.section, row.section),
            row.row,
            tuple((seat.seat, seat.number) for seat in row.seats if seat.seat in open_seats),
        )
        for row in rows_of(layout)
    )
    return [row for row in found if row.seats]


def _client(request: AnyRequest) -> str:
    return request.client.host if request.client else "unknown"


routes = [show_link, post_choice]
