"""Best available, decided in advance: tables of small halls."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.programme.halls import parse_hall
from ticketing.programme.layout import Layout, SeatKind
from ticketing.programme.problems import Problems
from ticketing.programme.ranking import rank_blocks, run_starts


def hall(text: str) -> Layout:
    problems = Problems()
    layout = parse_hall(text.encode(), "hall.txt", problems)
    assert layout is not None, [str(problem) for problem in problems.found]
    return layout


def ranked(layout: Layout, count: int, zone: str | None = None, wheelchair: int = 0) -> list[str]:
    places = layout.places()
    return [" ".join(places[index] for index in block) for block in rank_blocks(layout, count, zone, wheelchair)]


CINEMA = hall("A 1-8\nB 1-8\nC 1-8\nD 1-8")


def test_the_best_is_side_by_side_and_near_the_focal_point() -> None:
    best = ranked(CINEMA, 4)
    assert best[0] == "C-3 C-4 C-5 C-6"
    assert len(best) == 4 * 5
    assert best[-1] in ("A-1 A-2 A-3 A-4", "A-5 A-6 A-7 A-8")


def test_ties_are_decided_by_the_lowest_index() -> None:
    assert ranked(CINEMA, 1)[:2] == ["C-4", "C-5"]


@pytest.mark.parametrize(
    ("text", "count", "blocks"),
    [
        ("A 1-2 _ 3-4", 2, ["A-1 A-2", "A-3 A-4"]),
        ("A 1-2 _ 3-4", 3, []),
        ("A 1-2\nB 1-2", 3, []),
        ("A 1 2r 3", 1, ["A-1", "A-3", "A-2"]),
        ("A 1w 2c 3 4", 2, ["A-3 A-4"]),
        ("A 1-2@premium 3-4", 2, ["A-2 A-3", "A-1 A-2", "A-3 A-4"]),
        ("area: parterre 40", 1, []),
    ],
)
def test_a_party_is_never_parted(text: str, count: int, blocks: list[str]) -> None:
    assert sorted(ranked(hall(text), count)) == sorted(blocks)


def test_a_restricted_view_comes_after_everything_else() -> None:
    assert ranked(hall("A 1 2 _ 3r 4 5 _ 6 7"), 2) == ["A-4 A-5", "A-1 A-2", "A-6 A-7", "A-3 A-4"]


def test_a_zone_holds_for_every_seat() -> None:
    layout = hall("A 1-4@premium 5-8\nB 1-8")
    assert ranked(layout, 2, "premium") == ["A-3 A-4", "A-2 A-3", "A-1 A-2"]
    assert ranked(layout, 2, "none") == []


@pytest.mark.parametrize(
    ("text", "count", "wheelchair", "best"),
    [
        ("A 1-4\nB 1 2w 3c 4", 1, 1, "B-2"),
        ("A 1-4\nB 1 2w 3c 4", 2, 1, "B-2 B-3"),
        ("A 1-4\nB 1 2w 3c 4", 3, 1, "B-1 B-2 B-3"),
        ("A 1-4\nB 1c 2w 3c 4c 5", 4, 1, "B-1 B-2 B-3 B-4"),
        ("A 1w 2c 3w 4c _ 5-9", 2, 2, "A-1 A-3"),
        ("A 1w 2c 3w 4c _ 5-9", 4, 2, "A-1 A-2 A-3 A-4"),
        ("A 1-4\nB 1w 2c _2 3w 4c", 3, 1, "A-4 B-3 B-4"),
        ("A 1-4\nB 1w 2c _2 3w 4c", 4, 1, "A-3 A-4 B-3 B-4"),
    ],
)
def test_a_wheelchair_has_its_company_beside_it(text: str, count: int, wheelchair: int, best: str) -> None:
    assert ranked(hall(text), count, wheelchair=wheelchair)[0] == best


def test_when_the_seats_beside_are_taken_there_are_others() -> None:
    others = ranked(hall("A 1-4\nB 1 2w 3c 4"), 3, wheelchair=1)
    assert "B-2 B-3 B-4" in others
    assert "A-2 B-2 B-3" in others


@pytest.mark.parametrize(
    ("count", "wheelchair"), [(0, 0), (-1, 0), (2, 3), (2, -1), (1, 1), (9, 0), (10**6, 0), (10**6, 10**6)]
)
def test_what_can_not_be_met_gives_nothing(count: int, wheelchair: int) -> None:
    assert rank_blocks(CINEMA, count, None, wheelchair) == []


def test_wheelchair_places_far_apart_are_no_party() -> None:
    assert ranked(hall("A 1w 2c 3-20 21w 22c"), 2, wheelchair=2) == []


def test_runs_begin_where_an_aisle_ends() -> None:
    layout = hall("A 1-3 _ 4-5\nB 1-2\narea: parterre 3")
    assert run_starts(layout) == b"1001010" + b"111"


def test_the_list_is_bounded() -> None:
    assert len(rank_blocks(CINEMA, 1, None, 0, blocks_max=5)) == 5


def test_a_great_hall_is_ranked_at_once() -> None:
    rows = "\n".join(f"R{row} 1w 2c 3-24 _ 25-48 49c 50w" for row in range(50))
    layout = hall(rows)
    assert layout.capacity == 2500
    for count, wheelchair in ((10, 0), (4, 2), (10, 2)):
        started = time.process_time()
        assert rank_blocks(layout, count, None, wheelchair)
        # Far above what it takes (about 0.02 s), far below what would be quadratic.
        assert time.process_time() - started < 2


@given(
    st.lists(
        st.lists(st.sampled_from(["{}", "{}w", "{}c", "{}r", "{}@premium", "_"]), min_size=1, max_size=9),
        max_size=5,
    ),
    st.integers(1, 5),
    st.integers(0, 3),
    st.sampled_from([None, "standard", "premium"]),
)
def test_every_block_is_what_was_asked_for(
    drawing: list[list[str]], count: int, wheelchair: int, zone: str | None
) -> None:
    lines = [
        f"R{row} " + " ".join(word.format(number) for number, word in enumerate(words, start=1))
        for row, words in enumerate(drawing)
    ]
    layout = parse_hall("\n".join(lines).encode(), "hall.txt", Problems())
    if layout is None:
        return
    run_of = {
        index: run for run, (first, length) in enumerate(layout.runs) for index in range(first, first + length)
    }
    blocks = rank_blocks(layout, count, zone, wheelchair)
    assert len(set(blocks)) == len(blocks)
    for block in blocks:
        assert len(set(block)) == count
        kinds = [layout.seats[index].kind for index in block]
        assert kinds.count(SeatKind.WHEELCHAIR) == wheelchair
        assert all(zone is None or layout.seats[index].zone == zone for index in block)
        labels = {layout.seats[index].seat for index in block}
        assert all(
            layout.seats[index].companion_of in labels
            for index in block
            if layout.seats[index].companion_of is not None
        )
        if not wheelchair:
            assert SeatKind.COMPANION not in kinds
            assert list(block) == list(range(block[0], block[0] + count))
            assert len({run_of[index] for index in block}) == 1
