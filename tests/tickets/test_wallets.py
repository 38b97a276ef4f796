"""Passes as the wallets read them: signed, complete, in four languages, and with the very code of the ticket."""

import base64
import hashlib
import io
import json
import subprocess
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from PIL import Image

from tests.tickets.test_pdf import face, sheet
from ticketing.kernel.settings import Settings, SettingsInvalid
from ticketing.tickets.sheet import TicketSheet
from ticketing.tickets.wallet_apple import apple_pass
from ticketing.tickets.wallet_google import SAVE_ADDRESS, google_wallet_link
from ticketing.tickets.wallets import wallets_of

NOW = datetime(2026, 11, 1, tzinfo=UTC)
PASS_TYPE = "pass.example.tickets"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(key: rsa.RSAPrivateKey, **names: str) -> bytes:
    subject = x509.Name([x509.NameAttribute(getattr(NameOID, name), value) for name, value in names.items()])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def keys(tmp_path: Path, key: rsa.RSAPrivateKey) -> Settings:
    """Settings with keys of both wallets, signed by ourselves."""
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    files = {
        "certificate.pem": certificate(key, USER_ID=PASS_TYPE, ORGANIZATIONAL_UNIT_NAME="TEAM123456"),
        "key.pem": pem,
        "wwdr.pem": certificate(key, COMMON_NAME="Authority"),
        "google.json": json.dumps({"private_key": pem.decode(), "client_email": "box@example.org"}).encode(),
    }
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    return Settings(
        apple_wallet_certificate=str(tmp_path / "certificate.pem"),
        apple_wallet_key=str(tmp_path / "key.pem"),
        apple_wallet_wwdr=str(tmp_path / "wwdr.pem"),
        google_wallet_issuer="3388000000012345678",
        google_wallet_key=str(tmp_path / "google.json"),
    )


def sheets(**values: object) -> Mapping[str, TicketSheet]:
    titles = {"kk": "Жануарлар патшалығы", "ru": "Королевство зверей", "fr": "Le Règne animal", "en": "Animal"}
    usual = face(**values)
    return {
        locale: sheet(msgspec.structs.replace(usual, title=title), locale=locale, colour="#1a2148")
        for locale, title in titles.items()
    }


def opened(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def made(
    keys: Settings, locale: str = "ru", **values: object
) -> tuple[dict[str, bytes], Mapping[str, TicketSheet]]:
    apple = wallets_of(keys).apple
    assert apple is not None
    known = sheets(**values)
    return opened(apple_pass(known, locale, apple)), known


def test_openssl_verifies_a_pass(keys: Settings, tmp_path: Path) -> None:
    files, _ = made(keys)
    for name in ("signature", "manifest.json"):
        (tmp_path / name).write_bytes(files[name])
    verify = [
        *("openssl", "smime", "-verify", "-inform", "DER", "-in", tmp_path / "signature"),
        *("-content", tmp_path / "manifest.json", "-CAfile", keys.apple_wallet_certificate, "-purpose", "any"),
    ]
    checked = subprocess.run([str(part) for part in verify], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr.decode()
    (tmp_path / "manifest.json").write_bytes(files["manifest.json"].replace(b"pass.json", b"pass.jsom"))
    forged = subprocess.run([str(part) for part in verify], capture_output=True, check=False)
    assert forged.returncode != 0


def test_the_manifest_names_every_file_by_its_sum(keys: Settings) -> None:
    files, _ = made(keys)
    listed = json.loads(files.pop("manifest.json"))
    del files["signature"]
    assert listed == {name: hashlib.sha1(body).hexdigest() for name, body in files.items()}
    assert {f"{locale}.lproj/pass.strings" for locale in ("kk", "ru", "fr", "en")} < set(listed)


def test_a_pass_says_what_the_ticket_says(keys: Settings) -> None:
    files, known = made(keys)
    [ticket] = known["ru"].tickets
    said = json.loads(files["pass.json"])
    assert (said["passTypeIdentifier"], said["teamIdentifier"]) == (PASS_TYPE, "TEAM123456")
    assert said["serialNumber"] == ticket.ticket
    [barcode] = said["barcodes"]
    assert barcode["format"] == "PKBarcodeFormatQR"
    assert barcode["message"] == ticket.code
    assert barcode["message"].encode(barcode["messageEncoding"]) == ticket.code.encode()
    assert said["relevantDate"] == "2026-11-28T18:50+05:00"
    assert said["backgroundColor"] == "rgb(26, 33, 72)"
    assert said["foregroundColor"] == "rgb(255, 255, 255)"
    seats = {field["label"]: field["value"] for field in said["eventTicket"]["auxiliaryFields"]}
    assert seats == {"Часть зала": "Балкон", "Ряд": "C", "Место": "14"}
    assert said["eventTicket"]["primaryFields"][0]["value"] == "Королевство зверей (16+)"


@pytest.mark.parametrize(("locale", "word"), [("fr", "Rang"), ("kk", "Қатар"), ("en", "Row"), ("ru", "Ряд")])
def test_a_pass_speaks_the_telephones_language(keys: Settings, locale: str, word: str) -> None:
    files, known = made(keys, title='Ein "Titel" \\ mit\nallem')
    strings = files[f"{locale}.lproj/pass.strings"].decode("utf-16")
    assert f'"Ряд" = "{word}";' in strings
    assert f'"Королевство зверей (16+)" = "{known[locale].tickets[0].title} (16+)";' in strings
    assert all(line.startswith('"') and line.endswith('";') for line in strings.strip().split("\n"))


@pytest.mark.parametrize("name", ["icon", "logo"])
def test_pictures_come_in_three_sizes(keys: Settings, name: str) -> None:
    files, _ = made(keys)
    sides = [Image.open(io.BytesIO(files[f"{name}{ending}.png"])).width for ending in ("", "@2x", "@3x")]
    assert sides == [sides[0], sides[0] * 2, sides[0] * 3]


def test_strange_names_do_no_harm(keys: Settings) -> None:
    strange = '<b>"; "x" = "y' + "🎬\u202eم" * 400
    files, _ = made(keys, holder=strange, row="", number="", section="", area="Parterre")
    said = json.loads(files["pass.json"])
    [holder] = [field["value"] for field in said["eventTicket"]["backFields"] if field["key"] == "holder"]
    assert len(holder) <= 200
    assert '"; "x" = "y' not in files["en.lproj/pass.strings"].decode("utf-16").replace('\\"', "")


def test_a_google_link_is_signed_and_short(keys: Settings, key: rsa.RSAPrivateKey) -> None:
    google = wallets_of(keys).google
    assert google is not None
    long = dict.fromkeys(("title", "venue", "address", "hall", "tariff", "section"), "Ә" * 500)
    for values in ({}, long):
        one = sheets(**values)["kk"]
        link = google_wallet_link(one, google, screening="week-1-s-4", revision=2, now=NOW)
        assert link.startswith(SAVE_ADDRESS)
        spoken, _, signature = link.removeprefix(SAVE_ADDRESS).rpartition(".")
        key.public_key().verify(unpadded(signature), spoken.encode(), padding.PKCS1v15(), hashes.SHA256())
        claims = json.loads(unpadded(spoken.partition(".")[2]))
        [held] = claims["payload"]["eventTicketObjects"]
        [event] = claims["payload"]["eventTicketClasses"]
        assert (claims["aud"], claims["typ"], claims["iss"]) == ("google", "savetowallet", "box@example.org")
        assert held["barcode"]["value"] == one.tickets[0].code
        assert held["classId"] == event["id"] == "3388000000012345678.week-1-s-4"
        assert held["id"].endswith(".K7Q29XFMABCD-2")
        assert event["dateTime"]["start"].endswith("+05:00")
        assert len(link) < 2083


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_without_keys_there_are_no_wallets() -> None:
    nothing = wallets_of(Settings())
    assert (nothing.apple, nothing.google) == (None, None)


@pytest.mark.parametrize(
    ("setting", "body", "complaint"),
    [
        ("apple_wallet_certificate", None, "can't be read"),
        ("apple_wallet_certificate", b"no certificate", "no certificate"),
        ("apple_wallet_key", b"no key", "no private key"),
        ("google_wallet_key", b"{}", "not the JSON key"),
        ("google_wallet_key", b"[1]", "not the JSON key"),
        ("apple_wallet_wwdr", b"", "no certificate"),
    ],
)
def test_a_bad_file_is_named_at_the_start(
    keys: Settings, tmp_path: Path, setting: str, body: bytes | None, complaint: str
) -> None:
    path = tmp_path / "bad"
    if body is not None:
        path.write_bytes(body)
    with pytest.raises(SettingsInvalid, match=f"TICKETING_{setting.upper()}.*{complaint}"):
        wallets_of(msgspec.structs.replace(keys, **{setting: str(path)}))


@pytest.mark.parametrize("setting", ["apple_wallet_key", "google_wallet_issuer", "google_wallet_key"])
def test_half_of_the_keys_is_an_error(keys: Settings, setting: str) -> None:
    with pytest.raises(SettingsInvalid, match="needed"):
        wallets_of(msgspec.structs.replace(keys, **{setting: ""}))
