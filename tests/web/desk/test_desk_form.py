"""What is typed in the forms, as it is stored: sums, rules in their units, times on the venue's clock."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ticketing.web.pages.desk_form import amount_of, amount_text, fields_of, texts_of
from ticketing.web.pages.desk_rules import rule_texts, rules_of

ALMATY = ZoneInfo("Asia/Almaty")
SCREENING = {
    "festival": "week",
    "version": "jaguar-kk",
    "hall": "great",
    "starts_at": "2026-11-25T14:00:30+00:00",
    "ends_at": "2026-11-25T16:00:00+00:00",
    "doors_at": "2026-11-25T13:30:00+00:00",
    "sales_close_at": "2026-11-25T14:00:00+00:00",
}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("3500", 350_000),
        ("3 500", 350_000),
        ("12,50", 1_250),
        ("12.5", 1_250),
        ("0", 0),
        ("12.505", "12.505"),
        ("-1", -100),
        *((text, text) for text in ("free", "1e3", "1e999999999", "NaN", "Infinity", "9" * 10, "\u0663")),
    ],
)
def test_sums(typed: str, stored: Any) -> None:
    assert amount_of(typed) == stored
    if isinstance(stored, int):
        assert amount_of(amount_text(stored)) == stored


@pytest.mark.parametrize(
    ("rule", "typed", "stored"),
    [
        ("hold_ttl_s", "7,5", {"hold_ttl_s": 450}),
        ("hold_ttl_s", "10", {}),
        ("hold_ttl_s", "", {}),
        ("counter_ttl_s", "0", {"counter_ttl_s": 0}),
        ("refund_fee", "500", {"refund_fee": 50_000}),
        ("no_show_release_minutes", "10", {"no_show_release_minutes": 10}),
        ("no_show_release_minutes", "-5", {"no_show_release_minutes": -5}),
        ("no_show_release_minutes", "", {}),
        ("reentry", "", {"reentry": False}),
        ("single_seats", "yes", {"single_seats": "allow"}),
        ("hold_ttl_s", "soon", {"hold_ttl_s": "soon"}),
        ("hold_ttl_s", "1e999999999", {"hold_ttl_s": "1e999999999"}),
    ],
)
def test_rules(rule: str, typed: str, stored: dict[str, Any]) -> None:
    assert rules_of(rule_texts({}) | {rule: typed}, {}) == stored


def test_nothing_moves_beyond_the_calendar() -> None:
    was = SCREENING | {"ends_at": "2026-11-26T02:00:00+00:00"}
    texts = texts_of("screening", was, ALMATY) | {"starts_at": "9999-12-31T23:59"}
    assert fields_of("screening", texts, was, ALMATY)["ends_at"] == was["ends_at"]


def test_rules_that_are_not_touched_stay_as_they_are_stored() -> None:
    stored = {"hold_ttl_s": 601, "reentry": True}
    assert rules_of(rule_texts(stored), stored) == stored


@pytest.mark.parametrize(
    ("typed", "times"),
    [
        ({}, {}),
        ({"starts_at": "2026-11-25T20:00"}, {"ends_at": "2026-11-25T16:59:30+00:00"}),
        ({"starts_at": "2026-11-25T20:00", "ends_at": "2026-11-25T22:30"}, {"ends_at": "2026-11-25T22:30"}),
        ({"starts_at": "soon"}, {"ends_at": SCREENING["ends_at"]}),
    ],
)
def test_times_that_are_not_touched_move_along(typed: dict[str, str], times: dict[str, str]) -> None:
    texts = texts_of("screening", SCREENING, ALMATY) | typed
    fields = fields_of("screening", texts, SCREENING, ALMATY)
    for name, moment in times.items():
        assert fields[name] == moment
    if not typed:
        assert {name: fields[name] for name in SCREENING} == SCREENING
