"""How full a festival is, for its organisers: all screenings at a glance, live."""

from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.insight.capacity import Insight, festival_capacity
from ticketing.insight.model import totals_of
from ticketing.kernel.errors import OutOfReach
from ticketing.programme.model import in_use
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.staff.reach import touches, venues_of_festival
from ticketing.web.pages.capacity_view import choices_of, groups_of, lines_of, wish_of
from ticketing.web.pages.formatting import money_pattern
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.programme_view import current_festival
from ticketing.web.pages.rendering import page


@get("/{language:str}/capacity", guards=[requires(Role.ORGANISER)], include_in_schema=False)
async def show_capacity(
    request: StaffRequest, insight: NamedDependency[Insight], language: FromPath[str]
) -> Response[Any]:
    """The figures of a festival; without a choice, of the one that runs or comes next."""
    require_language(language)
    reach = request.user.reach
    wanted = request.query_params.get("festival", "")[:63]
    listed = await insight.catalogue.festivals()
    if any(one.festival == wanted for one in listed) and not touches(reach, festival=wanted):
        raise OutOfReach(festival=wanted, venue=None)
    festivals = [one for one in in_use(listed, wanted) if touches(reach, festival=one.festival)]
    now = insight.context.clock.now()
    sizes = await insight.catalogue.screenings_ahead(now)
    festival = current_festival(festivals, wanted, now.date(), sizes)
    if festival is None:
        return page(request, "empty.html", language, festival=None, cart_count=0)
    venues = venues_of_festival(reach, festival.festival)
    capacity = await festival_capacity(insight, festival.festival, language, venues)
    wish = wish_of(request.query_params)
    lines = lines_of(capacity.screenings, wish)
    totals = totals_of(line.capacity for line in lines)
    return page(
        request,
        "capacity.html",
        language,
        festival=festival,
        festivals=festivals,
        wish=wish,
        choices=choices_of(capacity.screenings, language),
        groups=groups_of(lines, wish.by, language),
        totals=totals,
        whole=len(lines) == len(capacity.screenings),
        alerting=[(line, alert) for line in lines for alert in line.alerts],
        zones={name: ZoneInfo(name) for name in {line.timezone for line in capacity.screenings}},
        patterns={sum_.currency: money_pattern(sum_.currency, language) for sum_ in capacity.totals.revenue},
        cart_count=0,
    )


routes = [show_capacity]
