"""A ticket as a pass of Apple Wallet: an ``eventTicket``, in all our languages, signed.

The format is Apple's "Wallet Passes": a zip of ``pass.json``, pictures and texts by language, a manifest of their
SHA-1 sums, and a detached PKCS #7 signature of the manifest. Pure but for the time of signing.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from PIL import Image, ImageDraw

from ticketing.kernel.i18n import translate
from ticketing.tickets.colours import letters_on
from ticketing.tickets.sheet import TicketFace, TicketSheet, money_text, number_text
from ticketing.tickets.wallets import AppleKeys

MEDIA_TYPE: Final = "application/vnd.apple.pkpass"
# The code is written in signs of base 45, so it is the same bytes in the only encodings that scanners agree on.
CODE_ENCODING: Final = "iso-8859-1"
TEXT_SIGNS_MAX: Final = 200
# How large Wallet shows them: in points, each drawn for screens of one, two and three pixels a point.
ICON_POINTS: Final = 29
LOGO_POINTS: Final = 40
DAY: Final = ("PKDateStyleMedium", "PKDateStyleNone")
TIME: Final = ("PKDateStyleNone", "PKDateStyleShort")


def apple_pass(sheets: Mapping[str, TicketSheet], locale: str, keys: AppleKeys) -> bytes:
    """The pass of the one ticket of these sheets, which are the same ticket in each language; ``locale`` is the
    language of a telephone that speaks none of them.

    Added again after an exchange it takes the place of the older one, since its serial number is the ticket's.
    """
    texts = {language: _texts(sheet) for language, sheet in sheets.items()}
    files = {"pass.json": msgspec.json.encode(_described(sheets[locale], texts[locale], keys))}
    for language, known in texts.items():
        files[f"{language}.lproj/pass.strings"] = _strings(texts[locale], known)
    files |= _pictures(letters_on(sheets[locale].colour), sheets[locale].colour)
    manifest = msgspec.json.encode(
        {name: hashlib.sha1(body, usedforsecurity=False).hexdigest() for name, body in sorted(files.items())}
    )
    signature = (
        PKCS7SignatureBuilder()
        .set_data(manifest)
        .add_signer(keys.certificate, keys.key, hashes.SHA256())
        .add_certificate(keys.wwdr)
        .sign(Encoding.DER, [PKCS7Options.DetachedSignature, PKCS7Options.Binary])
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in (*files.items(), ("manifest.json", manifest), ("signature", signature)):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _described(sheet: TicketSheet, texts: Mapping[str, str], keys: AppleKeys) -> dict[str, Any]:
    [ticket] = sheet.tickets
    ink = _rgb(letters_on(sheet.colour))
    places = ("section", "row", "number", "area")
    return {
        "formatVersion": 1,
        "passTypeIdentifier": keys.pass_type,
        "teamIdentifier": keys.team,
        "serialNumber": ticket.ticket,
        "organizationName": texts["festival"],
        "description": texts["title"],
        "logoText": texts["festival"],
        "backgroundColor": _rgb(sheet.colour),
        "foregroundColor": ink,
        "labelColor": ink,
        "sharingProhibited": True,
        "relevantDate": _moment(ticket, "doors_at"),
        "expirationDate": _moment(ticket, "ends_at"),
        "barcodes": [
            {
                "format": "PKBarcodeFormatQR",
                "message": ticket.code,
                "messageEncoding": CODE_ENCODING,
                "altText": number_text(ticket.ticket),
            }
        ],
        "eventTicket": {
            "headerFields": [_date_field("starts", texts, _moment(ticket, "starts_at"), TIME)],
            "primaryFields": [{"key": "title", "value": texts["title"]}],
            "secondaryFields": [
                _date_field("day", texts, _moment(ticket, "starts_at"), DAY),
                _field("venue", texts),
            ],
            "auxiliaryFields": [_field(name, texts) for name in places if texts[name]],
            "backFields": [
                *(
                    _field(name, texts)
                    for name in ("version", "tariff", "proof", "holder", "where", "notice", "organisers")
                    if texts[name]
                ),
                _date_field("doors", texts, _moment(ticket, "doors_at"), TIME),
                {"key": "ticket", "label": texts["label-ticket"], "value": number_text(ticket.ticket)},
            ],
        },
        "semantics": {
            "eventType": "PKEventTypeMovie",
            "eventName": texts["title"],
            "eventStartDate": _moment(ticket, "starts_at"),
            "eventEndDate": _moment(ticket, "ends_at"),
            "venueName": texts["venue"],
            "seats": [
                {
                    "seatSection": ticket.section or ticket.area,
                    "seatRow": ticket.row,
                    "seatNumber": ticket.number,
                }
            ],
        },
    }


def _texts(sheet: TicketSheet) -> dict[str, str]:
    """All texts of the pass in one language, by the names under which ``pass.json`` asks for them."""
    [ticket] = sheet.tickets
    words = sheet.locale
    found = {
        "festival": sheet.festival,
        "title": f"{ticket.title} ({ticket.age_category})" if ticket.age_category else ticket.title,
        "venue": ", ".join(part for part in (ticket.venue, ticket.hall) if part),
        "where": ", ".join(part for part in (ticket.venue, ticket.address, ticket.city) if part),
        "section": ticket.section,
        "row": ticket.row,
        "number": ticket.number,
        "area": ticket.area,
        "version": "\n".join(part for part in (ticket.version, ticket.subtitles) if part),
        "tariff": f"{ticket.tariff}, {money_text(ticket.price, words)}",
        "proof": ticket.proof,
        "holder": ticket.holder,
        "notice": translate("Ends after 22:00: minors are let in with an adult only.", words)
        if ticket.minors_need_company
        else "",
        "organisers": ", ".join(sheet.organisers),
        "label-starts": translate("Starts", words),
        "label-day": translate("Day", words),
        "label-doors": translate("Doors", words),
        "label-venue": translate("Hall", words),
        "label-where": translate("Venue", words),
        "label-section": translate("Section", words),
        "label-row": translate("Row", words),
        "label-number": translate("Seat", words),
        "label-area": translate("Area", words),
        "label-version": translate("Version", words),
        "label-tariff": translate("Tariff", words),
        "label-proof": translate("To show at the door", words),
        "label-holder": translate("Holder", words),
        "label-notice": translate("Please note", words),
        "label-organisers": translate("Organised by", words),
        "label-ticket": translate("Ticket number", words),
    }
    return {name: _cut(text) for name, text in found.items()}


def _field(name: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {"key": name, "label": texts[f"label-{name}"], "value": texts[name]}


def _date_field(name: str, texts: Mapping[str, str], value: str, styles: tuple[str, str]) -> dict[str, Any]:
    return {
        "key": name,
        "label": texts[f"label-{name}"],
        "value": value,
        "dateStyle": styles[0],
        "timeStyle": styles[1],
        # The venue's time, wherever the telephone is.
        "ignoresTimeZone": True,
    }


def _moment(ticket: TicketFace, name: str) -> str:
    moment = getattr(ticket, name).astimezone(ticket.zone)
    return str(moment.isoformat(timespec="minutes"))


def _strings(written: Mapping[str, str], known: Mapping[str, str]) -> bytes:
    """A language's texts as Apple's ``.strings``. Their keys are the texts of the pass itself, so that a telephone
    of a fifth language shows those, and not names of ours.
    """
    pairs: dict[str, str] = {}
    for name, text in written.items():
        if text:
            pairs.setdefault(text, known[name])
    lines = (f'"{_escaped(text)}" = "{_escaped(meaning)}";\n' for text, meaning in pairs.items())
    return "".join(lines).encode("utf-16")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _cut(text: str) -> str:
    clean = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)
    return clean if len(clean) <= TEXT_SIGNS_MAX else clean[: TEXT_SIGNS_MAX - 1] + "…"


def _rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[start : start + 2], 16) for start in (1, 3, 5)))


@lru_cache(maxsize=32)
def _pictures(ink: str, paper: str) -> dict[str, bytes]:
    """The icon (for the lock screen, on the festival's colour) and the logo (in ink), three sizes each."""
    pictures = {}
    for times in (1, 2, 3):
        ending = "" if times == 1 else f"@{times}x"
        pictures[f"icon{ending}.png"] = _drawn(ICON_POINTS * times, ink, paper)
        pictures[f"logo{ending}.png"] = _drawn(LOGO_POINTS * times, ink, None)
    return pictures


def _drawn(side: int, ink: str, paper: str | None) -> bytes:
    """Our mark, a ticket with its two notches: drawn four times as large, then made small with smooth edges."""
    fine = side * 4
    image = Image.new("RGBA", (fine, fine), paper or (0, 0, 0, 0))
    stencil = Image.new("L", (fine, fine), 0)
    draw = ImageDraw.Draw(stencil)
    unit = fine / 32
    draw.rounded_rectangle((4 * unit, 8 * unit, 28 * unit, 24 * unit), radius=1.5 * unit, fill=255)
    for middle in (4, 28):
        draw.ellipse(((middle - 3) * unit, 13 * unit, (middle + 3) * unit, 19 * unit), fill=0)
    image.paste(ink, (0, 0), stencil)
    written = io.BytesIO()
    image.resize((side, side), Image.Resampling.LANCZOS).save(written, "PNG", optimize=True)
    return written.getvalue()
