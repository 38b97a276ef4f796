"""What organisers are warned of, as a table; and the names that new entries are given."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from ticketing.programme.desk.checks import check_change
from ticketing.programme.desk.names import proposed_name, short_name
from ticketing.programme.model import Film, Hall, Screening, TariffPrice, Venue, Version
from ticketing.programme.warnings import WORDS, warnings_between, warnings_of

START = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
NOW = START - timedelta(days=3)


def screening(name: str = "s", minutes: int = 0, **changes: Any) -> Screening:
    """A screening in Almaty in which nothing is to be warned of; it starts ``minutes`` after noon in London."""
    start = START + timedelta(minutes=minutes)
    film = Film("jaguar", "Jaguar", {"fr": "Jaguar"}, ("Jean Rouch",), 1967, 92, (), "6+", {}, "12345", "KZ-1")
    base = Screening(
        screening_id=name,
        festival="week",
        kind="film",
        film=film,
        version=Version("jaguar-kk", "jaguar", "fr", ("kk",), "original"),
        title={},
        venue=Venue("arman", {}, "almaty", {}, "KZ", "Asia/Almaty", {}),
        hall=Hall("great", "arman", {}),
        layout_id="0" * 32,
        place_count=50,
        starts_at=start,
        ends_at=start + timedelta(minutes=92),
        doors_at=start,
        sales_open_at=NOW,
        sales_close_at=start,
        audience="public",
        status="published",
        currency="KZT",
        rules=msgspec.convert({}, Screening.__annotations__["rules"]),
        prices=(TariffPrice("stalls", "full", 1, True, "other", {}, {}),),
        zones=(),
    )
    return msgspec.structs.replace(base, **changes)


def in_country(country: str, zone: str) -> Venue:
    return Venue("house", {}, "city", {}, country, zone, {})


UNDUBBED = Version("jaguar-ru", "jaguar", "fr", ("ru",), "original")
BARE = msgspec.structs.replace(screening().film, certificate_number=None, visa_number=None)
PARIS = in_country("FR", "Europe/Paris")


@pytest.mark.parametrize(
    ("changes", "wheelchairs", "codes"),
    [
        ({}, 2, []),
        ({}, 1, ["few_wheelchair_places"]),
        ({"place_count": 51}, 2, ["few_wheelchair_places"]),
        ({"version": UNDUBBED}, 2, ["no_kazakh"]),
        ({"version": UNDUBBED, "venue": PARIS}, 2, []),
        ({"film": BARE}, 2, ["no_certificate"]),
        ({"film": BARE, "venue": PARIS}, 2, ["no_visa"]),
        ({"film": None, "version": None, "title": {"en": "Talk"}}, 2, ["no_age_category"]),
        ({"ends_at": START + timedelta(hours=5)}, 2, []),
        ({"ends_at": START + timedelta(hours=5, minutes=1)}, 2, ["ends_late"]),
        ({"ends_at": START + timedelta(hours=8)}, 2, ["ends_late"]),
        ({"ends_at": START + timedelta(hours=11), "venue": PARIS}, 2, []),
        ({"prices": ()}, 2, ["no_prices"]),
        ({"prices": (), "audience": "invitation"}, 2, []),
        ({"sales_close_at": NOW}, 2, ["never_on_sale"]),
        ({"sales_close_at": NOW, "status": "draft"}, 2, []),
        ({"film": BARE, "status": "cancelled"}, 0, []),
        ({"film": BARE, "ends_at": NOW}, 0, []),
    ],
)
def test_a_screening_by_itself(changes: dict[str, Any], wheelchairs: int, codes: list[str]) -> None:
    found = warnings_of(screening(**changes), wheelchair_places=wheelchairs, now=NOW)
    assert [warning.code for warning in found] == codes
    for warning in found:
        assert "%(" not in WORDS[warning.code] % warning.data


@pytest.mark.parametrize(
    ("minutes", "changes", "code"),
    [
        (60, {}, "overlaps"),
        (91, {"status": "draft"}, "overlaps"),
        (92, {}, "short_pause"),
        (106, {}, "short_pause"),
        (107, {}, None),
        (60, {"status": "cancelled"}, None),
        (60, {"hall": Hall("small", "arman", {})}, None),
    ],
)
def test_two_in_one_hall(minutes: int, changes: dict[str, Any], code: str | None) -> None:
    first, second = screening("one"), screening("two", minutes, **changes)
    found = warnings_between([second, first], {"one": "Jaguar, 17:00", "two": "Jaguar, later"})
    assert {name: [one.code for one in told] for name, told in found.items()} == (
        {"one": [code], "two": [code]} if code else {}
    )
    for told in found.get("two", []):
        assert "Jaguar, 17:00" in WORDS[told.code] % told.data


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Le Règne animal", "le-regne-animal"),
        ("Аңдар патшалығы", "andar-patshalygy"),
        ("Щука & ёж", "shchuka-ezh"),
        ("Ұлы дала: өмір", "uly-dala-omir"),
        ("…", ""),
        ("映画", ""),
        ("x" * 100, "x" * 40),
    ],
)
def test_short_names(text: str, name: str) -> None:
    assert short_name(text) == name


def test_what_has_no_name_gets_one_all_the_same() -> None:
    assert proposed_name("film", {}) == "one"
    assert proposed_name("zone", {"name": {"kk": "Партер"}}) == "parter"
    assert proposed_name("screening", {"title": {"en": "Talk"}, "starts_at": "2026-11-25T19:00"}) == (
        "talk-2026-11-25t19-00"
    )


def test_nothing_is_held_before_anything_rests_on_it() -> None:
    before, after = {"currency": "KZT", "timezone": "a"}, {"currency": "EUR", "timezone": "b"}
    assert check_change("festival", before, after, {}, NOW) == []
    assert [held.column for held in check_change("festival", before, after, {"tickets": 1}, NOW)] == ["currency"]
