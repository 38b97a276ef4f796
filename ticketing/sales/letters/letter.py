"""What a letter says, before it is a message. Pure."""

import re
from typing import Final

import msgspec

from ticketing.kernel.i18n import pick
from ticketing.programme.model import Festival
from ticketing.sales.model import Locale
from ticketing.tickets.sheet import is_colour

PLAIN_COLOUR: Final = "#1b2a49"

_KEY = re.compile(r"[a-z][a-z0-9-]{0,30}(-[A-Za-z0-9_]{1,64}){1,4}")


class Logo(msgspec.Struct, frozen=True):
    """A picture at the head of a letter. It travels inside the message: nothing is fetched to read it."""

    media_type: str
    body: bytes


class Frame(msgspec.Struct, frozen=True):
    """In whose name a letter is written. ``colour`` is ``#rrggbb``."""

    festival: str
    organisers: tuple[str, ...] = ()
    colour: str = PLAIN_COLOUR
    logo: Logo | None = None


class Button(msgspec.Struct, frozen=True):
    """What the reader can do, and where: a whole address with its scheme."""

    text: str
    address: str


class TicketRow(msgspec.Struct, frozen=True):
    """A ticket, or anything listed like one: a title and what stands below it, a line each."""

    title: str
    lines: tuple[str, ...]
    link: Button | None = None


class Attachment(msgspec.Struct, frozen=True):
    """A file that comes with a letter: ``media_type`` may carry parameters (``text/calendar; method=PUBLISH``)."""

    name: str
    media_type: str
    body: bytes


class Letter(msgspec.Struct, frozen=True):
    """A letter, whole, in the reader's language.

    ``key`` names what it tells (``order-K7Q29XFM``): two letters of one key are one letter, sent once, and its
    ``Message-ID`` is made of it. Where the same may be told twice on purpose, the key says which time it is
    (``transferred-ABCDEFGHJKLM-3``: the ticket and its revision). Texts are plain: what a person typed may stand in
    any of them. ``paragraphs`` come before the button and the tickets, ``closing`` after them.

    Raises ``ValueError`` for a key that could not stand in a ``Message-ID``.
    """

    key: str
    to: str
    locale: Locale
    frame: Frame
    subject: str
    paragraphs: tuple[str, ...]
    button: Button | None = None
    tickets: tuple[TicketRow, ...] = ()
    closing: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise ValueError(f"not a letter's key: {self.key!r}")


def frame_of(festival: Festival, locale: str) -> Frame:
    """The frame of a festival's letters, in a language."""
    colour = festival.colours.get("primary", "")
    return Frame(pick(festival.name, locale), festival.organisers, colour if is_colour(colour) else PLAIN_COLOUR)
