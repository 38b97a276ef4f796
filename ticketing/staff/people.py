"""Accounts as administrators make and mend them at the desk. Each change leaves a line in the audit.

Nobody chooses a password for somebody else: an account gets a link, which its owner opens once, within a day, to
set one. The last administrator stays, whoever asks.
"""

import contextlib
import re
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from ticketing.kernel.context import Context
from ticketing.kernel.errors import PasswordLinkOver, StaffExists, UnknownStaff
from ticketing.kernel.postgres import Connection, Pool, database_errors
from ticketing.staff import accounts, sessions
from ticketing.staff.accounts import GRANT_ERRORS, SQL, check_grants, columns_of, keep_an_admin
from ticketing.staff.memory import digest_of
from ticketing.staff.model import Grant, Principal, Role, StaffAccount, may_see_sign_ins, normal_login, widest_role
from ticketing.staff.passwords import hash_password

PASSWORD_LINK_TTL_S: Final = 86_400
_LINK = re.compile(r"[A-Za-z0-9_-]{43}")


class GrantWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role, and where it counts: in a festival, at a venue, in a festival at a venue, or everywhere."""

    role: Role
    festival: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] | None = None
    venue: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] | None = None

    def grant(self) -> Grant:
        """The same as an account has it."""
        return Grant(self.role, self.festival, self.venue)


class PasswordLink(msgspec.Struct, frozen=True):
    """A link to set a password, shown this once: we keep only a digest of ``secret``."""

    login: str
    secret: str
    ends_at: datetime


async def list_people(context: Context, principal: Principal) -> list[StaffAccount]:
    """Those who work where somebody supervises, by login; those who have left included.

    Raises:
        DatabaseUnavailable
    """
    return [one for one in await accounts.list_staff(context) if may_see_sign_ins(principal, one.grants)]


async def show_person(context: Context, login: str) -> StaffAccount:
    """One account.

    Raises:
        UnknownStaff, DatabaseUnavailable
    """
    async with database_errors():
        return await _read(context.postgres, login)


async def add_person(context: Context, login: str, grants: Iterable[Grant], *, by: str) -> StaffAccount:
    """A new account, with a password that nobody knows until a link sets one.

    Raises:
        InvalidField: the login or the grants can't be.
        StaffExists: the login is in use, if only by somebody who has left.
        DatabaseUnavailable
    """
    await accounts.add_staff(context, login, secrets.token_urlsafe(32), *grants, by=by)
    return await show_person(context, login)


async def set_person(context: Context, login: str, grants: Iterable[Grant], *, by: str) -> StaffAccount:
    """An account with these grants and no others; made where there is none yet, see :func:`add_person`. The same
    again changes nothing.

    Raises:
        InvalidField: the login or the grants can't be.
        LastAdmin: nobody else could administer.
        DatabaseUnavailable
    """
    wanted = check_grants(grants)
    name = accounts.check_login(login)
    try:
        await show_person(context, name)
    except UnknownStaff:
        # Where somebody else is faster, theirs is changed.
        with contextlib.suppress(StaffExists):
            return await add_person(context, name, wanted, by=by)
    return await _change(context, name, lambda _: wanted, by)


async def give_grant(context: Context, login: str, grant: Grant, *, by: str) -> StaffAccount:
    """An account with this grant besides those it has by then. The same again changes nothing.

    Raises:
        InvalidField: the grant can't be, or there are too many.
        UnknownStaff, DatabaseUnavailable
    """
    return await _change(context, login, lambda held: (*held, grant), by)


async def take_grant(context: Context, login: str, grant: Grant, *, by: str) -> StaffAccount:
    """An account without this grant, and with the others it has by then. The same again changes nothing.

    Raises:
        InvalidField: it has no other, and somebody who may nothing has a closed account instead.
        LastAdmin: nobody else could administer.
        UnknownStaff, DatabaseUnavailable
    """
    return await _change(context, login, lambda held: tuple(one for one in held if one != grant), by)


async def _change(
    context: Context, login: str, wanted: Callable[[tuple[Grant, ...]], tuple[Grant, ...]], by: str
) -> StaffAccount:
    """What an account may becomes what ``wanted`` makes of it, which nobody else changes meanwhile."""
    async with (
        database_errors(GRANT_ERRORS),
        context.postgres.acquire() as connection,
        connection.transaction(),
    ):
        await connection.fetch(SQL.lock_person, normal_login(login))
        before = await _read(connection, login)
        grants = check_grants(wanted(before.grants))
        if not any(grant.role is Role.ADMIN for grant in grants):
            await keep_an_admin(connection, before.login)
        await connection.execute(SQL.set_grants, before.login, *columns_of(grants), context.clock.now(), by)
        person = await _read(connection, before.login)
    sessions.forget_principals(person.login)
    return person


async def make_password_link(context: Context, login: str, *, by: str) -> PasswordLink:
    """A link by which an account's owner sets a password, within a day; the one before opens nothing any more.

    Raises:
        UnknownStaff: there is no such account, or it is closed.
        DatabaseUnavailable
    """
    now = context.clock.now()
    secret, ends_at = secrets.token_urlsafe(32), now + timedelta(seconds=PASSWORD_LINK_TTL_S)
    async with database_errors():
        name = await context.postgres.fetchval(
            SQL.make_password_link, normal_login(login), digest_of(secret), ends_at, now, by
        )
    if name is None:
        raise UnknownStaff(login=login)
    return PasswordLink(name, secret, ends_at)


async def whose_link(context: Context, secret: str) -> str:
    """The login whose password a link sets; looking takes nothing.

    Raises:
        PasswordLinkOver: it was taken, has run out, or never was.
        DatabaseUnavailable
    """
    login = None
    if _LINK.fullmatch(secret):
        async with database_errors():
            login = await context.postgres.fetchval(SQL.find_password_link, digest_of(secret), context.clock.now())
    if login is None:
        raise PasswordLinkOver
    return str(login)


async def take_password_link(context: Context, secret: str, password: str) -> str:
    """Set the password of the account that a link is for, once; the login. Its sign-ins end.

    Raises:
        PasswordLinkOver: it was taken, has run out, or never was.
        InvalidField: the password can't be one.
        TooMany: too many passwords are set at once.
        DatabaseUnavailable
    """
    await whose_link(context, secret)
    password_hash = await hash_password(accounts.check_password(password))
    async with database_errors():
        login = await context.postgres.fetchval(
            SQL.take_password_link, digest_of(secret), password_hash, context.clock.now()
        )
    if login is None:
        raise PasswordLinkOver
    sessions.forget_principals(login)
    return str(login)


async def _read(source: Connection | Pool, login: str) -> StaffAccount:
    row = await source.fetchrow(SQL.get_person, normal_login(login))
    if row is None:
        raise UnknownStaff(login=login)
    grants = sessions.read_grants(row["grants"])
    role = widest_role(grants) if grants else None
    return StaffAccount(row["login"], role, grants, row["active"], row["created_at"], row["second_factor_at"])
