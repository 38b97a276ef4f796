"""Posters drawn by us: a geometric picture of a film, always the same for the same film, of a kilobyte or so.

Nobody has to deliver a picture before a programme looks like one. Each film's name picks a palette and one of
six compositions; no text is drawn, since the title stands beside it in the reader's language.
"""

import hashlib
import random
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from litestar import Response, get
from litestar.params import FromPath

from ticketing.kernel.errors import Missing
from ticketing.web.pages.conditional import Document, answer, document
from ticketing.web.pages.languages import AnyRequest

WIDTH: Final = 300
HEIGHT: Final = 420
NAME_SIGNS_MAX: Final = 63
POSTER_CACHE_S: Final = 86_400
POSTERS_KEPT_MAX: Final = 500

# Background, then three inks that stand out from it and from each other.
PALETTES: Final = (
    ("#1d2b53", "#ff6b4a", "#ffd166", "#f4f1ea"),
    ("#f2e3c6", "#c8342b", "#1f3a5f", "#e59f3c"),
    ("#123c3a", "#f2b84b", "#e8f1e4", "#d9563f"),
    ("#31143a", "#f46197", "#ffc6a8", "#7d5ba6"),
    ("#e8edf2", "#0b4f8a", "#e4572e", "#17202b"),
    ("#0e1116", "#e9c46a", "#8ab6d6", "#f25f5c"),
    ("#d7e4d1", "#2f5d50", "#f07f4f", "#183a37"),
    ("#5b1a2b", "#f6c9b0", "#e85d4a", "#f3efe6"),
)


def draw_poster(name: str) -> str:
    """The picture of a film as a whole SVG document. ``name`` may be any text; only its hash is used."""
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    chance = random.Random(seed)  # noqa: S311 - a picture, not a secret
    ground, *inks = PALETTES[seed % len(PALETTES)]
    chance.shuffle(inks)
    drawing = _COMPOSITIONS[(seed // len(PALETTES)) % len(_COMPOSITIONS)](chance, inks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="xMidYMid slice"><path fill="{ground}" d="M0 0h{WIDTH}v{HEIGHT}H0z"/>{drawing}</svg>'
    )


def _iris(chance: random.Random, inks: list[str]) -> str:
    """Rings around a point off the middle, like a lens."""
    x, y = chance.randint(90, 210), chance.randint(150, 270)
    rings = range(230, 20, -42)
    return "".join(
        f'<circle cx="{x + place * chance.choice((-4, 4))}" cy="{y}" r="{radius}" fill="{inks[place % 3]}"/>'
        for place, radius in enumerate(rings)
    )


def _beam(chance: random.Random, inks: list[str]) -> str:
    """A projector's beam, falling on a disc."""
    x = chance.choice((0, WIDTH))
    far = WIDTH - x
    y = chance.randint(40, 120)
    disc = _disc(abs(far - 90), chance.randint(250, 310), chance.randint(70, 95), inks[2])
    return (
        f'<path fill="{inks[0]}" d="M{x} {y}L{far} {y + 40}V{HEIGHT}H{abs(far - 210)}z"/>{disc}'
        f'<path fill="{inks[1]}" d="M{x} {y}L{far} {y + 190}V{HEIGHT}z"/>'
    )


def _tiles(chance: random.Random, inks: list[str]) -> str:
    """Quarter discs on a grid of three by four, each turned its own way."""
    side = 100
    shapes = []
    for row in range(5):
        for column in range(3):
            x, y = column * side, row * side - 40
            ink = chance.choice([*inks, inks[0]])
            shapes.append(
                {
                    0: f'<path fill="{ink}" d="M{x} {y}h{side}a{side} {side} 0 0 1-{side} {side}z"/>',
                    1: f'<path fill="{ink}" d="M{x + side} {y}v{side}a{side} {side} 0 0 1-{side}-{side}z"/>',
                    2: f'<circle cx="{x + 50}" cy="{y + 50}" r="50" fill="{ink}"/>',
                    3: f'<path fill="{ink}" d="M{x} {y + side}v-{side}a{side} {side} 0 0 1 {side} {side}z"/>',
                }[chance.randrange(4)]
            )
    return "".join(shapes)


def _horizon(chance: random.Random, inks: list[str]) -> str:
    """A sun over hills or waves."""
    sun = _disc(chance.randint(80, 220), chance.randint(110, 190), chance.randint(55, 90), inks[0])
    hills = []
    for place in range(3):
        y = 230 + place * 62
        bend = chance.choice((-70, -45, 45, 70))
        hills.append(
            f'<path fill="{inks[(place + 1) % 3]}" d="M0 {y}C100 {y + bend} 200 {y - bend} 300 {y}V{HEIGHT}H0z"/>'
        )
    return sun + "".join(hills)


def _strips(chance: random.Random, inks: list[str]) -> str:
    """Slanted bands across, and a half disc that they cut."""
    slant = chance.choice((-120, 120))
    bands = []
    y = -60
    place = 0
    while y < HEIGHT + 120:
        height = chance.choice((22, 36, 54))
        bands.append(f'<path fill="{inks[place % 2]}" d="M0 {y}l300 {slant}v{height}L0 {y + height}z"/>')
        y += height + chance.choice((18, 30, 44))
        place += 1
    moon = f'<path fill="{inks[2]}" d="M60 {chance.randint(180, 260)}a90 90 0 0 1 180 0z"/>'
    return "".join(bands) + moon


def _columns(chance: random.Random, inks: list[str]) -> str:
    """Arches of several heights side by side, as seats in a row or doors of a street."""
    count = chance.choice((3, 4, 5))
    width = WIDTH / count
    arches = []
    for place in range(count):
        top = chance.randint(70, 260)
        x, radius = round(place * width, 1), round(width / 2, 1)
        arches.append(
            f'<path fill="{inks[place % 3]}" d="M{x} {HEIGHT}V{top + radius}a{radius} {radius} 0 0 1 '
            f'{round(width, 1)} 0V{HEIGHT}z"/>'
        )
    return "".join(arches) + _disc(chance.randint(60, 240), chance.randint(50, 90), 34, inks[chance.randrange(3)])


def _disc(x: int, y: int, radius: int, ink: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{ink}"/>'


_COMPOSITIONS: Final[tuple[Callable[[random.Random, list[str]], str], ...]] = (
    _iris,
    _beam,
    _tiles,
    _horizon,
    _strips,
    _columns,
)


@get("/posters/{film:str}", opt={"access": "public"}, include_in_schema=False, sync_to_thread=False)
def show_poster(request: AnyRequest, film: FromPath[str]) -> Response[bytes]:
    """The poster of a film, for example ``/posters/anora.svg``."""
    name = film.removesuffix(".svg")
    if not name or len(name) > NAME_SIGNS_MAX or name == film:
        raise Missing
    return answer(request, _packed(name), f"public, max-age={POSTER_CACHE_S}")


@lru_cache(maxsize=POSTERS_KEPT_MAX)
def _packed(name: str) -> Document:
    return document(draw_poster(name).encode(), "image/svg+xml")
