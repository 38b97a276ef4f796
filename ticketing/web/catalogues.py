"""The catalogues of texts: updated from the code, and checked. Run as ``python -m ticketing.web.catalogues``.

A text that lacks a language would be shown in English in the middle of a Kazakh page, and nobody who writes code
would see it: so ``check`` fails the build.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from ticketing.kernel.i18n import DEFAULT_LOCALE, LOCALES, catalogue_path

PACKAGE: Final = Path(__file__).resolve().parent.parent
METHODS: Final = [("**.py", "python"), ("web/templates/**.html", "jinja2")]
OPTIONS: Final = {"web/templates/**.html": {"trimmed": "true", "extensions": "jinja2.ext.i18n"}}
KEYWORDS: Final[dict[str, tuple[int, ...] | None]] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "N_": None,
    "translate": None,
    "Sentence": (1,),
}
WIDTH: Final = 110
HEADER: Final = "# Texts of the pages, of refusals and of tickets."

_PLACE = re.compile(r"%\(\w+\)[sd]")


def extract() -> Catalog:
    """Every text that the code and the templates mark, each once, in the order of the alphabet."""
    found = Catalog(project="ticketing", fuzzy=False)
    for _file, _line, text, comments, context in extract_from_dir(
        PACKAGE, METHODS, OPTIONS, KEYWORDS, comment_tags=["Translators:"]
    ):
        if text and text != ("", ""):
            found.add(text, None, auto_comments=comments, context=context)
    return found


def read(locale: str) -> Catalog:
    """The catalogue of a language as it stands; an empty one where there is none."""
    path = catalogue_path(locale)
    if not path.exists():
        return Catalog(locale=locale, fuzzy=False)
    with path.open("rb") as source:
        return read_po(source, locale=locale)


def update(locale: str) -> int:
    """Add new texts to a language, empty, and drop those that nobody uses; how many are still to be written."""
    template, old = extract(), read(locale)
    new = Catalog(locale=locale, header_comment=HEADER, project="ticketing", fuzzy=False)
    empty = 0
    for message in _messages(template):
        known = old.get(message.id)
        text = known.string if known is not None else ""
        if locale == DEFAULT_LOCALE:
            text = message.id
        empty += not _filled(text)
        new.add(message.id, text or (("",) * new.num_plurals if message.pluralizable else ""))
    path = catalogue_path(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, new, width=WIDTH, sort_output=True, omit_header=False)
    # The date of writing says nothing, and would change the file each time.
    text_lines = [line for line in buffer.getvalue().decode().split("\n") if not _is_noise(line)]
    path.write_text("\n".join(text_lines), encoding="utf-8")
    return empty


def problems(locale: str) -> Iterator[str]:
    """What is wrong with a language: missing, fuzzy, unused, or with other places to fill than the English text."""
    template, catalogue = extract(), read(locale)
    wanted = {_key(message): message for message in _messages(template)}
    for key, message in wanted.items():
        known = catalogue.get(message.id)
        if known is None or not _filled(known.string):
            yield f"{locale}: missing: {key}"
        elif known.fuzzy:
            yield f"{locale}: fuzzy: {key}"
        else:
            yield from _differences(locale, key, message, known, catalogue.num_plurals)
    for message in _messages(catalogue):
        if _key(message) not in wanted:
            yield f"{locale}: used nowhere: {_key(message)}"


def _differences(locale: str, key: str, message: Message, known: Message, plurals: int) -> Iterator[str]:
    texts = known.string if isinstance(known.string, tuple | list) else (known.string,)
    if message.pluralizable and len(texts) != plurals:
        yield f"{locale}: needs {plurals} plural forms: {key}"
    originals = message.id if isinstance(message.id, tuple | list) else (message.id,)
    places = set(_PLACE.findall(" ".join(originals)))
    for text in texts:
        if set(_PLACE.findall(text or "")) - {"%(num)d"} != places - {"%(num)d"}:
            yield f"{locale}: other places to fill: {key}"
            return


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _filled(text: object) -> bool:
    parts = text if isinstance(text, tuple | list) else (text,)
    return all(isinstance(part, str) and part != "" for part in parts)


def _is_noise(line: str) -> bool:
    return line.startswith(('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator'))


def main(arguments: list[str]) -> int:
    """``update`` writes the catalogues; ``check`` says what is wrong with them and gives 1 where something is."""
    if arguments == ["update"]:
        for locale in LOCALES:
            sys.stdout.write(f"{locale}: {update(locale)} to be written\n")
        return 0
    if arguments == ["check"]:
        found = [problem for locale in LOCALES for problem in problems(locale)]
        sys.stdout.write("".join(f"{problem}\n" for problem in found))
        return 1 if found else 0
    sys.stderr.write("usage: python -m ticketing.web.catalogues update|check\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
