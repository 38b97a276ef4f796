"""Which letters are read on a festival's colour, on paper, in mail and on a pass. Pure."""

from typing import Final

INK: Final = "#14181f"


def luminance(colour: str) -> float:
    """The relative luminance of ``#rrggbb``, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def letters_on(colour: str) -> str:
    """Ink or white, whichever has the higher contrast on a colour."""
    light = luminance(colour)
    on_ink, on_white = (light + 0.05) / (luminance(INK) + 0.05), 1.05 / (light + 0.05)
    return INK if on_ink > on_white else "#ffffff"
