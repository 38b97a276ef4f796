"""Signing in and out, and who stands behind a token.

A token is 32 random bytes; only its SHA-256 is kept, so a stolen backup opens nothing. Tokens are made here and
never taken from the client, so that nobody can be made to work under a token that somebody else knows.
"""

import hashlib
import re
import secrets
import time
from datetime import datetime, timedelta
from typing import Final

import msgspec
from asyncpg import Record
from cryptography.fernet import InvalidToken

from ticketing.kernel.context import Context
from ticketing.kernel.errors import SecondFactorNeeded, WrongCode, WrongCredentials
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.staff.codes import require_code
from ticketing.staff.memory import PrincipalMemory, digest_of
from ticketing.staff.model import (
    PASSWORD_SIGNS_MAX,
    Grant,
    Principal,
    SignedIn,
    normal_login,
    principal_with,
    widest_role,
)
from ticketing.staff.passwords import password_fits
from ticketing.staff.throttle import admit_code, admit_try, forgive_code, forgive_try

SQL = load_queries("staff")
TOKEN_BYTES: Final = 32
PRINCIPALS_KEPT_MAX: Final = 10_000
# Stands in the audit for a name that is nobody's: it may well be a password typed into the wrong field.
NOBODY: Final = "(unknown)"

AGENT_SIGNS_MAX: Final = 200
HALF_SIGN_IN_TTL_S: Final = 300
HALF_SIGNS_MAX: Final = 1_000

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


class HalfSignIn(msgspec.Struct, frozen=True):
    """The first step of a sign-in, sealed: ``half`` goes with the code into the second."""

    half: str


class _Half(msgspec.Struct, frozen=True):
    login: str
    mark: str
    ends_at: datetime


_memory = PrincipalMemory(PRINCIPALS_KEPT_MAX)


async def sign_in(
    context: Context, login: str, password: str, client: str, agent: str = "", *, code: str = ""
) -> SignedIn:
    """A fresh token for somebody who knows the password, and where the account has a second step, its ``code``.
    ``client`` is the address that the try comes from, ``agent`` what the browser calls itself, by which its owner
    knows it in the list of sign-ins.

    A wrong name costs the same work, and gives the same answer, as a wrong password.

    Raises:
        WrongCredentials: the login or the password is wrong, or the account is closed.
        SecondFactorNeeded: the password is right, and there is no code.
        WrongCode: the password is right, and the code is not.
        TooMany: too many failures from this address; with ``retry_after_s``.
    """
    account = await prove_password(context, login, password, client)
    if account["second_factor_sealed"] is not None:
        if not code:
            raise SecondFactorNeeded
        await _prove_code(context, account, code, client)
    return await _open(context, account, agent)


async def begin_sign_in(
    context: Context, login: str, password: str, client: str, agent: str = ""
) -> SignedIn | HalfSignIn:
    """The same in two steps, for pages: where a code is needed, the answer goes on with :func:`finish_sign_in`.

    Raises:
        WrongCredentials, TooMany
    """
    account = await prove_password(context, login, password, client)
    if account["second_factor_sealed"] is None:
        return await _open(context, account, agent)
    ends_at = context.clock.now() + timedelta(seconds=HALF_SIGN_IN_TTL_S)
    told = _Half(account["login"], _mark_of(account), ends_at)
    return HalfSignIn(context.secrets.seal(msgspec.json.encode(told)).decode())


async def finish_sign_in(context: Context, half: str, code: str, client: str, agent: str = "") -> SignedIn:
    """The second step: ``half`` is what the first one gave, within five minutes.

    Raises:
        WrongCredentials: it is over, or the password is another by now: sign in from the beginning.
        WrongCode, TooMany
    """
    try:
        told = msgspec.json.decode(context.secrets.unseal(half.encode()), type=_Half)
    except (InvalidToken, ValueError, msgspec.MsgspecError):
        raise WrongCredentials from None
    async with database_errors():
        account = await context.postgres.fetchrow(SQL.get_account, told.login)
    if account is None or told.mark != _mark_of(account) or told.ends_at < context.clock.now():
        raise WrongCredentials
    if account["second_factor_sealed"] is not None:
        await _prove_code(context, account, code, client)
    return await _open(context, account, agent)


async def prove_password(context: Context, login: str, password: str, client: str) -> Record:
    """The account whose password somebody knows who asks from the address ``client``.

    Raises:
        WrongCredentials: the login or the password is wrong, or the account is closed.
        TooMany: too many failures from this address; with ``retry_after_s``.
    """
    name = normal_login(login)
    await admit_try(context, client, name or "")
    async with database_errors():
        account = await context.postgres.fetchrow(SQL.get_account, name or "")
    fits = await password_fits(account["password_hash"] if account else None, password[: PASSWORD_SIGNS_MAX + 1])
    if account is None or not fits:
        known = account["login"] if account else NOBODY
        await _note(context, known, "sign_in_failed")
        raise WrongCredentials
    await forgive_try(context, client, name or "")
    return account


async def _prove_code(context: Context, account: Record, code: str, client: str) -> None:
    login = account["login"]
    await admit_code(context, client, login)
    try:
        await require_code(context, account, code)
    except WrongCode:
        await _note(context, login, "second_factor_failed")
        raise
    await forgive_code(context, client, login)


async def _open(context: Context, account: Record, agent: str) -> SignedIn:
    token, now = secrets.token_urlsafe(TOKEN_BYTES), context.clock.now()
    expires_at = now + timedelta(seconds=context.settings.staff_session_s)
    async with database_errors():
        await context.postgres.execute(
            SQL.open_session,
            digest_of(token),
            account["staff_id"],
            now,
            expires_at,
            account["login"],
            _UNPRINTABLE.sub("", agent)[:AGENT_SIGNS_MAX],
        )
    return SignedIn(token, widest_role(read_grants(account["grants"])), expires_at)


async def _note(context: Context, login: str, act: str) -> None:
    async with database_errors():
        await context.postgres.execute(SQL.add_audit, context.clock.now(), login, act, login, {})


def _mark_of(account: Record) -> str:
    """What changes with the password: a first step made with another one leads nowhere."""
    return hashlib.sha256(account["password_hash"].encode()).hexdigest()[:16]


async def sign_out(context: Context, token: str) -> None:
    """End a sign-in. One that has ended already, or never was, is ended as well."""
    if not _TOKEN.fullmatch(token):
        return
    digest = digest_of(token)
    async with database_errors():
        await context.postgres.execute(SQL.close_session, digest, context.clock.now())
    _memory.forget(digest)


async def principal_of(context: Context, token: str) -> Principal | None:
    """Who stands behind a token, or None where it is unknown, over, revoked, or was not worked with for too long.

    Answered from the memory of this process, where it has asked a moment ago.
    """
    if not _TOKEN.fullmatch(token):
        return None
    digest = digest_of(token)
    now = context.clock.now()
    if (known := _memory.find(digest, now)) is not None:
        return known
    asked_at_s = time.monotonic()
    async with database_errors():
        row = await context.postgres.fetchrow(SQL.get_session, digest, now, idle_since(context, now))
    grants = read_grants(row["grants"]) if row is not None else ()
    if row is None or not grants:
        _memory.forget(digest)
        return None
    principal = principal_with(row["login"], grants)
    asked = context.settings.second_factor_roles
    if not row["second_factor"] and any(grant.role in asked for grant in grants):
        principal = msgspec.structs.replace(principal, second_factor_missing=True)
    _memory.keep(digest, principal, row["expires_at"], asked_at_s)
    return principal


def forget_principals(login: str | None = None) -> None:
    """Read sign-ins anew: all, or those of one login, after this process has changed something about them."""
    _memory.forget_those_of(login)


def read_grants(text: str | None) -> tuple[Grant, ...]:
    """What somebody may and where, as the statements about staff tell it; None is nothing."""
    return msgspec.json.decode(text, type=tuple[Grant, ...]) if text is not None else ()


def idle_since(context: Context, now: datetime) -> datetime:
    """Since when nobody may have worked with a sign-in that is over at ``now`` by that."""
    return now - timedelta(seconds=context.settings.staff_idle_s)
