"""Cards of screenings that are rendered once: most of a programme is the same for everybody, and changes rarely."""

from collections import OrderedDict
from functools import cached_property
from typing import Any, Final

from jinja2 import Environment
from markupsafe import Markup

from ticketing.web.pages.programme_view import Row

CARDS_KEPT_MAX: Final = 4_000


class KeptCards:
    """The cards of one language, each rendered again only when its row is another than it was."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._kept: OrderedDict[tuple[str, str], tuple[Row, Markup]] = OrderedDict()

    def card(self, kind: str, row: Row) -> Markup:
        """A screening as the macro ``kind`` of ``cards.html`` draws it; nothing of a request stands in it."""
        key = (kind, row.screening.screening_id)
        found = self._kept.get(key)
        if found is None or found[0] != row:
            found = self._kept[key] = (row, getattr(self._macros, kind)(row))
        self._kept.move_to_end(key)
        if len(self._kept) > CARDS_KEPT_MAX:
            self._kept.popitem(last=False)
        return found[1]

    @cached_property
    def _macros(self) -> Any:
        return self._environment.get_template("cards.html").module
