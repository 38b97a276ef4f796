"""The hall as it is drawn for staff: who is in, who is missing, what is free again, what is broken. Pure."""

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from ticketing.door.before_film.model import House
from ticketing.kernel.errors import N_
from ticketing.web.pages.hall_drawing import Drawing

# What a seat is drawn as, in the order of the legend, and what that is called.
LOOKS: Final = {
    "in": N_("inside"),
    "left": N_("went out"),
    "missing": N_("not here yet"),
    "unpaid": N_("not paid"),
    "released": N_("released"),
    "broken": N_("broken"),
}


def looks_of(house: House) -> dict[str, str]:
    """What each seat is drawn as; those that nobody has, and nobody had, are left out.

    A broken seat shows so whoever has it, and a seat that was released and given away shows its new holder.
    """
    looks: dict[str, str] = {one.seat: one.presence for one in house.seats if one.presence == "released"}
    looks |= {one.seat: one.presence for one in house.seats if one.presence != "released"}
    return looks | {one.seat: "broken" for one in house.broken}


def draw_house(drawing: Drawing, looks: Mapping[str, str]) -> Markup:
    """The inside of the SVG of a hall, each seat with its look."""
    labels = iter(drawing.labels)
    pieces = []
    for piece in drawing.picture:
        if isinstance(piece, str):
            pieces.append(piece)
            continue
        look = looks.get(next(labels), "nobody")
        pieces.append(piece[0].replace('class="s"', f'class="s h-{look}"', 1))
    return Markup("".join(pieces))  # noqa: S704 - every text in a piece was escaped when it was made
