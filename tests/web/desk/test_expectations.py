"""What the rules expected is told in the reader's language: every mistake of the forms has its sentence."""

import pytest

from tests.programme.desk.entries import furnish, screening_of, write
from tests.programme.desk.test_writing import WRONG
from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.i18n import LOCALES
from ticketing.web.pages.desk_expectations import expectation, is_known


async def test_every_mistake_has_its_sentence(context: Context) -> None:
    made = await furnish(context)
    made["screening"] = (await write(context, "screening", screening_of(made))).entry
    told = set()
    for table, wrong, _ in WRONG:
        with pytest.raises(errors.EntryRefused) as refusal:
            await write(context, table, made[table].fields | wrong, made[table])
        told |= {problem.expected for problem in refusal.value.data["problems"]}
    assert [text for text in told if not is_known(text)] == []
    assert [text for text in told if "%(" in expectation(text, "kk")] == []


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("a whole number from 1 to 1440", "целое число от 1 до 1440"),
        ("one of film, meeting", "одно из: film, meeting"),
        ("in kk: a text of 1 to 300 signs", "на языке kk: текст от 1 до 300 знаков"),
        ("a hall that exists, great perhaps; one of great, small", None),
        ("something new", "something new"),
    ],
)
def test_sentences_keep_what_stands_in_them(english: str, russian: str | None) -> None:
    assert expectation(english, "en") == english
    told = expectation(english, "ru")
    assert told == russian if russian else "great, small" in told
    assert all(expectation(english, language) for language in LOCALES)
