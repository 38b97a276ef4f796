"""What the programme's page works out: filters, days, the festival to begin with. Pure."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.programme.test_model import FILM, START, VOST, screening
from ticketing.programme.festival_rules import FestivalRules
from ticketing.programme.model import Festival, Screening, Version
from ticketing.web.pages.head import Head, data_block
from ticketing.web.pages.programme_view import (
    ROWS_SHOWN_MAX,
    Filters,
    Row,
    chosen_of,
    current_festival,
    days_of,
    facets_of,
    first_days,
    matches,
    next_date,
    on_offer,
)

DUBBED = Version("dubbed", "le-regne-animal", "kk", (), "dubbed")
MEETING = {"kind": "meeting", "film": None, "version": None, "title": {"en": "Co-production"}}


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ({}, "vost dubbed meeting"),
        ({"audio": "kk"}, "dubbed"),
        ({"audio": "fr", "subtitles": "ru"}, "vost"),
        ({"audio": "kk", "subtitles": "ru"}, ""),
        ({"subtitles": "kk"}, "vost"),
        ({"version": "original"}, "vost"),
        ({"version": "dubbed"}, "dubbed"),
        ({"version": "voice_over"}, ""),
        ({"city": "almaty"}, "vost dubbed meeting"),
        ({"city": "paris"}, ""),
        ({"film": "le-regne-animal"}, "vost dubbed"),
        ({"date": "2026-11-24"}, "vost dubbed meeting"),
        ({"date": "2026-11-25"}, ""),
        ({"date": "2026-13-40"}, ""),
        ({"date": "-"}, ""),
    ],
)
def test_filters(chosen: dict[str, str], shown: str) -> None:
    kinds: dict[str, dict[str, Any]] = {
        "vost": {"version": VOST},
        "dubbed": {"version": DUBBED},
        "meeting": MEETING,
    }
    found = [name for name, changes in kinds.items() if matches(screening(**changes), Filters(**chosen))]
    assert " ".join(found) == shown


def test_what_can_be_chosen_is_what_there_is_in_the_order_of_the_alphabet() -> None:
    names = {"kk": "Қайрат", "en": "Kairat"}
    films = [FILM, msgspec.structs.replace(FILM, film="kairat", title=names)]
    shown = [screening(film=film, version=version) for film in films for version in (VOST, DUBBED)]
    facets = facets_of([*shown, screening(**MEETING)], "kk")
    assert facets.audio == (("kk", "қазақ тілі"), ("fr", "француз тілі"))
    assert [code for code, _ in facets.subtitles] == ["kk", "ru"]
    assert [name for name, _ in facets.version] == ["original", "dubbed"]
    # Қ stands behind Ж and before О in Kazakh; by Unicode it would come last.
    assert [name for _, name in facets.films] == ["Жануарлар патшалығы", "Қайрат"]
    assert facets_of([screening()], "kk").version == ()


def test_nothing_that_was_asked_for_and_is_not_on_offer_is_kept() -> None:
    facets = facets_of([screening()], "en")
    asked = Filters(date="2026-13-40", city="<script>", film="le-regne-animal", audio="fr", version="original")
    kept = on_offer(asked, facets)
    assert kept == Filters(date="-", city="-", film="le-regne-animal", audio="fr", version="original")
    assert chosen_of(kept, facets, "/en/") == [
        ("The Animal Kingdom", "/en/?date=-&city=-&audio=fr&version=original"),
        ("French", "/en/?date=-&city=-&film=le-regne-animal&version=original"),
    ]


def test_a_day_is_that_of_the_venue_and_what_is_over_stands_apart() -> None:
    now = START + timedelta(hours=3)
    over = screening(screening_id="over")
    begun = screening(screening_id="begun", starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(hours=2))
    late = screening(
        screening_id="late",
        starts_at=datetime.fromisoformat("2026-11-24T18:30:00+00:00"),
        ends_at=datetime.fromisoformat("2026-11-24T20:30:00+00:00"),
    )
    off = screening(screening_id="off", status="cancelled", starts_at=now + timedelta(minutes=30))
    night = screening(
        screening_id="night",
        starts_at=late.starts_at + timedelta(hours=1),
        ends_at=late.ends_at + timedelta(hours=1),
    )
    days = days_of([night, off, late, begun, over], {}, now)

    def names(rows: Iterable[Row]) -> list[str]:
        return [row.screening.screening_id for row in rows]

    assert [(str(day.date), names(day.ahead), names(day.over)) for day in days] == [
        ("2026-11-24", ["off", "late"], ["over", "begun"]),
        ("2026-11-25", ["night"], []),
    ]


def test_a_first_page_holds_whole_days_and_leads_to_the_next() -> None:
    def many(days: int, each: int) -> list[Screening]:
        return [
            screening(screening_id=f"s-{day}-{number}", starts_at=START + timedelta(days=day))
            for day in range(days)
            for number in range(each)
        ]

    shown, following = first_days(days_of(many(7, 6), {}, START))
    assert (len(shown), following) == (7, None)
    shown, following = first_days(days_of(many(7, 40), {}, START))
    assert sum(len(day.ahead) for day in shown) == 80 > ROWS_SHOWN_MAX
    assert following == date(2026, 11, 26)
    assert next_date([date(2026, 11, 24), date(2026, 11, 26)], "2026-11-24") == date(2026, 11, 26)
    assert next_date([date(2026, 11, 24)], "2026-11-24") is None


def festival(name: str, starts: str, ends: str) -> Festival:
    return Festival(
        festival=name,
        name={"en": name},
        tagline={},
        organisers=(),
        country="KZ",
        currency="KZT",
        timezone="Asia/Almaty",
        starts_on=date.fromisoformat(starts),
        ends_on=date.fromisoformat(ends),
        colours={},
        rules=FestivalRules(),
    )


@pytest.mark.parametrize(
    ("today", "wanted", "sizes", "expected"),
    [
        ("2026-11-24", "", {"now": 9, "large": 3}, "now"),
        ("2026-11-24", "", {"now": 3, "large": 9}, "large"),
        ("2026-11-24", "old", {}, "old"),
        ("2026-12-05", "", {}, "next"),
        ("2027-01-01", "", {}, "next"),
        ("2026-12-05", "nothing", {}, "next"),
    ],
)
def test_the_festival_to_begin_with(today: str, wanted: str, sizes: dict[str, int], expected: str) -> None:
    festivals = [
        festival("next", "2026-12-10", "2026-12-20"),
        festival("now", "2026-11-20", "2026-11-30"),
        festival("large", "2026-11-22", "2026-11-28"),
        festival("old", "2026-10-01", "2026-10-07"),
    ]
    found = current_festival(festivals, wanted, date.fromisoformat(today), sizes)
    assert found is not None
    assert found.festival == expected
    assert current_festival([], "", date.fromisoformat(today), {}) is None


def test_no_text_ends_a_block_of_data() -> None:
    block = data_block({"name": "</script><script>alert(1)</script><!-- & \u2028"})
    assert block.count("<") == 2
    assert block.count(">") == 2
    assert "&" not in block
    assert "\u2028" not in block


def test_a_description_is_cut_between_words() -> None:
    head = Head(place="/", title="", description="Слово, " * 60, image="")
    assert len(head.short) <= 201
    assert head.short.endswith("Слово…")
