"""People: who works here and what each may do where. Supervisors see, administrators add."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.door.desk import Door
from ticketing.door.evening import venues_of_house
from ticketing.kernel.errors import N_, InvalidField, TicketingError
from ticketing.kernel.i18n import pick
from ticketing.staff import people
from ticketing.staff.guards import PUBLIC, StaffRequest, requires
from ticketing.staff.model import PASSWORD_SIGNS_MAX, PASSWORD_SIGNS_MIN, Role
from ticketing.staff.people import GrantWish, list_people
from ticketing.staff.reach import EVERYWHERE
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import page, see_other

PLACE: Final = "/{language:str}/desk/people"
ADMIN = [requires(Role.ADMIN, everywhere=True)]
ROLE_NAMES: Final = {
    Role.DOOR: N_("Door"),
    Role.BOX_OFFICE: N_("Box office"),
    Role.SUPERVISOR: N_("Supervisor"),
    Role.ORGANISER: N_("Organiser"),
    Role.ADMIN: N_("Administrator"),
}
GRANT_PROBLEM: Final = N_("Choose a role, and a festival and a venue that are there")
TWICE_PROBLEM: Final = N_("The two passwords are not the same")


@get(PLACE, guards=[requires(Role.SUPERVISOR)], include_in_schema=False)
async def show_people(request: StaffRequest, door: NamedDependency[Door], language: FromPath[str]) -> Response[str]:
    """Everybody who works where one supervises; for administrators, the form for one more."""
    require_language(language)
    return await _page(request, door, language)


@post(PLACE, guards=ADMIN, include_in_schema=False, status_code=200)
async def post_person(request: StaffRequest, door: NamedDependency[Door], language: FromPath[str]) -> Response[Any]:
    """A new account; its page has the link by which its owner sets a password."""
    require_language(language)
    form = await read_form(request)
    try:
        login = form.text("login", 64)
        person = await people.add_person(door.context, login, [grant_in(form)], by=request.user.login)
    except TicketingError as error:
        return await _page(request, door, language, refusal=refusal_of(error, language), typed=form)
    return see_other(f"/{language}/desk/people/{person.login}?told=added")


@get("/{language:str}/staff/password/{secret:str}", opt=PUBLIC, include_in_schema=False)
async def show_link(
    request: AnyRequest, door: NamedDependency[Door], language: FromPath[str], secret: FromPath[str]
) -> Response[str]:
    """Whose password the link sets. Looking takes nothing: programs that open links before people do are many."""
    require_language(language)
    return _link_page(request, language, await people.whose_link(door.context, secret))


@post("/{language:str}/staff/password/{secret:str}", opt=PUBLIC, include_in_schema=False, status_code=200)
async def take_link(
    request: AnyRequest, door: NamedDependency[Door], language: FromPath[str], secret: FromPath[str]
) -> Response[Any]:
    """Set the password, and go on to sign in with it."""
    require_language(language)
    login = await people.whose_link(door.context, secret)
    form = await read_form(request)
    try:
        password = form.raw("password", PASSWORD_SIGNS_MAX)
        if password != form.raw("again", PASSWORD_SIGNS_MAX):
            raise InvalidField(field="again", problem=TWICE_PROBLEM)
        await people.take_password_link(door.context, secret, password)
    except TicketingError as error:
        return _link_page(request, language, login, refusal_of(error, language))
    return see_other(f"/{language}/staff/sign-in?login={login}")


def grant_in(form: Form) -> Any:
    """The grant that a form asks for.

    Raises:
        InvalidField: there is no such role, or what is no name of a festival or a venue.
    """
    wish = {name: form.text(name, 63) or None for name in ("role", "festival", "venue")}
    try:
        return msgspec.convert(wish, GrantWish).grant()
    except msgspec.ValidationError:
        raise InvalidField(field="role", problem=GRANT_PROBLEM) from None


async def places_of_house(door: Door, language: str) -> dict[str, Any]:
    """What the selects of a grant offer: festivals and venues by id, and the roles with their names."""
    festivals = await door.catalogue.festivals()
    return {
        "festivals": {one.festival: pick(one.name, language) for one in festivals},
        "venues": await venues_of_house(door, language, EVERYWHERE),
        "roles": ROLE_NAMES,
    }


async def _page(
    request: StaffRequest,
    door: Door,
    language: str,
    *,
    refusal: Refusal | None = None,
    typed: Form | None = None,
) -> Response[str]:
    return page(
        request,
        "people.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        admin=request.user.may(Role.ADMIN),
        listed=await list_people(door.context, request.user),
        refusal=refusal,
        typed={name: typed.raw(name, 500)[:64] if typed else "" for name in ("login", "role", "festival", "venue")},
        **await places_of_house(door, language),
    )


def _link_page(request: AnyRequest, language: str, login: str, refusal: Refusal | None = None) -> Response[str]:
    return page(
        request,
        "set_password.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        login=login,
        refusal=refusal,
        signs_min=PASSWORD_SIGNS_MIN,
        signs_max=PASSWORD_SIGNS_MAX,
    )


routes = [show_people, post_person, show_link, take_link]
