"""The one way in for staff: a guard on the handler, or the word that anybody may.

A handler without either is a mistake that :func:`access_rule_missing` finds, because a door left open by
forgetting looks, from inside, just like one left open on purpose.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

import msgspec
from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, State
from litestar.enums import HttpMethod
from litestar.handlers import ASGIRouteHandler, BaseRouteHandler, HTTPRouteHandler, WebsocketRouteHandler

from ticketing.kernel.context import Context
from ticketing.kernel.errors import Forbidden, OutOfReach, ScopeMissing, SecondFactorMissing, Unauthenticated
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.staff.devices import TOKEN_PREFIX, principal_of_device
from ticketing.staff.model import Principal, Role
from ticketing.staff.reach import EVERYWHERE, Reach, reaches, require_everywhere, touches
from ticketing.staff.sessions import principal_of
from ticketing.staff.tokens import API_PREFIX, as_called, principal_of_token

SQL = load_queries("staff")

COOKIE_NAME: Final = "staff_session"
DEVICE_COOKIE_NAME: Final = "door_device"
# ``opt=PUBLIC`` on a handler: anybody may.
PUBLIC: Final = {"access": "public"}

StaffRequest = Request[Principal, Any, State]
"""The request of a guarded handler: ``request.user`` is who has signed in."""

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]

# What a token begins with says where it is looked for; those of people begin with nothing.
BY_PREFIX: Final = {TOKEN_PREFIX: principal_of_device, API_PREFIX: principal_of_token}
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITES = frozenset({"same-origin", "none"})
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def requires(
    *roles: Role, everywhere: bool = False, in_part: bool = False, before_second_factor: bool = False
) -> Guard:
    """A guard that lets in whoever may do what one of ``roles`` may do, and puts them at ``request.user``, whose
    ``reach`` is where they may.

    What the address names must be within that reach: a path parameter ``festival``, ``venue``, ``hall`` or
    ``screening``. With ``in_part`` a festival or a venue of which something is within reach will do, and the
    handler leaves out the rest. With ``everywhere`` the role must count everywhere: for what belongs to no
    festival.

    ``before_second_factor`` lets in those whose role asks for a second step that they have not set up yet.

    The token stands in ``Authorization: Bearer``, or for pages in the cookie ``staff_session``; that of a device
    of the door in ``door_device``, which counts where nobody has signed in on it. Another program's opens the calls
    of its scopes. It takes its :class:`Context`
    from ``app.state.context``.

    Raises, when it runs:
        Unauthenticated: no token, or none that works (any more); ``DeviceRevoked``: one of a device out of use.
        Forbidden: a token of somebody who may not; or a write by cookie that another site's page sent.
        ScopeMissing: a token of another program, made for other calls.
        SecondFactorMissing: their role asks for a second step, and they have none.
        OutOfReach: it is something of another festival or venue.
    """
    if not roles:
        raise ValueError("a guard needs at least one role")

    async def guard(connection: Connection, _handler: BaseRouteHandler) -> None:
        context: Context = connection.app.state.context
        principal, token = await _principal_of(context, _tokens_of(connection))
        if principal is None:
            raise Unauthenticated
        called = as_called(principal, f"{connection.scope.get('method')} {connection.scope.get('path_template')}")
        if called is None:
            raise ScopeMissing
        principal = called
        if principal.second_factor_missing and not before_second_factor:
            raise SecondFactorMissing
        reach = principal.reach_as(*roles)
        if reach is None:
            raise Forbidden
        if everywhere:
            require_everywhere(reach)
        if reach != EVERYWHERE:
            await _stay_within(context, reach, connection.path_params, in_part)
        connection.scope["user"] = msgspec.structs.replace(principal, reach=reach)
        connection.scope["auth"] = token

    # How access_rule_missing knows our guards, and the tests how each keeps to its reach.
    guard.staff_roles = frozenset(roles)  # type: ignore[attr-defined]
    guard.everywhere = everywhere  # type: ignore[attr-defined]
    return guard


async def _stay_within(context: Context, reach: Reach, named: dict[str, Any], in_part: bool) -> None:
    """Refuse an address that names something out of reach. What is not there is for the handler to tell."""
    within = touches if in_part else reaches
    festival, venue = named.get("festival"), named.get("venue")
    if (festival or venue) and not within(reach, festival=festival, venue=venue):
        raise OutOfReach(festival=festival, venue=venue)
    for name, statement in (("screening", SQL.find_place_of_screening), ("hall", SQL.find_venue_of_hall)):
        if not _SLUG.fullmatch(str(named.get(name, ""))):
            continue
        async with database_errors():
            row = await context.postgres.fetchrow(statement, named[name])
        if row is not None and not reaches(reach, festival=row["festival"], venue=row["venue"]):
            raise OutOfReach(festival=row["festival"], venue=row["venue"])


async def staff_of(connection: Connection) -> Principal | None:
    """Who has signed in, on a page that is open to anybody; None for the public, for devices and programs."""
    context: Context = connection.app.state.context
    people = [token for token in _tokens_of(connection) if not token.startswith(tuple(BY_PREFIX))]
    return (await _principal_of(context, people))[0]


def session_cookie(
    token: str, expires_at: datetime, now: datetime, *, secure: bool, name: str = COOKIE_NAME
) -> Cookie:
    """The cookie by which pages know their staff: out of reach of scripts, and never sent along by other sites."""
    return Cookie(
        key=name,
        value=token,
        path="/",
        max_age=max(0, int((expires_at - now).total_seconds())),
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def access_rule_missing(app: Litestar) -> list[str]:
    """The handlers, as ``GET /path``, that neither have a guard of ours nor say that anybody may. Must be empty."""
    missing: set[str] = set()
    for route in app.routes:
        handlers: list[BaseRouteHandler] = list(getattr(route, "route_handlers", ()))
        handlers += [route.route_handler] if hasattr(route, "route_handler") else []
        for handler in handlers:
            if _has_rule(handler):
                continue
            if isinstance(handler, HTTPRouteHandler):
                methods = sorted(method for method in handler.http_methods if method != HttpMethod.OPTIONS)
                missing.update(f"{method} {route.path}" for method in methods)
            elif isinstance(handler, ASGIRouteHandler | WebsocketRouteHandler):
                missing.add(f"ANY {route.path}")
    return sorted(missing)


def _has_rule(handler: BaseRouteHandler) -> bool:
    if handler.opt.get("access") == "public":
        return True
    return any(hasattr(getattr(guard, "func", guard), "staff_roles") for guard in handler.resolve_guards())


async def _principal_of(context: Context, tokens: list[str]) -> tuple[Principal | None, str]:
    """The first of these tokens that works, and who stands behind it."""
    for token in tokens:
        find = next((find for prefix, find in BY_PREFIX.items() if token.startswith(prefix)), principal_of)
        principal = await find(context, token)
        if principal is not None:
            return principal, token
    return None, ""


def _tokens_of(connection: Connection) -> list[str]:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return [token.strip()]
    cookies = (connection.cookies.get(name, "") for name in (COOKIE_NAME, DEVICE_COOKIE_NAME))
    tokens = [token for token in cookies if token and not token.startswith(API_PREFIX)]
    # A browser sends cookies by itself; it also says truthfully whose page made it send them.
    from_elsewhere = connection.headers.get("sec-fetch-site", "none") not in _OWN_SITES
    if tokens and from_elsewhere and connection.scope.get("method", "GET") not in _SAFE_METHODS:
        raise Forbidden
    return tokens
