"""Guests by name: found by a few letters at the door, let in, put on the list."""

import uuid
from typing import Annotated, Final, TypeVar

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from ticketing.door.before_film.guests import (
    GuestArrival,
    GuestListTerms,
    NewGuest,
    add_guest,
    let_guests_in,
    list_guests,
    read_guest_list,
    set_guest_list,
    take_off_guest,
)
from ticketing.kernel.errors import N_, InvalidField, TicketingError
from ticketing.kernel.i18n import translate
from ticketing.staff.guards import requires
from ticketing.staff.model import Role, allows
from ticketing.web.pages.evening import EVENING, HOUSE, Evening
from ticketing.web.pages.formatting import sorted_names
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page

DOOR = [requires(Role.DOOR)]
SUPERVISOR = [requires(Role.SUPERVISOR)]
NAME_SIGNS_MAX: Final = 120
FIELDS_PROBLEM: Final = N_("Something is missing or too long, or no number")
# Who lets guests in without being a device has no gate of his own.
NO_GATE: Final = "-"

Read = TypeVar("Read")


@get(HOUSE + "/guests", guards=DOOR, dependencies=EVENING, include_in_schema=False)
async def show_guests(
    evening: NamedDependency[Evening],
    name: Annotated[str, QueryParameter(max_length=NAME_SIGNS_MAX)] = "",
) -> Response[str]:
    """Guests whose name begins so; all, where nothing is asked for."""
    return await _page(evening, name=name)


@post(HOUSE + "/guests/arrivals", guards=DOOR, dependencies=EVENING, include_in_schema=False, status_code=200)
async def post_arrival(evening: NamedDependency[Evening]) -> Response[str]:
    """Let in who has come; the form's own id keeps a second press from counting twice."""
    form = await read_form(evening.request)
    name = form.text("name", NAME_SIGNS_MAX)
    post = evening.request.user.post
    gate = post.gates[0] if post else NO_GATE
    try:
        fields = {"arrival": form.text("arrival"), "people": form.number("people", 1), "gate": gate}
        arrival, guest = _read(fields, GuestArrival), _read(form.text("guest"), uuid.UUID)
        let_in = await let_guests_in(evening.sales.context, evening.screening_id, guest, arrival, evening.login)
    except TicketingError as error:
        return await _page(evening, name=name, refused=error)
    words = translate("Let in: %(name)s, %(arrived)s of %(people)s", evening.language)
    told = words % {"name": let_in.name, "arrived": let_in.arrived, "people": let_in.plus_ones + 1}
    return await _page(evening, told=told)


@post(HOUSE + "/guests/new", guards=SUPERVISOR, dependencies=EVENING, include_in_schema=False, status_code=200)
async def post_guest(evening: NamedDependency[Evening]) -> Response[str]:
    """Put a guest on the list."""
    form = await read_form(evening.request)
    try:
        guest = _read(
            {
                "guest": form.text("guest"),
                "name": form.text("name"),
                "plus_ones": form.number("plus_ones", 0),
                "note": form.text("note"),
                "owner": form.text("owner"),
            },
            NewGuest,
        )
        await add_guest(evening.sales.context, evening.screening_id, guest, evening.login)
    except TicketingError as error:
        return await _page(evening, refused=error, typed=form)
    return await _page(evening)


@post(HOUSE + "/guests/removal", guards=SUPERVISOR, dependencies=EVENING, include_in_schema=False, status_code=200)
async def post_removal(evening: NamedDependency[Evening]) -> Response[str]:
    """Take a guest off the list."""
    try:
        guest = _read((await read_form(evening.request)).text("guest"), uuid.UUID)
        await take_off_guest(evening.sales.context, evening.screening_id, guest, evening.login)
    except TicketingError as error:
        return await _page(evening, refused=error)
    return await _page(evening)


@post(HOUSE + "/guests/list", guards=SUPERVISOR, dependencies=EVENING, include_in_schema=False, status_code=200)
async def post_list(evening: NamedDependency[Evening]) -> Response[str]:
    """How many people the list holds."""
    form = await read_form(evening.request)
    try:
        fields = {"places_max": form.number("places_max", 0), "allotment": form.text("allotment") or None}
        await set_guest_list(
            evening.sales.context, evening.screening_id, _read(fields, GuestListTerms), evening.login
        )
    except TicketingError as error:
        return await _page(evening, refused=error)
    return await _page(evening)


def _read(fields: object, kind: type[Read]) -> Read:
    try:
        return msgspec.convert(fields, kind)
    except msgspec.ValidationError:
        raise InvalidField(field="guest", problem=FIELDS_PROBLEM) from None


async def _page(
    evening: Evening,
    *,
    name: str = "",
    told: str = "",
    refused: TicketingError | None = None,
    typed: Form | None = None,
) -> Response[str]:
    sales, language, screening = evening.sales, evening.language, evening.screening
    found = {str(guest.guest): guest for guest in await list_guests(sales.context, screening.screening_id, name)}
    order = sorted_names(((guest_id, guest.name) for guest_id, guest in found.items()), language)
    refusal = refusal_of(refused, language, screening.timezone) if refused else None
    return page(
        evening.request,
        "evening_guests.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        supervisor=allows(evening.request.user.role, Role.SUPERVISOR),
        s=screening,
        holds=await read_guest_list(sales.context, screening.screening_id),
        guests=[(found[guest_id], str(uuid.uuid4())) for guest_id, _ in order],
        name=name,
        told=told,
        refusal=refusal,
        new_guest=str(uuid.uuid4()),
        typed={field: _as_typed(typed, field) for field in ("name", "plus_ones", "owner", "note")},
    )


def _as_typed(form: Form | None, field: str) -> str:
    """A field once more, so that nothing typed is lost; empty where it was too long to be read."""
    try:
        return form.text(field) if form else ""
    except InvalidField:
        return ""


routes = [show_guests, post_arrival, post_guest, post_removal, post_list]
