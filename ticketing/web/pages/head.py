"""What the head of a public page tells machines: its one address, its other languages, a card, structured data.

Data in JSON-LD stand in a block that no browser runs, so the policy on scripts lets it be; a text in it can't end
the block, since no ``<`` is left in it.
"""

from typing import Any, Final

import msgspec
from markupsafe import Markup

from ticketing.kernel.i18n import LOCALES
from ticketing.web.pages.languages import AnyRequest

# An address for those who speak none of ours: search engines show it to them.
ANY_LANGUAGE: Final = "en"
# Open Graph wants territories; these are where each language is read most by our visitors.
TERRITORIES: Final = {"kk": "kk_KZ", "ru": "ru_KZ", "fr": "fr_FR", "en": "en_GB"}
DESCRIPTION_SIGNS_MAX: Final = 200


class Feed(msgspec.Struct, frozen=True):
    """Another form of what a page shows: where, in which media type, called what."""

    address: str
    media_type: str
    title: str


class Head(msgspec.Struct, frozen=True):
    """``place`` is the page's own address behind the language, without filters: ``/films/anora``.

    ``image`` is the address of a card of 1200 by 630 pixels, ``data`` the page as schema.org sees it.
    """

    place: str
    title: str
    description: str
    image: str
    kind: str = "website"
    data: Markup = Markup("")
    feeds: tuple[Feed, ...] = ()
    kept_out: bool = False
    """True where the page is shown but not to be found by search: a choice of filters that fits nothing."""

    @property
    def short(self) -> str:
        """The description as cards and search results show it."""
        text = " ".join(self.description.split())
        if len(text) <= DESCRIPTION_SIGNS_MAX:
            return text
        return text[:DESCRIPTION_SIGNS_MAX].rpartition(" ")[0].rstrip(",;:.—– ") + "…"

    @property
    def alternates(self) -> list[tuple[str, str]]:
        """The page in each language, and for everybody else."""
        return [
            *((code, f"/{code}{self.place}") for code in LOCALES),
            ("x-default", f"/{ANY_LANGUAGE}{self.place}"),
        ]


def territory(language: str) -> str:
    """The language as Open Graph names it."""
    return TERRITORIES[language]


def origin_of(request: AnyRequest) -> str:
    """Our own address as people see it, without a slash at the end."""
    origin: str = request.app.state.context.settings.public_url
    return origin


def data_block(data: Any) -> Markup:
    """JSON-LD in its block. Every sign that could end the block, or mean something in HTML, is escaped."""
    text = msgspec.json.encode(data).decode()
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(f'<script type="application/ld+json">{text}</script>')  # noqa: S704 - escaped above
