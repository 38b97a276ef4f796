"""Sign-ins as people see them: where one is signed in, and how to end that from elsewhere."""

from typing import Final
from uuid import UUID

import msgspec

from ticketing.kernel.context import Context
from ticketing.kernel.errors import Forbidden
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.staff.memory import digest_of
from ticketing.staff.model import Principal, Role, SignIn, may_see_sign_ins, may_sign_out, widest_role
from ticketing.staff.sessions import forget_principals, idle_since, read_grants

SQL = load_queries("staff")
SIGN_INS_LISTED_MAX: Final = 200


async def list_sign_ins(
    context: Context, principal: Principal, token: str, *, of_everybody: bool = False
) -> list[SignIn]:
    """One's own sign-ins, or for a supervisor also those ``of_everybody`` who works where they supervise; the
    last used first, 200 at most. ``token`` is the one that asks.

    Raises:
        Forbidden: those of others are none of theirs.
        DatabaseUnavailable
    """
    if of_everybody and principal.reach_as(Role.SUPERVISOR) is None:
        raise Forbidden
    now = context.clock.now()
    async with database_errors():
        rows = await context.postgres.fetch(
            SQL.list_sign_ins,
            now,
            idle_since(context, now),
            None if of_everybody else principal.login,
            digest_of(token),
            SIGN_INS_LISTED_MAX,
        )
    listed = []
    for row in rows:
        grants = read_grants(row["grants"])
        if row["login"] == principal.login or may_see_sign_ins(principal, grants):
            listed.append(msgspec.convert({**row, "role": widest_role(grants), "grants": grants}, SignIn))
    return listed


async def revoke_sign_in(context: Context, session: UUID, principal: Principal) -> None:
    """End a sign-in, everywhere within a few seconds: one's own, or as a supervisor that of somebody else.

    One that has ended already, or never was, is ended as well.

    Raises:
        Forbidden: it is that of somebody who may more, or of another than oneself.
        DatabaseUnavailable
    """
    async with database_errors():
        owner = await context.postgres.fetchrow(SQL.find_sign_in, session)
        if owner is None:
            return
        if owner["login"] != principal.login and not may_sign_out(principal, read_grants(owner["grants"])):
            raise Forbidden
        await context.postgres.execute(SQL.revoke_sign_in, session, context.clock.now(), principal.login)
    forget_principals(owner["login"])
