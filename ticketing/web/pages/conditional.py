"""Answers that a reader may have already: named by an ETag, packed once, and not sent again."""

import gzip
import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

import msgspec
from litestar import Response

from ticketing.web.pages.languages import AnyRequest

GZIP_LEVEL: Final = 9
HEADER_SIGNS_MAX: Final = 2000


class Document(msgspec.Struct, frozen=True):
    """A body, packed and not, with its name. ``changed_at`` is when what it tells was last changed, where known."""

    media_type: str
    body: bytes
    packed: bytes
    tag: str
    changed_at: datetime | None = None


def document(body: bytes, media_type: str, changed_at: datetime | None = None) -> Document:
    """A document of these bytes. What does not get smaller is not packed."""
    packed = gzip.compress(body, GZIP_LEVEL, mtime=0)
    return Document(
        media_type,
        body,
        packed if len(packed) < len(body) else b"",
        hashlib.sha256(body).hexdigest()[:24],
        changed_at,
    )


def _sent_as(media_type: str) -> str:
    """The framework adds the charset to every text by itself."""
    return media_type.removesuffix("; charset=utf-8")


def answer(request: AnyRequest, found: Document, cache_control: str) -> Response[bytes]:
    """The document, or 304 to who has it (RFC 9110, 13). Only for what is the same for everybody."""
    packs = bool(found.packed) and "gzip" in request.headers.get("accept-encoding", "")
    # Each form of the body is a representation with a tag of its own.
    tag = f'"{found.tag}-gzip"' if packs else f'"{found.tag}"'
    headers = {"cache-control": cache_control, "etag": tag, "vary": "Accept-Encoding"}
    if found.changed_at:
        headers["last-modified"] = format_datetime(found.changed_at.astimezone(UTC), usegmt=True)
    if _has(request, found, tag):
        return Response(b"", status_code=304, headers=headers, media_type=_sent_as(found.media_type))
    if packs:
        headers["content-encoding"] = "gzip"
    return Response(found.packed if packs else found.body, headers=headers, media_type=_sent_as(found.media_type))


def _has(request: AnyRequest, found: Document, tag: str) -> bool:
    named = request.headers.get("if-none-match")
    if named is not None:
        tags = [part.strip().removeprefix("W/") for part in named[:HEADER_SIGNS_MAX].split(",")]
        return tag in tags or tags == ["*"]
    since = request.headers.get("if-modified-since")
    if since is None or found.changed_at is None:
        return False
    try:
        moment = parsedate_to_datetime(since[:HEADER_SIGNS_MAX])
    except (ValueError, IndexError, TypeError, OverflowError):
        return False
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return found.changed_at.replace(microsecond=0) <= moment
