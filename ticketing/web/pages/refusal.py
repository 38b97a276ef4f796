"""What went wrong, in the reader's language and on the venue's clock."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from ticketing.kernel.errors import TicketingError
from ticketing.kernel.i18n import translate
from ticketing.kernel.wire import status_of
from ticketing.web.pages.formatting import moment_text


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
    data = {name: _words(value, language, zone) for name, value in error.data.items()}
    detail = translate(error.detail, language)
    if "%(" in detail:
        detail %= _Forgiving(data)
    seats = error.data.get("seats", ())
    return Refusal(
        code=error.code,
        title=translate(error.title, language) or translate("Something went wrong", language),
        detail=detail,
        status=status_of(type(error)),
        transient=error.transient,
        seats=tuple(seats) if isinstance(seats, list | tuple) else (),
    )


def _words(value: Any, language: str, zone: ZoneInfo | None) -> str:
    if isinstance(value, str):
        return translate(value, language) if value else ""
    if isinstance(value, datetime):
        text = moment_text(value, zone or ZoneInfo("UTC"), language)
        return text if zone else f"{text} {UTC}"
    if isinstance(value, Iterable) and not isinstance(value, dict):
        return ", ".join(_words(part, language, zone) for part in value)
    return str(value)


class _Forgiving(dict[str, str]):
    """A place in a text that no data fills stays empty."""

    def __missing__(self, key: str) -> str:
        return ""
