"""Codes of the moment (RFC 6238 over RFC 4226): six digits of HMAC-SHA-1 over the time in steps of 30 s. Pure.

SHA-1, six digits and 30 s are what every authenticator understands; some silently ignore anything else. What a code
needs of the hash is that it can't be foretold, which SHA-1 within an HMAC still gives.
"""

import base64
import hmac
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

STEP_S: Final = 30
DIGITS: Final = 6
SECRET_BYTES: Final = 20
STEPS_OFF_MAX: Final = 1
"""How far a telephone's clock may be off, and how long typing may take."""


def step_at(moment: datetime) -> int:
    """The step of a moment: whole half minutes since 1970."""
    return int(moment.timestamp()) // STEP_S


def code_at(secret: bytes, step: int) -> str:
    """The code of a step."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """The step that a code is of, now or one step off; None where it is none. The later where it is that of two."""
    found = None
    for step in range(max(0, step_at(now) - STEPS_OFF_MAX), step_at(now) + STEPS_OFF_MAX + 1):
        # All are compared, in time that tells nothing.
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            found = step
    return found


def secret_text(secret: bytes) -> str:
    """A secret as it is typed into an authenticator: base32, in fours."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def authenticator_address(secret: bytes, login: str, issuer: str) -> str:
    """What the QR says: an ``otpauth`` address, by the form that authenticators read (Key URI Format)."""
    told = {"secret": base64.b32encode(secret).decode().rstrip("="), "issuer": issuer}
    return f"otpauth://totp/{quote(issuer)}:{quote(login)}?{urlencode(told, quote_via=quote)}"
