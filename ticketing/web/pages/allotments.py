"""The desk's seats kept back: one screening's allotments on its map, made, changed, filled and released."""

import re
import secrets
import uuid
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.door.before_film.places import states_of_places
from ticketing.kernel.errors import N_, InvalidField, TicketingError
from ticketing.kernel.i18n import pick, translate
from ticketing.programme.model import Screening
from ticketing.sales.allotment_links import list_links
from ticketing.sales.allotments import AllotmentTerms, list_allotments, release_allotment, set_allotment
from ticketing.sales.allotted_tickets import GuestTickets, issue_guest_tickets
from ticketing.sales.desk import Sales
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.web.pages.evening_drawing import draw_house
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.hall_drawing import Kept, draw_hall
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page
from ticketing.web.pages.screening_view import zone_looks

SUPERVISOR = [requires(Role.SUPERVISOR)]
PLACE: Final = "/{language:str}/desk/allotments/{screening:str}"
LIST_SIGNS_MAX: Final = 20_000
BODY_SIGNS_MAX: Final = 10_000_000
"""More than a body may have: what was typed is shown again, cut, whatever it was."""
FIELDS: Final = (
    "allotment",
    "owner",
    "seats",
    "release_at",
    "names",
    "email",
    "ends_at",
    "seats_max",
    "seats_per_guest_max",
)
TO_BE_PAID: Final = N_("The seats are reserved. The order %(order)s is to be paid at the box office.")
FIELDS_PROBLEM: Final = N_("Something is missing or too long, or no time")
LOOKS: Final = {"f": "free", "h": "busy", "r": "busy", "s": "busy", "w": "busy", "b": "kept"}
WORDS: Final = {"free": N_("free"), "kept": N_("kept back"), "busy": N_("taken")}


@get(PLACE, guards=SUPERVISOR, include_in_schema=False)
async def show_allotments(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """Who has seats here, how many of them have a ticket, and until when they are kept."""
    require_language(language)
    return await show_desk_page(request, sales, language, await sales.catalogue.screening(screening))


@post(PLACE, guards=SUPERVISOR, include_in_schema=False, status_code=200)
async def post_allotment(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """Keep seats back, or change what is kept."""
    require_language(language)
    asked = await sales.catalogue.screening(screening)
    form = await read_form(request)
    try:
        await set_allotment(sales, asked, form.text("allotment", 63), _terms(form, asked), request.user.login)
    except TicketingError as error:
        return await show_desk_page(request, sales, language, asked, refused=error, typed=form)
    return await show_desk_page(request, sales, language, asked, told=N_("The seats are kept back."))


@post(PLACE + "/release", guards=SUPERVISOR, include_in_schema=False, status_code=200)
async def post_release(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """Let everybody have what is left of an allotment."""
    require_language(language)
    asked = await sales.catalogue.screening(screening)
    try:
        allotment = (await read_form(request)).text("allotment", 63)
        await release_allotment(sales, asked, allotment, request.user.login)
    except TicketingError as error:
        return await show_desk_page(request, sales, language, asked, refused=error)
    return await show_desk_page(request, sales, language, asked, told=N_("The seats are free for everybody."))


@post(PLACE + "/tickets", guards=SUPERVISOR, include_in_schema=False, status_code=200)
async def post_tickets(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """A ticket for each name of a list."""
    require_language(language)
    asked = await sales.catalogue.screening(screening)
    form = await read_form(request)
    try:
        wish = _guests(form, language)
        order = await issue_guest_tickets(sales, asked, form.text("allotment", 63), wish, request.user.login)
    except TicketingError as error:
        return await show_desk_page(request, sales, language, asked, refused=error, typed=form)
    paid = order.status == "confirmed"
    told = N_("The tickets are on their way to the owner.") if paid else TO_BE_PAID
    return await show_desk_page(request, sales, language, asked, told=told, order=order.order)


def _terms(form: Form, screening: Screening) -> AllotmentTerms:
    wish: dict[str, Any] = {
        "owner": form.text("owner"),
        "tariffs": form.texts("tariffs"),
        "seats": [seat for seat in re.split(r"[\s,;]+", form.text("seats", LIST_SIGNS_MAX)) if seat],
    }
    try:
        if at := form.text("release_at", 32):
            wish["release_at"] = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(screening.venue.timezone))
        return msgspec.convert(wish, AllotmentTerms)
    except (ValueError, OverflowError, msgspec.ValidationError):
        raise InvalidField(field="allotment", problem=FIELDS_PROBLEM) from None


def _guests(form: Form, language: str) -> GuestTickets:
    names = [" ".join(line.split()) for line in form.raw("names", LIST_SIGNS_MAX).splitlines()]
    wish = {
        "issue": form.text("issue"),
        "owner": {"email": form.text("email"), "name": form.text("owner")},
        "names": [name for name in names if name],
        "locale": language,
    }
    try:
        return msgspec.convert(wish, GuestTickets)
    except (ValueError, msgspec.ValidationError):
        raise InvalidField(field="names", problem=FIELDS_PROBLEM) from None


async def show_desk_page(
    request: StaffRequest,
    sales: Sales,
    language: str,
    screening: Screening,
    *,
    told: str = "",
    order: str = "",
    refused: TicketingError | None = None,
    typed: Form | None = None,
) -> Response[Any]:
    """The page as it is now: what was done is ``told``; what was refused stands beside what was ``typed``."""
    layout = await sales.catalogue.layout(screening.layout_id)
    drawing = draw_hall(screening.layout_id, Kept(layout), language, zone_looks(screening, language))
    states = await states_of_places(sales, screening)
    looks = {label: LOOKS[chr(state)] for label, state in zip(layout.labels, states, strict=True)}
    refusal = refusal_of(refused, language, screening.timezone) if refused else None
    return page(
        request,
        "allotments.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        s=screening,
        allotments=await list_allotments(sales, screening),
        links=await list_links(sales, screening),
        now=sales.context.clock.now(),
        drawing=drawing,
        picture=draw_house(drawing, looks),
        looks={look: translate(words, language) for look, words in WORDS.items()},
        told=translate(told, language) % {"order": order} if told else "",
        tariffs={price.tariff: pick(price.name, language) for price in screening.prices},
        typed_tariffs=typed.texts("tariffs") if typed else (),
        refusal=refusal,
        typed={name: typed.raw(name, BODY_SIGNS_MAX)[:LIST_SIGNS_MAX] if typed else "" for name in FIELDS},
        new_allotment=f"a-{secrets.token_hex(6)}",
        issue=uuid.uuid4(),
    )


routes = [show_allotments, post_allotment, post_release, post_tickets]
