"""The language of a page: by its address, at the first visit by the browser, later by the reader's choice."""

from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import Cookie, State
from litestar.response import Redirect

from ticketing.kernel.errors import Missing
from ticketing.kernel.i18n import LOCALES, negotiate

AnyRequest = Request[Any, Any, State]

LANGUAGE_COOKIE: Final = "language"
LANGUAGE_COOKIE_AGE_S: Final = 31_536_000
QUERY_SIGNS_MAX: Final = 400
NAMES: Final = {"kk": "Қазақша", "ru": "Русский", "fr": "Français", "en": "English"}


def require_language(language: str) -> str:
    """The language that a path names.

    Raises:
        Missing: it is none of ours, so there is no such page.
    """
    if language not in LOCALES:
        raise Missing
    return language


def language_of(request: AnyRequest) -> str:
    """The language to answer in: that of the path, else of the cookie, else of the browser."""
    first = request.url.path.lstrip("/").partition("/")[0]
    if first in LOCALES:
        return first
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LOCALES else negotiate(request.headers.get("accept-language", ""))


def other_languages(request: AnyRequest, language: str) -> list[tuple[str, str, str]]:
    """(code, name, address) of every language, for the switch: the same place, and of the programme the same part.

    Of other pages nothing in the query is worth keeping.
    """
    path = request.url.path
    query = request.url.query[:QUERY_SIGNS_MAX] if path.strip("/") == language else ""
    rest = path.removeprefix(f"/{language}") if path.startswith(f"/{language}/") else "/"
    tail = f"?{query}" if query else ""
    return [(code, NAMES[code], f"/{code}{rest}{tail}") for code in LOCALES]


@get("/", opt={"access": "public"}, include_in_schema=False)
async def choose_language(request: AnyRequest) -> Response[None]:
    """Send a first visitor to the programme in the browser's language."""
    return Redirect(f"/{language_of(request)}/", status_code=302, headers={"vary": "Accept-Language, Cookie"})


def language_cookie(language: str, *, secure: bool) -> Cookie:
    """Keeps the choice for a year."""
    return Cookie(
        key=LANGUAGE_COOKIE,
        value=language,
        max_age=LANGUAGE_COOKIE_AGE_S,
        secure=secure,
        httponly=True,
        samesite="lax",
    )
