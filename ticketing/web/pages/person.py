"""One account, for administrators: what it may do where, a link for its password, closed and opened."""

import base64
import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
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


@dataclasses.dataclass(frozen=True, slots=True)
class _Asked:
    """An account, and the administrator who asks for it."""

    request: StaffRequest
    door: Door
    language: str
    login: str

    async def do(self, act: Awaitable[object], told: str) -> Response[Any]:
        """The page after an act: with what was ``told``, or with why it was refused."""
        try:
            await act
        except TicketingError as error:
            return await _page(self, refusal=refusal_of(error, self.language))
        return see_other(f"/{self.language}/desk/people/{self.login}?told={told}")


async def account_asked(
    request: StaffRequest, door: NamedDependency[Door], language: FromPath[str], login: FromPath[str]
) -> _Asked:
    """The account that the address names; whether there is one is seen later."""
    return _Asked(request, door, require_language(language), login)


ASKED: Final = {"asked": Provide(account_asked)}


@get(PLACE, guards=ADMIN, dependencies=ASKED, include_in_schema=False)
async def show_person(asked: NamedDependency[_Asked]) -> Response[str]:
    """What the account may do, and what can be done with it."""
    return await _page(asked)


@post(PLACE + "/grants", guards=ADMIN, dependencies=ASKED, include_in_schema=False, status_code=200)
async def post_grant(asked: NamedDependency[_Asked]) -> Response[Any]:
    """One role more."""
    return await asked.do(_change_grant(asked, people.give_grant), "given")


@post(PLACE + "/grants/removal", guards=ADMIN, dependencies=ASKED, include_in_schema=False, status_code=200)
async def post_removal(asked: NamedDependency[_Asked]) -> Response[Any]:
    """One role less; the last one stays, since somebody who may nothing has a closed account instead."""
    return await asked.do(_change_grant(asked, people.take_grant), "taken")


@post(PLACE + "/password-link", guards=ADMIN, dependencies=ASKED, include_in_schema=False, status_code=200)
async def post_password_link(asked: NamedDependency[_Asked]) -> Response[str]:
    """A link by which its owner sets a password: shown once, as text and as a QR."""
    try:
        link = await people.make_password_link(asked.door.context, asked.login, by=asked.request.user.login)
    except TicketingError as error:
        return await _page(asked, refusal=refusal_of(error, asked.language))
    return await _page(asked, link=link)


@post(PLACE + "/closing", guards=ADMIN, dependencies=ASKED, include_in_schema=False, status_code=200)
async def post_closing(asked: NamedDependency[_Asked]) -> Response[Any]:
    """Let its owner in no more."""
    act = accounts.disable_staff(asked.door.context, asked.login, by=asked.request.user.login)
    return await asked.do(act, "closed")


@post(PLACE + "/opening", guards=ADMIN, dependencies=ASKED, include_in_schema=False, status_code=200)
async def post_opening(asked: NamedDependency[_Asked]) -> Response[Any]:
    """Let its owner in again."""
    act = accounts.enable_staff(asked.door.context, asked.login, by=asked.request.user.login)
    return await asked.do(act, "opened")


@post(PLACE + "/second-factor/reset", guards=ADMIN, dependencies=ASKED, include_in_schema=False, status_code=200)
async def post_reset(asked: NamedDependency[_Asked]) -> Response[Any]:
    """Take away the second step of somebody whose telephone and recovery codes are gone."""
    act = reset_second_factor(asked.door.context, asked.login, by=asked.request.user.login)
    return await asked.do(act, "reset")


async def _change_grant(asked: _Asked, change: Callable[..., Awaitable[object]]) -> None:
    grant = grant_in(await read_form(asked.request))
    await change(asked.door.context, asked.login, grant, by=asked.request.user.login)


async def _page(
    asked: _Asked, *, refusal: Refusal | None = None, link: PasswordLink | None = None
) -> Response[str]:
    request, door, language, login = asked.request, asked.door, asked.language, asked.login
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
