"""What is offered instead of a refusal: tables of small halls. ``x`` taken, ``o`` the party, ``.`` free."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.seating.small_halls import drawn, picture, row_of
from ticketing.programme.layout import SeatKind
from ticketing.seating.offers import instead_of_best, nearest_equal


@pytest.mark.parametrize(
    ("rows", "lost", "instead"),
    [
        # The party moves by as little as can be, together, and leaves nobody alone.
        (["...oo....."], [4], ["..oo......"]),
        (["...oo....."], [3], ["....oo...."]),
        (["oo........"], [0], [".oo......."]),
        # No room in the row: the nearest other row, the same columns.
        (["xxooxx", "......"], [2], ["xx..xx", "..oo.."]),
        # Those who sit apart from the lost seat stay.
        (["o......oo."], [8], ["o.....oo.."]),
        # Nothing is as large.
        (["xxooxx", "x.xx.x"], [2], None),
        (["oo"], [], None),
    ],
)
def test_the_nearest_equal_seats(rows: list[str], lost: list[int], instead: list[str] | None) -> None:
    layout, free, party = drawn(*rows)
    found = nearest_equal(layout, free.difference(lost), party, lost)
    assert (picture(layout, rows, found) if found else None) == instead


def test_equal_is_of_the_same_zone_and_kind() -> None:
    layout = row_of("A 1-2@premium 3-9\nB 1 2r 3 4\nC 1-4@premium")
    places = layout.index_of
    free = set(range(len(layout.seats)))
    lost = {places["A-1"]}
    found = nearest_equal(layout, free - lost, lost, lost)
    assert [layout.labels[place] for place in found] == ["A-2"]
    pair = {places["A-1"], places["A-2"]}
    found = nearest_equal(layout, free - lost, pair, lost)
    assert [layout.labels[place] for place in found] == ["C-1", "C-2"]
    worse = {places["B-1"]}
    assert all(
        layout.seats[place].kind is SeatKind.STANDARD for place in nearest_equal(layout, free - worse, worse, worse)
    )


def test_a_wheelchair_place_moves_with_its_companion() -> None:
    layout = row_of("A 1w 2c 3 4 5 6c 7w\nB 1-7")
    places = layout.index_of
    party = {places["A-1"], places["A-2"]}
    free = set(range(len(layout.seats))) - {places["A-1"]}
    assert [layout.labels[place] for place in nearest_equal(layout, free, party, {places["A-1"]})] == ["A-6", "A-7"]
    free -= {places["A-7"]}
    assert nearest_equal(layout, free, party, {places["A-1"]}) == ()


@pytest.mark.parametrize(
    ("text", "taken", "wish", "offers"),
    [
        # Another zone has them side by side; the wished zone has them in two groups.
        (
            "A 1-2@premium _ 3@premium\nB 1-3",
            "",
            (3, "premium", 0),
            ["other_zone B-1 B-2 B-3", "split A-1 A-2 A-3"],
        ),
        # Four are parted in two and two, not three and one, and face each other over the aisle.
        ("A 1-3 _ 4-6", "", (4, None, 0), ["split A-2 A-3 A-4 A-5"]),
        # Where it can be helped, nobody is left alone.
        ("A 1-3 _ 4-8", "A-8", (5, None, 0), ["split A-1 A-2 A-3 A-4 A-5"]),
        ("A 1-3 _ 4", "", (4, None, 0), ["split A-1 A-2 A-3 A-4"]),
        # Nothing for all: as many as there are side by side.
        ("A 1-2", "", (4, None, 0), ["fewer A-1 A-2"]),
        ("A 1-2", "A-1 A-2", (2, None, 0), []),
        # The zone is sold out, and another one has them in two groups only.
        ("A 1@premium\nB 1-2 _ 3-4", "A-1", (4, "premium", 0), ["split B-1 B-2 B-3 B-4"]),
        # A wheelchair place is never traded for a seat.
        ("A 1w 2c 3\nB 1-3", "A-1", (2, None, 1), []),
        ("A 1w 2c\nB 1-3", "", (4, None, 1), ["split A-1 A-2 B-1 B-2"]),
    ],
)
def test_what_there_is_instead_of_the_best(
    text: str, taken: str, wish: tuple[int, str | None, int], offers: list[str]
) -> None:
    layout = row_of(text)
    free = {place for label, place in layout.index_of.items() if label not in taken.split()}
    found = instead_of_best(layout, free, *wish)
    assert [f"{offer.kind} {' '.join(layout.labels[seat] for seat in offer.seats)}" for offer in found] == offers


@given(
    st.text(alphabet="x._", min_size=1, max_size=12),
    st.text(alphabet="x._", min_size=1, max_size=12),
    st.integers(1, 8),
)
def test_whatever_is_offered_is_free_and_not_too_much(one: str, other: str, count: int) -> None:
    layout, free, _ = drawn(one, other)
    for offer in instead_of_best(layout, free, count, None, 0):
        assert set(offer.seats) <= free
        assert len(offer.seats) == len(set(offer.seats)) <= count
        assert offer.kind != "split" or len(offer.seats) == count


def test_a_hall_of_2500_seats_is_searched_in_no_time() -> None:
    layout, free, party = drawn(*(["...ooo" + "." * 44] + ["." * 50] * 49))
    started_s = time.perf_counter()
    assert nearest_equal(layout, free - {3}, party, {3})
    assert time.perf_counter() - started_s < 1
    started_s = time.perf_counter()
    assert instead_of_best(layout, set(range(0, 2500, 2)), 6, None, 0)
    assert time.perf_counter() - started_s < 2
