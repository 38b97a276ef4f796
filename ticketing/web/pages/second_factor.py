"""One's own second step: set up by a QR and a code, recovery codes shown once, switched off."""

import base64
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_, TicketingError
from ticketing.kernel.i18n import translate
from ticketing.staff.codes import CODE_SIGNS_MAX
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import PASSWORD_SIGNS_MAX, Role
from ticketing.staff.second_factor import (
    AuthenticatorSecret,
    RecoveryCodes,
    begin_second_factor,
    confirm_second_factor,
    pending_second_factor,
    remove_second_factor,
    renew_recovery_codes,
    second_factor_of,
)
from ticketing.tickets.qr import render_link_png
from ticketing.web.pages.forms import read_form
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import page

PLACE: Final = "/{language:str}/desk/second-factor"
SECRET_SIGNS_MAX: Final = 64
ONE_S_OWN = [requires(*Role, before_second_factor=True)]


@get(PLACE, guards=ONE_S_OWN, include_in_schema=False)
async def show_second_factor(
    request: StaffRequest, context: NamedDependency[Context], language: FromPath[str]
) -> Response[str]:
    """Where one stands, and what can be done."""
    require_language(language)
    return await _page(request, context, language)


@post(PLACE, guards=ONE_S_OWN, include_in_schema=False, status_code=200)
async def post_begin(
    request: StaffRequest, context: NamedDependency[Context], language: FromPath[str]
) -> Response[str]:
    """A fresh secret, as a QR and to be typed; it counts once a code has proven it."""
    require_language(language)
    try:
        password = (await read_form(request)).text("password", PASSWORD_SIGNS_MAX)
        client = request.client.host if request.client else ""
        secret = await begin_second_factor(context, request.user.login, password, client)
    except TicketingError as error:
        return await _page(request, context, language, refused=error)
    return await _page(request, context, language, secret=secret)


@post(PLACE + "/confirmation", guards=ONE_S_OWN, include_in_schema=False, status_code=200)
async def post_confirmation(
    request: StaffRequest, context: NamedDependency[Context], language: FromPath[str]
) -> Response[str]:
    """Prove the secret by a code; after a wrong one the same QR is shown again."""
    require_language(language)
    login = request.user.login
    form = await read_form(request)
    try:
        code = form.text("code", CODE_SIGNS_MAX)
        codes = await confirm_second_factor(context, login, code, request.auth)
    except TicketingError as error:
        secret = await pending_second_factor(context, login, form.text("secret", SECRET_SIGNS_MAX))
        return await _page(request, context, language, refused=error, secret=secret)
    told = N_("The second step is set up. Keep these codes: each signs in once without the telephone.")
    return await _page(request, context, language, codes=codes, told=told)


@post(PLACE + "/recovery-codes", guards=ONE_S_OWN, include_in_schema=False, status_code=200)
async def post_recovery_codes(
    request: StaffRequest, context: NamedDependency[Context], language: FromPath[str]
) -> Response[str]:
    """Ten new ones, shown once."""
    require_language(language)
    try:
        code = (await read_form(request)).text("code", CODE_SIGNS_MAX)
        codes = await renew_recovery_codes(context, request.user.login, code)
    except TicketingError as error:
        return await _page(request, context, language, refused=error)
    told = N_("These are your recovery codes from now on. Those before work no more.")
    return await _page(request, context, language, codes=codes, told=told)


@post(PLACE + "/removal", guards=ONE_S_OWN, include_in_schema=False, status_code=200)
async def post_removal(
    request: StaffRequest, context: NamedDependency[Context], language: FromPath[str]
) -> Response[str]:
    """The password alone signs in from now on."""
    require_language(language)
    try:
        code = (await read_form(request)).text("code", CODE_SIGNS_MAX)
        await remove_second_factor(context, request.user, code)
    except TicketingError as error:
        return await _page(request, context, language, refused=error)
    return await _page(request, context, language, told=N_("The second step is switched off."))


async def _page(
    request: StaffRequest,
    context: Context,
    language: str,
    *,
    secret: AuthenticatorSecret | None = None,
    codes: RecoveryCodes | None = None,
    told: str = "",
    refused: TicketingError | None = None,
) -> Response[str]:
    refusal: Refusal | None = refusal_of(refused, language) if refused else None
    picture = base64.b64encode(await render_link_png(secret.address)).decode() if secret else ""
    return page(
        request,
        "second_factor.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        state=await second_factor_of(context, request.user),
        secret=secret,
        picture=picture,
        codes=codes.recovery_codes if codes else (),
        told=translate(told, language) if told else "",
        refusal=refusal,
        private=True,
    )


routes = [show_second_factor, post_begin, post_confirmation, post_recovery_codes, post_removal]
