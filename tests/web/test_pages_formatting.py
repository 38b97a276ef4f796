"""Money, days and names, as each language writes them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from ticketing.kernel.money import Money
from ticketing.programme.model import Version
from ticketing.web.pages import formatting
from ticketing.web.pages.rendering import environment

ALMATY = ZoneInfo("Asia/Almaty")


@pytest.mark.parametrize(
    ("amount", "currency", "language", "text"),
    [
        (250_000, "KZT", "kk", "2 500 ₸"),
        (250_000, "KZT", "ru", "2 500 ₸"),
        (250_000, "KZT", "fr", "2 500 ₸"),
        (250_000, "KZT", "en", "2,500 ₸"),
        (250_050, "KZT", "ru", "2 500,50 ₸"),
        (950, "EUR", "fr", "9,50 €"),
        (950, "EUR", "en", "€9.50"),
        (1_000, "EUR", "kk", "10 €"),
        (0, "KZT", "kk", "0 ₸"),
    ],
)
def test_money(amount: int, currency: str, language: str, text: str) -> None:
    assert formatting.money_text(Money(amount, currency), language).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("language", "number", "places"),
    [
        ("kk", "14 598", "14 598 орын"),
        ("ru", "14 598", "14 598 мест"),
        ("fr", "14 598", "14 598 places"),
        ("en", "14,598", "14,598 places"),
    ],
)
def test_thousands_stand_apart_in_figures_and_in_sentences(language: str, number: str, places: str) -> None:
    template = environment(language).from_string(
        "{{ figure(14598) }}; {{ ngettext('%(num)d place', '%(num)d places', 14598) }}; {{ figure(-598) }}"
    )
    assert template.render().replace("\u00a0", " ") == f"{number}; {places}; -598"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("kk", "сәрсенбі, 25 қараша, 00:30"),
        ("ru", "среда, 25 ноября, 00:30"),
        ("fr", "mercredi 25 novembre, 00:30"),
        ("en", "Wednesday 25 November, 00:30"),
    ],
)
def test_moments_are_told_on_the_clock_of_the_venue(language: str, text: str) -> None:
    moment = datetime(2026, 11, 24, 19, 30, tzinfo=UTC)
    assert formatting.moment_text(moment, ALMATY, language) == text


@pytest.mark.parametrize(
    ("zone", "text"), [("Asia/Almaty", "UTC+5"), ("Europe/Paris", "UTC+1"), ("Asia/Kolkata", "UTC+5:30")]
)
def test_offset(zone: str, text: str) -> None:
    assert formatting.offset_text(datetime(2026, 11, 24, tzinfo=UTC), ZoneInfo(zone)) == text


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2026, 11, 22), date(2026, 11, 29), "22–29 November 2026"),
        (date(2026, 11, 28), date(2026, 12, 3), "28 November – 3 December 2026"),
        (date(2026, 12, 29), date(2027, 1, 3), "29 December 2026 – 3 January 2027"),
        (date(2026, 11, 22), date(2026, 11, 22), "22 November 2026"),
    ],
)
def test_range_of_days(first: date, last: date, text: str) -> None:
    assert formatting.range_text(first, last, "en") == text


def test_kazakh_names_stand_in_the_order_of_the_kazakh_alphabet() -> None:
    names = ["Қала", "Кино", "Ән", "Аңшы", "Гүл", "Ғалам", "Үміт", "Ұлы", "Іні", "Ыдыс", "Өмір", "Орман", "300"]
    assert [name for _, name in formatting.sorted_names([(name, name) for name in names], "kk")] == [
        "300", "Аңшы", "Ән", "Гүл", "Ғалам", "Кино", "Қала", "Орман", "Өмір", "Ұлы", "Үміт", "Ыдыс", "Іні",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("F-11", "Row F, seat 11"),
        ("balcony/C-4", "The balcony, row C, seat 4"),
        ("parterre#17", "Standing"),
        ("foyer#2", "Unnumbered place"),
    ],
)
def test_places(label: str, text: str) -> None:
    words = formatting.place_text(label, {"balcony": "The balcony"}, {"parterre": "Standing"}, "en")
    assert words == text


def test_versions() -> None:
    original = Version("a", "f", "fr", ("ru", "kk"), "original")
    dubbed = Version("b", "f", "kk", (), "dubbed")
    assert formatting.version_text(original, "fr") == "Version originale : français"
    assert formatting.subtitles_text(original, "ru") == "Субтитры: русский, казахский"
    assert formatting.version_text(dubbed, "kk") == "Дубляж: қазақ тілі"
    assert formatting.subtitles_text(dubbed, "kk") == ""


def test_accents_do_not_move_a_name_to_the_end() -> None:
    names = [("a", "Zola"), ("b", "Écume"), ("c", "Été"), ("d", "Eden"), ("e", "ecume")]
    assert [name for _, name in formatting.sorted_names(names, "fr")] == ["ecume", "Écume", "Eden", "Été", "Zola"]
    russian = [("a", "Ель"), ("b", "Ёлка"), ("c", "Яр"), ("d", "Йод"), ("e", "Игра"), ("f", "Кот")]
    assert [name for _, name in formatting.sorted_names(russian, "ru")] == [
        "Ёлка",
        "Ель",
        "Игра",
        "Йод",
        "Кот",
        "Яр",
    ]
