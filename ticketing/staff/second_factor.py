"""The second step of a sign-in: a code from one's telephone, or one of ten recovery codes, each good once.

The shared secret is sealed with ``TICKETING_SECRET``, recovery codes are kept as digests under a key derived from
it. A secret counts only once a code has proven that the telephone has it, so nobody locks themselves out by half a
QR.
"""

import secrets
from datetime import datetime
from urllib.parse import urlsplit

import msgspec
from asyncpg import Record

from ticketing.kernel.context import Context
from ticketing.kernel.errors import SecondFactorThere, UnknownStaff, WrongCode
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.staff import sessions
from ticketing.staff.codes import fresh_recovery_codes, recovery_digest, require_code, typed_code
from ticketing.staff.memory import digest_of
from ticketing.staff.model import Principal, normal_login
from ticketing.staff.throttle import admit_change, forgive_change
from ticketing.staff.totp import SECRET_BYTES, authenticator_address, secret_text, step_of

SQL = load_queries("second_factor")


class SecondFactorState(msgspec.Struct, frozen=True):
    """One's second step: since when (null: there is none), how many recovery codes are left, whether one's role
    asks for it.
    """

    since: datetime | None
    recovery_codes_left: int
    required: bool


class AuthenticatorSecret(msgspec.Struct, frozen=True):
    """What an authenticator is given: ``address`` as a QR, or ``secret`` to be typed."""

    secret: str
    address: str


class RecoveryCodes(msgspec.Struct, frozen=True):
    """Codes that work once each where the telephone is gone; shown this once."""

    recovery_codes: tuple[str, ...]


def required_for(context: Context, principal: Principal) -> bool:
    """Whether one of somebody's roles asks for a second step."""
    return any(grant.role in context.settings.second_factor_roles for grant in principal.held())


async def second_factor_of(context: Context, principal: Principal) -> SecondFactorState:
    """Where somebody stands with their second step.

    Raises:
        UnknownStaff, DatabaseUnavailable
    """
    row = await _read(context, principal.login)
    return SecondFactorState(row["second_factor_at"], row["recovery_codes_left"], required_for(context, principal))


async def begin_second_factor(context: Context, login: str, password: str, client: str) -> AuthenticatorSecret:
    """A fresh secret that waits to be proven; the one before that was not proven is none any more.

    The password is asked for, so that nobody locks an account's owner out by a sign-in that they found open.
    ``client`` is the address that asks.

    Raises:
        WrongCredentials: the password is wrong. It counts as a sign-in that failed.
        SecondFactorThere: there is a proven one: it is removed first.
        TooMany, DatabaseUnavailable
    """
    await sessions.prove_password(context, login, password, client)
    secret = secrets.token_bytes(SECRET_BYTES)
    async with database_errors():
        name = await context.postgres.fetchval(SQL.begin_second_factor, login, context.secrets.seal(secret))
    if name is None:
        raise SecondFactorThere
    return _shown(context, login, secret)


async def pending_second_factor(context: Context, login: str, known: str) -> AuthenticatorSecret | None:
    """The secret that waits to be proven, to be shown again after a wrong code to somebody who was shown it before
    (``known``). None to whom was not.

    Raises:
        UnknownStaff, DatabaseUnavailable
    """
    row = await _read(context, login)
    pending = row["second_factor_pending"]
    if pending is None:
        return None
    shown = _shown(context, login, context.secrets.unseal(pending))
    return shown if secrets.compare_digest(shown.secret.encode(), known.encode()) else None


async def confirm_second_factor(context: Context, login: str, code: str, token: str) -> RecoveryCodes:
    """Prove the secret that waits by a code; from now on a sign-in takes both. Other sign-ins than that of
    ``token`` end, since they were made with the password alone.

    Raises:
        WrongCode: it is not the code of the moment, or nothing waits to be proven.
        SecondFactorThere: there is a proven one.
        TooMany, DatabaseUnavailable
    """
    # What waits can be one that somebody left behind: its code is not to be guessed either.
    await admit_change(context, login)
    row = await _read(context, login)
    if row["second_factor_sealed"] is not None:
        raise SecondFactorThere
    now, pending = context.clock.now(), row["second_factor_pending"]
    step = step_of(context.secrets.unseal(pending), typed_code(code), now) if pending is not None else None
    if step is None:
        raise WrongCode
    codes = fresh_recovery_codes()
    digests = [recovery_digest(context, row["staff_id"], one) for one in codes]
    async with database_errors():
        name = await context.postgres.fetchval(
            SQL.confirm_second_factor, login, pending, step, now, digests, digest_of(token)
        )
    if name is None:
        raise WrongCode
    sessions.forget_principals(login)
    await forgive_change(context, login)
    return RecoveryCodes(codes)


async def renew_recovery_codes(context: Context, login: str, code: str) -> RecoveryCodes:
    """Ten new recovery codes; those before work no more.

    Raises:
        WrongCode, TooMany, UnknownStaff, DatabaseUnavailable
    """
    row = await _prove(context, login, code)
    codes = fresh_recovery_codes()
    digests = [recovery_digest(context, row["staff_id"], one) for one in codes]
    async with database_errors():
        await context.postgres.execute(SQL.renew_recovery_codes, login, digests, context.clock.now())
    return RecoveryCodes(codes)


async def remove_second_factor(context: Context, principal: Principal, code: str) -> None:
    """Sign in with the password alone from now on; whose role asks for a second step sets up another before they do
    anything else.

    Raises:
        WrongCode, TooMany, UnknownStaff, DatabaseUnavailable
    """
    await _prove(context, principal.login, code)
    await reset_second_factor(context, principal.login, by=principal.login)


async def reset_second_factor(context: Context, login: str, *, by: str) -> None:
    """Take somebody's second step away, whose telephone and recovery codes are gone. Again, nothing changes.

    Raises:
        UnknownStaff, DatabaseUnavailable
    """
    async with database_errors():
        name = await context.postgres.fetchval(
            SQL.remove_second_factor, normal_login(login), context.clock.now(), by
        )
    if name is None:
        raise UnknownStaff(login=login)
    sessions.forget_principals(name)


async def _prove(context: Context, login: str, code: str) -> Record:
    await admit_change(context, login)
    row = await _read(context, login)
    await require_code(context, row, code)
    await forgive_change(context, login)
    return row


async def _read(context: Context, login: str) -> Record:
    async with database_errors():
        row = await context.postgres.fetchrow(SQL.read_second_factor, login)
    if row is None:
        raise UnknownStaff(login=login)
    return row


def _shown(context: Context, login: str, secret: bytes) -> AuthenticatorSecret:
    issuer = urlsplit(context.settings.public_url).hostname or "ticketing"
    return AuthenticatorSecret(secret_text(secret), authenticator_address(secret, login, issuer))
