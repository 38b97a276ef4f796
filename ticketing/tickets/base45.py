"""Base45 (RFC 9285), strict: every text has one meaning and every meaning one text.

The alphabet is that of a QR code's alphanumeric mode, which packs two signs into eleven bits: a third less
than bytes written as base64 would need.
"""

import struct
from typing import Final

ALPHABET: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

_FOREIGN = 0xFF
_VALUES = bytes(ALPHABET.find(sign) if sign in ALPHABET else _FOREIGN for sign in range(256))
_TRIPLES = [bytes((ALPHABET[n % 45], ALPHABET[n // 45 % 45], ALPHABET[n // 2025])) for n in range(0x10000)]


class NotBase45(ValueError):
    """The text is not what :func:`encode` gives for any bytes."""


def encode(data: bytes) -> str:
    """``data`` as base45: three signs for two bytes, two for a last odd one."""
    pairs = struct.unpack(f">{len(data) // 2}H", data[: len(data) & ~1])
    text = b"".join([_TRIPLES[pair] for pair in pairs])
    if len(data) % 2:
        text += bytes((ALPHABET[data[-1] % 45], ALPHABET[data[-1] // 45]))
    return text.decode("ascii")


def decode(text: str) -> bytes:
    """The bytes that :func:`encode` turns into ``text``; time and memory grow with its length, so bound it before.

    Raises:
        NotBase45: a sign outside the alphabet (lower case included), a length that no bytes give, or a group
            beyond what its bytes can hold. A text that passes is the canonical one: each group stands for one
            number, and each number is written by one group.
    """
    try:
        values = text.encode("ascii").translate(_VALUES)
    except UnicodeEncodeError:
        raise NotBase45("a sign outside the alphabet") from None
    if _FOREIGN in values or len(values) % 3 == 1:
        raise NotBase45("a sign outside the alphabet, or a length that no bytes give")
    whole = len(values) // 3 * 3
    pairs = [
        a + 45 * b + 2025 * c
        for a, b, c in zip(values[0:whole:3], values[1:whole:3], values[2:whole:3], strict=True)
    ]
    if pairs and max(pairs) > 0xFFFF:
        raise NotBase45("a group beyond 16 bits")
    data = struct.pack(f">{len(pairs)}H", *pairs)
    if len(values) > whole:
        last = values[whole] + 45 * values[whole + 1]
        if last > 0xFF:
            raise NotBase45("a group beyond 8 bits")
        data += bytes((last,))
    return data
