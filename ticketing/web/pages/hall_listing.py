"""The seats of a hall as a list of check boxes, row by row: everything that the drawing tells. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import escape

from ticketing.kernel.i18n import pick, translations
from ticketing.programme.layout import Layout, SeatKind
from ticketing.web.pages.hall_rows import VIEWS, Piece, Row, ZoneLook
from ticketing.web.pages.hall_sections import anchor_of

_BOX_MARKS: Final = {"free": "", "taken": " disabled", "mine": " checked"}
_KIND_LETTERS: Final = {
    SeatKind.WHEELCHAIR: '<b aria-hidden="true">♿︎</b>',
    SeatKind.COMPANION: '<b aria-hidden="true">+</b>',
    SeatKind.RESTRICTED: '<b aria-hidden="true">◐</b>',
}


def list_seats(layout: Layout, rows: Sequence[Row], looks: Mapping[str, ZoneLook], language: str) -> list[Piece]:
    """The rows, with a box in three variants for each seat; in the order of ``rows``."""
    words = translations(language)
    kinds = {
        SeatKind.WHEELCHAIR: words.gettext("wheelchair place"),
        SeatKind.COMPANION: words.gettext("companion"),
        SeatKind.RESTRICTED: words.gettext("restricted view"),
    }
    sections = {section.section: section for section in layout.sections}
    several = len({row.section for row in rows}) > 1
    pieces: list[Piece] = []
    current: str | None = None
    for row in rows:
        if several and row.section != current:
            current = row.section
            section = sections.get(row.section)
            name = escape(pick(section.name, language)) if section else ""
            pieces.append(f'<h3 id="{anchor_of(row.section)}" tabindex="-1">{name}</h3>')
        look = looks.get(row.zone)
        title = words.gettext("Row %(row)s") % {"row": row.row}
        zone = f"{look.name}, {look.price}" if look else ""
        pieces.append(
            f'<div class="row" role="group" aria-label="{escape(title)}. {escape(zone)}">'
            f"<span>{escape(title)}</span><div>"
        )
        for seat in row.seats:
            kind = kinds.get(seat.kind)
            after = f' <span class="away">{escape(kind)}</span>{_KIND_LETTERS[seat.kind]}' if kind else ""
            free, taken, mine = (
                f'<label><input type="checkbox" name="seat" value="{escape(seat.seat)}"{_BOX_MARKS[view]}>'
                f"{escape(seat.number)}{after}</label>"
                for view in VIEWS
            )
            pieces.append((free, taken, mine))
        pieces.append("</div></div>")
    return pieces
