"""Telephones of the door: enrolled at the desk by a QR, listed, taken out of use."""

import base64
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.door.desk import Door
from ticketing.door.evening import venues_of_house
from ticketing.kernel.errors import InvalidField, TicketingError
from ticketing.staff.devices import (
    ENROLMENT_TTL_S,
    VENUES_PROBLEM,
    Enrolment,
    add_device,
    enrol_device,
    list_devices,
    renew_enrolment,
    require_device,
    revoke_device,
    show_enrolment,
)
from ticketing.staff.guards import DEVICE_COOKIE_NAME, StaffRequest, requires, session_cookie
from ticketing.staff.model import Role
from ticketing.staff.reach import EVERYWHERE
from ticketing.tickets.qr import render_link_png
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import page, see_other

PUBLIC: Final = {"access": "public"}
SUPERVISOR = [requires(Role.SUPERVISOR)]
DEVICE_ID_SIGNS_MAX: Final = 32
GATES_TEXT_SIGNS_MAX: Final = 1_500


@get("/{language:str}/devices", guards=SUPERVISOR, include_in_schema=False)
async def show_devices(
    request: StaffRequest, door: NamedDependency[Door], language: FromPath[str]
) -> Response[str]:
    """All devices, and the form for one more."""
    require_language(language)
    return await _page(request, door, language)


@post("/{language:str}/devices", guards=SUPERVISOR, include_in_schema=False, status_code=200)
async def post_device(request: StaffRequest, door: NamedDependency[Door], language: FromPath[str]) -> Response[Any]:
    """A new device: its link is shown once, as a QR."""
    require_language(language)
    form = await read_form(request)
    try:
        venues = form.texts("venue")
        if not set(venues) <= set(await venues_of_house(door, language, EVERYWHERE)):
            raise InvalidField(field="venues", problem=VENUES_PROBLEM)
        gates = [gate.strip() for gate in form.text("gates", GATES_TEXT_SIGNS_MAX).split(",") if gate.strip()]
        user = request.user
        enrolment = await add_device(
            door.context, form.text("name"), venues, gates, by=user.login, reach=user.reach
        )
    except TicketingError as error:
        return await _page(request, door, language, refusal=refusal_of(error, language), typed=form)
    return await _page(request, door, language, enrolment=enrolment)


@post("/{language:str}/devices/link", guards=SUPERVISOR, include_in_schema=False, status_code=200)
async def post_link(request: StaffRequest, door: NamedDependency[Door], language: FromPath[str]) -> Response[Any]:
    """Another link for a device, for instance for another telephone in its place."""
    require_language(language)
    device = (await read_form(request)).text("device", DEVICE_ID_SIGNS_MAX)
    await require_device(door.context, device, request.user.reach)
    enrolment = await renew_enrolment(door.context, device, by=request.user.login)
    return await _page(request, door, language, enrolment=enrolment)


@post("/{language:str}/devices/revocation", guards=SUPERVISOR, include_in_schema=False, status_code=200)
async def post_revocation(
    request: StaffRequest, door: NamedDependency[Door], language: FromPath[str]
) -> Response[Any]:
    """Take a device out of use."""
    require_language(language)
    device = (await read_form(request)).text("device", DEVICE_ID_SIGNS_MAX)
    await require_device(door.context, device, request.user.reach)
    await revoke_device(door.context, device, by=request.user.login)
    return see_other(f"/{language}/devices")


@get("/{language:str}/door/enrolment/{secret:str}", opt=PUBLIC, include_in_schema=False)
async def show_link(
    request: AnyRequest, door: NamedDependency[Door], language: FromPath[str], secret: FromPath[str]
) -> Response[str]:
    """What the link enrols. Looking takes nothing: programs that open links before people do are many."""
    require_language(language)
    name, gates = await show_enrolment(door.context, secret)
    return page(request, "door_enrolment.html", language, festival=None, cart_count=0, name=name, gates=gates)


@post("/{language:str}/door/enrolment/{secret:str}", opt=PUBLIC, include_in_schema=False, status_code=200)
async def take_link(door: NamedDependency[Door], language: FromPath[str], secret: FromPath[str]) -> Response[Any]:
    """Be the device, from now on; the browser keeps its token where no script reads it."""
    require_language(language)
    enrolled = await enrol_device(door.context, secret)
    cookie = session_cookie(
        enrolled.token,
        enrolled.expires_at,
        door.context.clock.now(),
        secure=door.context.settings.secure_cookies,
        name=DEVICE_COOKIE_NAME,
    )
    return see_other(f"/{language}/door", [cookie])


async def _page(
    request: StaffRequest,
    door: Door,
    language: str,
    *,
    enrolment: Enrolment | None = None,
    refusal: Refusal | None = None,
    typed: Form | None = None,
) -> Response[Any]:
    link = picture = ""
    if enrolment is not None:
        link = f"{door.context.settings.public_url}/{language}/door/enrolment/{enrolment.secret}"
        picture = base64.b64encode(await render_link_png(link)).decode()
    return page(
        request,
        "devices.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        login=request.user.login,
        devices=await list_devices(door.context, request.user.reach),
        venues=await venues_of_house(door, language, request.user.reach),
        now=door.context.clock.now(),
        enrolment=enrolment,
        minutes=ENROLMENT_TTL_S // 60,
        link=link,
        picture=picture,
        refusal=refusal,
        typed={
            "name": typed.text("name") if typed else "",
            "gates": typed.text("gates", GATES_TEXT_SIGNS_MAX) if typed else "",
            "venues": typed.texts("venue") if typed else [],
        },
    )


routes = [show_devices, post_device, post_link, post_revocation, show_link, take_link]
