"""Signing in and out, for the people who work here."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.context import Context
from ticketing.kernel.errors import TicketingError, TooMany, WrongCode
from ticketing.staff import sessions
from ticketing.staff.codes import CODE_SIGNS_MAX
from ticketing.staff.guards import COOKIE_NAME, session_cookie, staff_of
from ticketing.staff.model import PASSWORD_SIGNS_MAX, Principal, Role, SignedIn
from ticketing.web.pages.cart import secure_cookies
from ticketing.web.pages.desk_places import STAFF_PATHS
from ticketing.web.pages.forms import read_form
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import page, see_other

PUBLIC: Final = {"access": "public"}
WORK_AT: Final = {
    Role.DOOR: "door",
    Role.BOX_OFFICE: "counter/sale",
    Role.SUPERVISOR: "door",
    Role.ORGANISER: "capacity",
    Role.ADMIN: "capacity",
}
"""Where a sign-in leads that was not asked for on the way to somewhere."""


@get("/{language:str}/staff", opt=PUBLIC, include_in_schema=False)
async def show_staff(language: FromPath[str]) -> Response[Any]:
    """The address that is short enough to be told."""
    return see_other(f"/{require_language(language)}/staff/sign-in")


@get("/{language:str}/staff/sign-in", opt=PUBLIC, include_in_schema=False)
async def show_sign_in(request: AnyRequest, language: FromPath[str]) -> Response[str]:
    """The form; and where somebody has signed in already, where to go from here."""
    require_language(language)
    principal = await staff_of(request)
    return _page(
        request,
        language,
        principal=principal,
        to=request.query_params.get("to", ""),
        login=request.query_params.get("login", "")[:64],
        refusal=None,
    )


@post("/{language:str}/staff/sign-in", opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_sign_in(
    request: AnyRequest, context: NamedDependency[Context], language: FromPath[str]
) -> Response[Any]:
    """Sign in, and go on to where one's work is."""
    require_language(language)
    form = await read_form(request)
    login, to = form.text("login"), form.text("to")
    client, agent = request.client.host if request.client else "", request.headers.get("user-agent", "")
    try:
        password = form.text("password", PASSWORD_SIGNS_MAX)
        opened = await sessions.begin_sign_in(context, login, password, client, agent)
    except TicketingError as error:
        return _page(request, language, principal=None, to=to, login=login, refusal=refusal_of(error, language))
    if isinstance(opened, sessions.HalfSignIn):
        return _page(request, language, principal=None, to=to, login=login, refusal=None, half=opened.half)
    return _go_on(context, language, opened, to)


@post("/{language:str}/staff/sign-in/code", opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_code(
    request: AnyRequest, context: NamedDependency[Context], language: FromPath[str]
) -> Response[Any]:
    """The second step, where the account has one."""
    require_language(language)
    form = await read_form(request)
    login, to, half = form.text("login"), form.text("to"), form.text("half", sessions.HALF_SIGNS_MAX)
    client, agent = request.client.host if request.client else "", request.headers.get("user-agent", "")
    try:
        opened = await sessions.finish_sign_in(context, half, form.text("code", CODE_SIGNS_MAX), client, agent)
    except TicketingError as error:
        again = half if isinstance(error, WrongCode | TooMany) else ""
        refusal = refusal_of(error, language)
        return _page(request, language, principal=None, to=to, login=login, refusal=refusal, half=again)
    return _go_on(context, language, opened, to)


def _go_on(context: Context, language: str, opened: SignedIn, to: str) -> Response[Any]:
    """To where one's work is, or where one wanted to go."""
    cookie = session_cookie(
        opened.token, opened.expires_at, context.clock.now(), secure=context.settings.secure_cookies
    )
    return see_other(f"/{language}/{to if to in STAFF_PATHS else WORK_AT[opened.role]}", [cookie])


@post("/{language:str}/staff/sign-out", opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_sign_out(
    request: AnyRequest, context: NamedDependency[Context], language: FromPath[str]
) -> Response[Any]:
    """Sign out; the token works nowhere any more."""
    require_language(language)
    await sessions.sign_out(context, request.cookies.get(COOKIE_NAME, ""))
    gone = Cookie(
        key=COOKIE_NAME,
        value="",
        max_age=0,
        path="/",
        secure=secure_cookies(request),
        httponly=True,
        samesite="strict",
    )
    return see_other(f"/{language}/staff/sign-in", [gone])


def _page(
    request: AnyRequest,
    language: str,
    *,
    principal: Principal | None,
    to: str,
    login: str,
    refusal: Refusal | None,
    half: str = "",
) -> Response[str]:
    return page(
        request,
        "sign_in.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        principal=principal,
        to=to if to in STAFF_PATHS else "",
        login=login,
        refusal=refusal,
        half=half,
        cart_count=0,
    )


routes = [show_staff, show_sign_in, post_sign_in, post_code, post_sign_out]
