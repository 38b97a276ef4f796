"""Signing in and out, and who stands behind a token.

A token is 32 random bytes; only its SHA-256 is kept, so a stolen backup opens nothing. Tokens are made here and
never taken from the client, so that nobody can be made to work under a token that somebody else knows.
"""

import hashlib
import re
import secrets
import time
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

import msgspec

from ticketing.kernel.context import Context
from ticketing.kernel.errors import WrongCredentials
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
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
from ticketing.staff.throttle import admit_try, forgive_try

SQL = load_queries("staff")
TOKEN_BYTES: Final = 32
# A revoked token works at most this much longer in another process.
PRINCIPAL_CACHE_S: Final = 5.0
PRINCIPALS_CACHED_MAX: Final = 10_000
# Stands in the audit for a name that is nobody's: it may well be a password typed into the wrong field.
NOBODY: Final = "(unknown)"

AGENT_SIGNS_MAX: Final = 200

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


class _Cached(msgspec.Struct, frozen=True):
    principal: Principal
    expires_at: datetime
    read_at_s: float


_cache: OrderedDict[bytes, _Cached] = OrderedDict()


async def sign_in(context: Context, login: str, password: str, client: str, agent: str = "") -> SignedIn:
    """A fresh token for somebody who knows the password. ``client`` is the address that the try comes from,
    ``agent`` what the browser calls itself, by which its owner knows it in the list of sign-ins.

    A wrong name costs the same work, and gives the same answer, as a wrong password.

    Raises:
        WrongCredentials: the login or the password is wrong, or the account is closed.
        TooMany: too many failures from this address; with ``retry_after_s``.
    """
    name = normal_login(login)
    await admit_try(context, client, name or "")
    async with database_errors():
        account = await context.postgres.fetchrow(SQL.get_account, name or "")
    fits = await password_fits(account["password_hash"] if account else None, password[: PASSWORD_SIGNS_MAX + 1])
    now = context.clock.now()
    async with database_errors():
        if account is None or not fits:
            known = account["login"] if account else NOBODY
            await context.postgres.execute(SQL.add_audit, now, known, "sign_in_failed", known, {})
            raise WrongCredentials
        token = secrets.token_urlsafe(TOKEN_BYTES)
        expires_at = now + timedelta(seconds=context.settings.staff_session_s)
        await context.postgres.execute(
            SQL.open_session,
            digest_of(token),
            account["staff_id"],
            now,
            expires_at,
            account["login"],
            _UNPRINTABLE.sub("", agent)[:AGENT_SIGNS_MAX],
        )
    await forgive_try(context, client, name or "")
    return SignedIn(token, widest_role(read_grants(account["grants"])), expires_at)


async def sign_out(context: Context, token: str) -> None:
    """End a sign-in. One that has ended already, or never was, is ended as well."""
    if not _TOKEN.fullmatch(token):
        return
    digest = digest_of(token)
    async with database_errors():
        await context.postgres.execute(SQL.close_session, digest, context.clock.now())
    _cache.pop(digest, None)


async def principal_of(context: Context, token: str) -> Principal | None:
    """Who stands behind a token, or None where it is unknown, over, revoked, or was not worked with for too long.

    Answered for up to ``PRINCIPAL_CACHE_S`` from what this process has read before.
    """
    if not _TOKEN.fullmatch(token):
        return None
    digest = digest_of(token)
    now = context.clock.now()
    cached = _cache.get(digest)
    if cached is not None and time.monotonic() - cached.read_at_s < PRINCIPAL_CACHE_S:
        return cached.principal if cached.expires_at > now else None
    asked_at_s = time.monotonic()
    async with database_errors():
        row = await context.postgres.fetchrow(SQL.get_session, digest, now, idle_since(context, now))
    grants = read_grants(row["grants"]) if row is not None else ()
    if row is None or not grants:
        _cache.pop(digest, None)
        return None
    principal = principal_with(row["login"], grants)
    _cache[digest] = _Cached(principal, row["expires_at"], asked_at_s)
    _cache.move_to_end(digest)
    while len(_cache) > PRINCIPALS_CACHED_MAX:
        _cache.popitem(last=False)
    return principal


def forget_principals(login: str | None = None) -> None:
    """Read sign-ins anew: all, or those of one login, after this process has changed something about them."""
    for digest in [digest for digest, cached in _cache.items() if login in (None, cached.principal.login)]:
        del _cache[digest]


def read_grants(text: str | None) -> tuple[Grant, ...]:
    """What somebody may and where, as the statements about staff tell it; None is nothing."""
    return msgspec.json.decode(text, type=tuple[Grant, ...]) if text is not None else ()


def idle_since(context: Context, now: datetime) -> datetime:
    """Since when nobody may have worked with a sign-in that is over at ``now`` by that."""
    return now - timedelta(seconds=context.settings.staff_idle_s)


def digest_of(token: str) -> bytes:
    """All that we keep of a token."""
    return hashlib.sha256(token.encode()).digest()
