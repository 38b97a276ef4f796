"""Who stands behind a secret, remembered for a few seconds: not every request asks Postgres."""

import hashlib
import time
from collections import OrderedDict
from datetime import datetime
from typing import Final

import msgspec

from ticketing.staff.model import Principal

KEPT_S: Final = 5.0
"""What was revoked works at most this much longer in another process."""


def digest_of(secret: str) -> bytes:
    """All that we keep of a secret."""
    return hashlib.sha256(secret.encode()).digest()


class _Known(msgspec.Struct, frozen=True):
    principal: Principal
    expires_at: datetime
    asked_at_s: float


class PrincipalMemory:
    """Principals by the digest of their secret; the oldest of more than ``kept_max`` goes."""

    def __init__(self, kept_max: int) -> None:
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._kept_max = kept_max

    def find(self, digest: bytes, now: datetime) -> Principal | None:
        """Who it was a moment ago; None where that has to be asked, or is over at ``now``."""
        known = self._known.get(digest)
        if known is None or time.monotonic() - known.asked_at_s >= KEPT_S or known.expires_at <= now:
            return None
        return known.principal

    def keep(self, digest: bytes, principal: Principal, expires_at: datetime, asked_at_s: float) -> None:
        """Remember an answer to what was asked at ``asked_at_s`` of the monotonic clock."""
        self._known[digest] = _Known(principal, expires_at, asked_at_s)
        self._known.move_to_end(digest)
        while len(self._known) > self._kept_max:
            self._known.popitem(last=False)

    def forget(self, digest: bytes) -> None:
        """Ask anew whose this secret is."""
        self._known.pop(digest, None)

    def forget_those_of(self, login: str | None) -> None:
        """Ask anew about one login; None: about all."""
        for digest in [digest for digest, known in self._known.items() if login in (None, known.principal.login)]:
            del self._known[digest]
