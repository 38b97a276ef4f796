"""The desk's reports: chosen, read on the page, taken along as files; and film weeks closed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.insight.capacity import Insight
from ticketing.insight.reports.closing import close_week, over_at
from ticketing.insight.reports.formats import MEDIA_TYPES, Format
from ticketing.insight.reports.making import NAMES, ReportWish, ShownReport, make_report, show_report
from ticketing.insight.reports.totals import DIMENSION_COLUMNS, DIMENSIONS
from ticketing.insight.reports.weekly_return import WeeklyReturnReport
from ticketing.kernel.errors import N_, InvalidField, OutOfReach, TicketingError
from ticketing.kernel.i18n import translate
from ticketing.programme.model import Festival, in_use
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.staff.reach import EVERYWHERE, Reach, require_reach, touches
from ticketing.web.pages.forms import read_form
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.programme_view import current_festival
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import PRIVATE, page, see_other

ORGANISER = [requires(Role.ORGANISER)]
PLACE: Final = "/{language:str}/desk/reports"
FIRST_REPORT: Final = "totals"
FIELDS: Final = ("report", "festival", "week", "from", "to", "by")
SIGNS_MAX: Final = 63
DAY_PROBLEM: Final = N_("A day is written like 2026-11-25")
CHOICE_PROBLEM: Final = N_("There is no such format")
WISH_PROBLEM: Final = N_("There is no such choice, or a day that is none")


@get(PLACE, guards=ORGANISER, include_in_schema=False)
async def show_reports(
    request: StaffRequest, insight: NamedDependency[Insight], language: FromPath[str]
) -> Response[Any]:
    """A report on the page, with its files; without a choice, totals of the festival that runs or comes next."""
    require_language(language)
    festivals = await _festivals(insight, request.user.reach, request.query_params.get("festival", ""))
    try:
        wish = _wish(request, language, await _usual(insight, festivals))
        shown = await show_report(insight, wish, request.user.reach)
    except OutOfReach:
        raise
    except TicketingError as error:
        return _page(request, insight, _typed(request, language), festivals, refused=error)
    return _page(request, insight, wish, festivals, shown=shown)


@get(PLACE + "/file", guards=ORGANISER, include_in_schema=False)
async def get_report_file(
    request: StaffRequest, insight: NamedDependency[Insight], language: FromPath[str]
) -> Response[bytes]:
    """The same report as a file, in the language of the page."""
    require_language(language)
    try:
        written_as = msgspec.convert(request.query_params.get("format"), Format)
    except msgspec.ValidationError:
        raise InvalidField(field="format", problem=CHOICE_PROBLEM) from None
    wish = _wish(request, language, None)
    made = await make_report(insight, wish, request.user.reach, written_as)
    headers = {
        "content-disposition": f'attachment; filename="{made.name}"',
        "content-language": language,
        **PRIVATE,
    }
    return Response(made.body, media_type=MEDIA_TYPES[written_as], headers=headers)


@post(PLACE + "/closed-weeks", guards=ORGANISER, include_in_schema=False)
async def post_closed_week(
    request: StaffRequest, insight: NamedDependency[Insight], language: FromPath[str]
) -> Response[Any]:
    """Close a film week of a festival, and look at its return."""
    require_language(language)
    form = await read_form(request)
    festival = form.text("festival", SIGNS_MAX)
    festivals = await _festivals(insight, request.user.reach, festival)
    require_reach(request.user.reach, festival=festival)
    wish = ReportWish("weekly-return", festival, locale=language)
    try:
        week = msgspec.convert(form.text("week", 10), date)
        closed = await close_week(insight, festival, week, closed_by=request.user.login)
    except msgspec.ValidationError:
        refused: TicketingError = InvalidField(field="week", problem=DAY_PROBLEM)
        return _page(request, insight, wish, festivals, refused=refused)
    except TicketingError as error:
        return _page(request, insight, wish, festivals, refused=error)
    return see_other(f"/{language}/desk/reports?report=weekly-return&festival={festival}&week={closed.week}")


def _page(
    request: StaffRequest,
    insight: Insight,
    wish: ReportWish,
    festivals: Sequence[Festival],
    *,
    shown: ShownReport | None = None,
    refused: TicketingError | None = None,
) -> Response[Any]:
    language = wish.locale
    refusal = refusal_of(refused, language) if refused else None
    asked = request.query_params
    query = [(name, value[:SIGNS_MAX]) for name in FIELDS for value in asked.getall(name, [])]
    return page(
        request,
        "reports.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        names={name: translate(words, language) for name, words in NAMES.items()},
        festivals=festivals,
        everywhere=request.user.reach == EVERYWHERE,
        dimensions=[(one, translate(DIMENSION_COLUMNS[one].heading, language)) for one in DIMENSIONS],
        wish=wish,
        typed={name: asked.get(name, "")[:SIGNS_MAX] for name in FIELDS},
        shown=shown,
        query=urlencode([*query, *_unsaid(query, wish)]),
        closable=_closable(wish, shown, insight.context.clock.now()) if shown else (),
        refusal=refusal,
    )


def _typed(request: StaffRequest, language: str) -> ReportWish:
    """What was chosen in a form that can't be answered, as far as there is such a choice."""
    report, festival = request.query_params.get("report", ""), request.query_params.get("festival", "")
    return ReportWish(report if report in NAMES else FIRST_REPORT, festival or None, locale=language)


def _unsaid(query: Sequence[tuple[str, str]], wish: ReportWish) -> list[tuple[str, str]]:
    """What the page chose by itself, so that its files are of the same."""
    said = {name for name, _ in query}
    chosen = {"report": wish.report, "festival": wish.festival or ""}
    return [(name, value) for name, value in chosen.items() if name not in said]


def _closable(wish: ReportWish, shown: ShownReport, now: datetime) -> list[tuple[date, date]]:
    """The weeks of a return that are over everywhere and not closed: their first and last days."""
    report = shown.report
    if not wish.festival or not isinstance(report, WeeklyReturnReport):
        return []
    closed = {week for _, week in report.closed_weeks}
    weeks = sorted({row.week_from for row in report.rows} - closed)
    return [(week, week + timedelta(days=6)) for week in weeks if over_at(week) <= now]


def _wish(request: StaffRequest, language: str, usual: str | None) -> ReportWish:
    """What the address asks for; ``usual`` is the festival where it names none at all."""
    asked = request.query_params
    festival = asked.get("festival", usual)
    wanted = {
        "report": asked.get("report") or FIRST_REPORT,
        "festival": festival or None,
        "by": list(dict.fromkeys(asked.getall("by", []))),
        "locale": language,
    }
    days = {"week": "week", "from": "first_day", "to": "last_day"}
    try:
        return msgspec.convert(
            wanted | {field: asked[name] for name, field in days.items() if asked.get(name)}, ReportWish
        )
    except msgspec.ValidationError:
        raise InvalidField(field="report", problem=WISH_PROBLEM) from None


async def _festivals(insight: Insight, reach: Reach, wanted: str) -> list[Festival]:
    listed = in_use(await insight.catalogue.festivals(), wanted)
    return [one for one in listed if touches(reach, festival=one.festival)]


async def _usual(insight: Insight, festivals: Sequence[Festival]) -> str | None:
    now = insight.context.clock.now()
    festival = current_festival(festivals, "", now.date(), await insight.catalogue.screenings_ahead(now))
    return festival.festival if festival else None


routes = [show_reports, get_report_file, post_closed_week]
