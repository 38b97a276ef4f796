"""Tokens of other programs at the desk: made, shown once, listed with their last use, revoked."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.door.desk import Door
from ticketing.kernel.errors import N_, InvalidField, TicketingError
from ticketing.staff.guards import StaffRequest
from ticketing.staff.scopes import SCOPES
from ticketing.staff.tokens import (
    DAYS_MAX,
    FreshToken,
    TokenWish,
    add_token,
    list_tokens,
    revoke_token,
)
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.people import ADMIN, places_of_house
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page, see_other

PLACE: Final = "/{language:str}/desk/tokens"
TOKEN_ID_SIGNS_MAX: Final = 32
WISH_PROBLEM: Final = N_("A token needs a name of a to z, 0 to 9 and dashes, a purpose, and 1 to 365 days")


@get(PLACE, guards=ADMIN, include_in_schema=False)
async def show_tokens(request: StaffRequest, door: NamedDependency[Door], language: FromPath[str]) -> Response[str]:
    """All tokens, and the form for one more."""
    require_language(language)
    return await _page(request, door, language)


@post(PLACE, guards=ADMIN, include_in_schema=False, status_code=200)
async def post_token(request: StaffRequest, door: NamedDependency[Door], language: FromPath[str]) -> Response[str]:
    """A new token, shown once."""
    require_language(language)
    form = await read_form(request)
    try:
        fresh = await add_token(door.context, _wish(form), by=request.user.login)
    except TicketingError as error:
        return await _page(request, door, language, refused=error, typed=form)
    return await _page(request, door, language, fresh=fresh)


@post(PLACE + "/revocation", guards=ADMIN, include_in_schema=False, status_code=200)
async def post_revocation(
    request: StaffRequest, door: NamedDependency[Door], language: FromPath[str]
) -> Response[Any]:
    """It opens nothing any more."""
    require_language(language)
    token = (await read_form(request)).text("token", TOKEN_ID_SIGNS_MAX)
    await revoke_token(door.context, token, by=request.user.login)
    return see_other(f"/{language}/desk/tokens")


def _wish(form: Form) -> TokenWish:
    told = {
        "name": form.text("name", 64),
        "scopes": form.texts("scope"),
        "festival": form.text("festival", 63) or None,
        "venue": form.text("venue", 63) or None,
        "days": form.number("days", 90),
    }
    try:
        return msgspec.convert(told, TokenWish)
    except msgspec.ValidationError:
        raise InvalidField(field="name", problem=WISH_PROBLEM) from None


async def _page(
    request: StaffRequest,
    door: Door,
    language: str,
    *,
    fresh: FreshToken | None = None,
    refused: TicketingError | None = None,
    typed: Form | None = None,
) -> Response[str]:
    refusal = refusal_of(refused, language) if refused else None
    return page(
        request,
        "tokens.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        private=True,
        listed=await list_tokens(door.context),
        scopes={scope.value: opening.words for scope, opening in SCOPES.items()},
        now=door.context.clock.now(),
        days_max=DAYS_MAX,
        fresh=fresh,
        refusal=refusal,
        typed={name: typed.raw(name, 500)[:64] if typed else "" for name in ("name", "festival", "venue", "days")},
        chosen=typed.texts("scope") if typed else [],
        **await places_of_house(door, language),
    )


routes = [show_tokens, post_token, post_revocation]
