"""What the rules expected is told in the reader's language: whatever a form or a hall file has wrong."""

import ast
from pathlib import Path

import msgspec
import pytest

import ticketing
from tests.programme.desk.entries import furnish, screening_of, write
from tests.programme.desk.test_writing import WRONG
from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.i18n import LOCALES, Sentence, in_language
from ticketing.programme.problems import one_of


def test_every_sentence_is_written_where_it_is_made() -> None:
    # Put together from pieces it would be in no catalogue, and English in the middle of a Kazakh page.
    found = [
        f"{path}:{node.lineno}"
        for path in Path(ticketing.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Sentence"
        if not isinstance(node.args[0], ast.Constant)
    ]
    assert found == []


async def test_every_mistake_is_told_in_every_language(context: Context) -> None:
    made = await furnish(context)
    made["screening"] = (await write(context, "screening", screening_of(made))).entry
    expected = set()
    for table, wrong, _ in WRONG:
        with pytest.raises(errors.EntryRefused) as refusal:
            await write(context, table, made[table].fields | wrong, made[table])
        expected |= {problem.expected for problem in refusal.value.data["problems"]}
    assert len(expected) > 20
    for sentence in expected:
        assert len({in_language(sentence, language) for language in LOCALES}) > 1, sentence
        assert in_language(sentence, "en") == sentence


@pytest.mark.parametrize(
    ("sentence", "english", "russian"),
    [
        (
            Sentence("a whole number from %(least)s to %(most)s", least=1, most=1440),
            "a whole number from 1 to 1440",
            "целое число от 1 до 1440",
        ),
        (one_of(("film", "meeting")), "one of film, meeting", "одно из: film, meeting"),
        (
            Sentence(
                "in %(language)s: %(rest)s", language="kk", rest=Sentence("a text of 1 to %(most)s signs", most=300)
            ),
            "in kk: a text of 1 to 300 signs",
            "на языке kk: текст от 1 до 300 знаков",
        ),
    ],
)
def test_sentences_are_english_to_programs_and_ours_to_people(
    sentence: Sentence, english: str, russian: str
) -> None:
    assert (str(sentence), in_language(sentence, "ru")) == (english, russian)
    assert msgspec.json.encode(sentence, enc_hook=str) == msgspec.json.encode(english)
    assert in_language("as it is", "ru") == "as it is"
