"""The pure rules of the programme: one line a case."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from ticketing.kernel.money import Money
from ticketing.programme.model import (
    FestivalRules,
    Film,
    Hall,
    Screening,
    TariffPrice,
    Venue,
    Version,
    doors_open,
    from_price,
    has_ended,
    heading,
    lacks_kazakh,
    on_sale,
    price_of,
    public_status,
    understood_in,
)

START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

FILM = Film(
    film="le-regne-animal",
    original_title="Le Règne animal",
    title={"en": "The Animal Kingdom", "kk": "Жануарлар патшалығы"},
    directors=("Thomas Cailley",),
    year=2023,
    running_minutes=130,
    countries=("FR", "BE"),
    age_category="12+",
    synopsis={},
)
VOST = Version("vost", "le-regne-animal", "fr", ("kk", "ru"), "original")


def price(zone: str, tariff: str, amount: int, **changes: Any) -> TariffPrice:
    return msgspec.structs.replace(
        TariffPrice(zone, tariff, amount, public=True, family="other", name={}, proof={}), **changes
    )


def screening(**changes: Any) -> Screening:
    """Starts at 14:00 UTC, doors 45 minutes before, on sale for a week until the start, ends after two hours."""
    usual = Screening(
        screening_id="week-1",
        festival="week",
        kind="film",
        film=FILM,
        version=VOST,
        title={},
        venue=Venue("alatau", {}, "almaty", {}, "KZ", "Asia/Almaty", {}),
        hall=Hall("alatau-grand", "alatau", {}),
        layout_id="0" * 32,
        place_count=524,
        starts_at=START,
        ends_at=START + timedelta(hours=2),
        doors_at=START - timedelta(minutes=45),
        sales_open_at=START - timedelta(days=7),
        sales_close_at=START,
        audience="public",
        status="published",
        currency="KZT",
        rules=FestivalRules(),
        prices=(price("premium", "full", 450_000), price("standard", "full", 350_000)),
        zones=(),
    )
    return msgspec.structs.replace(usual, **changes)


@pytest.mark.parametrize(
    ("changes", "now", "expected"),
    [
        ({}, START - timedelta(days=7) - MINUTE, False),
        ({}, START - timedelta(days=7), True),
        ({}, START - MINUTE, True),
        ({}, START, False),
        ({"sales_close_at": START + 15 * MINUTE}, START + 14 * MINUTE, True),
        ({"status": "cancelled"}, START - MINUTE, False),
        ({"status": "draft"}, START - MINUTE, False),
        ({"audience": "accredited"}, START - MINUTE, True),
        ({"audience": "invitation"}, START - MINUTE, False),
    ],
)
def test_on_sale(changes: dict[str, Any], now: datetime, expected: bool) -> None:
    assert on_sale(screening(**changes), now) is expected


@pytest.mark.parametrize(
    ("changes", "now", "expected"),
    [
        ({}, START - 46 * MINUTE, False),
        ({}, START - 45 * MINUTE, True),
        ({}, START + 119 * MINUTE, True),
        ({}, START + 120 * MINUTE, False),
        ({"status": "cancelled"}, START, False),
    ],
)
def test_doors_open(changes: dict[str, Any], now: datetime, expected: bool) -> None:
    assert doors_open(screening(**changes), now) is expected


@pytest.mark.parametrize(
    ("changes", "now", "expected"),
    [
        ({}, START, "scheduled"),
        ({}, START + 120 * MINUTE, "ended"),
        ({"status": "cancelled"}, START, "cancelled"),
        ({"status": "cancelled"}, START + 120 * MINUTE, "cancelled"),
    ],
)
def test_public_status(changes: dict[str, Any], now: datetime, expected: str) -> None:
    assert public_status(screening(**changes), now) == expected
    assert has_ended(screening(**changes), now) is (now >= START + 120 * MINUTE)


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ((), None),
        ((price("a", "full", 900), price("b", "full", 700)), 700),
        ((price("a", "full", 900), price("a", "invitation", 0, public=False)), 900),
        ((price("a", "full", 900), price("a", "pass", 0, family="unlimited_pass")), 900),
        ((price("a", "free", 0, family="free"),), 0),
        ((price("a", "invitation", 0, public=False),), None),
    ],
)
def test_from_price(prices: tuple[TariffPrice, ...], expected: int | None) -> None:
    assert from_price(screening(prices=prices)) == (None if expected is None else Money(expected, "KZT"))


def test_price_of() -> None:
    shown = screening()
    found = price_of(shown, "standard", "full")
    assert found is not None
    assert found.amount == 350_000
    assert price_of(shown, "balcony", "full") is None
    assert price_of(shown, "standard", "reduced") is None


@pytest.mark.parametrize(
    ("language", "expected"), [("fr", True), ("kk", True), ("ru", True), ("en", False), ("", False)]
)
def test_understood_in(language: str, expected: bool) -> None:
    assert understood_in(VOST, language) is expected


def test_heading_is_the_own_title_or_the_films() -> None:
    assert heading(screening()) == FILM.title
    assert heading(screening(title={"en": "Opening night"})) == {"en": "Opening night"}
    assert heading(screening(film=None, version=None, kind="meeting", title={"en": "Meeting"})) == {"en": "Meeting"}


def test_lacks_kazakh() -> None:
    russian_only = msgspec.structs.replace(VOST, subtitles=("ru",))
    paris = Venue("cheval-bleu", {}, "paris", {}, "FR", "Europe/Paris", {})
    assert not lacks_kazakh(screening())
    assert lacks_kazakh(screening(version=russian_only))
    assert not lacks_kazakh(screening(version=russian_only, venue=paris))
    assert not lacks_kazakh(screening(film=None, version=None))


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        ({"hold_ttl_s": 0}, "hold_ttl_s"),
        ({"hold_ttl_s": 900, "hold_cap_s": 600}, "hold_cap_s"),
        ({"seats_per_hold_max": 101}, "seats_per_hold_max"),
        ({"refund_fee_percent": 101}, "refund_fee_percent"),
        ({"hold_ttl": 600}, "hold_ttl"),
    ],
)
def test_rules_that_cannot_stand_are_refused(rules: dict[str, int], problem: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=problem):
        msgspec.convert(rules, FestivalRules)


def test_rules_left_out_take_their_defaults() -> None:
    assert msgspec.convert({"hold_ttl_s": 60}, FestivalRules) == FestivalRules(hold_ttl_s=60)
