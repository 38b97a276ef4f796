"""Where one is signed in, and how to end that from elsewhere; for supervisors, all sign-ins of the house."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.context import Context
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role, may_sign_out
from ticketing.staff.sign_ins import list_sign_ins, revoke_sign_in
from ticketing.web.pages.forms import read_form
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.rendering import page, see_other

# What browsers call themselves has the names of others in it as well: the first that is found counts.
BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("YaBrowser", "Yandex"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def program_name(agent: str) -> str:
    """What people call the program that names itself so: "Chrome, Android"; what is unknown stays as it is."""
    names = [next((name for sign, name in known if sign in agent), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(names) if all(names) else agent


@get("/{language:str}/desk/sessions", guards=[requires(*Role)], include_in_schema=False)
async def show_sign_ins(
    request: StaffRequest, context: NamedDependency[Context], language: FromPath[str]
) -> Response[str]:
    """One's own first; below them those of others, for who may end them."""
    require_language(language)
    user = request.user
    supervisor = user.reach_as(Role.SUPERVISOR) is not None
    listed = await list_sign_ins(context, user, request.auth, of_everybody=supervisor)

    return page(
        request,
        "sign_ins.html",
        language,
        festival=None,
        cart_count=0,
        supervisor=supervisor,
        own=[(one, True) for one in listed if one.login == user.login],
        others=[(one, may_sign_out(user, one.grants)) for one in listed if one.login != user.login],
        program=program_name,
        idle_hours=round(context.settings.staff_idle_s / 3600, 1),
    )


@post(
    "/{language:str}/desk/sessions/revocation", guards=[requires(*Role)], include_in_schema=False, status_code=200
)
async def post_revocation(
    request: StaffRequest, context: NamedDependency[Context], language: FromPath[str]
) -> Response[Any]:
    """End one. What is no name of a sign-in ends nothing."""
    require_language(language)
    text = (await read_form(request)).text("session", 36)
    try:
        session = UUID(text)
    except ValueError:
        return see_other(f"/{language}/desk/sessions")
    await revoke_sign_in(context, session, request.user)
    return see_other(f"/{language}/desk/sessions")


routes = [show_sign_ins, post_revocation]
