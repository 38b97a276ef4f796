"""A ticket as a link that saves it to Google Wallet.

The link carries everything, signed: a JSON web token (RFC 7519, RS256) with an ``EventTicketClass`` and its
``EventTicketObject``. We send Google nothing; the holder's own click does, or nobody's.
"""

import base64
from datetime import datetime
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from ticketing.tickets.sheet import TicketFace, TicketSheet
from ticketing.tickets.wallets import GoogleKeys

SAVE_ADDRESS: Final = "https://pay.google.com/gp/v/save/"
# Google calls links of up to 1,800 signs safe. A usual ticket comes to some 1,860, half of it code and signature;
# with the longest names it stays below the 2,083 at which the strictest browsers cut.
TEXT_SIGNS_MAX: Final = 40


def google_wallet_link(
    sheet: TicketSheet, keys: GoogleKeys, *, screening: str, revision: int, now: datetime
) -> str:
    """The link that saves the one ticket of this sheet."""
    [ticket] = sheet.tickets
    words = sheet.locale
    class_id = f"{keys.issuer}.{screening}"
    described: dict[str, Any] = {
        "id": class_id,
        "issuerName": _cut(sheet.festival),
        "reviewStatus": "UNDER_REVIEW",
        "eventName": _text(ticket.title, words),
        "venue": {"name": _text(ticket.venue, words), "address": _text(ticket.city, words)},
        "dateTime": {"start": _moment(ticket)},
        "hexBackgroundColor": sheet.colour,
    }
    held: dict[str, Any] = {
        "id": f"{keys.issuer}.{ticket.ticket}-{revision}",
        "classId": class_id,
        "state": "ACTIVE",
        "ticketNumber": ticket.ticket,
        "seatInfo": {
            name: _text(value, words)
            for name, value in (
                ("section", ticket.section or ticket.area),
                ("row", ticket.row),
                ("seat", ticket.number),
            )
            if value
        },
        "barcode": {"type": "QR_CODE", "value": ticket.code},
    }
    if ticket.holder:
        held["ticketHolderName"] = _cut(ticket.holder)
    claims = {
        "iss": keys.account,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(now.timestamp()),
        "payload": {"eventTicketClasses": [described], "eventTicketObjects": [held]},
    }
    return SAVE_ADDRESS + _signed(claims, keys)


def _signed(claims: dict[str, Any], keys: GoogleKeys) -> str:
    head = _base64(msgspec.json.encode({"alg": "RS256", "typ": "JWT"}))
    spoken = f"{head}.{_base64(msgspec.json.encode(claims))}"
    signature = keys.key.sign(spoken.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{spoken}.{_base64(signature)}"


def _base64(body: bytes) -> str:
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def _text(text: str, locale: str) -> dict[str, Any]:
    return {"defaultValue": {"language": locale, "value": _cut(text)}}


def _cut(text: str) -> str:
    clean = "".join(sign if sign.isprintable() else " " for sign in text)
    return clean if len(clean) <= TEXT_SIGNS_MAX else clean[: TEXT_SIGNS_MAX - 1] + "…"


def _moment(ticket: TicketFace) -> str:
    return ticket.starts_at.astimezone(ticket.zone).isoformat(timespec="minutes")
