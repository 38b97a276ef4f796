"""Our own styles, scripts and drawings: read and packed once a process, kept by browsers while they are right."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from litestar import Response, get
from litestar.params import FromPath

from ticketing.kernel.errors import Missing
from ticketing.web.pages.conditional import Document, answer, document
from ticketing.web.pages.languages import AnyRequest
from ticketing.web.pages.pictures import FOREVER
from ticketing.web.pages.rendering import STATIC, static_address

# Scripts import each other without the mark of their content, so an old one must not live long.
BRIEFLY: Final = "public, max-age=300"
FILES_KEPT_MAX: Final = 200
MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}


@get("/static/{name:path}", opt={"access": "public"}, include_in_schema=False, sync_to_thread=False)
def show_static_file(request: AnyRequest, name: FromPath[Path]) -> Response[bytes]:
    """A file of ours, for example ``/static/css/programme.css``."""
    asked = name.as_posix().lstrip("/")
    found = _read(asked)
    marked = request.query_params.get("v") == static_address(asked).rpartition("=")[2]
    return answer(request, found, FOREVER if marked else BRIEFLY)


@lru_cache(maxsize=FILES_KEPT_MAX)
def _read(name: str) -> Document:
    """A file beneath the folder; what is not there, or leads out of it, is not kept either.

    Raises:
        Missing: there is no such file.
    """
    media_type = MEDIA_TYPES.get(Path(name).suffix)
    try:
        path = (STATIC / name).resolve()
        if media_type is None or not path.is_relative_to(STATIC) or not path.is_file():
            raise Missing
        return document(path.read_bytes(), media_type)
    except (OSError, ValueError) as error:
        # A name too long for the file system, or with a sign that it can't hold.
        raise Missing from error
