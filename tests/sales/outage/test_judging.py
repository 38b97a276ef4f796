"""What stands against a paper ticket: the rules, as a table."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.factories import make_layout
from tests.programme.test_model import START, price, screening
from ticketing.kernel.money import Money
from ticketing.sales.outage.model import HandSoldPaper, Problem, StackFacts, judge_stack, paper_number

LAYOUT = make_layout(rows=2, seats=3, area_capacity=3)
SHOWN = screening(prices=(price("stalls", "full", 350_000), price("stalls", "invitation", 0)))
NOW = START + timedelta(hours=3)
PAPER = HandSoldPaper("17", "A-1", "full", "cash", START - timedelta(minutes=20))
NOTHING = StackFacts({}, {})


def judged(
    *papers: HandSoldPaper, facts: StackFacts = NOTHING, **more: Any
) -> list[tuple[str, tuple[Problem, ...]]]:
    now = more.get("now", NOW)
    return [(one.seat, one.problems) for one in judge_stack(papers, SHOWN, LAYOUT, facts, now)]


@pytest.mark.parametrize(
    ("changes", "facts", "now", "problems"),
    [
        ({}, {}, NOW, ()),
        ({"tariff": "invitation"}, {}, NOW, ()),
        ({"money": Money(100, "KZT")}, {}, NOW, ()),
        ({"seat": "Z-9"}, {}, NOW, ("seat_unknown",)),
        ({"seat": "parterre#9"}, {}, NOW, ("seat_unknown",)),
        ({"tariff": "student"}, {}, NOW, ("tariff_not_offered",)),
        ({"money": Money(100, "EUR")}, {}, NOW, ("currency_wrong",)),
        ({}, {"taken": {"A-1": "K7Q29XFM"}}, NOW, ("seat_sold",)),
        ({}, {"taken": {"A-2": "K7Q29XFM"}}, NOW, ()),
        ({}, {"offered": {"A-1"}}, NOW, ("seat_offered",)),
        ({}, {"taken": {"A-1": "K7Q29XFM"}, "offered": {"A-1"}}, NOW, ("seat_sold",)),
        # Somebody is choosing it: who has paid was first.
        ({}, {"held": {"A-1"}}, NOW, ()),
        ({}, {"papers": {"17": "K7Q29XFM"}}, NOW, ("paper_known",)),
        ({"sold_at": START + timedelta(hours=2)}, {}, NOW, ()),
        ({"sold_at": START + timedelta(hours=2, seconds=1)}, {}, NOW, ("sold_later",)),
        ({"sold_at": START}, {}, START - timedelta(minutes=5), ()),
        ({"sold_at": START}, {}, START - timedelta(minutes=6), ("sold_later",)),
        ({"sold_at": NOW - timedelta(days=31)}, {}, NOW, ()),
        ({"sold_at": NOW - timedelta(days=31, seconds=1)}, {}, NOW, ("sold_too_long_ago",)),
        ({"came_in": True}, {}, START - timedelta(minutes=45), ("sold_later",)),
        (
            {"came_in": True, "sold_at": START - timedelta(hours=2)},
            {},
            START - timedelta(hours=1),
            ("not_let_in_yet",),
        ),
        ({"came_in": True}, {}, NOW, ()),
        (
            {"seat": "Z-9", "money": Money(1, "EUR"), "sold_at": NOW},
            {"papers": {"17": "K7Q29XFM"}},
            NOW,
            ("seat_unknown", "paper_known", "currency_wrong", "sold_later"),
        ),
    ],
)
def test_a_paper(changes: dict[str, Any], facts: dict[str, Any], now: Any, problems: tuple[Problem, ...]) -> None:
    paper = msgspec.structs.replace(PAPER, **changes)
    known = StackFacts(**{"taken": {}, "papers": {}, **facts})
    assert judged(paper, facts=known, now=now)[0][1] == problems


def test_all_of_a_stack_is_told() -> None:
    second = msgspec.structs.replace(PAPER, paper="18")
    third = msgspec.structs.replace(PAPER, paper=" 18", seat="A-2")
    assert [problems for _, problems in judged(PAPER, second, third)] == [
        ("seat_twice",),
        ("seat_twice", "paper_twice"),
        ("paper_twice",),
    ]
    assert paper_number(" ab  12 ") == "AB 12"


def test_an_area_gives_its_first_place_that_nobody_has_or_chooses() -> None:
    here = [msgspec.structs.replace(PAPER, paper=str(number), seat="parterre") for number in range(4)]
    named = msgspec.structs.replace(PAPER, paper="x", seat="parterre#2")
    assert [seat for seat, _ in judged(*here[:2], named)] == ["parterre#1", "parterre#3", "parterre#2"]
    busy = StackFacts({"parterre#1": "K7Q29XFM"}, {}, held=frozenset({"parterre#2"}))
    assert judged(*here[:3], facts=busy) == [("parterre#3", ()), ("parterre#2", ()), ("parterre", ("area_full",))]
    offered = StackFacts({}, {}, offered=frozenset({"parterre#1"}))
    assert judged(here[0], facts=offered) == [("parterre#2", ())]


def test_the_price_is_what_was_paid_and_the_listed_one_stands_beside_it() -> None:
    cheap = msgspec.structs.replace(PAPER, paper="2", seat="A-2", money=Money(100_000, "KZT"))
    told = judge_stack((PAPER, cheap), SHOWN, LAYOUT, NOTHING, NOW)
    assert [(one.money.amount, one.listed and one.listed.amount) for one in told] == [
        (350_000, 350_000),
        (100_000, 350_000),
    ]
