"""A festival's colours as a stylesheet. They are data, so what is unreadable in them is mended here.

Organisers give a ``primary`` and an ``accent``; letters on and beside them are made to reach the contrast that
WCAG 2.2 asks for (4.5 : 1), in light and in dark, whatever the colours are.
"""

import colorsys
import re
from collections.abc import Mapping
from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import Missing
from ticketing.programme.catalogue import Catalogue

PRIMARY: Final = "#1a2148"
ACCENT: Final = "#ff5c39"
LIGHT_PAPER: Final = "#ffffff"
DARK_PAPER: Final = "#12131a"
CONTRAST_MIN: Final = 4.52
"""A little above the 4.5 of WCAG 2.2, success criterion 1.4.3, so that rounding never falls below it."""
THEME_CACHE_S: Final = 300

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """The relative luminance of ``#rrggbb``, 0 to 1 (WCAG 2.2)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """``one`` with ``share`` (0 to 1) of ``other``."""
    mixed = (round(a + (b - a) * share) for a, b in zip(_channels(one), _channels(other), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def letters_on(colour: str) -> str:
    """White or black, whichever is read better on a colour: one of them always reaches 4.58 : 1."""
    return max(("#ffffff", "#000000"), key=lambda letters: contrast(letters, colour))


def readable(colour: str, paper: str, contrast_min: float = CONTRAST_MIN) -> str:
    """The colour nearest to ``colour`` that is read on ``paper``: of the same hue, darker or lighter in steps."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in _channels(colour)))
    step = 0.02 if letters_on(paper) == "#ffffff" else -0.02
    if contrast(colour, paper) < contrast_min and saturation > 0.2:
        # A dark colour that is only made lighter turns grey: what it loses in depth it gets in strength.
        saturation = max(saturation, 0.75)
    while contrast(colour, paper) < contrast_min and 0 <= lightness <= 1:
        lightness += step
        channels = colorsys.hls_to_rgb(hue, min(max(lightness, 0.0), 1.0), saturation)
        colour = "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
    return colour


def usable_colour(colour: str, instead: str) -> str:
    """``colour`` where it is one, else ``instead``."""
    return colour if _COLOUR.fullmatch(colour) else instead


def band_of(primary: str) -> str:
    """The ground of what carries white or ink letters: a festival's colour, if it is far enough from the middle."""
    return primary if contrast(letters_on(primary), primary) >= 7 else readable(primary, "#ffffff", 7)


def stylesheet(colours: Mapping[str, str]) -> str:
    """The custom properties of a festival. A colour that is missing or is none takes our own."""
    primary = usable_colour(colours.get("primary", ""), PRIMARY)
    accent = usable_colour(colours.get("accent", ""), ACCENT)
    band = band_of(primary)
    fixed = {
        "band": band,
        "on-band": letters_on(band),
        "band-deep": mix(band, "#000000", 0.28),
        "accent": accent,
        "on-accent": letters_on(accent),
        "accent-on-band": readable(accent, band),
    }
    light = {"strong": readable(primary, LIGHT_PAPER, 7), "accent-text": readable(accent, LIGHT_PAPER)}
    dark = {"strong": readable(primary, DARK_PAPER, 6), "accent-text": readable(accent, DARK_PAPER)}
    return (
        f":root{{{_declarations(fixed | light | {'on-strong': letters_on(light['strong'])})}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{"
        f"{_declarations(dark | {'on-strong': letters_on(dark['strong'])})}}}}}\n"
    )


def _declarations(values: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in values.items())


@get("/themes/{festival:str}", opt={"access": "public"}, include_in_schema=False)
async def show_theme(catalogue: NamedDependency[Catalogue], festival: FromPath[str]) -> Response[str]:
    """The stylesheet of a festival, for example ``/themes/french-week.css``; ``default.css`` is our own."""
    name = festival.removesuffix(".css")
    if name == festival:
        raise Missing
    colours = {} if name == "default" else (await catalogue.festival(name)).colours
    return Response(
        stylesheet(colours),
        media_type="text/css",
        headers={"cache-control": f"public, max-age={THEME_CACHE_S}"},
    )
