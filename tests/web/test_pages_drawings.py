"""Posters, colours and halls: drawn by us, readable by anybody."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_layout
from ticketing.programme.layout import Layout, LayoutArea, LayoutSeat, LayoutSection, SeatKind, layout_id
from ticketing.web.pages.hall_drawing import Drawing, Kept, ZoneLook, draw_hall
from ticketing.web.pages.poster import draw_poster
from ticketing.web.pages.theme import (
    DARK_PAPER,
    LIGHT_PAPER,
    contrast,
    letters_on,
    readable,
    stylesheet,
)

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
STALLS = (ZoneLook("stalls", "Stalls", "#224466", 0, "3 500 ₸"),)


def drawn(layout: Layout, language: str = "en") -> Drawing:
    return draw_hall(layout_id(layout), Kept(layout), language, STALLS)


@given(st.text(max_size=80))
def test_a_poster_is_small_whole_and_always_the_same(name: str) -> None:
    poster = draw_poster(name)
    ET.fromstring(poster)
    assert poster == draw_poster(name)
    assert len(poster) < 2_000


@given(COLOURS)
def test_any_colour_is_made_readable_on_both_papers(colour: str) -> None:
    for paper in (LIGHT_PAPER, DARK_PAPER):
        assert contrast(readable(colour, paper), paper) >= 4.5
    assert contrast(letters_on(colour), colour) >= 4.5


@given(COLOURS, COLOURS)
def test_the_stylesheet_of_any_festival_is_readable(primary: str, accent: str) -> None:
    sheet = stylesheet({"primary": primary, "accent": accent})
    found = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{6});", sheet.partition("@media")[0]))
    assert contrast(found["band"], found["on-band"]) >= 4.5
    assert contrast(found["band"], found["accent-on-band"]) >= 4.5
    assert contrast(found["accent"], found["on-accent"]) >= 4.5
    assert contrast(found["strong"], found["on-strong"]) >= 4.5
    assert contrast(found["strong"], LIGHT_PAPER) >= 4.5


@pytest.mark.parametrize("colour", ["", "red", "#12345", "#12345g", "#123456;}body{display:none"])
def test_what_is_no_colour_is_left_out(colour: str) -> None:
    sheet = stylesheet({"primary": colour, "accent": colour})
    assert sheet == stylesheet({})


def test_list_and_drawing_hold_the_same_seats_in_the_same_order() -> None:
    drawing = drawn(make_layout(rows=6, seats=9))
    views = [index % 3 for index in range(len(drawing.labels))]
    picture = ET.fromstring(f"<svg>{drawing.draw(views)}</svg>")
    classes = [use.get("class") for use in picture.iter("use")]
    assert classes == [("s", "s t", "s m")[view] for view in views]
    boxes = re.findall(
        r'<input type="checkbox" name="seat" value="([^"]+)"( disabled| checked)?>', drawing.list_rows(views)
    )
    assert [label for label, _ in boxes] == list(drawing.labels)
    assert [mark for _, mark in boxes] == [("", " disabled", " checked")[view] for view in views]


def test_the_views_tell_free_taken_and_ones_own() -> None:
    drawing = drawn(make_layout(rows=1, seats=4))
    assert drawing.views({"A-2": "sold", "A-3": "held"}, frozenset({"A-3"})) == [0, 1, 2, 0]


def test_a_hall_with_every_kind_of_place_is_drawn_with_its_parts_named() -> None:
    layout = Layout(
        width=800,
        height=900,
        focal=(400, 500),
        screen=(100, 0, 700, 0),
        sections=(
            LayoutSection("", {"en": "Stalls"}),
            LayoutSection("balcony", {"en": "<Balcony>", "kk": "Балкон"}, "balcony"),
        ),
        seats=(
            LayoutSeat("A-1", "", "A", "1", 100, 200, "stalls", SeatKind.WHEELCHAIR),
            LayoutSeat("A-2", "", "A", "2", 155, 200, "stalls", SeatKind.COMPANION, "A-1"),
            LayoutSeat("A-3", "", "A", "3", 210, 200, "stalls", SeatKind.RESTRICTED),
            LayoutSeat("balcony/A-1", "balcony", "A", "1", 100, 600, "gallery"),
        ),
        areas=(LayoutArea("parterre", 40, "stalls", 0, 700, 800, 100),),
        runs=((0, 3), (3, 1)),
    )
    drawing = drawn(layout)
    picture = drawing.draw([0, 0, 0, 0])
    ET.fromstring(f"<svg>{picture}{drawing.areas}</svg>")
    assert [sign in picture for sign in ("#k-w", "#k-c", "#k-r")] == [True, True, True]
    assert "&lt;Balcony&gt;" in picture
    assert "<Balcony>" not in picture
    listing = drawing.list_rows([0, 0, 0, 0])
    assert "wheelchair place" in listing
    assert "companion" in listing
    assert "restricted view" in listing
    assert 'data-area="parterre"' in drawing.areas
    assert "Балкон" in drawn(layout, "kk").draw([0, 0, 0, 0])


def test_a_large_hall_is_drawn_in_few_bytes() -> None:
    drawing = drawn(make_layout(rows=25, seats=40))
    views = [0] * len(drawing.labels)
    assert len(drawing.draw(views)) < 60_000
    assert len(drawing.list_rows(views)) < 90_000
