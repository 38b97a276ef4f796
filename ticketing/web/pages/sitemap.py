"""What search engines may find: one sitemap a festival, an index of them, and what they shall leave alone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.context import Context
from ticketing.kernel.errors import Missing
from ticketing.kernel.i18n import LOCALES
from ticketing.programme.catalogue import Catalogue
from ticketing.programme.model import in_use
from ticketing.programme.shared_cache import SharedCache
from ticketing.web.pages.conditional import Document, answer, document
from ticketing.web.pages.head import ANY_LANGUAGE
from ticketing.web.pages.languages import AnyRequest

PUBLIC = {"access": "public"}
FRESH_S: Final = 600
KEPT_MAX: Final = 101
SCREENINGS_MAX: Final = 5000
"""With the films at most 24,000 addresses a file: the protocol allows 50,000 and 50 MB."""
XML: Final = "application/xml; charset=utf-8"
HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACES: Final = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
LINKS: Final = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
KEPT_OUT: Final = (
    "/*/orders/",
    "/*/tickets/",
    "/*/cart",
    "/*/pay/",
    "/*/staff/",
    "/*/door",
    "/*/capacity",
    "/api/",
)

sitemaps_kept: SharedCache[str, Document] = SharedCache(KEPT_MAX, FRESH_S)


@get("/robots.txt", opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def show_robots(request: AnyRequest, context: NamedDependency[Context]) -> Response[bytes]:
    """Orders, carts and whatever is for staff are left alone; the programme is welcome to be found."""
    lines = ["User-agent: *", *(f"Disallow: {place}" for place in KEPT_OUT), ""]
    lines += [f"Sitemap: {context.settings.public_url}/sitemap.xml", ""]
    return answer(request, document("\n".join(lines).encode(), "text/plain; charset=utf-8"), _fresh())


@get("/sitemap.xml", opt=PUBLIC, include_in_schema=False)
async def show_index(
    request: AnyRequest, context: NamedDependency[Context], catalogue: NamedDependency[Catalogue]
) -> Response[bytes]:
    """The index: a sitemap for each festival."""
    origin = context.settings.public_url

    async def make() -> Document:
        places = [f"{origin}/sitemaps/{festival.festival}.xml" for festival in in_use(await catalogue.festivals())]
        entries = "".join(f"<sitemap><loc>{escape(place)}</loc></sitemap>\n" for place in places)
        return document(f"{HEAD}<sitemapindex {NAMESPACES}>\n{entries}</sitemapindex>\n".encode(), XML)

    return answer(request, await sitemaps_kept.get(origin, make), _fresh())


@get("/sitemaps/{name:str}", opt=PUBLIC, include_in_schema=False)
async def show_sitemap(
    request: AnyRequest,
    context: NamedDependency[Context],
    catalogue: NamedDependency[Catalogue],
    name: FromPath[str],
) -> Response[bytes]:
    """The pages of a festival: its programme, its films, its screenings, each in all languages."""
    festival_id = name.removesuffix(".xml")
    if festival_id == name:
        raise Missing
    festival = await catalogue.festival(festival_id)
    origin = context.settings.public_url

    async def make() -> Document:
        films = await catalogue.films(festival.festival)
        screenings = await catalogue.screening_changes(festival.festival, SCREENINGS_MAX)
        last = max((changed_at for _, changed_at in screenings), default=None)
        places = [
            (f"/?festival={festival.festival}", last),
            (f"/films?festival={festival.festival}", last),
            *((f"/films/{one.film.film}", one.changed_at) for one in films),
            *((f"/screenings/{screening_id}", changed_at) for screening_id, changed_at in screenings),
        ]
        return document(_urls(origin, places).encode(), XML, last)

    return answer(request, await sitemaps_kept.get(f"{origin}/{festival_id}", make), _fresh())


def _urls(origin: str, places: Iterable[tuple[str, datetime | None]]) -> str:
    found = []
    for place, changed_at in places:
        others = "".join(_link(code, f"{origin}/{code}{place}") for code in LOCALES)
        others += _link("x-default", f"{origin}/{ANY_LANGUAGE}{place}")
        changed = f"<lastmod>{changed_at.isoformat(timespec='seconds')}</lastmod>" if changed_at else ""
        found += [
            f"<url><loc>{escape(f'{origin}/{code}{place}')}</loc>{changed}{others}</url>\n" for code in LOCALES
        ]
    return f"{HEAD}<urlset {NAMESPACES} {LINKS}>\n{''.join(found)}</urlset>\n"


def _link(language: str, address: str) -> str:
    return f'<xhtml:link rel="alternate" hreflang="{language}" href="{escape(address)}"/>'


def _fresh() -> str:
    return f"public, max-age={FRESH_S}"


routes = [show_robots, show_index, show_sitemap]
