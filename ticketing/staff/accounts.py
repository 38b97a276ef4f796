"""Accounts: who works here. Each change leaves a line in the audit."""

from datetime import datetime
from typing import Any

from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_, InvalidField, StaffExists, UnknownStaff
from ticketing.kernel.postgres import Connection, Pool, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.staff import sessions
from ticketing.staff.model import PASSWORD_SIGNS_MAX, PASSWORD_SIGNS_MIN, Role, StaffAccount, normal_login
from ticketing.staff.passwords import hash_password

SQL = load_queries("staff")
# Who did it, where it was done by the `ticketing` command on the server itself.
OPERATOR = "(operator)"

LOGIN_PROBLEM = N_(
    "A login has 1 to 63 signs: a to z, 0 to 9, dot, dash, underscore; the first is a letter or digit"
)
PASSWORD_PROBLEM = N_("A password has 8 to 256 signs")


async def add_staff(
    context: Context, login: str, password: str, role: Role, *, by: str = OPERATOR, weak_allowed: bool = False
) -> None:
    """A new account. ``weak_allowed`` takes a password of any length, for a demo whose operator chose it.

    Raises:
        InvalidField: the login or the password can't be one.
        StaffExists: the login is in use, if only by somebody who has left.
    """
    name = _login(login)
    password_hash = await hash_password(_password(password, weak_allowed))
    async with database_errors({"staff_login_key": lambda _: StaffExists(login=name)}):
        await context.postgres.execute(SQL.add_account, name, password_hash, role.value, context.clock.now(), by)


async def set_password(
    context: Context, login: str, password: str, *, by: str = OPERATOR, weak_allowed: bool = False
) -> None:
    """A new password; whoever is signed in with the old one is signed out, everywhere within a few seconds.

    Raises:
        InvalidField: the password can't be one.
        UnknownStaff: there is no such account.
    """
    password_hash = await hash_password(_password(password, weak_allowed))
    async with database_errors():
        name = await context.postgres.fetchval(
            SQL.set_password, _login(login), password_hash, context.clock.now(), by
        )
    _there(name, login)


async def disable_staff(context: Context, login: str, *, by: str = OPERATOR) -> None:
    """Let somebody in no more: signed out everywhere within a few seconds. The account stays, for the audit.

    Raises:
        UnknownStaff: there is no such account.
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
    return [StaffAccount(row["login"], Role(row["role"]), row["active"], row["created_at"]) for row in rows]


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
    async with database_errors():
        name = await context.postgres.fetchval(SQL.set_active, _login(login), active, context.clock.now(), by)
    _there(name, login)


def _there(name: str | None, login: str) -> None:
    if name is None:
        raise UnknownStaff(login=login)
    sessions.forget_principals(name)


def _login(text: str) -> str:
    login = normal_login(text)
    if login is None:
        raise InvalidField(field="login", problem=LOGIN_PROBLEM)
    return login


def _password(text: str, weak_allowed: bool) -> str:
    if not (1 if weak_allowed else PASSWORD_SIGNS_MIN) <= len(text) <= PASSWORD_SIGNS_MAX:
        raise InvalidField(field="password", problem=PASSWORD_PROBLEM)
    return text
