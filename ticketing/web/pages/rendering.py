"""Templates into answers: one Jinja environment a language, everything escaped, nothing inline."""

import gzip
import hashlib
import secrets
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from litestar.datastructures import Cookie
from litestar.response import Redirect
from litestar.utils.scope.state import ScopeState

from ticketing.kernel.i18n import pick, translations
from ticketing.kernel.money import Money
from ticketing.programme.model import Screening
from ticketing.staff.model import Principal
from ticketing.tickets.notices import minors_need_company
from ticketing.web.pages import formatting
from ticketing.web.pages.cart import basket_of
from ticketing.web.pages.desk_places import here_of, parts_for
from ticketing.web.pages.head import Head, origin_of, territory
from ticketing.web.pages.kept_cards import KeptCards
from ticketing.web.pages.languages import AnyRequest, other_languages
from ticketing.web.pages.pictures import picture_address, poster_address

HERE: Final = Path(__file__).resolve().parent.parent
TEMPLATES: Final = HERE / "templates"
STATIC: Final = HERE / "static"
GZIP_LEVEL: Final = 4
# Pages that show what belongs to one person are kept by nobody.
PRIVATE: Final = {"cache-control": "private, no-store", "referrer-policy": "no-referrer"}


@cache
def environment(language: str) -> Environment:
    """The templates in a language; made once a process, since compiling them takes a while."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    texts = translations(language)

    def ngettext(one: str, many: str, number: int) -> str:
        return texts.ngettext(one, many, number).replace("%(num)d", formatting.number_text(number, language))

    made.install_gettext_callables(texts.gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    made.globals |= {
        "language": language,
        "pick": lambda texts: pick(texts, language),
        "figure": lambda number: formatting.number_text(number, language),
        "money": lambda money: formatting.money_text(money, language),
        "money_of": lambda amount, currency: formatting.money_text(Money(amount, currency), language),
        "amount": lambda amount, currency: formatting.money_text(Money(amount, currency), language),
        "day": lambda day: formatting.day_text(day, language),
        "short_day": lambda day: formatting.short_day_text(day, language),
        "month_day": lambda day: formatting.month_text(day, language),
        "days": lambda first, last: formatting.range_text(first, last, language),
        "time": formatting.time_text,
        "moment": lambda moment, zone: formatting.moment_text(moment, zone, language),
        "offset": formatting.offset_text,
        "version": lambda version: formatting.version_text(version, language),
        "subtitles": lambda version: formatting.subtitles_text(version, language),
        "language_name": lambda code: formatting.language_text(code, language),
        "country_name": lambda code: formatting.country_text(code, language),
        "heading": lambda screening: heading_text(screening, language),
        "static": static_address,
        "late": minors_need_company,
        "poster": poster_address,
        "picture": picture_address,
        "territory": territory(language),
        "card": KeptCards(made).card,
    }
    return made


def render(template: str, language: str, **values: Any) -> str:
    """The text of a template; for fragments and tests, see :func:`page` for whole answers."""
    return environment(language).get_template(template).render(**values)


def page(
    request: AnyRequest,
    template: str,
    language: str,
    *,
    status_code: int = 200,
    cookies: Sequence[Cookie] = (),
    private: bool = True,
    compress: bool = False,
    head: Head | None = None,
    **values: Any,
) -> Response[Any]:
    """A whole page. It is ``private`` (kept by no cache) unless it is the same for everybody.

    A page with a ``head`` is one that may be found by search; all others ask not to be.

    ``compress`` is for large pages that repeat nothing of what the request says: what is compressed beside a
    stranger's text can be guessed from its length (BREACH).

    The basket at the top is that of the visitor's cookie; a page that knows better says ``cart_count`` itself.
    """
    basket = basket_of(request, request.app.state.context.clock.now())
    values = {"cart_count": basket.count, "cart_left_ms": basket.left_ms, **values}
    who = request.scope.get("user")
    staff = who if isinstance(who, Principal) else None
    text = render(
        template,
        language,
        **{
            "csrf_token": csrf_token(request),
            "languages": other_languages(request, language),
            "path": request.url.path,
            "head": head,
            "origin": origin_of(request),
            "staff_login": staff.login if staff else "",
            "desk_parts": parts_for(staff) if staff else (),
            "desk_here": here_of(request.url.path) if staff else "",
            **values,
        },
    )
    headers = {"content-language": language, "vary": "Cookie, Accept-Encoding"}
    headers |= {} if head and not head.kept_out else {"x-robots-tag": "noindex"}
    headers |= PRIVATE if private else {"cache-control": "private, no-cache"}
    body: str | bytes = text
    if compress and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(text.encode(), GZIP_LEVEL)
        headers |= {"content-encoding": "gzip"}
    return Response(
        body,
        status_code=status_code,
        media_type="text/html",
        headers=headers,
        cookies=list(cookies),
    )


def see_other(address: str, cookies: Sequence[Cookie] = ()) -> Response[Any]:
    """After a form was taken: look there. A reload then repeats nothing."""
    return Redirect(address, status_code=303, cookies=list(cookies), headers=PRIVATE)


def csrf_token(request: AnyRequest) -> str:
    """The token for the forms of this answer; empty where the request came past the CSRF middleware."""
    token = ScopeState.from_scope(request.scope).csrf_token
    return token if isinstance(token, str) else ""


def wants_json(request: AnyRequest) -> bool:
    """Did the page's own script send this form, to show the outcome without leaving the page?"""
    return request.headers.get("accept", "").startswith("application/json")


def new_form_key() -> str:
    """A random key for one form, so that a double click or a reload does the same thing once."""
    return secrets.token_urlsafe(18)


def heading_text(screening: Screening, language: str) -> str:
    """What a screening is announced as, in a language."""
    if screening.title or screening.film is None:
        return pick(screening.title, language)
    return pick(screening.film.title, language)


@lru_cache(maxsize=256)
def static_address(name: str) -> str:
    """The address of a file of ours with a mark of its content: browsers may keep it, and never an old one."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"
