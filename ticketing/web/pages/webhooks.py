"""Webhooks at the desk: made, their secret shown once, tried, sent again, ended."""

import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import N_, InvalidField, TicketingError
from ticketing.kernel.i18n import pick, translate
from ticketing.sales.desk import Sales
from ticketing.sales.webhooks.addresses import URL_SIGNS_MAX
from ticketing.sales.webhooks.keeping import (
    end_webhook,
    list_deliveries,
    list_webhooks,
    ping_webhook,
    replay_delivery,
    set_webhook,
)
from ticketing.sales.webhooks.model import KINDS, PING, FreshWebhook, WebhookTerms
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.staff.reach import reaches, require_reach
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page, see_other

ORGANISER = [requires(Role.ORGANISER)]
PLACE: Final = "/{language:str}/desk/webhooks"
ONE: Final = PLACE + "/{festival:str}/{webhook:uuid}"
DELIVERIES_A_PAGE: Final = 50
CURSOR_SIGNS_MAX: Final = 200
UTC_ZONE: Final = ZoneInfo("UTC")
KIND_PROBLEM: Final = N_("Choose what the program is told")
AGAIN_PROBLEM: Final = N_("Open the page again, then send this once more")

# What people call what a program is told, and why it was not taken.
KIND_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "order.confirmed": N_("An order has tickets"),
        "order.cancelled": N_("Tickets of an order were given back"),
        "screening.changed": N_("A screening was changed or cancelled"),
        PING: N_("A test"),
    }
)
PROBLEM_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "status": N_("it answered something else than 2xx"),
        "slow": N_("no answer in 5 seconds"),
        "inner_address": N_("the name leads into a network"),
        "unknown_name": N_("nobody knows the name"),
        "no_connection": N_("no connection"),
        "ended": N_("the webhook was ended"),
    }
)


@get(PLACE, guards=ORGANISER, include_in_schema=False)
async def show_webhooks(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str]
) -> Response[Any]:
    """Those of the festivals within reach, with what they were told last, and the form for one more."""
    require_language(language)
    return await _page(request, sales, language)


@post(PLACE, guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_webhook(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str]
) -> Response[Any]:
    """A new one, with its secret."""
    require_language(language)
    form = await read_form(request)
    try:
        festival = form.text("festival", 63)
        require_reach(request.user.reach, festival=festival)
        chosen = form.texts("kind")
        kinds = tuple(kind for kind in KINDS if kind in chosen)
        if not kinds:
            raise InvalidField(field="kind", problem=KIND_PROBLEM)
        terms = WebhookTerms(form.text("url", URL_SIGNS_MAX), kinds)
        fresh = await set_webhook(sales.context, festival, _name(form, "webhook"), terms, by=request.user.login)
    except TicketingError as error:
        return await _page(request, sales, language, refused=error, typed=form)
    return await _page(request, sales, language, fresh=fresh)


@post(ONE + "/ending", guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_ending(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    festival: FromPath[str],
    webhook: FromPath[uuid.UUID],
) -> Response[Any]:
    """Nothing goes there any more."""
    require_language(language)
    require_reach(request.user.reach, festival=festival)
    await end_webhook(sales.context, festival, webhook, by=request.user.login)
    return see_other(f"/{language}/desk/webhooks")


@post(ONE + "/pings", guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_webhook_ping(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    festival: FromPath[str],
    webhook: FromPath[uuid.UUID],
) -> Response[Any]:
    """A test is sent there."""
    require_language(language)
    require_reach(request.user.reach, festival=festival)
    try:
        ping = _name(await read_form(request), "ping")
        await ping_webhook(sales.context, festival, webhook, ping, by=request.user.login)
    except TicketingError as error:
        return await _page(request, sales, language, refused=error)
    return see_other(f"/{language}/desk/webhooks#w-{webhook}")


@post(ONE + "/deliveries/{delivery:uuid}", guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_webhook_replay(
    *,
    request: StaffRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    festival: FromPath[str],
    webhook: FromPath[uuid.UUID],
    delivery: FromPath[uuid.UUID],
) -> Response[Any]:
    """Something is sent there again."""
    require_language(language)
    require_reach(request.user.reach, festival=festival)
    try:
        replay = _name(await read_form(request), "replay")
        await replay_delivery(sales.context, festival, webhook, delivery, replay, by=request.user.login)
    except TicketingError as error:
        return await _page(request, sales, language, refused=error)
    return see_other(f"/{language}/desk/webhooks#w-{webhook}")


@get(ONE, guards=ORGANISER, include_in_schema=False)
async def show_webhook_deliveries(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    festival: FromPath[str],
    webhook: FromPath[uuid.UUID],
) -> Response[Any]:
    """All that it was told, a page at a time."""
    require_language(language)
    require_reach(request.user.reach, festival=festival)
    cursor = request.query_params.get("cursor", "")[:CURSOR_SIGNS_MAX]
    return page(
        request,
        "webhook_deliveries.html",
        language,
        festival=None,
        cart_count=0,
        private=True,
        festival_id=festival,
        webhook=webhook,
        listed=await list_deliveries(sales.context, festival, webhook, DELIVERIES_A_PAGE, cursor),
        later=bool(cursor),
        **_words(language),
    )


def _words(language: str) -> dict[str, Any]:
    """What both pages need to tell of deliveries."""
    return {
        "words": {kind: translate(text, language) for kind, text in KIND_WORDS.items()},
        "problems": {name: translate(text, language) for name, text in PROBLEM_WORDS.items()},
        "fresh_name": uuid.uuid4,
        "utc": UTC_ZONE,
    }


def _name(form: Form, field: str) -> uuid.UUID:
    """The name that the page gave to what its form makes, so that a form sent twice makes one."""
    try:
        return uuid.UUID(form.text(field, 36))
    except ValueError:
        raise InvalidField(field=field, problem=AGAIN_PROBLEM) from None


async def _page(
    request: StaffRequest,
    sales: Sales,
    language: str,
    *,
    fresh: FreshWebhook | None = None,
    refused: TicketingError | None = None,
    typed: Form | None = None,
) -> Response[Any]:
    festivals = {
        one.festival: pick(one.name, language)
        for one in await sales.catalogue.festivals()
        if reaches(request.user.reach, festival=one.festival)
    }
    refusal = refusal_of(refused, language) if refused else None
    return page(
        request,
        "webhooks.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        private=True,
        festivals=festivals,
        listed=await list_webhooks(sales.context, festivals),
        kinds={kind: translate(KIND_WORDS[kind], language) for kind in KINDS},
        fresh=fresh,
        refusal=refusal,
        typed={name: typed.raw(name, 5_000)[:URL_SIGNS_MAX] if typed else "" for name in ("festival", "url")},
        chosen=typed.texts("kind") if typed else KINDS,
        url_signs_max=URL_SIGNS_MAX,
        **_words(language),
    )


routes = [show_webhooks, post_webhook, post_ending, post_webhook_ping, post_webhook_replay, show_webhook_deliveries]
