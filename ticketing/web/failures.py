"""How every error is answered: ours, the framework's, and those nobody foresaw. No trace leaves the server."""

from collections.abc import Mapping
from typing import Any

import asyncpg
import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import (
    ClientException,
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    PermissionDeniedException,
    ValidationException,
)
from litestar.status_codes import HTTP_413_REQUEST_ENTITY_TOO_LARGE
from litestar.types import ExceptionHandlersMap

from ticketing.kernel import errors
from ticketing.kernel.wire import locale_of, problem_response, status_of
from ticketing.web.pages.errors import error_page

AnyRequest = Request[Any, Any, Any]

log = structlog.get_logger(__name__)

# Signs that Postgres can't keep in a text: the input is at fault, not the database.
UNSTORABLE = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError, asyncpg.DataError)


def exception_handlers() -> ExceptionHandlersMap:
    """The handlers of the whole application; the most specific class wins."""
    return {
        errors.TicketingError: _answer,
        HTTPException: _answer_http,
        asyncpg.PostgresError: _answer_postgres,
        UnicodeEncodeError: _answer_unstorable,
        # Both come from decoding a body: bytes that are no UTF-8, and brackets without end.
        UnicodeDecodeError: _answer_unreadable,
        RecursionError: _answer_unreadable,
        Exception: _answer_unforeseen,
    }


def _answer(request: AnyRequest, error: errors.TicketingError) -> Response[Any]:
    if status_of(type(error)) >= 500:
        log.warning("unavailable", code=error.code, route=request.scope.get("path_template"))
    if request.url.path.startswith(("/api/", "/health", "/metrics")):
        return problem_response(error, locale_of(request))
    return error_page(request, error)


def _answer_http(request: AnyRequest, error: HTTPException) -> Response[Any]:
    response = _answer(request, _translated(error, request))
    if isinstance(error, MethodNotAllowedException) and error.headers:
        response.headers.update(error.headers)
    return response


def _translated(error: HTTPException, request: AnyRequest) -> errors.TicketingError:
    if isinstance(error, NotFoundException):
        return errors.Missing()
    if isinstance(error, MethodNotAllowedException):
        return errors.MethodNotAllowed()
    if isinstance(error, PermissionDeniedException):
        return errors.Forbidden()
    if error.status_code == HTTP_413_REQUEST_ENTITY_TOO_LARGE:
        return errors.BodyTooLarge(bytes_max=request.app.request_max_body_size)
    if isinstance(error, ValidationException | ClientException) or error.status_code < 500:
        return errors.InvalidField(problem=_problem_of(error), field=_field_of(error))
    log.error("framework_failed", route=request.scope.get("path_template"), exc_info=error)
    return errors.Unforeseen()


def _problem_of(error: HTTPException) -> str:
    """What is wrong, in the words of the decoder; nothing of the input is repeated."""
    cause = error.__cause__
    if isinstance(cause, msgspec.MsgspecError):
        return str(cause)
    extra = error.extra
    if isinstance(extra, list) and extra and isinstance(extra[0], Mapping):
        return "; ".join(f"{part.get('key', '')}: {part.get('message', '')}".strip(": ") for part in extra[:10])
    return error.detail or "not readable"


def _field_of(error: HTTPException) -> str:
    extra = error.extra
    if isinstance(extra, list) and extra and isinstance(extra[0], Mapping):
        return str(extra[0].get("key", ""))
    return ""


def _answer_postgres(request: AnyRequest, error: asyncpg.PostgresError) -> Response[Any]:
    if isinstance(error, UNSTORABLE):
        return _answer_unstorable(request, error)
    return _answer_unforeseen(request, error)


def _answer_unstorable(request: AnyRequest, _error: Exception) -> Response[Any]:
    return _answer(request, errors.InvalidField(problem="a text has signs that can't be kept", field=""))


def _answer_unreadable(request: AnyRequest, error: Exception) -> Response[Any]:
    # Should it ever be a fault of ours after all, it can be found.
    log.info("unreadable", route=request.scope.get("path_template"), error=type(error).__name__)
    return _answer(request, errors.InvalidField(problem="the request is not readable as UTF-8 or JSON", field=""))


def _answer_unforeseen(request: AnyRequest, error: Exception) -> Response[Any]:
    log.error("unforeseen", route=request.scope.get("path_template"), exc_info=error)
    return _answer(request, errors.Unforeseen())
