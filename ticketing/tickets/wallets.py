"""The wallets of telephones that passes can be made for: their keys, read once from the files of the settings."""

import dataclasses
import json
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

from ticketing.kernel.settings import Settings, SettingsInvalid, environment_name

APPLE_FILES: Final = ("apple_wallet_certificate", "apple_wallet_key", "apple_wallet_wwdr")


@dataclasses.dataclass(frozen=True, slots=True)
class AppleKeys:
    """What signs a pass. The pass type and the team stand in the certificate, as Apple writes them there."""

    certificate: x509.Certificate
    key: RSAPrivateKey
    wwdr: x509.Certificate
    pass_type: str
    team: str


@dataclasses.dataclass(frozen=True, slots=True)
class GoogleKeys:
    """What signs a link: ``issuer`` is the account's number in the Google Pay console, ``account`` who signs."""

    issuer: str
    account: str
    key: RSAPrivateKey


@dataclasses.dataclass(frozen=True, slots=True)
class Wallets:
    """None where a wallet has no keys: then nobody is offered a pass for it."""

    apple: AppleKeys | None
    google: GoogleKeys | None


@lru_cache(maxsize=8)
def wallets_of(settings: Settings) -> Wallets:
    """The wallets that the settings name keys for.

    Raises:
        SettingsInvalid: a file is missing, or is not what it should be; or only some of them are named.
    """
    return Wallets(_apple(settings), _google(settings))


def _apple(settings: Settings) -> AppleKeys | None:
    paths = [getattr(settings, name) for name in APPLE_FILES]
    if not any(paths):
        return None
    if not all(paths):
        missing = [environment_name(name) for name, path in zip(APPLE_FILES, paths, strict=True) if not path]
        raise SettingsInvalid([f"{name}: is needed for passes of Apple Wallet" for name in missing])
    certificate, key, wwdr = (_read(name, path) for name, path in zip(APPLE_FILES, paths, strict=True))
    own = _certificate("apple_wallet_certificate", certificate)
    return AppleKeys(
        own,
        _private_key("apple_wallet_key", key),
        _certificate("apple_wallet_wwdr", wwdr),
        _name_of(own, NameOID.USER_ID, "the pass type (UID)"),
        _name_of(own, NameOID.ORGANIZATIONAL_UNIT_NAME, "the team (OU)"),
    )


def _google(settings: Settings) -> GoogleKeys | None:
    if not settings.google_wallet_issuer and not settings.google_wallet_key:
        return None
    if not settings.google_wallet_issuer or not settings.google_wallet_key:
        raise SettingsInvalid(
            ["TICKETING_GOOGLE_WALLET_ISSUER and TICKETING_GOOGLE_WALLET_KEY are needed together"]
        )
    try:
        account = json.loads(_read("google_wallet_key", settings.google_wallet_key))
        key, name = account["private_key"].encode(), str(account["client_email"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _bad("google_wallet_key", "is not the JSON key of a service account") from error
    return GoogleKeys(settings.google_wallet_issuer, name, _private_key("google_wallet_key", key))


def _read(setting: str, path: str) -> bytes:
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as error:
        raise _bad(setting, f"{path} can't be read ({type(error).__name__})") from error


def _certificate(setting: str, pem: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise _bad(setting, "is no certificate in PEM") from error


def _private_key(setting: str, pem: bytes) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise _bad(setting, "is no private key in PEM without a password") from error
    if not isinstance(key, RSAPrivateKey):
        raise _bad(setting, "is no RSA key")
    return key


def _name_of(certificate: x509.Certificate, oid: x509.ObjectIdentifier, what: str) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    if not found:
        raise _bad("apple_wallet_certificate", f"names no {what}")
    return str(found[0].value)


def _bad(setting: str, why: str) -> SettingsInvalid:
    return SettingsInvalid([f"{environment_name(setting)}: {why}"])
