"""The seat map as it goes over the wire: where each place is and what it is, never whether it is free."""

import msgspec

from ticketing.kernel.i18n import pick
from ticketing.programme.layout import Layout, SeatKind
from ticketing.programme.model import Screening


class MapZone(msgspec.Struct, frozen=True):
    """A price zone on the map."""

    zone: str
    name: str
    colour: str


class MapSection(msgspec.Struct, frozen=True):
    """A part of the hall."""

    section: str
    name: str
    kind: str


class MapSeat(msgspec.Struct, frozen=True, omit_defaults=True):
    """A seat and its centre, in centimetres. ``companion_of`` names the wheelchair place it goes with."""

    seat: str
    section: str
    row: str
    number: str
    x: float
    y: float
    zone: str
    kind: SeatKind
    companion_of: str | None = None


class MapArea(msgspec.Struct, frozen=True):
    """Places without numbers: how many, and where, in centimetres from the top left corner."""

    area: str
    capacity: int
    zone: str
    x: float
    y: float
    width: float
    height: float


class SeatMap(msgspec.Struct, frozen=True):
    """A hall as it is drawn: centimetres, the origin top left, the screen at the top."""

    layout: str
    width: float
    height: float
    focal: tuple[float, float]
    screen: tuple[float, float, float, float] | None
    zones: tuple[MapZone, ...]
    sections: tuple[MapSection, ...]
    seats: tuple[MapSeat, ...]
    areas: tuple[MapArea, ...]


def show_seat_map(screening: Screening, layout: Layout, locale: str) -> SeatMap:
    """The map of a screening: its pinned layout in the colours of its festival."""
    in_use = set(layout.zone_of)
    return SeatMap(
        layout=screening.layout_id,
        width=layout.width,
        height=layout.height,
        focal=layout.focal,
        screen=layout.screen,
        zones=tuple(
            MapZone(zone.zone, pick(zone.name, locale), zone.colour)
            for zone in screening.zones
            if zone.zone in in_use
        ),
        sections=tuple(
            MapSection(section.section, pick(section.name, locale), section.kind) for section in layout.sections
        ),
        seats=tuple(
            MapSeat(
                seat.seat,
                seat.section,
                seat.row,
                seat.number,
                seat.x,
                seat.y,
                seat.zone,
                seat.kind,
                seat.companion_of,
            )
            for seat in layout.seats
        ),
        areas=tuple(
            MapArea(area.area, area.capacity, area.zone, area.x, area.y, area.width, area.height)
            for area in layout.areas
        ),
    )
