"""The door's page as an app: it installs, and it opens without a network. Nothing here is about any ticket."""

import hashlib
import json
from functools import cache
from typing import Any, Final

from litestar import Response, get
from litestar.params import FromPath

from ticketing.kernel.i18n import translate
from ticketing.web.pages.door_view import texts_of
from ticketing.web.pages.languages import NAMES, AnyRequest, require_language
from ticketing.web.pages.rendering import STATIC, page, static_address
from ticketing.web.shell import relax_policy

PUBLIC: Final = {"access": "public"}
# The reader of codes for browsers that have none: fetched by requirements/browser/install, and missing without npm.
READER: Final = "vendor/barcode-detector.js"
READER_MODULE: Final = "vendor/zxing_reader.wasm"


def door_page(request: AnyRequest, language: str, **values: Any) -> Response[Any]:
    """The page of the scanner, for somebody or, as a shell, for nobody yet."""
    reader = (STATIC / READER).is_file() and (STATIC / READER_MODULE).is_file()
    # The reader is a module that the browser compiles; nothing else of the house may do so.
    relax_policy(request.scope, "script-src", ["'wasm-unsafe-eval'"])
    return page(
        request,
        "door.html",
        language,
        festival=None,
        cart_count=0,
        cart_left_ms=0,
        texts=texts_of(language),
        reader=static_address(READER) if reader else "",
        reader_module=static_address(READER_MODULE) if reader else "",
        **values,
    )


@get("/{language:str}/door/shell", opt=PUBLIC, include_in_schema=False)
async def show_shell(request: AnyRequest, language: FromPath[str]) -> Response[str]:
    """The page as a device keeps it: the same for everybody, who is told apart by cookies alone."""
    return _shell(request, require_language(language))


@get("/{language:str}/door/worker.js", opt=PUBLIC, include_in_schema=False)
async def show_worker(request: AnyRequest, language: FromPath[str]) -> Response[str]:
    """What keeps it there. It changes with each part of the page: so a browser knows of a new one."""
    scope = f"/{require_language(language)}/door"
    files = _files()
    version = hashlib.sha256(_shell(request, language).content.encode() + _contents()).hexdigest()[:16]
    head = {"SHELL": {"at": scope, "page": f"{scope}/shell"}, "FILES": files, "VERSION": version}
    text = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in head.items())
    return Response(
        text + (STATIC / "js" / "door-worker.js").read_text(encoding="utf-8"),
        media_type="text/javascript; charset=utf-8",
        headers={"cache-control": "no-cache", "service-worker-allowed": scope},
    )


@get("/{language:str}/door/app.webmanifest", opt=PUBLIC, include_in_schema=False)
async def show_manifest(language: FromPath[str]) -> Response[str]:
    """How it looks once it is installed."""
    scope = f"/{require_language(language)}/door"
    name = translate("Door", language)
    manifest = {
        "id": scope,
        "name": name,
        "short_name": name,
        "lang": language,
        "start_url": scope,
        "scope": scope,
        "display": "standalone",
        "background_color": "#12131a",
        "theme_color": "#12131a",
        "icons": [{"src": static_address("mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return Response(json.dumps(manifest), media_type="application/manifest+json")


def _shell(request: AnyRequest, language: str) -> Response[Any]:
    # Its links are those of the page that it stands for, wherever it was asked from.
    return door_page(
        request,
        language,
        languages=[(code, name, f"/{code}/door") for code, name in NAMES.items()],
        path=f"/{language}/door",
        gate={"name": "1", "screening": "", "direction": "in"},
        gates_screenings=[],
        verdict=None,
        refusal=None,
        scan="",
    )


@cache
def _files() -> list[str]:
    """The parts of the page, as it asks for them."""
    scripts = sorted(path.name for path in (STATIC / "js").glob("door*.js") if path.name != "door-worker.js")
    entries = [static_address("pages.css"), static_address("css/door.css"), static_address("mark.svg")]
    entries += [static_address("js/page.js"), "/themes/default.css"]
    entries += [f"/static/js/{name}" for name in scripts]
    entries += [static_address(name) for name in (READER, READER_MODULE) if (STATIC / name).is_file()]
    return entries


@cache
def _contents() -> bytes:
    names = [
        address.removeprefix("/static/").partition("?")[0] for address in _files() if address.startswith("/static/")
    ]
    return b"".join(hashlib.sha256((STATIC / name).read_bytes()).digest() for name in names)


routes = [show_shell, show_worker, show_manifest]
