"""The picture that a link to a film or a festival is shown with elsewhere: a card, as PNG, since few take SVG.

Typeset like the tickets: the poster that was brought or drawn, the name, and what else is worth a line.
"""

import base64
import hashlib
import io
from functools import cache
from pathlib import Path
from typing import Final

import fontpkg_noto_sans
import msgspec
import typst
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from PIL import Image

from ticketing.kernel.errors import Missing
from ticketing.kernel.i18n import pick
from ticketing.kernel.threads import Threads
from ticketing.programme.catalogue import Catalogue
from ticketing.programme.model import Festival, Film
from ticketing.programme.pictures import POSTER_WIDTHS
from ticketing.programme.shared_cache import SharedCache
from ticketing.web.pages.formatting import range_text
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.poster import draw_poster
from ticketing.web.pages.theme import ACCENT, PRIMARY, band_of, letters_on, readable, usable_colour

CARDS_KEPT_MAX: Final = 100
CARD_CACHE_S: Final = 86_400
LINE_SIGNS_MAX: Final = 120
POSTERS_SHOWN_MAX: Final = 2

_TEMPLATE = Path(__file__).with_name("share.typ")
_THREADS = Threads("share", threads_max=1, waiting_max=16)
# A card takes a tenth of a second and some 60 KB; what it shows is part of its key.
_cards: SharedCache[str, bytes] = SharedCache(CARDS_KEPT_MAX, None)


class Card(msgspec.Struct, frozen=True):
    """What a card says. ``posters`` are file names among the pictures handed to the typesetter."""

    title: str
    lines: tuple[str, ...]
    ground: str
    letters: str
    accent: str
    posters: tuple[str, ...]


@get("/share/{language:str}/films/{film:str}", opt={"access": "public"}, include_in_schema=False)
async def show_film_card(
    request: AnyRequest,
    catalogue: NamedDependency[Catalogue],
    language: FromPath[str],
    film: FromPath[str],
) -> Response[bytes]:
    """The card of a film, for example ``/share/kk/films/anora.png``."""
    require_language(language)
    found = await catalogue.film(_named(film))
    details = f"{', '.join(found.directors)} · {found.year} · {found.age_category}"
    original = found.original_title if found.original_title != pick(found.title, language) else ""
    card = _card(None, pick(found.title, language), (original, details), ("poster-0",))
    return await _answer(request, card, language, [await _poster(catalogue, found)])


@get("/share/{language:str}/festivals/{festival:str}", opt={"access": "public"}, include_in_schema=False)
async def show_festival_card(
    request: AnyRequest,
    catalogue: NamedDependency[Catalogue],
    language: FromPath[str],
    festival: FromPath[str],
) -> Response[bytes]:
    """The card of a festival, for example ``/share/kk/festivals/premieres.png``."""
    require_language(language)
    found = await catalogue.festival(_named(festival))
    listed = (await catalogue.films(found.festival))[:POSTERS_SHOWN_MAX]
    pictures = [await _poster(catalogue, one.film) for one in listed]
    when = range_text(found.starts_on, found.ends_on, language)
    names = tuple(f"poster-{place}" for place in range(len(pictures)))
    card = _card(found, pick(found.name, language), (when, pick(found.tagline, language)), names)
    return await _answer(request, card, language, pictures)


def _named(name: str) -> str:
    if not name.endswith(".png"):
        raise Missing
    return name.removesuffix(".png")


def _card(festival: Festival | None, title: str, lines: tuple[str, ...], posters: tuple[str, ...]) -> Card:
    colours = festival.colours if festival else {}
    ground = band_of(usable_colour(colours.get("primary", ""), PRIMARY))
    accent = readable(usable_colour(colours.get("accent", ""), ACCENT), ground, 3)
    kept = tuple(_cut(line) for line in lines if line)
    return Card(_cut(title), kept, ground, letters_on(ground), accent, posters)


async def _poster(catalogue: Catalogue, film: Film) -> bytes:
    """The picture that was brought, as WebP, else the one that is drawn, as SVG."""
    body = await catalogue.picture_size(film.poster.picture, POSTER_WIDTHS[-1]) if film.poster else None
    return body or draw_poster(film.film).encode()


async def _answer(request: AnyRequest, card: Card, language: str, posters: list[bytes]) -> Response[bytes]:
    told = msgspec.json.encode(card)
    tag = hashlib.sha256(language.encode() + told + b"".join(posters)).hexdigest()[:32]
    headers = {"cache-control": f"public, max-age={CARD_CACHE_S}", "etag": f'"{tag}"'}
    if f'"{tag}"' in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)

    async def draw() -> bytes:
        return await _THREADS.run(_typeset, card, language, posters)

    return Response(await _cards.get(tag, draw), media_type="image/png", headers=headers)


def _typeset(card: Card, language: str, posters: list[bytes]) -> bytes:
    """The card as PNG, with the colours of a palette: a third of the bytes, and no eye tells the difference."""
    told = msgspec.to_builtins(card) | {"lang": language}
    told["posters"] = [f"{name}.svg" for name in card.posters]
    files = dict(zip(told["posters"], map(_as_drawn, posters), strict=True))
    drawn = typst.compile(  # type: ignore[call-overload]  # its stub does not know files given as a dict
        {"main.typ": _TEMPLATE.read_bytes(), **files},
        font_paths=_fonts(),
        format="png",
        ppi=72,
        sys_inputs={"card": msgspec.json.encode(told).decode()},
    )
    if not isinstance(drawn, bytes):
        raise TypeError("typst gave no picture")
    stream = io.BytesIO()
    with Image.open(io.BytesIO(drawn)) as whole:
        whole.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _as_drawn(body: bytes) -> bytes:
    """A poster as SVG: the typesetter takes no files but text, so one that was brought is wrapped in a drawing."""
    if body.startswith(b"<svg"):
        return body
    with Image.open(io.BytesIO(body)) as poster:
        width, height = poster.size
        stream = io.BytesIO()
        poster.convert("RGB").save(stream, "JPEG", quality=90)
    inside = base64.b64encode(stream.getvalue()).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/jpeg;base64,{inside}"/></svg>'
    ).encode()


@cache
def _fonts() -> typst.Fonts:
    folder = Path(fontpkg_noto_sans.__file__).parent / "files"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def _cut(text: str) -> str:
    clean = "".join(sign if sign.isprintable() else " " for sign in text)
    return clean if len(clean) <= LINE_SIGNS_MAX else clean[: LINE_SIGNS_MAX - 1] + "…"


routes = [show_film_card, show_festival_card]
