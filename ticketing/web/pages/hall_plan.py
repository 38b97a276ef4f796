"""The plan of a hall on which staff choose seats: free, taken, kept back, one's own."""

from collections.abc import Collection
from typing import Final

import msgspec
from markupsafe import Markup

from ticketing.door.before_film.places import states_of_places
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import pick, translate
from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening
from ticketing.sales.desk import Sales
from ticketing.web.pages.evening_drawing import draw_house
from ticketing.web.pages.hall_drawing import Drawing, Kept, draw_hall
from ticketing.web.pages.screening_view import names_of_areas, zone_looks

LOOKS: Final = {"f": "free", "h": "busy", "r": "busy", "s": "busy", "w": "kept", "b": "kept"}
WORDS: Final = {"free": N_("free"), "busy": N_("taken"), "kept": N_("kept back"), "chosen": N_("held here")}


class PlanArea(msgspec.Struct, frozen=True):
    """An unnumbered area, and how many of its places are free."""

    area: str
    name: str
    free: int


class Plan(msgspec.Struct, frozen=True):
    """The plan, what its looks mean, the zones by id, and the areas."""

    drawing: Drawing
    picture: Markup
    looks: dict[str, str]
    zones: tuple[tuple[str, str], ...]
    areas: tuple[PlanArea, ...]


async def plan_of(sales: Sales, screening: Screening, layout: Layout, language: str, held: Collection[str]) -> Plan:
    """The plan as it is now; ``held`` are the seats that whoever looks at it holds.

    Raises:
        SeatingUnavailable
    """
    states = await states_of_places(sales, screening)
    looks = {label: LOOKS[chr(state)] for label, state in zip(layout.labels, states, strict=True)}
    looks |= dict.fromkeys(held, "chosen")
    drawing = draw_hall(screening.layout_id, Kept(layout), language, zone_looks(screening, language))
    names = names_of_areas(screening, layout, language)
    return Plan(
        drawing,
        draw_house(drawing, looks),
        {look: translate(words, language) for look, words in WORDS.items()},
        tuple((zone.zone, pick(zone.name, language)) for zone in screening.zones),
        tuple(
            PlanArea(area, names.get(area, area), states.count(b"f", places.start, places.stop))
            for area, places in layout.area_ranges.items()
        ),
    )
