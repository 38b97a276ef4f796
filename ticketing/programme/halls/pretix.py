"""pretix seating plans, as its editor exports them (`seating-plan.schema.json`, version 0.0.1).

Positions add up: zone, row, seat. Zones with seats become sections, categories become price zones. Shapes are
scenery: they hold no places, but one that is called stage or screen tells which way the hall looks; where it lies
below the seats, the plan is turned round. The plan knows no wheelchair places: a category of such a name makes
them. Pixels become centimetres by the usual distance between neighbours.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from ticketing.kernel.i18n import Sentence
from ticketing.programme.halls.building import (
    SEAT_PITCH_CM,
    Run,
    accept,
    assign_companions,
    frame,
    slug_of,
    split_runs,
    usual_gap,
)
from ticketing.programme.halls.text_sections import section_kind
from ticketing.programme.layout import Layout, LayoutSeat, LayoutSection, SeatKind, seat_label
from ticketing.programme.nodes import Node
from ticketing.programme.problems import Problems, one_of

PLAN_FIELDS = ("name", "zones", "categories", "size")
SCREEN = re.compile(r"stage|screen|b(ü|ue)hne|leinwand|écran|ecran|scène|экран|сцена|сахна", re.IGNORECASE)
KIND_OF_CATEGORY = (
    (SeatKind.COMPANION, re.compile(r"companion|carer|begleit|accompagn|сопровожд|ілесп", re.IGNORECASE)),
    (SeatKind.WHEELCHAIR, re.compile(r"wheelchair|rollstuhl|fauteuil|\bpmr\b|инвалид|арба", re.IGNORECASE)),
    (SeatKind.RESTRICTED, re.compile(r"restricted|eingeschr|visibilité r|ограничен|шектеулі", re.IGNORECASE)),
)


class PlanSeat(NamedTuple):
    """A seat of the plan, in pixels."""

    section: str
    row: str
    number: str
    x: float
    y: float
    category: str


def is_pretix(document: Node) -> bool:
    """Is it a seating plan of pretix?"""
    return document.has("zones") and (document.has("categories") or document.has("size"))


def read_pretix(document: Node, file: str, problems: Problems) -> Layout | None:
    """The layout, or None with every reason noted in `problems`."""
    before = problems.count
    document.fields(PLAN_FIELDS)
    categories = {category.text("name") for category in document.items("categories") if category.fields()}
    zones = [zone for zone in document.items("zones") if zone.fields()]
    seated = [zone for zone in zones if any(_list(row, "seats") for row in zone.items("rows", required=False))]
    sections = _sections(seated)
    rows: list[list[PlanSeat]] = []
    guids: dict[str, str] = {}
    for zone, section in zip(seated, sections, strict=True):
        found = [row for row in zone.items("rows") if row.fields()]
        rows += [_row(zone, row, section.section, categories, guids) for row in found]
    turned = _looks_down(zones, rows)
    if problems.count > before:
        return None
    layout = frame(assign_companions(_runs(rows, turned)), [], sections)
    return accept(layout, file, problems)


def _sections(zones: Sequence[Node]) -> list[LayoutSection]:
    """A section a zone; one without a name where there is only one zone, so that labels stay short."""
    if len(zones) == 1:
        return [LayoutSection("")]
    sections: list[LayoutSection] = []
    for number, zone in enumerate(zones, start=1):
        name = zone.text("name", f"Zone {number}")
        section = slug_of(zone.text("zone_id", name), f"zone-{number}")
        if any(other.section == section for other in sections):
            section = f"{section[:27]}-{number}"
        sections.append(LayoutSection(section, {"en": name}, section_kind(name)))
    return sections


def _row(zone: Node, row: Node, section: str, categories: set[str], guids: dict[str, str]) -> list[PlanSeat]:
    name = _plain(row.text("row_number"))
    seats = []
    for seat in row.items("seats"):
        if not seat.fields():
            continue
        guid, category = seat.text("seat_guid"), seat.text("category")
        if guid in guids:
            expected = Sentence("each seat_guid once; %(path)s has it too", path=guids[guid])
            seat.child("seat_guid").wrong(expected)
        guids.setdefault(guid, seat.path)
        if category not in categories:
            seat.child("category").wrong(one_of(categories, category))
        places = [_position(node) for node in (zone, row)] + [_position(seat, required=True)]
        x, y = (sum(place[axis] for place in places) for axis in (0, 1))
        seats.append(PlanSeat(section, name, _plain(seat.text("seat_number")), x, y, category))
    return seats


def _position(node: Node, *, required: bool = False) -> tuple[float, float]:
    position = node.child("position")
    if position.value is None and not required:
        return 0.0, 0.0
    return (position.number("x"), position.number("y")) if position.fields() else (0.0, 0.0)


def _runs(rows: list[list[PlanSeat]], turned: bool) -> list[Run]:
    """The rows in the order of the plan, in centimetres, parted at the aisles."""
    sign = -1.0 if turned else 1.0
    seats = [[_seat(seat, sign) for seat in row] for row in rows if row]
    scale = SEAT_PITCH_CM / usual_gap(seats, SEAT_PITCH_CM)
    scaled = [[msgspec.structs.replace(seat, x=seat.x * scale, y=seat.y * scale) for seat in row] for row in seats]
    order = {section: index for index, section in enumerate(dict.fromkeys(row[0].section for row in scaled))}
    scaled.sort(key=lambda row: (order[row[0].section], sum(seat.y for seat in row) / len(row)))
    return [run for row in scaled for run in split_runs(row, SEAT_PITCH_CM)]


def _seat(seat: PlanSeat, sign: float) -> LayoutSeat:
    return LayoutSeat(
        seat=seat_label(seat.section, seat.row, seat.number),
        section=seat.section,
        row=seat.row,
        number=seat.number,
        x=seat.x * sign,
        y=seat.y * sign,
        zone=slug_of(seat.category, "standard", length_max=40),
        kind=next((kind for kind, name in KIND_OF_CATEGORY if name.search(seat.category)), SeatKind.STANDARD),
    )


def _looks_down(zones: Sequence[Node], rows: list[list[PlanSeat]]) -> bool:
    """Does a shape called stage or screen lie below the middle of the seats?"""
    heights = [seat.y for row in rows for seat in row]
    if not heights:
        return False
    middle = sum(heights) / len(heights)
    for zone in zones:
        for area in zone.items("areas", required=False):
            text = area.child("text")
            words = text.value if isinstance(text.value, str) else text.child("text").value
            if isinstance(words, str) and SCREEN.search(words[:200]):
                return _position(zone)[1] + _position(area)[1] > middle
    return False


def _list(node: Node, key: str) -> list[object]:
    value = node.child(key).value
    return value if isinstance(value, list) else []


def _plain(name: str) -> str:
    """A row's or seat's name without what a label can't carry: `Row 3` becomes `Row3`."""
    return re.sub(r"[\W_]+", "", name) or name
