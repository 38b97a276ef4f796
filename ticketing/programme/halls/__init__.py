"""Halls in four formats: our own JSON, pretix seating plans, Vista seat layouts, plain text rows."""

from pathlib import Path

from ticketing.kernel.i18n import Sentence
from ticketing.programme.halls.own import is_own, read_own
from ticketing.programme.halls.pretix import is_pretix, read_pretix
from ticketing.programme.halls.text_rows import read_text
from ticketing.programme.halls.vista import is_vista, read_vista
from ticketing.programme.layout import Layout
from ticketing.programme.nodes import decode_json
from ticketing.programme.problems import Problems

HALL_BYTES_MAX = 16_000_000
FORMATS = Sentence(
    'our own JSON ("format": "ticketing-hall/1"), a pretix seating plan ("zones", "categories"), '
    'a Vista seat layout ("SeatLayoutData") or text rows'
)


def read_hall(path: Path) -> Layout:
    """The layout of a hall file, whatever its format.

    Raises ImportRefused, with every problem that was found.
    """
    problems = Problems()
    layout = load_hall(path, path.name, problems)
    problems.refuse_if_any()
    assert layout is not None  # noqa: S101 - nothing was noted, so there is a layout
    return layout


def load_hall(path: Path, file: str, problems: Problems) -> Layout | None:
    """The layout of a hall file, or None with every reason noted; `file` is how the problems name it."""
    try:
        with path.open("rb") as stream:
            content = stream.read(HALL_BYTES_MAX + 1)
    except OSError as error:
        problems.add(file, Sentence("a hall file that can be read (%(why)s)", why=error.strerror or error))
        return None
    if len(content) > HALL_BYTES_MAX:
        problems.add(file, Sentence("a hall file of at most %(most)s bytes", most=HALL_BYTES_MAX))
        return None
    return parse_hall(content, file, problems)


def parse_hall(content: bytes, file: str, problems: Problems) -> Layout | None:
    """The layout of a hall, its format told by the content: what opens like JSON is JSON, all else is text."""
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"{", b"["):
        return read_text(content, file, problems)
    document = decode_json(content, file, problems)
    if document is None:
        return None
    for recognises, reads in ((is_own, read_own), (is_vista, read_vista), (is_pretix, read_pretix)):
        if recognises(document):
            return reads(document, file, problems)
    problems.add(file, FORMATS, value=document.value)
    return None
