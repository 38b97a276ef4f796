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

from ticketing.tickets.sheet import TicketFace, TicketSheet, number_text
from ticketing.tickets.wallets import GoogleKeys

SAVE_ADDRESS: Final = "https://pay.google.com/gp/v/save/"
# Google advises against links beyond 1,800 signs: browsers may cut them.
TEXT_SIGNS_MAX: Final = 60


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
        "venue": {"name": _text(ticket.venue, words), "address": _text(ticket.address or ticket.city, words)},
        "dateTime": {name: _moment(ticket, moment) for name, moment in _MOMENTS},
        "hexBackgroundColor": sheet.colour,
    }
    held: dict[str, Any] = {
        "id": f"{keys.issuer}.{ticket.ticket}-{revision}",
        "classId": class_id,
        "state": "ACTIVE",
        "ticketNumber": number_text(ticket.ticket),
        "ticketType": _text(ticket.tariff, words),
        "seatInfo": {
            name: _text(value, words)
            for name, value in (
                ("section", ticket.section or ticket.area),
                ("row", ticket.row),
                ("seat", ticket.number),
            )
            if value
        },
        "barcode": {"type": "QR_CODE", "value": ticket.code, "alternateText": number_text(ticket.ticket)},
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


_MOMENTS: Final = (("doorsOpen", "doors_at"), ("start", "starts_at"), ("end", "ends_at"))


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


def _moment(ticket: TicketFace, name: str) -> str:
    return str(getattr(ticket, name).astimezone(ticket.zone).isoformat(timespec="minutes"))
