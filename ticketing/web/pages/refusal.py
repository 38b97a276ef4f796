"""What went wrong, in the reader's language and on the venue's clock."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from ticketing.kernel.errors import N_, TicketingError, Unforeseen
from ticketing.kernel.i18n import translate
from ticketing.kernel.wire import status_of
from ticketing.web.pages.formatting import moment_text

STATUSES: Final = {
    "awaiting_payment": N_("waiting for payment"),
    "confirmed": N_("confirmed"),
    "refused": N_("payment refused"),
    "expired": N_("expired"),
    "cancelled": N_("given back"),
}


class Refusal(msgspec.Struct, frozen=True):
    """A refusal for a person. ``code`` is the stable name, ``status`` the HTTP status of the page that tells it."""

    code: str
    title: str
    detail: str
    status: int
    transient: bool
    seats: tuple[str, ...] = ()


def refusal_of(error: TicketingError, language: str, zone: ZoneInfo | None = None) -> Refusal:
    """A refusal in words; the times in it are told in ``zone`` (UTC where none is given)."""
    data = {name: _words(name, value, language, zone) for name, value in error.data.items()}
    detail = translate(error.detail, language)
    if "%(" in detail:
        detail %= _Forgiving(data)
    seats = error.data.get("seats", ())
    return Refusal(
        code=error.code,
        title=translate(error.title or Unforeseen.title, language),
        detail=detail,
        status=status_of(type(error)),
        transient=error.transient,
        seats=tuple(seats) if isinstance(seats, list | tuple) else (),
    )


def _words(name: str, value: Any, language: str, zone: ZoneInfo | None) -> str:
    if isinstance(value, str):
        text = STATUSES.get(value, value) if name == "status" else value
        return translate(text, language) if name in ("problem", "status") else text
    if isinstance(value, datetime):
        text = moment_text(value, zone or ZoneInfo("UTC"), language)
        return text if zone else f"{text} {UTC}"
    if isinstance(value, Iterable) and not isinstance(value, dict):
        return ", ".join(_words(name, part, language, zone) for part in value)
    return str(value)


class _Forgiving(dict[str, str]):
    """A place in a text that no data fills stays empty."""

    def __missing__(self, key: str) -> str:
        return ""
