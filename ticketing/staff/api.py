"""Signing in and out over the wire."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, delete, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta

from ticketing.kernel.context import Context
from ticketing.kernel.errors import Unauthenticated, WrongCredentials
from ticketing.kernel.wire import problems
from ticketing.staff import sessions
from ticketing.staff.guards import PUBLIC, StaffRequest, requires
from ticketing.staff.model import PASSWORD_SIGNS_MAX, Role


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody signs in with."""

    login: Annotated[str, Meta(min_length=1, max_length=64)]
    password: Annotated[str, Meta(min_length=1, max_length=PASSWORD_SIGNS_MAX)]


class StaffSession(msgspec.Struct, frozen=True):
    """A sign-in. Send ``token`` as ``Authorization: Bearer …`` until ``expires_at``."""

    token: str
    role: Role
    expires_at: datetime


@post(
    "/api/v1/staff/sessions",
    summary="Sign in",
    tags=["staff"],
    opt=PUBLIC,
    responses=problems(WrongCredentials),
)
async def sign_in(
    request: Request[Any, Any, Any], data: JSONBody[Credentials], context: NamedDependency[Context]
) -> StaffSession:
    """A fresh token. Failures are limited per address and login, and answered `429 slow_down` beyond."""
    client = request.client.host if request.client else ""
    opened = await sessions.sign_in(context, data.login, data.password, client)
    return StaffSession(opened.token, opened.role, opened.expires_at)


@delete(
    "/api/v1/staff/sessions",
    summary="Sign out",
    tags=["staff"],
    guards=[requires(*Role)],
    responses=problems(Unauthenticated),
)
async def sign_out(request: StaffRequest, context: NamedDependency[Context]) -> None:
    """End the sign-in whose token is sent."""
    await sessions.sign_out(context, request.auth)


routes = [sign_in, sign_out]
