"""How one screening sells, for its organisers: the hall in heat, its curve beside the festival's, arrivals."""

from collections import Counter
from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.insight.capacity import Insight, screening_capacity
from ticketing.insight.course import Heat, screening_course
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import translate
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.web.pages.evening_drawing import draw_house
from ticketing.web.pages.hall_drawing import Kept, draw_hall
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.rendering import STATIC, page, static_address
from ticketing.web.pages.screening_view import zone_looks

# Fetched by requirements/browser/install, and missing without npm: the tables say the same.
CHARTS: Final = ("vendor/uplot.js", "vendor/uplot.css")
HEATS: Final = {
    Heat.EARLY: N_("more than a week before"),
    Heat.WEEK: N_("a day to a week before"),
    Heat.DAY: N_("3 to 24 hours before"),
    Heat.LATE: N_("in the last 3 hours"),
}


@get(
    "/{language:str}/capacity/screenings/{screening:str}",
    guards=[requires(Role.ORGANISER)],
    include_in_schema=False,
)
async def show_course(
    request: StaffRequest, insight: NamedDependency[Insight], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """A screening's figures now, and how they came about."""
    require_language(language)
    asked = await insight.catalogue.screening(screening)
    course = await screening_course(insight, screening)
    layout = await insight.catalogue.layout(asked.layout_id)
    drawing = draw_hall(asked.layout_id, Kept(layout), language, zone_looks(asked, language))
    counted = Counter(course.seats.values())
    charts = [static_address(name) for name in CHARTS if (STATIC / name).is_file()]
    return page(
        request,
        "capacity_screening.html",
        language,
        festival=None,
        cart_count=0,
        s=asked,
        capacity=await screening_capacity(insight, screening),
        course=course,
        drawing=drawing,
        picture=draw_house(drawing, course.seats),
        heats=[(heat, translate(words, language), counted[heat]) for heat, words in HEATS.items()],
        charts=charts if len(charts) == len(CHARTS) else None,
    )


routes = [show_course]
