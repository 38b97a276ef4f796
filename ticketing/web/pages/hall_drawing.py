"""The hall as it is drawn and listed: one SVG and one list of rows, from the same layout in the same order. Pure.

What does not depend on who sits where is prepared once a layout and language; a page then only picks, for each
seat, one of three ready texts. So a hall of a thousand seats costs a page well under a millisecond.

Coordinates are scaled so that two neighbours are ``PITCH`` apart: strokes and letters then fit any hall.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import msgspec
from markupsafe import Markup, escape

from ticketing.kernel.i18n import pick, translations
from ticketing.programme.layout import Layout, LayoutArea, LayoutSeat, LayoutSection, SeatKind
from ticketing.web.pages.hall_listing import list_seats
from ticketing.web.pages.hall_rows import (
    NO_ZONE_COLOUR,
    PITCH,
    VIEWS,
    Piece,
    Row,
    ZoneLook,
    pitch_cm,
    rows_of,
    whole,
)
from ticketing.web.pages.hall_sections import HallPart, parts_of
from ticketing.web.pages.theme import letters_on

MARGIN: Final = 70.0
WIDTH_MIN: Final = 1000.0
TITLE_RISE: Final = 68.0
TITLE_SIGN: Final = 27.0
"""The width of one letter of a section's title, on average: so that none is cut off at the edge."""
DRAWINGS_KEPT_MAX: Final = 64

_SEAT_CLASSES: Final = {"free": "s", "taken": "s t", "mine": "s m"}
_SIGNS: Final = {SeatKind.WHEELCHAIR: "k-w", SeatKind.COMPANION: "k-c", SeatKind.RESTRICTED: "k-r"}


class Drawing(msgspec.Struct, frozen=True):
    """A hall in a language, ready but for the state of its seats. ``labels`` are in the order of the pieces."""

    view_box: str
    labels: tuple[str, ...]
    picture: tuple[Piece, ...]
    listing: tuple[Piece, ...]
    areas: Markup
    parts: tuple[HallPart, ...]

    def draw(self, views: Sequence[int]) -> Markup:
        """The inside of the SVG; ``views`` says per label which variant holds (0 free, 1 taken, 2 mine)."""
        return _filled(self.picture, views)

    def list_rows(self, views: Sequence[int]) -> Markup:
        """The rows as check boxes: everything the drawing tells, for keyboards and screen readers."""
        return _filled(self.listing, views)

    def views(self, states: Mapping[str, object], mine: frozenset[str]) -> list[int]:
        """The variant of each seat, from the places that are not free and those that are the visitor's own."""
        return [2 if label in mine else 1 if label in states else 0 for label in self.labels]


def _filled(pieces: Sequence[Piece], views: Sequence[int]) -> Markup:
    following = iter(views)
    return Markup("".join(piece if isinstance(piece, str) else piece[next(following)] for piece in pieces))  # noqa: S704 - every text in a piece was escaped when it was made


@lru_cache(maxsize=DRAWINGS_KEPT_MAX)
def draw_hall(layout_id: str, layout_of: "Kept", language: str, zones: tuple[ZoneLook, ...]) -> Drawing:
    """The drawing of a layout. ``layout_id`` is what tells layouts apart in the cache."""
    layout = layout_of.layout
    looks = {zone.zone: zone for zone in zones}
    rows = rows_of(layout)
    scale = PITCH / pitch_cm(layout)
    return Drawing(
        view_box=_view_box(layout, scale, language),
        labels=tuple(seat.seat for row in rows for seat in row.seats),
        picture=tuple(_picture(layout, rows, looks, scale, language)),
        listing=tuple(list_seats(layout, rows, looks, language)),
        areas=Markup("").join(_area(area, looks, scale) for area in layout.areas),
        parts=parts_of(layout, rows, looks, scale, language),
    )


class Kept:
    """A layout as a cache key that is equal to every other: the id beside it already tells them apart."""

    __slots__ = ("layout",)

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Kept)

    def __hash__(self) -> int:
        return 0


def _view_box(layout: Layout, scale: float, language: str) -> str:
    xs = [seat.x for seat in layout.seats] + [x for area in layout.areas for x in (area.x, area.x + area.width)]
    ys = [seat.y for seat in layout.seats] + [y for area in layout.areas for y in (area.y, area.y + area.height)]
    if layout.screen is not None:
        xs += [layout.screen[0], layout.screen[2]]
        ys += [layout.screen[1], layout.screen[3]]
    for section in layout.sections:
        inside = [seat for seat in layout.seats if seat.section == section.section]
        if inside and section.name and len(layout.sections) > 1:
            middle = (min(seat.x for seat in inside) + max(seat.x for seat in inside)) / 2
            half = len(pick(section.name, language)) * TITLE_SIGN / 2 / scale
            xs += [middle - half, middle + half]
            ys.append(min(seat.y for seat in inside) - TITLE_RISE / scale)
    left, right, top, bottom = (min(xs) * scale, max(xs) * scale, min(ys) * scale, max(ys) * scale)
    left, right, top, bottom = left - MARGIN, right + MARGIN, top - MARGIN, bottom + MARGIN
    # Seats of a small hall would be drawn as large as a hand.
    wider = max(0.0, WIDTH_MIN - (right - left)) / 2
    left, right = left - wider, right + wider
    return f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}"


def _picture(
    layout: Layout, rows: Sequence[Row], looks: Mapping[str, ZoneLook], scale: float, language: str
) -> list[Piece]:
    pieces: list[Piece] = [_screen(layout, scale, language)]
    several = len({row.section for row in rows}) > 1
    sections = {section.section: section for section in layout.sections}
    positions = {zone: position for position, zone in enumerate(looks)}
    drawn: set[str] = set()
    labelled: set[tuple[str, str]] = set()
    for row in rows:
        if several and row.section not in drawn:
            drawn.add(row.section)
            seats = [seat for seat in layout.seats if seat.section == row.section]
            pieces.append(_part(sections.get(row.section), seats, scale, language))
        if (row.section, row.row) not in labelled:
            labelled.add((row.section, row.row))
            all_of_it = [seat for seat in layout.seats if (seat.section, seat.row) == (row.section, row.row)]
            pieces.append(_row_names(row.row, all_of_it, scale))
        look = looks.get(row.zone)
        colour = look.colour if look else NO_ZONE_COLOUR
        position = positions.get(row.zone, -1)
        pieces.append(f'<g fill="{escape(colour)}" color="{letters_on(colour)}" data-zone="{position}">')
        shape = look.shape if look else 0
        for seat in row.seats:
            place = f'href="#z{shape}" x="{whole(seat.x * scale)}" y="{whole(seat.y * scale)}"'
            sign = _SIGNS.get(seat.kind)
            mark = (
                f'<use class="sign" href="#{sign}" x="{whole(seat.x * scale)}" y="{whole(seat.y * scale)}"/>'
                if sign
                else ""
            )
            free, taken, mine = (f'<use class="{_SEAT_CLASSES[view]}" {place}/>{mark}' for view in VIEWS)
            pieces.append((free, taken, mine))
        pieces.append("</g>")
    return pieces


def _screen(layout: Layout, scale: float, language: str) -> str:
    if layout.screen is None:
        return ""
    left, y1, right, y2 = (part * scale for part in layout.screen)
    x1, x2, middle, top = whole(left), whole(right), whole((left + right) / 2), min(y1, y2)
    words = escape(translations(language).gettext("Screen"))
    foot = f"L{whole(left - 60)} {whole(y1 + 90)}H{whole(right + 60)}L{x2} {whole(y2)}z"
    return (
        f'<path class="glow" d="M{x1} {whole(y1)}{foot}"/>'
        f'<path class="screen" d="M{x1} {whole(y1)}Q{middle} {whole(top - 40)} {x2} {whole(y2)}"/>'
        f'<text x="{middle}" y="{whole(top + 36)}">{words}</text>'
    )


def _part(section: LayoutSection | None, seats: Sequence[LayoutSeat], scale: float, language: str) -> str:
    left, right = min(seat.x for seat in seats) * scale, max(seat.x for seat in seats) * scale
    top, bottom = min(seat.y for seat in seats) * scale, max(seat.y for seat in seats) * scale
    name = escape(pick(section.name, language)) if section and section.name else ""
    box = ""
    if section is not None and section.kind != "stalls":
        box = (
            f'<rect class="part" x="{whole(left - 85)}" y="{whole(top - TITLE_RISE - 42)}" '
            f'width="{whole(right - left + 170)}" height="{whole(bottom - top + TITLE_RISE + 82)}" rx="36"/>'
        )
    return f'{box}<text class="title" x="{whole((left + right) / 2)}" y="{whole(top - TITLE_RISE)}">{name}</text>'


def _row_names(row: str, seats: Sequence[LayoutSeat], scale: float) -> str:
    first, last = min(seats, key=lambda seat: seat.x), max(seats, key=lambda seat: seat.x)
    return (
        f'<text x="{whole(first.x * scale - 54)}" y="{whole(first.y * scale)}">{escape(row)}</text>'
        f'<text x="{whole(last.x * scale + 54)}" y="{whole(last.y * scale)}">{escape(row)}</text>'
    )


def _area(area: LayoutArea, looks: Mapping[str, ZoneLook], scale: float) -> Markup:
    look = looks.get(area.zone)
    x, y, width, height = (part * scale for part in (area.x, area.y, area.width, area.height))
    return Markup(
        '<rect class="area" data-area="{}" fill="{}" x="{}" y="{}" width="{}" height="{}" rx="24"/>'
    ).format(area.area, look.colour if look else NO_ZONE_COLOUR, whole(x), whole(y), whole(width), whole(height))
