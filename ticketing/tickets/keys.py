"""The keys that sign tickets: made, rotated, retired; and what a process knows of them.

The private half is sealed with the house's secret and never leaves the servers; doors get the public halves.
"""

import asyncio
import time
from datetime import datetime
from typing import Final

import msgspec
import structlog
from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.staff.accounts import OPERATOR, add_audit
from ticketing.tickets.code import (
    BadgeFacts,
    KeyRing,
    Payload,
    SigningKey,
    TicketFacts,
    UnknownKey,
    decode_code,
    key_id_usable,
)
from ticketing.tickets.code import badge_code_of as sign_badge
from ticketing.tickets.code import code_of as sign_code

SQL = load_queries("tickets")
RING_CACHE_S: Final = 5.0
# Codes that name unknown keys make a process look for new ones at most this often, however many are shown to it.
RING_ASKED_AGAIN_S: Final = 1.0

log = structlog.get_logger(__name__)


class KeyListed(msgspec.Struct, frozen=True):
    """A key as it is listed: ``signs`` new codes, or did; ``revoked_at``: its codes are refused."""

    key_id: int
    signs: bool
    can_sign: bool
    public: bytes
    created_at: datetime
    retired_at: datetime | None
    revoked_at: datetime | None


async def ensure_key(context: Context) -> None:
    """Make the first key, where there is none that signs."""
    async with database_errors():
        rows = await context.postgres.fetch(SQL.list_keys)
    if any(row["retired_at"] is None for row in rows):
        return
    taken = {row["key_id"] for row in rows}
    key_id, public, sealed = _new_pair(context, taken)
    async with database_errors():
        await context.postgres.execute(SQL.add_first_key, key_id, public, sealed, context.clock.now())


async def rotate_key(context: Context, *, by: str = OPERATOR) -> int:
    """Sign with a new key from now on, whose id is the answer. Codes signed with older keys stay good.

    Raises:
        KeysUsedUp: 249 keys have been made.
    """
    async with database_errors(), context.postgres.acquire() as connection, connection.transaction():
        await connection.execute(SQL.lock_keys)
        taken = {row["key_id"] for row in await connection.fetch(SQL.list_keys)}
        key_id, public, sealed = _new_pair(context, taken)
        now = context.clock.now()
        await connection.execute(SQL.retire_current_key, now)
        await connection.execute(SQL.add_key, key_id, public, sealed, now)
        await _record(connection, now, by, "key_rotated", key_id)
    return key_id


async def retire_key(context: Context, key_id: int, *, compromised: bool = False, by: str = OPERATOR) -> None:
    """Destroy the private half of a key that signs no more. Its codes stay good, unless it was ``compromised``:
    then they are refused as forged, and the tickets have to be shown or mailed anew.

    Raises:
        UnknownKey: there is no such key.
        KeyInUse: it is the one that signs: rotate first.
    """
    async with database_errors(), context.postgres.acquire() as connection, connection.transaction():
        await connection.execute(SQL.lock_keys)
        now = context.clock.now()
        if await connection.fetchval(SQL.destroy_private_half, key_id, now, compromised) is None:
            known = {row["key_id"] for row in await connection.fetch(SQL.list_keys)}
            raise errors.KeyInUse(key=key_id) if key_id in known else errors.UnknownKey(key=key_id)
        await _record(connection, now, by, "key_revoked" if compromised else "key_retired", key_id)


async def list_keys(context: Context) -> list[KeyListed]:
    """All keys that were ever made, the newest first."""
    async with database_errors():
        rows = await context.postgres.fetch(SQL.list_keys)
    return [
        KeyListed(
            key_id=row["key_id"],
            signs=row["retired_at"] is None,
            can_sign=row["private_sealed"] is not None,
            public=row["public_key"],
            created_at=row["created_at"],
            retired_at=row["retired_at"],
            revoked_at=row["revoked_at"],
        )
        for row in rows
    ]


class SigningKeys:
    """The keys as one process knows them: read at most every few seconds. One per process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._ring = KeyRing({})
        self._read_at_s = float("-inf")
        self._reading = asyncio.Lock()

    async def ring(self) -> KeyRing:
        """The keys, not older than ``RING_CACHE_S``.

        Raises:
            DatabaseUnavailable: Postgres does not answer.
        """
        return await self._not_older_than(RING_CACHE_S)

    async def code_of(self, ticket: TicketFacts) -> str:
        """The code of a ticket, signed by the current key.

        Raises:
            NoSigningKey: there is none, or it was sealed with another secret.
        """
        try:
            return sign_code(await self.ring(), ticket)
        except LookupError:
            raise errors.NoSigningKey from None

    async def badge_code_of(self, badge: BadgeFacts) -> str:
        """The code of a badge, signed by the current key.

        Raises:
            NoSigningKey: there is none, or it was sealed with another secret.
        """
        try:
            return sign_badge(await self.ring(), badge)
        except LookupError:
            raise errors.NoSigningKey from None

    async def decode(self, text: str) -> Payload:
        """What a code of ours says.

        Raises:
            CodeRefused: it is none of ours; see :func:`ticketing.tickets.code.decode_code`.
        """
        try:
            return decode_code(text, await self.ring())
        except UnknownKey:
            # Another process may have rotated a moment ago.
            return decode_code(text, await self._not_older_than(RING_ASKED_AGAIN_S))

    async def _not_older_than(self, seconds: float) -> KeyRing:
        if time.monotonic() - self._read_at_s < seconds:
            return self._ring
        async with self._reading:
            if time.monotonic() - self._read_at_s >= seconds:
                asked_at_s = time.monotonic()
                self._ring = await self._read()
                self._read_at_s = asked_at_s
        return self._ring

    async def _read(self) -> KeyRing:
        async with database_errors():
            rows = await self._context.postgres.fetch(SQL.list_keys)
        keys = {
            row["key_id"]: _open_key(self._context, row["key_id"], row["public_key"], row["private_sealed"])
            for row in rows
            if row["revoked_at"] is None
        }
        return KeyRing(keys, next((keys[row["key_id"]] for row in rows if row["retired_at"] is None), None))


def _open_key(context: Context, key_id: int, public: bytes, sealed: bytes | None) -> SigningKey:
    private = None
    if sealed is not None:
        try:
            private = Ed25519PrivateKey.from_private_bytes(context.secrets.unseal(sealed))
        except InvalidToken:
            # Codes are still read with the public half; making new ones is refused, and doctor says why.
            log.critical("signing_key_sealed_with_another_secret", key_id=key_id)
    return SigningKey(key_id, Ed25519PublicKey.from_public_bytes(public), private)


def _new_pair(context: Context, taken: set[int]) -> tuple[int, bytes, bytes]:
    # Ids are never used twice: a code of an old key must not be tried against a new one.
    key_id = max(taken, default=0) + 1
    while not key_id_usable(key_id):
        key_id += 1
        if key_id > 0xFF:
            raise errors.KeysUsedUp
    private = Ed25519PrivateKey.generate()
    return key_id, private.public_key().public_bytes_raw(), context.secrets.seal(private.private_bytes_raw())


async def _record(connection: Connection, now: datetime, by: str, act: str, key_id: int) -> None:
    await add_audit(connection, now, by, act, f"key {key_id}")
