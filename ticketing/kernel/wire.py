"""What every JSON answer of ours has in common: problems (RFC 9457) and the caller's language."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.openapi.datastructures import ResponseSpec

from ticketing.kernel import errors
from ticketing.kernel.i18n import in_language, negotiate, translate

PROBLEM_MEDIA_TYPE = "application/problem+json"
PROBLEM_TYPE_BASE = "urn:ticketing:problem:"

# The first class that matches decides, so leaves with a status of their own stand before their families.
_STATUS: tuple[tuple[type[errors.TicketingError], int], ...] = (
    (errors.BodyTooLarge, 413),
    (errors.MethodNotAllowed, 405),
    (errors.IdempotencyKeyMissing, 400),
    (errors.TicketSuperseded, 410),
    (errors.TicketVoid, 410),
    (errors.BadgeSuperseded, 410),
    (errors.Malformed, 422),
    (errors.Missing, 404),
    (errors.Conflict, 409),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.TooMany, 429),
    (errors.Unavailable, 503),
)


class Problem(msgspec.Struct, frozen=True):
    """The members that every problem has. Beside them stand those that explain the code, such as ``seats``."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    transient: bool


def status_of(error: type[errors.TicketingError]) -> int:
    """The HTTP status of an error."""
    return next((status for family, status in _STATUS if issubclass(error, family)), 500)


def locale_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The caller's language, from ``Accept-Language``."""
    return negotiate(connection.headers.get("accept-language", ""))


def describe(error: errors.TicketingError, locale: str) -> dict[str, Any]:
    """A problem as it goes over the wire, in a language; so are the sentences in its data, and lists of them."""
    data = {name: _told(value, locale) for name, value in error.data.items()}
    shown = {name: _readable(value) for name, value in data.items()}
    detail = translate(error.detail, locale)
    return {
        "type": PROBLEM_TYPE_BASE + error.code,
        "title": translate(error.title, locale) or error.code,
        "status": status_of(type(error)),
        "detail": detail % _Forgiving(shown) if "%(" in detail else detail,
        "code": error.code,
        "transient": error.transient,
        **data,
    }


def problem_response(error: errors.TicketingError, locale: str) -> Response[Any]:
    """The answer that tells a caller of an error."""
    headers = {"content-language": locale}
    if isinstance(error, errors.TooMany | errors.Unavailable):
        headers["retry-after"] = str(error.data.get("retry_after_s", 1))
    if isinstance(error, errors.Unauthenticated):
        headers["www-authenticate"] = "Bearer"
    return Response(
        describe(error, locale),
        status_code=status_of(type(error)),
        media_type=PROBLEM_MEDIA_TYPE,
        headers=headers,
    )


def answer_error(request: Request[Any, Any, Any], error: errors.TicketingError) -> Response[Any]:
    """Litestar's exception handler for our tree."""
    return problem_response(error, locale_of(request))


def problems(*refusals: type[errors.TicketingError]) -> dict[int, ResponseSpec]:
    """What an operation can answer besides success, for its entry in the OpenAPI document.

    Those that every operation can give (a malformed request, a foreign method, a part of the house down) are added,
    and, wherever a role is asked for, that it counts elsewhere, wants a second step first, or is a token's for
    other calls.
    """
    everywhere: tuple[type[errors.TicketingError], ...] = (
        errors.InvalidField,
        errors.BodyTooLarge,
        errors.TooMany,
        errors.DatabaseUnavailable,
    )
    by_status: dict[int, list[str]] = {}
    of_staff = (
        (errors.OutOfReach, errors.SecondFactorMissing, errors.ScopeMissing) if errors.Forbidden in refusals else ()
    )
    for refusal in (*refusals, *of_staff, *everywhere):
        codes = by_status.setdefault(status_of(refusal), [])
        if refusal.code not in codes:
            codes.append(refusal.code)
    return {
        status: ResponseSpec(
            data_container=Problem,
            description="Codes: " + ", ".join(f"`{code}`" for code in codes),
            media_type=PROBLEM_MEDIA_TYPE,
            generate_examples=False,
        )
        for status, codes in sorted(by_status.items())
    }


def _told(value: Any, locale: str) -> Any:
    if isinstance(value, tuple):
        return tuple(_told(part, locale) for part in value)
    return in_language(value, locale) if isinstance(value, str) else value


def _readable(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    if isinstance(value, Iterable) and not isinstance(value, dict):
        return ", ".join(_readable(part) for part in value)
    return str(value)


class _Forgiving(dict[str, str]):
    """A place in a text that no data fills stays empty: a poor sentence beats a failing answer."""

    def __missing__(self, key: str) -> str:
        return ""
