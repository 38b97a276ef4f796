"""Every text in every language: one that is missing would be English in the middle of a Kazakh page."""

import pytest

from ticketing.kernel.errors import every_error
from ticketing.kernel.i18n import LOCALES, translations
from ticketing.web.catalogues import extract, problems


@pytest.mark.parametrize("locale", LOCALES)
def test_no_text_is_missing_fuzzy_or_unused(locale: str) -> None:
    assert list(problems(locale)) == []


def test_texts_of_refusals_are_extracted() -> None:
    texts = {message.id for message in extract()}
    wanted = {text for error in every_error() for text in (error.title, error.detail) if text}
    assert wanted <= texts


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("kk", {1: "1 орын қалды", 2: "2 орын қалды", 5: "5 орын қалды", 21: "21 орын қалды"}),
        (
            "ru",
            {1: "Осталось 1 место", 2: "Осталось 2 места", 5: "Осталось 5 мест", 21: "Осталось 21 место"},
        ),
        ("fr", {0: "Il reste 0 place", 1: "Il reste 1 place", 2: "Il reste 2 places"}),
        ("en", {1: "1 seat left", 2: "2 seats left"}),
    ],
)
def test_plurals_follow_each_language(locale: str, words: dict[int, str]) -> None:
    ngettext = translations(locale).ngettext
    for number, text in words.items():
        assert ngettext("%(num)d seat left", "%(num)d seats left", number) % {"num": number} == text
