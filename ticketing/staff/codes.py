"""Codes of the second step as they are typed: taken once each, whether of the moment or for recovery."""

import re
import secrets
from typing import Final

from asyncpg import Record
from cryptography.fernet import InvalidToken

from ticketing.kernel.context import Context
from ticketing.kernel.errors import WrongCode
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.staff.totp import step_of

SQL = load_queries("second_factor")
RECOVERY_CODES: Final = 10
RECOVERY_SIGNS: Final = 10
CODE_SIGNS_MAX: Final = 32
# Without those that are misread: 0 and O, 1, I and L. Ten of them are 49 bits, tried at most some times an hour.
_SIGNS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_CODE = re.compile(r"[0-9]{6}")


async def require_code(context: Context, account: Record, code: str) -> None:
    """Take a code of an account's second step, so that it works no second time. ``account`` has ``staff_id`` and
    ``second_factor_sealed``.

    Raises:
        WrongCode: it is neither the code of the moment nor a recovery code, or was taken before.
        DatabaseUnavailable
    """
    typed, now, sealed = typed_code(code), context.clock.now(), account["second_factor_sealed"]
    taken = None
    async with database_errors():
        if sealed is not None and _CODE.fullmatch(typed):
            try:
                step = step_of(context.secrets.unseal(sealed), typed, now)
            except InvalidToken:
                step = None  # sealed with a secret that is lost, and the recovery codes with it
            if step is not None:
                taken = await context.postgres.fetchval(SQL.take_step, account["staff_id"], step)
        elif sealed is not None and len(typed) == RECOVERY_SIGNS:
            digest = recovery_digest(context, account["staff_id"], typed)
            taken = await context.postgres.fetchval(SQL.take_recovery_code, account["staff_id"], digest, now)
    if taken is None:
        raise WrongCode


def typed_code(code: str) -> str:
    """A code as it is compared, whatever way it was typed: no spaces, no dashes, capitals."""
    return re.sub(r"[\s-]", "", code[:CODE_SIGNS_MAX]).upper()


def fresh_recovery_codes() -> tuple[str, ...]:
    """Ten codes as they are shown, in two halves."""
    half = RECOVERY_SIGNS // 2
    codes = ("".join(secrets.choice(_SIGNS) for _ in range(RECOVERY_SIGNS)) for _ in range(RECOVERY_CODES))
    return tuple(f"{code[:half]}-{code[half:]}" for code in codes)


def recovery_digest(context: Context, staff_id: int, code: str) -> bytes:
    """All that we keep of a recovery code."""
    return context.secrets.link_secret("recovery-code", f"{staff_id}/{typed_code(code)}").encode()
