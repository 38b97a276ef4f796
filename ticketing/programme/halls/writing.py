"""A layout as a file in any of the four formats, and what that format could not carry.

Each file is read again before it is handed out: what is lost is seen, not supposed.
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from ticketing.kernel.errors import FormatTooNarrow
from ticketing.programme.halls import parse_hall
from ticketing.programme.halls.own import hall_document
from ticketing.programme.halls.writing_pretix import write_pretix
from ticketing.programme.halls.writing_text import write_text
from ticketing.programme.halls.writing_vista import write_vista
from ticketing.programme.layout import Layout
from ticketing.programme.layout_differences import LayoutDifferences, compare_layouts
from ticketing.programme.problems import Problems

HallFormat = Literal["own", "text", "pretix", "vista"]

ENDINGS: Final = MappingProxyType({"own": "json", "text": "txt", "pretix": "pretix.json", "vista": "vista.json"})
"""How the name of a file in each format ends."""


def own_file(layout: Layout) -> bytes:
    """A hall in our own format, which loses nothing: there is no need to read it again."""
    return msgspec.json.format(msgspec.json.encode(hall_document(layout)), indent=1)


_WRITERS: Final[MappingProxyType[str, Callable[[Layout, str], bytes]]] = MappingProxyType(
    {
        "own": lambda layout, _name: own_file(layout),
        "text": lambda layout, _name: write_text(layout),
        "pretix": write_pretix,
        "vista": lambda layout, _name: write_vista(layout),
    }
)


class HallFile(msgspec.Struct, frozen=True):
    """A file, and how the hall that it is read as differs from the one that was written."""

    content: bytes
    lost: LayoutDifferences

    @property
    def exact(self) -> bool:
        """Does reading it give the same places with the same names, kinds, zones and aisles, where they are?"""
        return not any(getattr(self.lost, part) for part in self.lost.__struct_fields__)


def write_hall(layout: Layout, form: HallFormat, name: str) -> HallFile:
    """The file of a hall called ``name``. Takes up to some seconds for 20,000 places: not for the event loop.

    Raises:
        FormatTooNarrow: this format can't name the hall's places at all.
    """
    content = _WRITERS[form](layout, name)
    problems = Problems(problems_max=1)
    read = parse_hall(content, form, problems)
    if read is None:
        raise FormatTooNarrow(format=form, problem=str(problems.found[0]))
    return HallFile(content, compare_layouts(layout, read))
