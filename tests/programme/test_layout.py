"""Layouts: places and their numbers, the identity of a layout, what keeps one from being sold."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.programme.layout import (
    Layout,
    LayoutArea,
    LayoutSeat,
    LayoutSection,
    SeatKind,
    area_of,
    layout_body,
    layout_from_body,
    layout_id,
    seat_label,
    wheelchair_places_required,
)
from ticketing.programme.layout_check import check_layout


def seat(
    row: str, number: int, *, zone: str = "standard", kind: SeatKind = SeatKind.STANDARD, **other: str
) -> LayoutSeat:
    label = seat_label("", row, str(number))
    return LayoutSeat(
        label, "", row, str(number), 100.0 + 55 * number, 300.0, zone, kind, other.get("companion_of")
    )


def layout(
    *seats: LayoutSeat, runs: tuple[tuple[int, int], ...] | None = None, areas: tuple[LayoutArea, ...] = ()
) -> Layout:
    whole = ((0, len(seats)),) if seats else ()
    return Layout(
        1000.0, 1000.0, (500.0, 700.0), None, (LayoutSection(""),), seats, areas, whole if runs is None else runs
    )


PARTERRE = LayoutArea("parterre", 3, "standing", 100.0, 500.0, 400.0, 200.0)
ROW = tuple(seat("A", number) for number in range(1, 5))


def test_seats_come_first_then_the_slots_of_areas() -> None:
    hall = layout(*ROW, areas=(PARTERRE,))
    assert hall.places() == ["A-1", "A-2", "A-3", "A-4", "parterre#1", "parterre#2", "parterre#3"]
    assert hall.index_of["parterre#2"] == 5
    assert hall.zone_of == ("standard",) * 4 + ("standing",) * 3
    assert hall.area_ranges == {"parterre": range(4, 7)}
    assert hall.capacity == 7
    assert hall.zones() == ("standard", "standing")
    assert check_layout(hall) == []


@pytest.mark.parametrize(("place", "area"), [("A-1", None), ("balcony/C-4", None), ("parterre#17", "parterre")])
def test_a_slot_knows_its_area(place: str, area: str | None) -> None:
    assert area_of(place) == area


def test_the_id_is_of_the_body_and_survives_storage() -> None:
    hall = layout(*ROW, areas=(PARTERRE,))
    assert layout_from_body(layout_body(hall)) == hall
    assert layout_from_body(msgspec.json.decode(layout_body(hall))) == hall
    assert layout_id(layout_from_body(layout_body(hall))) == layout_id(hall)
    assert layout_id(layout(*ROW)) != layout_id(hall)
    assert len(layout_id(hall)) == 32


@given(st.integers(1, 12), st.integers(1, 12), st.floats(-500, 500), st.integers(0, 5))
def test_any_hall_is_the_same_after_storage(rows: int, seats: int, shift: float, capacity: int) -> None:
    places = [
        msgspec.structs.replace(seat(f"R{row}", number), y=row * 95.0 + shift)
        for row in range(rows)
        for number in range(seats)
    ]
    areas = (msgspec.structs.replace(PARTERRE, capacity=capacity),) if capacity else ()
    hall = layout(*places, runs=tuple((row * seats, seats) for row in range(rows)), areas=areas)
    assert check_layout(hall) == []
    assert layout_id(layout_from_body(layout_body(hall))) == layout_id(hall)
    assert [hall.index_of[label] for label in hall.places()] == list(range(hall.capacity))


WHEELCHAIR = seat("A", 1, kind=SeatKind.WHEELCHAIR)
COMPANION = SeatKind.COMPANION


@pytest.mark.parametrize(
    ("hall", "place", "field"),
    [
        (layout(), "", "places"),
        (layout(areas=(msgspec.structs.replace(PARTERRE, capacity=10**9),)), "", "places"),
        (layout(*ROW, areas=(msgspec.structs.replace(PARTERRE, capacity=0),)), "parterre", "capacity"),
        (layout(*ROW, areas=(msgspec.structs.replace(PARTERRE, area="Par terre"),)), "Par terre", "area"),
        (layout(*ROW, areas=(PARTERRE, PARTERRE)), "parterre", "area"),
        (layout(*ROW, areas=(msgspec.structs.replace(PARTERRE, width=0.0),)), "parterre", "position"),
        (layout(*ROW, areas=(msgspec.structs.replace(PARTERRE, x=math.inf),)), "parterre", "position"),
        (layout(*ROW, ROW[0]), "A-1", "seat"),
        (layout(msgspec.structs.replace(ROW[0], x=math.nan)), "A-1", "position"),
        (layout(msgspec.structs.replace(ROW[0], y=1e9)), "A-1", "position"),
        (layout(msgspec.structs.replace(ROW[0], zone="Premium!")), "A-1", "zone"),
        (layout(msgspec.structs.replace(ROW[0], section="balcony", seat="balcony/A-1")), "balcony/A-1", "section"),
        (layout(msgspec.structs.replace(ROW[0], seat="A1")), "A1", "seat"),
        (layout(msgspec.structs.replace(ROW[0], row="A/1", seat="A/1-1")), "A/1-1", "row"),
        (layout(msgspec.structs.replace(ROW[0], number="1#", seat="A-1#")), "A-1#", "number"),
        (layout(seat("A", 1, kind=COMPANION)), "A-1", "companion_of"),
        (layout(seat("A", 1), seat("A", 2, kind=COMPANION, companion_of="A-1")), "A-2", "companion_of"),
        (layout(WHEELCHAIR, seat("A", 2, companion_of="A-1")), "A-2", "companion_of"),
        (
            layout(WHEELCHAIR, *(seat("A", number, kind=COMPANION, companion_of="A-1") for number in range(2, 6))),
            "A-1",
            "companion_of",
        ),
        (layout(*ROW, runs=((0, 3),)), "", "runs"),
        (layout(*ROW, runs=((0, 3), (2, 2))), "", "runs"),
        (layout(*ROW, runs=((0, 9),)), "", "runs"),
        (layout(ROW[0], seat("B", 2)), "A-1", "runs"),
    ],
)
def test_what_keeps_a_hall_from_being_sold(hall: Layout, place: str, field: str) -> None:
    problems = check_layout(hall)
    assert (place, field) in [(problem.place, problem.field) for problem in problems], problems


def test_companions_are_known_by_their_wheelchair_place() -> None:
    hall = layout(
        WHEELCHAIR,
        seat("A", 3, kind=COMPANION, companion_of="A-1"),
        seat("A", 2, kind=COMPANION, companion_of="A-1"),
        seat("A", 4, kind=SeatKind.WHEELCHAIR),
    )
    assert hall.companions_of == {0: (2, 1), 3: ()}


@pytest.mark.parametrize(
    ("capacity", "places"), [(0, 0), (1, 2), (50, 2), (51, 3), (100, 3), (101, 4), (500, 11), (1050, 22)]
)
def test_wheelchair_places_required(capacity: int, places: int) -> None:
    assert wheelchair_places_required(capacity) == places
