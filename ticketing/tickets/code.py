"""The signed code of a ticket or badge, pure: what stands in it, how it is written, read, signed and checked.

``docs/codes.md`` describes it byte by byte for whoever writes another reader.
"""

import hashlib
import hmac
import struct
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ticketing.kernel.ids import ACCREDITATION_SIGN, ticket_id_of, ticket_number_of
from ticketing.tickets import base45

FORMAT_VERSION: Final = 1
SEAT_INDEX_UNKNOWN: Final = 0xFFFF
DIGEST_BYTES: Final = 6
SIGNATURE_BYTES: Final = 64
CODE_SIGNS: Final = 138
# The signature covers these bytes too, so that none made for another purpose with the same key passes for a code.
DOMAIN: Final = b"ticketing/code/v1\x00"

# version, key, ticket, screening digest, seat index, revision, valid from, valid until; big-endian.
_PAYLOAD = struct.Struct(">BBQ6sHHII")
_SECONDS_MAX = 0xFFFF_FFFF
# The number of a ticket is below 2**63. So this bit tells a badge, and to readers that know none it is no code.
_BADGE_BIT: Final = 1 << 63


class CodeRefused(ValueError):
    """The text is no code of ours. Why, is nobody's business but a developer's."""


class NotACode(CodeRefused):
    """Cut, re-encoded, of another format, or something else altogether: refused before any signature is checked."""


class UnknownKey(CodeRefused):
    """It has the form of a code, and names a key that we don't know (any more)."""


class WrongSignature(CodeRefused):
    """It has the form of a code, and the signature is not that of the key it names."""


class Payload(msgspec.Struct, frozen=True):
    """What a code says. No personal data.

    ``seat_index`` is the place's index in the screening's layout, or ``SEAT_INDEX_UNKNOWN``. ``valid_from`` and
    ``valid_until`` (seconds since 1970, UTC) are the doors and the end as they stood when the code was made:
    for readers without a snapshot. The house itself goes by the programme, since screenings are postponed.

    Of a badge ``ticket_id`` is the accreditation (thirteen signs, a B first), ``screening_digest`` that of its
    festival, ``seat_index`` unknown, and the validity its days.
    """

    key_id: int
    ticket_id: str
    screening_digest: bytes
    seat_index: int
    revision: int
    valid_from: int
    valid_until: int


class TicketFacts(msgspec.Struct, frozen=True):
    """What a code is made from. Times are aware."""

    ticket_id: str
    screening_id: str
    seat_index: int
    revision: int
    doors_at: datetime
    ends_at: datetime


class BadgeFacts(msgspec.Struct, frozen=True):
    """What the code of a badge is made from: from the first moment of its days to the last. Times are aware."""

    accreditation_id: str
    festival_id: str
    revision: int
    valid_from: datetime
    valid_until: datetime


class SigningKey(msgspec.Struct, frozen=True):
    """A key pair; ``private`` is None where only checking is possible (any more)."""

    key_id: int
    public: Ed25519PublicKey
    private: Ed25519PrivateKey | None = None


class KeyRing(msgspec.Struct, frozen=True):
    """The keys whose codes count, and the one that signs new codes (None: none does)."""

    keys: Mapping[int, SigningKey]
    current: SigningKey | None = None


@lru_cache(maxsize=4096)
def screening_digest(screening_id: str) -> bytes:
    """What a code says of its screening: enough for a gate that knows which screening it lets in to."""
    return hashlib.sha256(screening_id.encode()).digest()[:DIGEST_BYTES]


@lru_cache(maxsize=64)
def festival_digest(festival_id: str) -> bytes:
    """What the code of a badge says of its festival. No screening has the same: no id has a colon."""
    return hashlib.sha256(f"festival:{festival_id}".encode()).digest()[:DIGEST_BYTES]


def key_id_usable(key_id: int) -> bool:
    """Whether codes may name this key: 1 to 255, save six with which every code would begin with a space.

    Such a space is lost on its way through forms, spreadsheets and chats, and the code with it.
    """
    first = base45.encode(bytes((FORMAT_VERSION, key_id)))[0] if 0 < key_id <= 0xFF else " "
    return first != " "


def code_of(ring: KeyRing, ticket: TicketFacts) -> str:
    """The code of a ticket, 138 signs for a QR's alphanumeric mode.

    After a rotation the same ticket gets another code; both are good, since a ticket is admitted by its number
    and revision.

    Raises:
        LookupError: the ring has no key that signs.
    """
    return _signed(
        ring,
        ticket_number_of(ticket.ticket_id),
        screening_digest(ticket.screening_id),
        min(ticket.seat_index, SEAT_INDEX_UNKNOWN),
        ticket.revision,
        ticket.doors_at,
        ticket.ends_at,
    )


def badge_code_of(ring: KeyRing, badge: BadgeFacts) -> str:
    """The code of a badge: as :func:`code_of`, and raises as that does."""
    return _signed(
        ring,
        _BADGE_BIT | ticket_number_of(badge.accreditation_id.removeprefix(ACCREDITATION_SIGN)),
        festival_digest(badge.festival_id),
        SEAT_INDEX_UNKNOWN,
        badge.revision,
        badge.valid_from,
        badge.valid_until,
    )


def _signed(  # noqa: PLR0917 - the fields of the payload in their order
    ring: KeyRing, number: int, digest: bytes, seat_index: int, revision: int, begins: datetime, ends: datetime
) -> str:
    key = ring.current
    if key is None or key.private is None:
        raise LookupError("no key signs")
    payload = _PAYLOAD.pack(
        FORMAT_VERSION, key.key_id, number, digest, seat_index, revision, _seconds(begins), _seconds(ends)
    )
    return base45.encode(payload + key.private.sign(DOMAIN + payload))


def read_code(text: str) -> tuple[Payload, bytes, bytes]:
    """What a code says, with the bytes that are signed and the signature, which is **not** checked yet.

    White space around the code (a scanner's line end, a paste) is ignored. Lower case is refused: no code has it.

    Raises:
        NotACode: it can't be a code. The length is looked at first, so that the work is bounded.
    """
    code = text.strip()
    if len(code) != CODE_SIGNS:
        raise NotACode("another length")
    try:
        data = base45.decode(code)
        signed = data[: _PAYLOAD.size]
        version, key_id, number, digest, seat_index, revision, valid_from, valid_until = _PAYLOAD.unpack(signed)
        if version != FORMAT_VERSION:
            raise NotACode("another format version")
        payload = Payload(key_id, _id_of(number), digest, seat_index, revision, valid_from, valid_until)
    except (base45.NotBase45, ValueError) as error:
        raise NotACode(str(error)) from None
    return payload, signed, data[_PAYLOAD.size :]


def decode_code(text: str, ring: KeyRing) -> Payload:
    """What a code of ours says, its signature checked.

    Raises:
        NotACode, UnknownKey, WrongSignature: it is not a code of ours; all are ``CodeRefused``.
    """
    payload, signed, signature = read_code(text)
    key = ring.keys.get(payload.key_id)
    if key is None:
        raise UnknownKey(f"key {payload.key_id}")
    if not _signature_fits(key, signed, signature):
        raise WrongSignature(f"key {payload.key_id}")
    return payload


def _id_of(number: int) -> str:
    if number & _BADGE_BIT:
        return ACCREDITATION_SIGN + ticket_id_of(number ^ _BADGE_BIT)
    return ticket_id_of(number)


def _signature_fits(key: SigningKey, signed: bytes, signature: bytes) -> bool:
    if key.private is not None:
        # Ed25519 gives one signature for a message: making it again takes a third of the time that checking takes.
        return hmac.compare_digest(key.private.sign(DOMAIN + signed), signature)
    try:
        key.public.verify(signature, DOMAIN + signed)
    except InvalidSignature:
        return False
    return True


def _seconds(at: datetime) -> int:
    return min(max(int(at.timestamp()), 0), _SECONDS_MAX)
