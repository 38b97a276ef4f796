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
from ticketing.staff.model import Principal, Role, allows
from ticketing.staff.sessions import principal_of

COOKIE_NAME: Final = "staff_session"
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

    The token stands in ``Authorization: Bearer``, or for pages in the cookie ``staff_session``. It takes its
    :class:`Context` from ``app.state.context``.

    Raises, when it runs:
        Unauthenticated: no token, or none that works (any more).
        Forbidden: a token of somebody who may not; or a write by cookie that another site's page sent.
    """
    if not roles:
        raise ValueError("a guard needs at least one role")

    async def guard(connection: Connection, _handler: BaseRouteHandler) -> None:
        token = _token_of(connection)
        context: Context = connection.app.state.context
        principal = await principal_of(context, token) if token else None
        if principal is None:
            raise Unauthenticated
        if not any(allows(principal.role, needed) for needed in roles):
            raise Forbidden
        connection.scope["user"] = principal
        connection.scope["auth"] = token

    guard.staff_roles = frozenset(roles)  # type: ignore[attr-defined]  # how access_rule_missing knows our guards
    return guard


async def staff_of(connection: Connection) -> Principal | None:
    """Who has signed in, on a page that is open to anybody; None for the public."""
    token = _token_of(connection)
    context: Context = connection.app.state.context
    return await principal_of(context, token) if token else None


def session_cookie(token: str, expires_at: datetime, now: datetime, *, secure: bool) -> Cookie:
    """The cookie by which pages know their staff: out of reach of scripts, and never sent along by other sites."""
    return Cookie(
        key=COOKIE_NAME,
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


def _token_of(connection: Connection) -> str:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    token = connection.cookies.get(COOKIE_NAME, "")
    # A browser sends cookies by itself; it also says truthfully whose page made it send them.
    from_elsewhere = connection.headers.get("sec-fetch-site", "none") not in _OWN_SITES
    if token and from_elsewhere and connection.scope.get("method", "GET") not in _SAFE_METHODS:
        raise Forbidden
    return token
