"""The one way in for staff: a guard on the handler, or the word that anybody may.

A handler without either is a mistake that :func:`access_rule_missing` finds, because a door left open by
forgetting looks, from inside, just like one left open on purpose.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, State
from litestar.enums import HttpMethod
from litestar.handlers import ASGIRouteHandler, BaseRouteHandler, HTTPRouteHandler, WebsocketRouteHandler

from ticketing.kernel.context import Context
from ticketing.kernel.errors import Forbidden, Unauthenticated
from ticketing.staff.devices import TOKEN_PREFIX, principal_of_device
from ticketing.staff.model import Principal, Role, allows
from ticketing.staff.sessions import principal_of

COOKIE_NAME: Final = "staff_session"
DEVICE_COOKIE_NAME: Final = "door_device"
# ``opt=PUBLIC`` on a handler: anybody may.
PUBLIC: Final = {"access": "public"}

StaffRequest = Request[Principal, Any, State]
"""The request of a guarded handler: ``request.user`` is who has signed in."""

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITES = frozenset({"same-origin", "none"})


def requires(*roles: Role) -> Guard:
    """A guard that lets in whoever may do what one of ``roles`` may do, and puts them at ``request.user``.

    The token stands in ``Authorization: Bearer``, or for pages in the cookie ``staff_session``; that of a device
    of the door in ``door_device``, which counts where nobody has signed in on it. It takes its :class:`Context`
    from ``app.state.context``.

    Raises, when it runs:
        Unauthenticated: no token, or none that works (any more); ``DeviceRevoked``: one of a device out of use.
        Forbidden: a token of somebody who may not; or a write by cookie that another site's page sent.
    """
    if not roles:
        raise ValueError("a guard needs at least one role")

    async def guard(connection: Connection, _handler: BaseRouteHandler) -> None:
        context: Context = connection.app.state.context
        principal, token = await _principal_of(context, _tokens_of(connection))
        if principal is None:
            raise Unauthenticated
        if not any(allows(principal.role, needed) for needed in roles):
            raise Forbidden
        connection.scope["user"] = principal
        connection.scope["auth"] = token

    guard.staff_roles = frozenset(roles)  # type: ignore[attr-defined]  # how access_rule_missing knows our guards
    return guard


async def staff_of(connection: Connection) -> Principal | None:
    """Who has signed in, on a page that is open to anybody; None for the public and for devices."""
    context: Context = connection.app.state.context
    people = [token for token in _tokens_of(connection) if not token.startswith(TOKEN_PREFIX)]
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
        find = principal_of_device if token.startswith(TOKEN_PREFIX) else principal_of
        principal = await find(context, token)
        if principal is not None:
            return principal, token
    return None, ""


def _tokens_of(connection: Connection) -> list[str]:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return [token.strip()]
    cookies = (connection.cookies.get(name, "") for name in (COOKIE_NAME, DEVICE_COOKIE_NAME))
    tokens = [token for token in cookies if token]
    # A browser sends cookies by itself; it also says truthfully whose page made it send them.
    from_elsewhere = connection.headers.get("sec-fetch-site", "none") not in _OWN_SITES
    if tokens and from_elsewhere and connection.scope.get("method", "GET") not in _SAFE_METHODS:
        raise Forbidden
    return tokens
