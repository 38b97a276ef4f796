"""Cards are rendered once, and again when what they tell has changed."""

import msgspec
import pytest
from jinja2 import DictLoader, Environment

from tests.programme.test_model import START, screening
from ticketing.web.pages import kept_cards
from ticketing.web.pages.kept_cards import KeptCards
from ticketing.web.pages.programme_view import row_of

CARDS = "{% macro showing(row) %}{{ row.screening.screening_id }} {{ row.free }} {{ seen() }}{% endmacro %}"


@pytest.fixture
def cards() -> KeptCards:
    environment = Environment(loader=DictLoader({"cards.html": CARDS}), autoescape=True)
    times = iter(range(1, 100))
    environment.globals["seen"] = lambda: next(times)
    return KeptCards(environment)


def test_a_card_is_rendered_again_only_when_its_row_has_changed(cards: KeptCards) -> None:
    row = row_of(screening(), 40, START)
    again = msgspec.structs.replace(row, screening=screening())
    assert cards.card("showing", row) == f"{row.screening.screening_id} 40 1"
    assert cards.card("showing", again).endswith("40 1")
    assert cards.card("showing", msgspec.structs.replace(row, free=39)).endswith("39 2")
    assert cards.card("showing", row).endswith("40 3")


def test_so_many_cards_are_kept_and_no_more(cards: KeptCards, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_cards, "CARDS_KEPT_MAX", 2)
    rows = [row_of(screening(screening_id=f"s-{number}"), 1, START) for number in range(3)]
    first, second, third = rows
    assert [cards.card("showing", row)[-1] for row in (first, second, first, third)] == ["1", "2", "1", "3"]
    # The second was looked at longest ago.
    assert cards.card("showing", first)[-1] == "1"
    assert cards.card("showing", second)[-1] == "4"
