"""Who is offered what, and until when: the rules of a waiting list, in tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.factories import make_layout
from tests.simulator.world import small_hall
from ticketing.programme.festival_rules import FestivalRules
from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening
from ticketing.programme.ranking import rank_blocks
from ticketing.sales.waiting.model import (
    InLine,
    Party,
    best_places,
    decide_offers,
    is_over,
    may_join,
    offer_deadline,
)

HALL = make_layout(rows=2, seats=8, area_capacity=4)
WHEELCHAIR_HALL = small_hall()


def offered(layout: Layout, line: str, free: str) -> str:
    """``line``: parties in their order, such as ``a3 b2`` or ``c2w1``; the answer: ``b A-1 A-2; …``."""
    parties = []
    for text in line.split():
        people, _, wheelchair = text[1:].partition("w")
        parties.append(InLine(text[0], Party(int(people), int(wheelchair or 0))))
    places = {layout.index_of[label] for label in free.split()}
    decided = decide_offers(
        layout, parties, places, lambda party: rank_blocks(layout, party.people, party.zone, party.wheelchair)
    )
    return "; ".join(
        " ".join([seating.entry, *(layout.labels[place] for place in sorted(seating.places))])
        for seating in decided
    )


@pytest.mark.parametrize(
    ("line", "free", "expected"),
    [
        # Nothing to give, nobody to give it to.
        ("a2 b1", "", ""),
        ("", "A-1 A-2", ""),
        # First come, first served.
        ("a1 b1", "A-4", "a A-4"),
        ("a2 b2", "A-4 A-5", "a A-4 A-5"),
        ("a1 b1", "A-4 B-1", "a A-4; b B-1"),
        # Who can't be seated together is passed over, and the next who can comes to it.
        ("a2 b1", "A-4", "b A-4"),
        ("a2 b1", "A-4 A-6", "b A-4"),
        ("a3 b2 c1", "A-4 A-5", "b A-4 A-5"),
        ("a4 b3 c2 d1", "A-1 A-2 A-3 B-8", "b A-1 A-2 A-3; d B-8"),
        # Side by side is within one row, and an end of one row is not beside the other's begin.
        ("a2", "A-8 B-1", ""),
        # The first takes the best, the later one what is left.
        ("a2 b2", "A-4 A-5 B-1 B-2", "a A-4 A-5; b B-1 B-2"),
        # No single seat is left over where another block does not leave one…
        ("a2", "A-3 A-4 A-5 B-7 B-8", "a B-7 B-8"),
        # …but the party is seated all the same where there is no other.
        ("a2 b1", "A-3 A-4 A-5", "a A-4 A-5; b A-3"),
        # What a wish can't have, no later one of the same wish can; others still may.
        ("a3 b3 c1", "A-1 A-2", "c A-2"),
        # Unnumbered places come last, and only whole parties in one area.
        ("a2", "parterre#1 parterre#3", "a parterre#1 parterre#3"),
        ("a2", "A-1 parterre#1", ""),
        ("a2 b1", "A-1 A-2 parterre#1", "a A-1 A-2; b parterre#1"),
    ],
)
def test_first_come_first_served(line: str, free: str, expected: str) -> None:
    assert offered(HALL, line, free) == expected


@pytest.mark.parametrize(
    ("line", "free", "expected"),
    [
        # A wheelchair place goes to whoever asked for one, with the companion beside it.
        ("a1 b2w1", "A-1 A-2", "b A-1 A-2"),
        ("a1w1 b1", "A-1", "a A-1"),
        # It is never swept up by a general party.
        ("a2", "A-1 A-2", ""),
        ("a1", "A-1", ""),
        # Nor has an unnumbered area one.
        ("a1w1", "parterre#1 parterre#2", ""),
    ],
)
def test_wheelchair_places_are_for_those_who_need_them(line: str, free: str, expected: str) -> None:
    assert offered(WHEELCHAIR_HALL, line, free) == expected


def test_a_price_zone_is_kept_to() -> None:
    seats = [msgspec.structs.replace(seat, zone="balcony" if seat.row == "B" else "stalls") for seat in HALL.seats]
    layout = msgspec.structs.replace(HALL, seats=tuple(seats))
    everywhere = set(range(layout.capacity))

    def blocks_of(party: Party) -> Any:
        return rank_blocks(layout, party.people, party.zone, party.wheelchair)

    found = best_places(layout, Party(2, zone="balcony"), everywhere, blocks_of)
    assert {layout.seats[place].row for place in found} == {"B"}
    first_row = {place for place in everywhere if place < 8}
    assert best_places(layout, Party(2, zone="balcony"), first_row, blocks_of) == ()


def a_screening(**changes: Any) -> Screening:
    """A screening at 19:00 UTC+5 on 27 November, on sale until its start."""
    starts_at = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
    fields: dict[str, Any] = {
        "screening_id": "s",
        "festival": "week",
        "kind": "meeting",
        "film": None,
        "version": None,
        "title": {"en": "A meeting"},
        "venue": {
            "venue": "v",
            "name": {},
            "city": "almaty",
            "city_name": {},
            "country": "KZ",
            "timezone": "Asia/Almaty",
            "address": {},
        },
        "hall": {"hall": "h", "venue": "v", "name": {}},
        "layout_id": "0" * 32,
        "place_count": 20,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "doors_at": starts_at - timedelta(minutes=30),
        "sales_open_at": starts_at - timedelta(days=30),
        "sales_close_at": starts_at,
        "audience": "public",
        "status": "published",
        "currency": "KZT",
        "rules": {},
        "prices": [],
        "zones": [],
        "changed_at": starts_at - timedelta(days=40),
    }
    known = {field.name for field in msgspec.structs.fields(Screening)}
    return msgspec.convert({name: value for name, value in (fields | changes).items() if name in known}, Screening)


def almaty(day: int, clock: str) -> datetime:
    """A moment in November 2026 by the clock of Almaty, five hours ahead of UTC."""
    hour, minute = clock.split(":")
    return datetime(2026, 11, day, int(hour), int(minute), tzinfo=UTC) - timedelta(hours=5)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        # By day: the festival's term.
        (almaty(26, "14:00"), almaty(26, "14:30")),
        (almaty(26, "21:59"), almaty(26, "22:29")),
        # At night: the term after 8:00, that evening or the same morning.
        (almaty(26, "22:00"), almaty(27, "8:30")),
        (almaty(26, "3:00"), almaty(26, "8:30")),
        (almaty(26, "7:59"), almaty(26, "8:30")),
        (almaty(26, "8:00"), almaty(26, "8:30")),
        # Never beyond the end of sales.
        (almaty(27, "18:45"), almaty(27, "19:00")),
        # Two minutes are the least that can be called an offer.
        (almaty(27, "18:58"), almaty(27, "19:00")),
        (almaty(27, "18:59"), None),
        (almaty(27, "19:30"), None),
    ],
)
def test_until_when_seats_are_held(now: datetime, until: datetime | None) -> None:
    assert offer_deadline(a_screening(), now) == until


def test_an_early_screening_does_not_wait_for_the_morning() -> None:
    early = a_screening(sales_close_at=almaty(27, "8:45"))
    assert offer_deadline(early, almaty(27, "6:00")) == almaty(27, "6:30")


def test_the_term_is_the_festivals() -> None:
    rules = msgspec.to_builtins(FestivalRules(waiting_offer_ttl_s=3600))
    assert offer_deadline(a_screening(rules=rules), almaty(26, "14:00")) == almaty(26, "15:00")


@pytest.mark.parametrize(
    ("changes", "now", "join", "over"),
    [
        ({}, almaty(20, "12:00"), True, False),
        ({}, almaty(27, "18:59"), True, False),
        ({}, almaty(27, "19:00"), False, True),
        ({"sales_open_at": almaty(21, "12:00")}, almaty(20, "12:00"), False, False),
        ({"status": "cancelled"}, almaty(20, "12:00"), False, True),
        ({"status": "draft"}, almaty(20, "12:00"), False, True),
        ({"audience": "invitation"}, almaty(20, "12:00"), False, True),
        ({"audience": "accredited"}, almaty(20, "12:00"), True, False),
        ({"rules": {"waiting_list": False}}, almaty(20, "12:00"), False, False),
    ],
)
def test_when_one_can_wait(changes: dict[str, Any], now: datetime, join: bool, over: bool) -> None:
    screening = a_screening(**changes)
    assert (may_join(screening, now), is_over(screening, now)) == (join, over)
