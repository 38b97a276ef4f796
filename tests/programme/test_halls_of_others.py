"""Halls as pretix and Vista have them: turned the right way, parted at the aisles, refused with a path."""

from typing import Any

import pytest

from tests.programme.hall_files import pretix_plan, problems_of, read, vista_layout
from ticketing.programme.layout import SeatKind


def test_pretix() -> None:
    layout = read(pretix_plan())
    assert [section.section for section in layout.sections] == ["parkett", "balkon"]
    assert [section.kind for section in layout.sections] == ["stalls", "balcony"]
    assert layout.places()[:6] == [f"parkett/A-{number}" for number in range(1, 7)]
    assert [length for _, length in layout.runs] == [3, 3, 3, 3, 4]
    seat = {found.seat: found for found in layout.seats}
    assert seat["parkett/A-2"].x - seat["parkett/A-1"].x == pytest.approx(55, abs=0.2)
    assert seat["parkett/A-1"].y < seat["parkett/B-1"].y < seat["balkon/A-1"].y
    assert seat["parkett/A-1"].zone == "kategorie-1"
    assert seat["parkett/B-1"].kind is SeatKind.WHEELCHAIR
    assert (seat["parkett/B-2"].kind, seat["parkett/B-2"].companion_of) == (SeatKind.COMPANION, "parkett/B-1")


def test_a_pretix_plan_with_the_stage_below_is_turned_round() -> None:
    plan = pretix_plan()
    plan["zones"][0]["areas"] = [
        {
            "shape": "rectangle",
            "position": {"x": 0, "y": 900},
            "text": {"text": "BÜHNE", "position": {"x": 0, "y": 0}},
        }
    ]
    seat = {found.seat: found for found in read(plan).seats}
    assert seat["balkon/A-1"].y < seat["parkett/B-1"].y < seat["parkett/A-1"].y
    assert seat["parkett/A-2"].x < seat["parkett/A-1"].x


def test_one_pretix_zone_needs_no_section() -> None:
    plan = pretix_plan()
    del plan["zones"][1]
    assert read(plan).places()[0] == "A-1"


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (lambda seat: seat.update(seat_guid="g-A-2"), "zones[0].rows[0].seats[1].seat_guid"),
        (lambda seat: seat.update(category="Kategorie 9"), "zones[0].rows[0].seats[0].category"),
        (lambda seat: seat.pop("position"), "zones[0].rows[0].seats[0].position"),
        (lambda seat: seat["position"].update(x="left"), "zones[0].rows[0].seats[0].position.x"),
        (lambda seat: seat.update(seat_number=None), "zones[0].rows[0].seats[0].seat_number"),
        (lambda seat: seat.update(seat_number="2"), "seat"),
    ],
)
def test_a_slip_in_a_pretix_plan_is_named(change: Any, column: str) -> None:
    plan = pretix_plan()
    change(plan["zones"][0]["rows"][0]["seats"][0])
    assert column in [problem.column for problem in problems_of(plan)]


def test_vista() -> None:
    layout = read(vista_layout())
    seat = {found.seat: found for found in layout.seats}
    # Row 0 is farthest from the screen: here it has the greatest y.
    assert seat["A-1"].y < seat["B-1"].y < seat["H-1"].y
    assert seat["H-1"].y - seat["B-1"].y > seat["B-1"].y - seat["A-1"].y
    assert seat["A-1"].x < seat["A-2"].x
    assert [length for _, length in layout.runs] == [3, 3, 3, 3, 4]
    assert seat["H-1"].zone == "love-seats"
    assert seat["A-1"].zone == "standard"
    assert seat["A-1"].kind is SeatKind.WHEELCHAIR
    assert seat["A-2"].companion_of == "A-1"
    assert layout.sections[0].section == ""
    assert [(area.area, area.capacity) for area in layout.areas] == [("foyer", 25)]


def test_vista_bare_and_without_counts() -> None:
    data = vista_layout()["SeatLayoutData"]
    for area in data["Areas"]:
        for field in ("ColumnCount", "RowCount", "Number", "AreaCategoryCode"):
            area.pop(field, None)
    del data["Areas"][2]
    assert len(read(data).seats) == 16


def test_a_vista_name_that_stands_twice_makes_sections() -> None:
    document = vista_layout()
    document["SeatLayoutData"]["Areas"][1]["Rows"][0]["PhysicalName"] = "A"
    layout = read(document)
    assert {"standard/A-1", "love-seats/A-1"} <= layout.index_of.keys()


def test_a_vista_sofa_stays_in_one_run() -> None:
    document = vista_layout()
    seats = document["SeatLayoutData"]["Areas"][0]["Rows"][0]["Seats"]
    sofa = [seats[2]["Position"], seats[3]["Position"]]
    seats[2]["SeatsInGroup"] = seats[3]["SeatsInGroup"] = sofa
    assert 6 in [length for _, length in read(document).runs]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (lambda area: area.update(Width=0), "SeatLayoutData.Areas[0].Width"),
        (lambda area: area.pop("Left"), "SeatLayoutData.Areas[0].Left"),
        (lambda area: area.update(Rows=7), "SeatLayoutData.Areas[0].Rows"),
        (lambda area: area["Rows"][0].update(PhysicalName=None), "SeatLayoutData.Areas[0].Rows[0].PhysicalName"),
        (
            lambda area: area["Rows"][0]["Seats"][0]["Position"].update(RowIndex=-1),
            "SeatLayoutData.Areas[0].Rows[0].Seats[0].Position.RowIndex",
        ),
        (lambda area: area["Rows"][0]["Seats"][0].pop("Id"), "SeatLayoutData.Areas[0].Rows[0].Seats[0].Id"),
        (lambda area: area["Rows"][0]["Seats"][0].update(Id="2"), "seat"),
        (lambda area: area.update(Number=2), "SeatLayoutData.Areas"),
    ],
)
def test_a_slip_in_a_vista_layout_is_named(change: Any, column: str) -> None:
    document = vista_layout()
    change(document["SeatLayoutData"]["Areas"][0])
    assert column in [problem.column for problem in problems_of(document)]
