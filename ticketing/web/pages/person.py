"""One account, for administrators: what it may do where, a link for its password, closed and opened."""

import base64
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.door.desk import Door
from ticketing.kernel.errors import N_, TicketingError
from ticketing.kernel.i18n import translate
from ticketing.staff import accounts, people
from ticketing.staff.guards import StaffRequest
from ticketing.staff.people import PASSWORD_LINK_TTL_S, PasswordLink
from ticketing.staff.second_factor import reset_second_factor
from ticketing.tickets.qr import render_link_png
from ticketing.web.pages.forms import read_form
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.people import ADMIN, grant_in, places_of_house
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import page, see_other

PLACE: Final = "/{language:str}/desk/people/{login:str}"
TOLD: Final = {
    "added": N_("The account is there. Make a link, so that its owner can set a password."),
    "given": N_("The role was added."),
    "taken": N_("The role was taken away."),
    "closed": N_("The account is closed: nobody is signed in to it any more."),
    "reset": N_("The second step is taken away: the password alone signs in."),
    "opened": N_("The account is open again, with its old password."),
}


@get(PLACE, guards=ADMIN, include_in_schema=False)
async def show_person(
    request: StaffRequest, door: NamedDependency[Door], language: FromPath[str], login: FromPath[str]
) -> Response[str]:
    """What the account may do, and what can be done with it."""
    require_language(language)
    return await _page(request, door, language, login)


@post(PLACE + "/grants", guards=ADMIN, include_in_schema=False, status_code=200)
async def post_grant(
    request: StaffRequest, door: NamedDependency[Door], language: FromPath[str], login: FromPath[str]
) -> Response[Any]:
    """One role more."""
    require_language(language)
    try:
        grant = grant_in(await read_form(request))
        person = await people.give_grant(door.context, login, grant, by=request.user.login)
    except TicketingError as error:
        return await _page(request, door, language, login, refusal=refusal_of(error, language))
    return see_other(f"/{language}/desk/people/{person.login}?told=given")


@post(PLACE + "/grants/removal", guards=ADMIN, include_in_schema=False, status_code=200)
async def post_removal(
    request: StaffRequest, door: NamedDependency[Door], language: FromPath[str], login: FromPath[str]
) -> Response[Any]:
    """One role less; the last one stays, since somebody who may nothing has a closed account instead."""
    require_language(language)
    try:
        grant = grant_in(await read_form(request))
        person = await people.take_grant(door.context, login, grant, by=request.user.login)
    except TicketingError as error:
        return await _page(request, door, language, login, refusal=refusal_of(error, language))
    return see_other(f"/{language}/desk/people/{person.login}?told=taken")


@post(PLACE + "/password-link", guards=ADMIN, include_in_schema=False, status_code=200)
async def post_password_link(
    request: StaffRequest, door: NamedDependency[Door], language: FromPath[str], login: FromPath[str]
) -> Response[str]:
    """A link by which its owner sets a password: shown once, as text and as a QR."""
    require_language(language)
    try:
        link = await people.make_password_link(door.context, login, by=request.user.login)
    except TicketingError as error:
        return await _page(request, door, language, login, refusal=refusal_of(error, language))
    return await _page(request, door, language, login, link=link)


@post(PLACE + "/closing", guards=ADMIN, include_in_schema=False, status_code=200)
async def post_closing(
    request: StaffRequest, door: NamedDependency[Door], language: FromPath[str], login: FromPath[str]
) -> Response[Any]:
    """Let its owner in no more."""
    require_language(language)
    try:
        await accounts.disable_staff(door.context, login, by=request.user.login)
    except TicketingError as error:
        return await _page(request, door, language, login, refusal=refusal_of(error, language))
    return see_other(f"/{language}/desk/people/{login}?told=closed")


@post(PLACE + "/opening", guards=ADMIN, include_in_schema=False, status_code=200)
async def post_opening(
    request: StaffRequest, door: NamedDependency[Door], language: FromPath[str], login: FromPath[str]
) -> Response[Any]:
    """Let its owner in again."""
    require_language(language)
    await accounts.enable_staff(door.context, login, by=request.user.login)
    return see_other(f"/{language}/desk/people/{login}?told=opened")


@post(PLACE + "/second-factor/reset", guards=ADMIN, include_in_schema=False, status_code=200)
async def post_reset(
    request: StaffRequest, door: NamedDependency[Door], language: FromPath[str], login: FromPath[str]
) -> Response[Any]:
    """Take away the second step of somebody whose telephone and recovery codes are gone."""
    require_language(language)
    await reset_second_factor(door.context, login, by=request.user.login)
    return see_other(f"/{language}/desk/people/{login}?told=reset")


async def _page(
    request: StaffRequest,
    door: Door,
    language: str,
    login: str,
    *,
    refusal: Refusal | None = None,
    link: PasswordLink | None = None,
) -> Response[str]:
    person = await people.show_person(door.context, login)
    address = picture = ""
    if link is not None:
        address = f"{door.context.settings.public_url}/{language}/staff/password/{link.secret}"
        picture = base64.b64encode(await render_link_png(address)).decode()
    told = TOLD.get(request.query_params.get("told", ""), "") if request.method == "GET" else ""
    return page(
        request,
        "person.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        person=person,
        oneself=person.login == request.user.login,
        address=address,
        picture=picture,
        hours=PASSWORD_LINK_TTL_S // 3600,
        told=translate(told, language) if told else "",
        refusal=refusal,
        **await places_of_house(door, language),
    )


routes = [show_person, post_grant, post_removal, post_password_link, post_closing, post_opening, post_reset]
