"""The line that opens a section in a text hall: `# balcony | kk Балкон | fr Balcon | en Balcony`."""

from typing import Literal

from ticketing.kernel.i18n import Sentence
from ticketing.programme.layout import SECTION_PATTERN, LayoutSection

LANGUAGES = ("kk", "ru", "fr", "en")
BALCONIES = ("balcon", "balkon", "балкон", "gallery", "galerie", "circle", "mezzanine")
BOXES = ("box", "loge", "ложа")


def read_section(line: str) -> LayoutSection | Sentence:
    """The section, or what was expected. Its kind follows from its id: `balcony`, `box-left`, stalls otherwise."""
    section, *names = [part.strip() for part in line.lstrip("# ").split("|")]
    if not SECTION_PATTERN.fullmatch(section):
        return Sentence("a section's id in lower case letters, digits and hyphens, such as # balcony")
    translated = {}
    for name in names:
        language, _, text = name.partition(" ")
        if language.rstrip(":") not in LANGUAGES or not text.strip():
            return Sentence("names by language after |, such as | kk Балкон | fr Balcon | en Balcony")
        translated[language.rstrip(":")] = text.strip()
    return LayoutSection(section, translated, section_kind(section))


def section_kind(name: str) -> Literal["stalls", "balcony", "box"]:
    """What a section is, judged by its name."""
    if any(name.lower().startswith(word) for word in BALCONIES):
        return "balcony"
    return "box" if any(name.lower().startswith(word) for word in BOXES) else "stalls"
