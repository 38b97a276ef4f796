"""Four languages: which one a caller reads, and our texts in it.

The catalogues are gettext ``.po`` files; the English text is the msgid. They are read as they are at the first
use (some 50 ms a language), so nothing has to be compiled before the service runs.
"""

import gettext
import io
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal, Self

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES: Final = ("kk", "ru", "fr", "en")
Locale = Literal["kk", "ru", "fr", "en"]
DEFAULT_LOCALE: Final = "en"
ACCEPT_LANGUAGE_SIGNS_MAX: Final = 200


def catalogue_path(locale: str) -> Path:
    """Where the texts of a language lie."""
    package = Path(__file__).resolve().parent.parent
    return package / "web" / "locale" / locale / "LC_MESSAGES" / "messages.po"


@cache
def translations(locale: str) -> gettext.NullTranslations:
    """The texts of a language; for English, and for a language without a catalogue, the msgids themselves."""
    path = catalogue_path(locale)
    if locale not in LOCALES or not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=locale)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translate(text: str, locale: str) -> str:
    """``text`` (an English msgid) in a language."""
    return translations(locale).gettext(text) if text else ""


class Sentence(str):
    """A sentence of ours: as a string in English, for logs, terminals and programs; `in_language` tells it in any.

    Its text is a msgid and has to be written where the sentence is made: so it is found for the catalogues. What
    fills its places, such as ``%(most)s``, may be sentences again.
    """

    __slots__ = ("parts", "text")
    text: str
    parts: dict[str, str]

    def __new__(cls, text: str, /, **parts: object) -> Self:
        sentence = super().__new__(cls, text % parts if parts else text)
        sentence.text = text
        sentence.parts = {name: part if isinstance(part, str) else str(part) for name, part in parts.items()}
        return sentence


def in_language(text: str, locale: str) -> str:
    """A sentence in a language; any other text, such as a name or a value, as it is."""
    if not isinstance(text, Sentence):
        return text
    words = translate(text.text, locale)
    return words % {name: in_language(part, locale) for name, part in text.parts.items()} if text.parts else words


@lru_cache(maxsize=512)
def negotiate(accept_language: str) -> str:
    """The language of ours that suits an ``Accept-Language`` header best (RFC 9110, 12.5.4), else English."""
    best, best_weight = DEFAULT_LOCALE, 0.0
    for part in accept_language[:ACCEPT_LANGUAGE_SIGNS_MAX].split(","):
        tag, _, parameters = part.strip().partition(";")
        try:
            weight = float(parameters.strip().removeprefix("q=")) if parameters else 1.0
        except ValueError:
            continue
        language = tag.strip().lower().partition("-")[0]
        if language in LOCALES and best_weight < weight <= 1.0:
            best, best_weight = language, weight
    return best


def pick(texts: Mapping[str, str], locale: str) -> str:
    """A translated text in a language; where that is missing, in English, else in whatever there is."""
    return texts.get(locale) or texts.get(DEFAULT_LOCALE) or next(iter(texts.values()), "")
