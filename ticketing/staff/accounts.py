"""Accounts: who works here. Each change leaves a line in the audit."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg

from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_, InvalidField, LastAdmin, StaffExists, TicketingError, UnknownStaff
from ticketing.kernel.postgres import Connection, Pool, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.staff import sessions
from ticketing.staff.model import (
    PASSWORD_SIGNS_MAX,
    PASSWORD_SIGNS_MIN,
    Grant,
    Role,
    StaffAccount,
    normal_login,
    widest_role,
)
from ticketing.staff.passwords import hash_password

SQL = load_queries("staff")
# Who did it, where it was done by the `ticketing` command on the server itself.
OPERATOR = "(operator)"

LOGIN_PROBLEM = N_(
    "A login has 1 to 63 signs: a to z, 0 to 9, dot, dash, underscore; the first is a letter or digit"
)
PASSWORD_PROBLEM = N_("A password has 8 to 256 signs")
GRANTS_MAX: Final = 50
GRANTS_PROBLEM = N_("An account has 1 to 50 roles, each for everywhere, a festival or a venue")
ADMIN_PROBLEM = N_("The role of an administrator counts everywhere")
PLACE_PROBLEM = N_("There is no such festival or venue")
GRANT_ERRORS: Final[Mapping[str, Callable[[asyncpg.PostgresError], TicketingError]]] = {
    "staff_grant_festival_id_fkey": lambda _: InvalidField(field="grants", problem=PLACE_PROBLEM),
    "staff_grant_venue_id_fkey": lambda _: InvalidField(field="grants", problem=PLACE_PROBLEM),
}


async def add_staff(
    context: Context,
    login: str,
    password: str,
    *granted: Role | Grant,
    by: str = OPERATOR,
    weak_allowed: bool = False,
) -> None:
    """A new account with these grants, at least one; a role alone counts everywhere. ``weak_allowed`` takes a
    password of any length, for a demo whose operator chose it.

    Raises:
        InvalidField: the login, the password or the grants can't be.
        StaffExists: the login is in use, if only by somebody who has left.
    """
    name = check_login(login)
    grants = check_grants(one if isinstance(one, Grant) else Grant(one) for one in granted)
    password_hash = await hash_password(check_password(password, weak_allowed=weak_allowed))
    async with database_errors({"staff_login_key": lambda _: StaffExists(login=name), **GRANT_ERRORS}):
        await context.postgres.execute(
            SQL.add_account, name, password_hash, *columns_of(grants), context.clock.now(), by
        )


def check_grants(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """Grants as an account may have them: 1 to ``GRANTS_MAX``, each once.

    Raises:
        InvalidField
    """
    found = tuple(dict.fromkeys(grants))
    if not 1 <= len(found) <= GRANTS_MAX:
        raise InvalidField(field="grants", problem=GRANTS_PROBLEM)
    if any(grant.role is Role.ADMIN and (grant.festival or grant.venue) for grant in found):
        raise InvalidField(field="grants", problem=ADMIN_PROBLEM)
    return found


def columns_of(grants: Sequence[Grant]) -> tuple[list[str], list[str | None], list[str | None]]:
    """Grants as the statements take them: roles, festivals, venues."""
    return (
        [grant.role.value for grant in grants],
        [grant.festival for grant in grants],
        [grant.venue for grant in grants],
    )


async def set_password(
    context: Context, login: str, password: str, *, by: str = OPERATOR, weak_allowed: bool = False
) -> None:
    """A new password; whoever is signed in with the old one is signed out, everywhere within a few seconds.

    Raises:
        InvalidField: the password can't be one.
        UnknownStaff: there is no such account.
    """
    password_hash = await hash_password(check_password(password, weak_allowed=weak_allowed))
    async with database_errors():
        name = await context.postgres.fetchval(
            SQL.set_password, check_login(login), password_hash, context.clock.now(), by
        )
    _there(name, login)


async def disable_staff(context: Context, login: str, *, by: str = OPERATOR) -> None:
    """Let somebody in no more: signed out everywhere within a few seconds. The account stays, for the audit.

    Raises:
        UnknownStaff: there is no such account.
        LastAdmin: nobody else could administer.
    """
    await _set_active(context, login, False, by)


async def enable_staff(context: Context, login: str, *, by: str = OPERATOR) -> None:
    """Let somebody in again, with the old password.

    Raises:
        UnknownStaff: there is no such account.
    """
    await _set_active(context, login, True, by)


async def list_staff(context: Context) -> list[StaffAccount]:
    """Everybody by login, those who have left included."""
    async with database_errors():
        rows = await context.postgres.fetch(SQL.list_accounts)
    accounts = []
    for row in rows:
        grants = sessions.read_grants(row["grants"])
        role = widest_role(grants) if grants else None
        accounts.append(
            StaffAccount(row["login"], role, grants, row["active"], row["created_at"], row["second_factor_at"])
        )
    return accounts


async def add_audit(
    connection: Pool | Connection,
    at: datetime,
    login: str,
    act: str,
    subject: str,
    **detail: Any,
) -> None:
    """One line of the audit, in the transaction of the act where ``connection`` is inside one."""
    await connection.execute(SQL.add_audit, at, login, act, subject, detail)


async def _set_active(context: Context, login: str, active: bool, by: str) -> None:
    wanted = check_login(login)
    async with database_errors(), context.postgres.acquire() as connection, connection.transaction():
        if not active:
            await keep_an_admin(connection, wanted)
        name = await connection.fetchval(SQL.set_active, wanted, active, context.clock.now(), by)
    _there(name, login)


async def keep_an_admin(connection: Connection, login: str) -> None:
    """Go on where somebody else can administer when ``login`` no longer does, or where it does not now.

    Raises:
        LastAdmin
    """
    await connection.fetch(SQL.lock_admins)
    person = await connection.fetchrow(SQL.get_person, login)
    if person is None or not person["active"]:
        return
    is_admin = any(grant.role is Role.ADMIN for grant in sessions.read_grants(person["grants"]))
    if is_admin and not await connection.fetchval(SQL.count_other_admins, login):
        raise LastAdmin(login=login)


def _there(name: str | None, login: str) -> None:
    if name is None:
        raise UnknownStaff(login=login)
    sessions.forget_principals(name)


def check_login(text: str) -> str:
    """A login as it is stored.

    Raises:
        InvalidField: it can't be one.
    """
    login = normal_login(text)
    if login is None:
        raise InvalidField(field="login", problem=LOGIN_PROBLEM)
    return login


def check_password(text: str, *, weak_allowed: bool = False) -> str:
    """A password as it may be.

    Raises:
        InvalidField: it is too short or too long.
    """
    if not (1 if weak_allowed else PASSWORD_SIGNS_MIN) <= len(text) <= PASSWORD_SIGNS_MAX:
        raise InvalidField(field="password", problem=PASSWORD_PROBLEM)
    return text
