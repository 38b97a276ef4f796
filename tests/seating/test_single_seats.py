"""No single seat left over: tables of small halls. ``x`` taken, ``o`` chosen, ``.`` free, ``_`` an aisle."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.seating.small_halls import drawn, picture, row_of
from ticketing.seating.single_seats import avoidable_singles, singles_left


@pytest.mark.parametrize(
    ("row", "singles"),
    [
        ("oo........", ""),
        (".oo.......", "1"),
        ("..oo......", ""),
        (".......oo.", "10"),
        ("o.o.......", "2"),
        ("x.oo......", "2"),
        ("x.o.x.....", "2 4"),
        ("xo.x......", "3"),
        ("..o._.....", "4"),
        (".o_.......", "1"),
        ("o_........", ""),
        ("xx.xoo....", ""),
        ("oooooooooo", ""),
        ("..........", ""),
        ("o..o......", ""),
        (".o.o......", "1 3"),
    ],
)
def test_what_a_choice_leaves_alone(row: str, singles: str) -> None:
    layout, free, chosen = drawn(row)
    assert " ".join(layout.seats[seat].number for seat in singles_left(layout, free, chosen)) == singles


@pytest.mark.parametrize(
    ("rows", "instead"),
    [
        # By one seat: to the wall or away from it, as the lower number has it.
        ([".oo......."], ["oo........"]),
        ([".......oo."], ["......oo.."]),
        # Towards those who sit there already.
        (["x.oo......"], ["xoo......."]),
        # Two of one party with a gap between them: they move together.
        (["..o.o....."], ["...oo....."]),
        # Nothing else is left in the hall: the choice is as good as any other.
        (["x.ox"], None),
        (["xo.x"], None),
        (["x.oox", "xoxxx"], None),
        # The gap was there before: nothing new is left over.
        (["x.xoo....."], None),
        # A party of two in the last three free seats strands one; another row has room.
        (["x.oox", "x...."], ["x...x", "xoo.."]),
        (["x.oox", "xx.xx"], None),
        # A group that stands well stays where it is.
        (["oo.......", ".oo......"], ["oo.......", "oo......."]),
        (["oo......."], None),
    ],
)
def test_what_could_be_chosen_instead(rows: list[str], instead: list[str] | None) -> None:
    layout, free, chosen = drawn(*rows)
    leftover = avoidable_singles(layout, free, chosen)
    assert (None if leftover is None else picture(layout, rows, leftover.instead)) == instead


def test_another_zone_is_no_remedy() -> None:
    layout = row_of("A 1-3@premium\nB 1-9")
    premium = (1,)
    assert singles_left(layout, range(12), premium) == (0, 2)
    leftover = avoidable_singles(layout, range(12), premium)
    assert leftover is not None
    assert leftover.instead == (0,)
    assert avoidable_singles(layout, {0, 1, *range(3, 12)}, premium) is None


def test_a_better_view_is_no_remedy_for_a_worse_one_only_the_other_way_round() -> None:
    layout = row_of("A 1r 2 3\nB 1 2 3")
    assert singles_left(layout, {1, 2}, {1}) == (2,)
    assert avoidable_singles(layout, {0, 1, 2}, {1}) is not None
    assert avoidable_singles(layout, {0, 1, 2}, {1}).instead == (2,)  # type: ignore[union-attr]  # asserted above


def test_wheelchair_places_leave_nobody_alone_and_are_never_left_alone() -> None:
    layout = row_of("A 1w 2c 3 4 5 6")
    assert singles_left(layout, range(6), {0, 1}) == ()
    assert singles_left(layout, range(6), {3}) == (2,)
    leftover = avoidable_singles(layout, range(6), {0, 1, 3})
    assert leftover is not None
    assert leftover.instead == (0, 1, 2)


def test_places_without_numbers_have_no_neighbours() -> None:
    layout = row_of("area: parterre 40\nA 1-4")
    assert singles_left(layout, range(44), set(range(4, 30))) == ()
    assert avoidable_singles(layout, range(44), set(range(4, 30))) is None


@given(st.text(alphabet="x.o_", min_size=1, max_size=14), st.text(alphabet="x.o_", min_size=1, max_size=14))
def test_the_remedy_is_as_large_as_free_and_better(one: str, other: str) -> None:
    layout, free, chosen = drawn(one, other)
    leftover = avoidable_singles(layout, free, chosen)
    if leftover is None:
        return
    assert len(leftover.instead) == len(chosen)
    assert set(leftover.instead) <= free
    assert leftover.singles == singles_left(layout, free, chosen)
    assert len(singles_left(layout, free, leftover.instead)) < len(leftover.singles)


def test_a_hall_of_2500_seats_is_judged_in_no_time() -> None:
    layout, free, chosen = drawn(*([".oo" + "." * 47] + ["." * 50] * 49))
    started_s = time.perf_counter()
    assert avoidable_singles(layout, free, chosen) is not None
    assert time.perf_counter() - started_s < 1
