"""Sign-ins as people see them: where one is signed in, and how to end that from elsewhere."""

from typing import Final
from uuid import UUID

import msgspec

from ticketing.kernel.context import Context
from ticketing.kernel.errors import Forbidden
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.staff.model import Principal, Role, SignIn, allows, may_sign_out
from ticketing.staff.sessions import digest_of, forget_principals, idle_since

SQL = load_queries("staff")
SIGN_INS_LISTED_MAX: Final = 200


async def list_sign_ins(
    context: Context, principal: Principal, token: str, *, of_everybody: bool = False
) -> list[SignIn]:
    """One's own sign-ins, or those ``of_everybody`` for a supervisor; the last used first, 200 at most.

    ``token`` is the one that asks.

    Raises:
        Forbidden: those of others are none of theirs.
        DatabaseUnavailable
    """
    if of_everybody and not allows(principal.role, Role.SUPERVISOR):
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
    return [msgspec.convert(dict(row), SignIn) for row in rows]


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
        if owner["login"] != principal.login and not may_sign_out(principal.role, Role(owner["role"])):
            raise Forbidden
        await context.postgres.execute(SQL.revoke_sign_in, session, context.clock.now(), principal.login)
    forget_principals(owner["login"])
