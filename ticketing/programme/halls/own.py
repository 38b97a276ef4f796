"""Our own hall format, `ticketing-hall/1`: JSON with every seat where it is. Schema: `hall.schema.json`."""

from typing import Any, cast

from ticketing.kernel.i18n import Sentence
from ticketing.programme.halls.building import Run, accept, assign_companions, layout_of, tidy
from ticketing.programme.layout import (
    PLACES_MAX,
    Layout,
    LayoutArea,
    LayoutSeat,
    LayoutSection,
    SeatKind,
    seat_label,
)
from ticketing.programme.nodes import Node
from ticketing.programme.problems import Problems

FORMAT = "ticketing-hall/1"
HALL_FIELDS = ("format", "$schema", "width", "height", "focal", "screen", "sections", "areas")
SECTION_FIELDS = ("section", "name", "kind", "zone", "rows")
ROW_FIELDS = ("row", "zone", "runs")
SEAT_FIELDS = ("number", "x", "y", "zone", "kind", "companion_of")
AREA_FIELDS = ("area", "capacity", "zone", "x", "y", "width", "height")
SECTION_KINDS = ("stalls", "balcony", "box")
LANGUAGES = ("kk", "ru", "fr", "en")


def is_own(document: Node) -> bool:
    """Does the document say that it is ours?"""
    return str(document.child("format").value).startswith("ticketing-hall")


def read_own(document: Node, file: str, problems: Problems) -> Layout | None:
    """The layout, or None with every reason noted in `problems`."""
    before = problems.count
    document.fields(HALL_FIELDS)
    if document.child("format").value != FORMAT:
        document.child("format").wrong(Sentence('"%(format)s"', format=FORMAT))
    width, height = tidy(document.number("width")), tidy(document.number("height"))
    focal = document.numbers("focal", 2) or (tidy(width / 2), tidy(height * 2 / 3))
    screen = document.numbers("screen", 4) or None
    sections: list[LayoutSection] = []
    runs: list[Run] = []
    for section in document.items("sections", required=not document.has("areas")):
        if section.fields(SECTION_FIELDS):
            runs += _section(section, sections)
    areas = [_area(area) for area in document.items("areas", required=False) if area.fields(AREA_FIELDS)]
    if problems.count > before:
        return None
    layout = layout_of(
        assign_companions(runs),
        areas,
        sections,
        width=width,
        height=height,
        focal=cast(tuple[float, float], focal),
        screen=cast(tuple[float, float, float, float] | None, screen),
    )
    return accept(layout, file, problems)


def hall_document(layout: Layout) -> dict[str, Any]:
    """A layout as a document of our format: reading it again gives an equal layout."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    sections = [
        {"section": section.section, "name": section.name, "kind": section.kind, "rows": []}
        for section in layout.sections
    ]
    rows_of = {section["section"]: section["rows"] for section in sections}
    previous: tuple[str, str] | None = None
    for first, length in layout.runs:
        place = (layout.seats[first].section, layout.seats[first].row)
        if place != previous:
            rows[place] = {"row": place[1], "runs": []}
            cast(list[Any], rows_of[place[0]]).append(rows[place])
        previous = place
        rows[place]["runs"].append([_seat_document(seat) for seat in layout.seats[first : first + length]])
    document = {
        "format": FORMAT,
        "width": layout.width,
        "height": layout.height,
        "focal": list(layout.focal),
        "sections": sections,
        "areas": [{field: getattr(area, field) for field in AREA_FIELDS} for area in layout.areas],
    }
    return document if layout.screen is None else document | {"screen": list(layout.screen)}


def _seat_document(seat: LayoutSeat) -> dict[str, Any]:
    document: dict[str, Any] = {"number": seat.number, "x": seat.x, "y": seat.y, "zone": seat.zone}
    if seat.kind is not SeatKind.STANDARD:
        document["kind"] = seat.kind.value
    if seat.companion_of is not None:
        document["companion_of"] = seat.companion_of
    return document


def _section(section: Node, sections: list[LayoutSection]) -> list[Run]:
    section_id = "" if section.child("section").value in (None, "") else section.text("section")
    names: dict[str, str] = {}
    if section.has("name") and section.child("name").fields(LANGUAGES):
        name = section.child("name")
        names = {language: name.text(language) for language in LANGUAGES if name.has(language)}
    kind = section.choice("kind", SECTION_KINDS, "stalls")
    sections.append(LayoutSection(section_id, names, cast(Any, kind)))
    zone = section.text("zone", "standard")
    runs: list[Run] = []
    for row in section.items("rows"):
        if not row.fields(ROW_FIELDS):
            continue
        row_name = row.text("row")
        row_zone = row.text("zone", zone)
        for run in row.items("runs"):
            seats = [seat for seat in run.entries() if seat.fields(SEAT_FIELDS)]
            runs.append([_seat(seat, section_id, row_name, row_zone) for seat in seats])
    return runs


def _seat(seat: Node, section: str, row: str, zone: str) -> LayoutSeat:
    number = seat.text("number")
    companion_of = seat.text("companion_of") if seat.has("companion_of") else None
    return LayoutSeat(
        seat=seat_label(section, row, number),
        section=section,
        row=row,
        number=number,
        x=tidy(seat.number("x")),
        y=tidy(seat.number("y")),
        zone=seat.text("zone", zone),
        kind=SeatKind(seat.choice("kind", [kind.value for kind in SeatKind], "standard")),
        companion_of=companion_of,
    )


def _area(area: Node) -> LayoutArea:
    return LayoutArea(
        area=area.text("area"),
        capacity=area.integer("capacity", 1, PLACES_MAX),
        zone=area.text("zone", "standard"),
        x=tidy(area.number("x")),
        y=tidy(area.number("y")),
        width=tidy(area.number("width")),
        height=tidy(area.number("height")),
    )
