"""Passwords: argon2id in threads, and the same work whether or not the account exists."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ticketing.kernel.threads import Threads

# RFC 9106's second recommendation (64 MiB, 3 passes, 4 lanes), the library's default.
_HASHER = PasswordHasher()
_THREADS = Threads("password", threads_max=2, waiting_max=32)


async def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its parameters and salt.

    Raises:
        TooMany: too many hashes are wanted at once.
    """
    return await _THREADS.run(_HASHER.hash, password)


async def password_fits(password_hash: str | None, password: str) -> bool:
    """Whether ``password`` is the one of ``password_hash``; None (no such account) is refused after the same work.

    Raises:
        TooMany: too many hashes are wanted at once.
    """
    return await _THREADS.run(_fits, password_hash, password)


def _fits(password_hash: str | None, password: str) -> bool:
    try:
        _HASHER.verify(password_hash or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("nobody has this password")
