"""Whom gates let in and the house would have refused: for a supervisor, who goes and looks who sits there."""

from typing import Annotated, Final
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from ticketing.door.desk import Door
from ticketing.door.model import SCREENING_PATTERN
from ticketing.door.offline import list_conflicts
from ticketing.kernel.errors import UnknownScreening
from ticketing.kernel.i18n import translate
from ticketing.programme.model import Screening
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.web.pages.door_view import LOOKS, TITLES
from ticketing.web.pages.formatting import place_text
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.rendering import page

CONFLICTS_A_PAGE: Final = 50
CURSOR_SIGNS_MAX: Final = 200


@get("/{language:str}/door/conflicts", guards=[requires(Role.SUPERVISOR)], include_in_schema=False)
async def show_conflicts(
    request: StaffRequest,
    door: NamedDependency[Door],
    language: FromPath[str],
    screening: Annotated[str | None, QueryParameter(pattern=SCREENING_PATTERN)] = None,
    cursor: Annotated[str | None, QueryParameter(max_length=CURSOR_SIGNS_MAX)] = None,
) -> Response[str]:
    """Both gates with their times, the latest first."""
    require_language(language)
    listed = await list_conflicts(door, screening, request.user.reach, CONFLICTS_A_PAGE, cursor)
    screenings = {one.screening: await _screening(door, one.screening) for one in listed.conflicts}
    return page(
        request,
        "door_conflicts.html",
        language,
        festival=None,
        cart_count=0,
        conflicts=[
            (one, screenings[one.screening], await _seat(door, screenings[one.screening], one.seat, language))
            for one in listed.conflicts
        ],
        following=listed.next,
        screening=screening,
        verdicts={verdict: translate(words, language) for verdict, (_, words) in LOOKS.items()},
        titles={reason: translate(words, language) for reason, words in TITLES.items()},
        utc=ZoneInfo("UTC"),
    )


async def _screening(door: Door, screening_id: str | None) -> Screening | None:
    """None for one that is not there (any more): a gate may name whatever it likes."""
    try:
        return await door.catalogue.screening(screening_id) if screening_id else None
    except UnknownScreening:
        return None


async def _seat(door: Door, screening: Screening | None, seat: str | None, language: str) -> str:
    if screening is None or seat is None:
        return seat or ""
    layout = await door.catalogue.layout(screening.layout_id)
    sections = {section.section: section.name.get(language, section.section) for section in layout.sections}
    return place_text(seat, sections, {}, language)


routes = [show_conflicts]
