"""The signed code: what comes out is what went in, and nothing else comes in."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ticketing.kernel.ids import ALPHABET as TICKET_ALPHABET
from ticketing.kernel.ids import TICKET_ID_LENGTH
from ticketing.tickets import base45
from ticketing.tickets.code import (
    CODE_SIGNS,
    CodeRefused,
    KeyRing,
    NotACode,
    SigningKey,
    TicketFacts,
    UnknownKey,
    WrongSignature,
    code_of,
    decode_code,
    key_id_usable,
    screening_digest,
)

DOORS = datetime(2024, 10, 21, 18, 30, tzinfo=UTC)
ENDS = datetime(2024, 10, 21, 21, 0, tzinfo=UTC)
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def key(key_id: int = 1, private: Ed25519PrivateKey = PRIVATE, *, signs: bool = True) -> SigningKey:
    return SigningKey(key_id, private.public_key(), private if signs else None)


RING = KeyRing({1: key()}, key())
READER = KeyRing({1: key(signs=False)})
FACTS = TicketFacts("K7Q29XFMABCD", "week-monday", 17, 1, DOORS, ENDS)
CODE = code_of(RING, FACTS)

facts = st.builds(
    TicketFacts,
    ticket_id=st.text(TICKET_ALPHABET, min_size=TICKET_ID_LENGTH, max_size=TICKET_ID_LENGTH),
    screening_id=st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True),
    seat_index=st.integers(0, 65535),
    revision=st.integers(1, 65535),
    doors_at=st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    ends_at=st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)


@pytest.mark.parametrize(
    ("data", "text"),
    [  # the examples of RFC 9285, section 4.3
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
        (b"", ""),
    ],
)
def test_base45_is_that_of_the_rfc(data: bytes, text: str) -> None:
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@given(st.binary(max_size=200))
def test_base45_gives_back_the_bytes(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


@given(st.text(st.sampled_from(base45.ALPHABET.decode()), max_size=30))
def test_a_base45_text_that_is_read_is_the_only_one_of_its_bytes(text: str) -> None:
    try:
        data = base45.decode(text)
    except base45.NotBase45:
        return
    assert base45.encode(data) == text


@pytest.mark.parametrize(
    "text", [":::", "GGW", "::", "A", "ABCD", "bb8", "BB8\x00", "ÄBC", "\u212a00", "B\uff10\uff10"]
)
def test_base45_refuses(text: str) -> None:
    with pytest.raises(base45.NotBase45):
        base45.decode(text)


@given(facts)
def test_a_code_says_what_it_was_made_of(ticket: TicketFacts) -> None:
    code = code_of(RING, ticket)
    assert len(code) == CODE_SIGNS
    for ring in (RING, READER):
        payload = decode_code(code, ring)
        assert payload.ticket_id == ticket.ticket_id
        assert payload.screening_digest == screening_digest(ticket.screening_id)
        assert payload.seat_index == ticket.seat_index
        assert payload.revision == ticket.revision
        assert payload.valid_from == int(ticket.doors_at.timestamp())
        assert payload.valid_until == int(ticket.ends_at.timestamp())


@pytest.mark.parametrize("ring", [RING, READER], ids=["by signing again", "by the public half"])
def test_a_code_with_one_bit_turned_is_refused(ring: KeyRing) -> None:
    for bit in range(92 * 8):
        data = bytearray(base45.decode(CODE))
        data[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CodeRefused):
            decode_code(base45.encode(bytes(data)), ring)


@given(st.integers(0, CODE_SIGNS - 1), st.sampled_from(base45.ALPHABET.decode() + "aé\u0000"))
def test_a_code_with_one_sign_changed_is_refused(place: int, sign: str) -> None:
    changed = CODE[:place] + sign + CODE[place + 1 :]
    if changed.strip() != CODE:
        with pytest.raises(CodeRefused):
            decode_code(changed, RING)


@given(st.integers(0, CODE_SIGNS - 1))
def test_a_cut_code_is_refused(length: int) -> None:
    for text in (CODE[:length], CODE[-length:] if length else ""):
        with pytest.raises(NotACode):
            decode_code(text, RING)


@given(st.text(max_size=300))
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(CodeRefused):
        decode_code(text, RING)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (CODE.lower(), NotACode),
        (CODE + "0", NotACode),
        (CODE + CODE, NotACode),
        (CODE[:60] + " " + CODE[60:], NotACode),
        ("https://example.org/" + CODE, NotACode),
        ("0" * 10_000_000, NotACode),
        (base45.encode(b"\x02" + base45.decode(CODE)[1:]), NotACode),
        (base45.encode(b"\x01\x02" + base45.decode(CODE)[2:]), UnknownKey),
        (base45.encode(b"\x01\x01" + bytes(26) + bytes(64)), WrongSignature),
        (base45.encode(b"\x01\x01" + b"\xff" * 8 + bytes(82)), NotACode),
        (code_of(KeyRing({}, key(private=Ed25519PrivateKey.generate())), FACTS), WrongSignature),
        (code_of(KeyRing({}, key(key_id=9)), FACTS), UnknownKey),
    ],
)
def test_refusals(text: str, refusal: type[CodeRefused]) -> None:
    for ring in (RING, READER):
        with pytest.raises(refusal):
            decode_code(text, ring)


@pytest.mark.parametrize("text", [f" {CODE}", f"{CODE}\r\n", f"\t{CODE} "])
def test_space_around_a_code_is_a_scanners(text: str) -> None:
    assert decode_code(text, RING).ticket_id == FACTS.ticket_id


def test_no_code_begins_or_ends_with_a_space() -> None:
    usable = [key_id for key_id in range(300) if key_id_usable(key_id)]
    assert len(usable) == 249
    for key_id in usable:
        code = code_of(KeyRing({}, key(key_id)), FACTS)
        assert code.strip() == code


def test_a_signature_for_something_else_is_no_code() -> None:
    signed = base45.decode(CODE)[:28]
    with pytest.raises(WrongSignature):
        decode_code(base45.encode(signed + PRIVATE.sign(signed)), RING)


def test_without_a_key_that_signs_there_is_no_code() -> None:
    with pytest.raises(LookupError):
        code_of(READER, FACTS)


def test_the_example_of_the_documentation_is_true() -> None:
    page = (Path(__file__).parents[2] / "docs" / "codes.md").read_text(encoding="utf-8")
    lines = dict(re.findall(r"^(payload|code) +(.+)$", page, re.MULTILINE))
    assert lines["code"] == CODE
    assert bytes.fromhex(lines["payload"]) == base45.decode(CODE)[:28]
    assert PRIVATE.public_key().public_bytes_raw().hex() in page
