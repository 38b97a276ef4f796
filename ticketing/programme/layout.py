"""The layout of a hall: where each place is, what it is, and who sits beside whom.

A layout is immutable. Its identity is the hash of its body, and a screening pins one, so that a hall can be
rebuilt without moving the tickets already sold. Coordinates are centimetres, the origin is the top left
corner, and the screen is at the top (small y).

Places are numbered from 0: first the seats in the order of `seats`, then the slots of each unnumbered area in
the order of `areas`. That number is what Redis and the bitmaps work with; people see labels.
"""

import hashlib
import math
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property, partial
from typing import Any, Literal

import msgspec

PLACES_MAX = 20_000
COMPANIONS_PER_WHEELCHAIR_MAX = 3
EXTENT_CM_MAX = 100_000.0
"""A hall of more than a kilometre is a mistake of unit."""

SECTION_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
ROW_PATTERN = re.compile(r"[^\W_]{1,12}")
NUMBER_PATTERN = re.compile(r"[^\W_]{1,8}")
AREA_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
ZONE_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class SeatKind(StrEnum):
    """What a seat is, as far as selling it goes."""

    STANDARD = "standard"
    WHEELCHAIR = "wheelchair"
    """An empty place for a wheelchair; never swept up by a general request."""
    COMPANION = "companion"
    """Next to a wheelchair place and sold together with it only."""
    RESTRICTED = "restricted"
    """Restricted view: sold as a standard seat, marked, and offered last."""


class LayoutSeat(msgspec.Struct, frozen=True):
    """One numbered seat: `seat` is its label, unique in the layout; `x`, `y` is its centre, in cm."""

    seat: str
    section: str
    row: str
    number: str
    x: float
    y: float
    zone: str
    kind: SeatKind = SeatKind.STANDARD
    companion_of: str | None = None
    """Label of the wheelchair place; only companion seats have one."""


class LayoutArea(msgspec.Struct, frozen=True):
    """Places without numbers (standing, cushions, a foyer); `x`, `y` is the top left corner, in cm."""

    area: str
    capacity: int
    zone: str
    x: float
    y: float
    width: float
    height: float


class LayoutSection(msgspec.Struct, frozen=True):
    """A part of the hall with rows of its own; `section` is "" where labels need no prefix."""

    section: str
    name: dict[str, str] = {}
    kind: Literal["stalls", "balcony", "box"] = "stalls"


class Layout(msgspec.Struct, frozen=True, dict=True):
    """A hall as it is sold.

    Readers of `ticketing.programme.halls` build it; `layout_check.check_layout` says what is wrong with it.
    """

    width: float
    height: float
    focal: tuple[float, float]
    """The point seats are best near to: "best available" ranks by the distance to it."""
    screen: tuple[float, float, float, float] | None
    """The screen's line (x1, y1, x2, y2); None in a room without one."""
    sections: tuple[LayoutSection, ...]
    seats: tuple[LayoutSeat, ...]
    areas: tuple[LayoutArea, ...]
    runs: tuple[tuple[int, int], ...]
    """(first index, length) of seats side by side with no aisle between; together they are all of `seats`."""

    @property
    def capacity(self) -> int:
        """How many places there are, numbered or not."""
        return len(self.seats) + sum(area.capacity for area in self.areas)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The labels of all places, by place index; an area's slots are `parterre#1` … `parterre#80`."""
        return tuple(self.places())

    def places(self) -> list[str]:
        """A fresh list of `labels`."""
        return [seat.seat for seat in self.seats] + [slot for area in self.areas for slot in area_slots(area)]

    @cached_property
    def index_of(self) -> dict[str, int]:
        """Place index by label."""
        return {label: index for index, label in enumerate(self.places())}

    @cached_property
    def companion_places(self) -> frozenset[int]:
        """The place indices of companion seats, which are sold together with their wheelchair place only."""
        return frozenset(index for index, seat in enumerate(self.seats) if seat.kind is SeatKind.COMPANION)

    @cached_property
    def zone_of(self) -> tuple[str, ...]:
        """Price zone by place index."""
        zones = [seat.zone for seat in self.seats]
        for area in self.areas:
            zones.extend([area.zone] * area.capacity)
        return tuple(zones)

    @cached_property
    def area_ranges(self) -> dict[str, range]:
        """The place indices of each area's slots, by area."""
        ranges: dict[str, range] = {}
        first = len(self.seats)
        for area in self.areas:
            ranges[area.area] = range(first, first + area.capacity)
            first += area.capacity
        return ranges

    @cached_property
    def neighbours(self) -> tuple[tuple[int, ...], ...]:
        """Who sits beside whom, by place index: one or two seats of the same run, none for a slot of an area."""
        found: list[tuple[int, ...]] = [()] * self.capacity
        for first, length in self.runs:
            run = range(first, first + length)
            for index in run:
                found[index] = tuple(beside for beside in (index - 1, index + 1) if beside in run)
        return tuple(found)

    @cached_property
    def companions_of(self) -> dict[int, tuple[int, ...]]:
        """The companions of each wheelchair place, nearest first, as place indices.

        Every wheelchair place has an entry, if only an empty one.
        """
        positions = {seat.seat: index for index, seat in enumerate(self.seats)}
        found: dict[int, list[int]] = {
            index: [] for index, seat in enumerate(self.seats) if seat.kind is SeatKind.WHEELCHAIR
        }
        for index, seat in enumerate(self.seats):
            if seat.companion_of is not None:
                found[positions[seat.companion_of]].append(index)
        for wheelchair, companions in found.items():
            place = self.seats[wheelchair]
            # Stable: seats equally far stay in the order of their indices.
            companions.sort(key=partial(self._distance_to, place))
        return {wheelchair: tuple(companions) for wheelchair, companions in found.items()}

    def _distance_to(self, place: LayoutSeat, index: int) -> float:
        return distance_cm(place, self.seats[index])

    def zones(self) -> tuple[str, ...]:
        """The price zones in use, sorted."""
        return tuple(sorted({seat.zone for seat in self.seats} | {area.zone for area in self.areas}))


def distance_cm(one: LayoutSeat, other: LayoutSeat) -> float:
    """How far two seats are apart, centre to centre."""
    return math.hypot(one.x - other.x, one.y - other.y)


def seat_label(section: str, row: str, number: str) -> str:
    """`F-11`, or `balcony/C-4` where the section has an id."""
    return f"{section}/{row}-{number}" if section else f"{row}-{number}"


def area_slots(area: LayoutArea) -> Iterator[str]:
    """The labels of an area's slots, from 1: each is one place that can be held, sold and admitted once."""
    return (f"{area.area}#{number}" for number in range(1, area.capacity + 1))


def area_of(place: str) -> str | None:
    """The area an unnumbered place belongs to, from its label; None for a numbered seat."""
    area, mark, _ = place.partition("#")
    return area if mark else None


def layout_id(layout: Layout) -> str:
    """32 hex digits of the SHA-256 of the layout's canonical JSON: equal layouts have equal ids."""
    return hashlib.sha256(layout_body(layout)).hexdigest()[:32]


def layout_body(layout: Layout) -> bytes:
    """The canonical JSON of a layout, as it is stored in `layout.body`."""
    return msgspec.json.encode(layout, order="deterministic")


def layout_from_body(body: Any) -> Layout:
    """The layout stored in `layout.body`, as JSON text or already decoded.

    Raises msgspec.ValidationError when it was not written by `layout_body`.
    """
    if isinstance(body, str | bytes):
        return msgspec.json.decode(body, type=Layout)
    return msgspec.convert(body, Layout)


def wheelchair_places_required(capacity: int) -> int:
    """How many wheelchair places a hall needs: 2 up to 50 seats, one more for every 50 begun.

    Code de la construction et de l'habitation, as for every public building with seats.
    """
    if capacity <= 0:
        return 0
    return 2 + max(0, math.ceil((capacity - 50) / 50))
