"""What the drawing of a hall and its list have in common: the same rows, in the same order. Pure."""

import math
from statistics import median
from typing import Final

import msgspec

from ticketing.programme.layout import Layout, LayoutSeat

PITCH: Final = 52.0
"""How far two neighbours are apart in a drawing, whatever the hall."""
SHAPES: Final = 6
NO_ZONE_COLOUR: Final = "#8a8f9e"
VIEWS: Final = ("free", "taken", "mine")

# What a piece of the page is: fixed text, or three variants of a seat (free, taken, mine).
Piece = str | tuple[str, str, str]


class ZoneLook(msgspec.Struct, frozen=True):
    """How a price zone is drawn: ``shape`` is 0 to ``SHAPES`` - 1, so that colour alone tells nothing.

    ``price`` is the range of its prices in words, ``cheapest`` the lowest one (``cheapest_amount`` in minor units),
    and ``tariffs`` are pairs of a tariff's name and its price.
    """

    zone: str
    name: str
    colour: str
    shape: int
    price: str
    cheapest: str = ""
    tariffs: tuple[tuple[str, str], ...] = ()
    cheapest_amount: int | None = None


class Row(msgspec.Struct, frozen=True):
    """Seats of one row and zone, in the order of the layout."""

    section: str
    row: str
    zone: str
    seats: tuple[LayoutSeat, ...]


def rows_of(layout: Layout) -> list[Row]:
    """Seats by section, row and zone, each where it first appears in the layout."""
    found: dict[tuple[str, str], dict[str, list[LayoutSeat]]] = {}
    for seat in layout.seats:
        found.setdefault((seat.section, seat.row), {}).setdefault(seat.zone, []).append(seat)
    order = [section.section for section in layout.sections]
    keys = sorted(found, key=lambda key: order.index(key[0]) if key[0] in order else len(order))
    return [
        Row(section, row, zone, tuple(sorted(seats, key=lambda seat: seat.x)))
        for section, row in keys
        for zone, seats in found[section, row].items()
    ]


def pitch_cm(layout: Layout) -> float:
    """The usual distance of neighbours, in the layout's centimetres."""
    gaps = []
    for first, length in layout.runs:
        gaps += [
            math.hypot(one.x - other.x, one.y - other.y)
            for one, other in zip(
                layout.seats[first : first + length - 1], layout.seats[first + 1 : first + length], strict=True
            )
        ]
    usual = median(gaps) if gaps else 0.0
    return usual if usual > 1 else 55.0


def shape_of(position: int) -> int:
    """The shape of the zone at a position in the festival's list; after six they begin again."""
    return position % SHAPES


def whole(number: float) -> str:
    """A coordinate without decimals: a unit is less than a fiftieth of a seat."""
    return f"{number:.0f}"
