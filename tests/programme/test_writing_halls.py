"""Halls written in four formats and read again: what comes back is the same, as far as the format can say it."""

from itertools import accumulate, pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_layout
from tests.programme.hall_files import read
from ticketing.demo import folder
from ticketing.kernel.errors import FormatTooNarrow
from ticketing.programme.halls import read_hall
from ticketing.programme.halls.writing import HallFormat, write_hall
from ticketing.programme.halls.writing_text import number_ranges
from ticketing.programme.layout import (
    Layout,
    LayoutArea,
    LayoutSeat,
    LayoutSection,
    SeatKind,
    area_of,
    layout_id,
    seat_label,
)
from ticketing.programme.layout_check import check_layout
from ticketing.programme.layout_differences import compare_layouts

HALLS = sorted((Path(folder.__file__).parent / "data" / "halls").iterdir())
ROWS = ("A", "B", "C", "Д", "5")
ZONES = ("standard", "premium", "last-rows")
KINDS = (SeatKind.STANDARD, SeatKind.RESTRICTED)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def layouts(draw: st.DrawFn, *, ragged: bool = False) -> Layout:
    """Halls of up to three sections, five rows in each, up to three runs in a row; wheelchairs with companions.

    ``ragged``: seats stand anywhere, as an editor allows; else in straight rows, as text and grids know them.
    """
    names = draw(st.sampled_from([("",), ("stalls",), ("", "balcony"), ("stalls", "balcony", "box-left")]))
    kinds = {"balcony": "balcony", "box-left": "box"}
    seats: list[LayoutSeat] = []
    runs: list[tuple[int, int]] = []
    y = 300.0
    for section in names:
        for row in ROWS[: draw(st.integers(1, len(ROWS)))]:
            lengths = draw(st.lists(st.integers(2, 6), min_size=1, max_size=3))
            backwards = draw(st.booleans())
            first = draw(st.integers(1, 30))
            numbers = [first + place for place in range(sum(lengths))]
            zone = draw(st.sampled_from(ZONES))
            accessible = draw(st.booleans())
            x, number = 100.0, iter(numbers[::-1] if backwards else numbers)
            for length in lengths:
                runs.append((len(seats), length))
                for place in range(length):
                    name = str(next(number))
                    kind, companion_of = draw(st.sampled_from(KINDS)), None
                    if accessible and not place:
                        kind = SeatKind.WHEELCHAIR
                    elif accessible and place == 1:
                        kind, companion_of = SeatKind.COMPANION, seats[-1].seat
                    stray = draw(st.floats(-9, 9)) if ragged else 0.0
                    at = (round(x + stray, 1), round(y + stray, 1))
                    label = seat_label(section, row, name)
                    seats.append(LayoutSeat(label, section, row, name, *at, zone, kind, companion_of))
                    x += 55.0
                x += 55.0
            y += 95.0
    areas = tuple(
        LayoutArea(f"area-{place}", draw(st.integers(1, 80)), f"area-{place}", 100.0, y + 200 * place, 900.0, 150.0)
        for place in range(draw(st.integers(0, 2)))
    )
    sections = tuple(LayoutSection(name, {"en": "Upper | ; part"}, kinds.get(name, "stalls")) for name in names)  # type: ignore[arg-type]  # the three kinds
    layout = Layout(
        1400.0, y + 700, (700.0, 500.25), (200.0, 40.0, 1200.0, 40.0), sections, tuple(seats), areas, tuple(runs)
    )
    assert check_layout(layout) == []
    return layout


@FEW
@given(layouts(ragged=True))
def test_our_own_format_carries_everything(layout: Layout) -> None:
    written = write_hall(layout, "own", "Hall")
    assert written.exact
    assert layout_id(read(written.content)) == layout_id(layout)


@FEW
@given(layouts())
def test_text_carries_all_but_exact_places(layout: Layout) -> None:
    written = write_hall(layout, "text", "Hall")
    assert (written.lost.gone, written.lost.new) == ((), ())
    assert (written.lost.zone, written.lost.kind, written.lost.aisle) == ((), (), ())
    # What is read from text can be said in text: from then on nothing is lost.
    again = read(written.content)
    assert write_hall(again, "text", "Hall").lost.moved == ()


@FEW
@given(layouts(ragged=True))
def test_pretix_carries_seats_where_they_are(layout: Layout) -> None:
    written = write_hall(layout, "pretix", "Hall")
    several = len(layout.sections) > 1
    seats = [seat for seat in layout.seats if not several or seat.section]
    if len(layout.sections) == 1 and layout.sections[0].section:
        # The only zone needs no prefix.
        assert {label for label in written.lost.gone if not area_of(label)} == {seat.seat for seat in seats}
        return
    lost = set(written.lost.gone)
    assert {label for label in lost if not area_of(label)} == {
        seat.seat for seat in layout.seats if several and not seat.section
    }
    # A zone can't stand beside a kind: it is renamed for those that are more than standard.
    standard = {seat.seat for seat in seats if seat.kind is SeatKind.STANDARD}
    assert standard.isdisjoint(written.lost.zone)
    assert standard.isdisjoint(written.lost.kind)
    assert not {seat.seat for seat in seats if seat.kind is SeatKind.WHEELCHAIR} & set(written.lost.kind)
    back = read(written.content)
    steps = list(zip(_along(layout, seats), _along(back, seats), strict=True))
    widest, widest_read = max(steps, key=lambda pair: abs(pair[0]))
    for step, step_read in steps:
        assert abs(step_read - step * widest_read / widest) < 1


def _along(layout: Layout, seats: list[LayoutSeat]) -> list[float]:
    """How far across the hall it is from each of these seats to the next."""
    places = {seat.seat: seat.x for seat in layout.seats}
    return [places[other.seat] - places[one.seat] for one, other in pairwise(seats)]


@FEW
@given(layouts())
def test_vista_carries_a_grid(layout: Layout) -> None:
    written = write_hall(layout, "vista", "Hall")
    back = read(written.content)
    assert len(back.seats) == len(layout.seats)
    assert back.capacity == layout.capacity
    count = [sum(seat.kind is kind for seat in layout.seats) for kind in (SeatKind.WHEELCHAIR, SeatKind.COMPANION)]
    assert count == [
        sum(seat.kind is kind for seat in back.seats) for kind in (SeatKind.WHEELCHAIR, SeatKind.COMPANION)
    ]
    if len(layout.sections) == 1 and not layout.sections[0].section:
        assert (written.lost.gone, written.lost.new, written.lost.zone) == ((), (), ())
        assert written.lost.aisle == ()


@pytest.mark.parametrize("path", HALLS, ids=lambda path: path.name)
def test_halls_of_the_demo(path: Path) -> None:
    layout = read_hall(path)
    assert layout_id(read(write_hall(layout, "own", path.stem).content)) == layout_id(layout)
    text = write_hall(layout, "text", path.stem).lost
    assert (text.gone, text.new, text.zone, text.aisle) == ((), (), (), ())


@pytest.mark.parametrize(
    ("change", "form"),
    [
        ({"number": "12w"}, "text"),
        ({"number": "VIP"}, "text"),
        ({"x": 90_000.0}, "vista"),
    ],
)
def test_what_a_format_can_t_name_is_refused(change: dict[str, object], form: HallFormat) -> None:
    layout = make_layout(rows=1, seats=2)
    last = msgspec.structs.replace(layout.seats[1], **change)
    label = seat_label(last.section, last.row, last.number)
    last = msgspec.structs.replace(last, seat=label)
    # An aisle before it, or the grid would leave no room.
    broken = msgspec.structs.replace(layout, seats=(layout.seats[0], last), runs=((0, 1), (1, 1)))
    with pytest.raises(FormatTooNarrow):
        write_hall(broken, form, "Hall")


def test_a_hall_without_seats_is_no_plan_of_pretix() -> None:
    layout = make_layout(area_capacity=30)
    bare = msgspec.structs.replace(layout, seats=(), runs=())
    with pytest.raises(FormatTooNarrow):
        write_hall(bare, "pretix", "Hall")
    assert write_hall(layout, "pretix", "Hall").lost.gone == tuple(f"parterre#{place}" for place in range(1, 31))


@pytest.mark.parametrize(
    ("numbers", "ranges"),
    [
        ("1 2 3", ["1-3"]),
        ("3 2 1 7", ["3-1", "7-7"]),
        ("1 3 5", ["1-1", "3-3", "5-5"]),
        ("1 2 1", ["1-2", "1-1"]),
        ("007 008", ["007-007", "008-008"]),
        ("1 2A 3", ["1-1", "2A-2A", "3-3"]),
        ("", []),
    ],
)
def test_ranges(numbers: str, ranges: list[str]) -> None:
    assert [f"{first}-{last}" for first, last in number_ranges(numbers.split())] == ranges


def test_what_differs_is_named_by_place() -> None:
    before = make_layout(rows=2, seats=4, area_capacity=3)
    seats = list(before.seats)
    seats[0] = msgspec.structs.replace(seats[0], zone="premium")
    seats[1] = msgspec.structs.replace(seats[1], kind=SeatKind.RESTRICTED)
    seats[2] = msgspec.structs.replace(seats[2], x=seats[2].x + 6)
    seats[3] = msgspec.structs.replace(seats[3], x=seats[3].x + 4)
    after = msgspec.structs.replace(
        before,
        seats=tuple(seats[:-1]),
        runs=tuple(zip(accumulate((0, 4)), (4, 3), strict=True)),
        areas=(msgspec.structs.replace(before.areas[0], capacity=2),),
    )
    found = compare_layouts(before, after)
    assert found.gone == ("B-4", "parterre#3")
    assert (found.new, found.zone, found.kind, found.moved) == ((), ("A-1",), ("A-2",), ("A-3",))
    assert found.aisle == ("B-3",)
    assert compare_layouts(after, before).new == ("B-4", "parterre#3")
