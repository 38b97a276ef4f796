"""Signing in and out over the wire; sign-ins listed and ended; the audit."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta

from ticketing.kernel.context import Context
from ticketing.kernel.errors import (
    DeviceRevoked,
    Forbidden,
    Missing,
    SecondFactorNeeded,
    Unauthenticated,
    WrongCode,
    WrongCredentials,
)
from ticketing.kernel.wire import problems
from ticketing.staff import sessions
from ticketing.staff.audit import (
    CURSOR_PATTERN,
    LINES_A_PAGE_MAX,
    SUBJECT_SIGNS_MAX,
    WORDS_SIGNS_MAX,
    AuditPage,
    AuditWish,
    read_audit,
)
from ticketing.staff.codes import CODE_SIGNS_MAX
from ticketing.staff.guards import PUBLIC, StaffRequest, requires
from ticketing.staff.model import PASSWORD_SIGNS_MAX, Role, SignIn
from ticketing.staff.sign_ins import list_sign_ins, revoke_sign_in

PRINTABLE = r"^[^\x00-\x1f\x7f]*$"


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody signs in with. ``code``: that of the second step, or a recovery code, where the account has
    one.
    """

    login: Annotated[str, Meta(min_length=1, max_length=64)]
    password: Annotated[str, Meta(min_length=1, max_length=PASSWORD_SIGNS_MAX)]
    code: Annotated[str, Meta(max_length=CODE_SIGNS_MAX)] = ""


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
    responses=problems(WrongCredentials, SecondFactorNeeded, WrongCode),
)
async def sign_in(
    request: Request[Any, Any, Any], data: JSONBody[Credentials], context: NamedDependency[Context]
) -> StaffSession:
    """A fresh token. Failures are limited per address and login, and answered `429 slow_down` beyond."""
    client = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")
    opened = await sessions.sign_in(context, data.login, data.password, client, agent, code=data.code)
    return StaffSession(opened.token, opened.role, opened.expires_at)


@delete(
    "/api/v1/staff/sessions",
    summary="Sign out",
    tags=["staff"],
    guards=[requires(*Role, before_second_factor=True)],
    responses=problems(Unauthenticated),
)
async def sign_out(request: StaffRequest, context: NamedDependency[Context]) -> None:
    """End the sign-in whose token is sent."""
    await sessions.sign_out(context, request.auth)


class SignIns(msgspec.Struct, frozen=True):
    """Sign-ins that open something, the last used first."""

    sessions: list[SignIn]


@get(
    "/api/v1/staff/sessions",
    summary="Where one is signed in",
    tags=["staff"],
    guards=[requires(*Role)],
    responses=problems(Unauthenticated, DeviceRevoked, Forbidden),
)
async def show_sign_ins(
    request: StaffRequest, context: NamedDependency[Context], everybody: FromQuery[bool] = False
) -> SignIns:
    """One's own sign-ins; with `everybody` all of the house, for supervisors."""
    return SignIns(await list_sign_ins(context, request.user, request.auth, of_everybody=everybody))


@delete(
    "/api/v1/staff/sessions/{session:uuid}",
    summary="End a sign-in from elsewhere",
    tags=["staff"],
    guards=[requires(*Role)],
    responses=problems(Unauthenticated, DeviceRevoked, Forbidden, Missing),
)
async def end_sign_in(request: StaffRequest, session: FromPath[UUID], context: NamedDependency[Context]) -> None:
    """One's own, or as a supervisor that of somebody who may no more than oneself. Ended again: nothing changes."""
    await revoke_sign_in(context, session, request.user)


@get(
    "/api/v1/staff/audit",
    summary="Who did what, and when",
    tags=["staff"],
    guards=[requires(Role.SUPERVISOR)],
    responses=problems(Unauthenticated, DeviceRevoked, Forbidden),
)
async def show_audit(  # noqa: PLR0917 - a parameter a filter, by name
    request: StaffRequest,
    context: NamedDependency[Context],
    login: Annotated[str | None, QueryParameter(min_length=1, max_length=64, pattern=PRINTABLE)] = None,
    act: Annotated[str | None, QueryParameter(pattern=r"^[a-z_]{1,63}$")] = None,
    subject: Annotated[
        str | None, QueryParameter(min_length=1, max_length=SUBJECT_SIGNS_MAX, pattern=PRINTABLE)
    ] = None,
    words: Annotated[
        str | None, QueryParameter(min_length=1, max_length=WORDS_SIGNS_MAX, pattern=PRINTABLE)
    ] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=LINES_A_PAGE_MAX)] = 50,
    cursor: Annotated[str | None, QueryParameter(pattern=CURSOR_PATTERN)] = None,
) -> AuditPage:
    """The latest first. `subject`: how it begins; `words`: all of them, or such as begin so,
    in subject or detail; times without an offset are UTC. Who supervises some festivals or
    venues alone finds what was done there, and their own acts.
    """
    wish = AuditWish(login, act, subject, _aware(since), _aware(until), words)
    return await read_audit(context, wish, limit, cursor, reader=request.user)


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


routes = [sign_in, sign_out, show_sign_ins, end_sign_in, show_audit]
