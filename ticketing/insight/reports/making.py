"""Making a report: one query, and the rest in a thread."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from ticketing.insight.capacity import Insight
from ticketing.insight.reports.admissions import AdmissionsReport, report_admissions
from ticketing.insight.reports.closing import Settled, settle, settled_in
from ticketing.insight.reports.facts import ScreeningFacts
from ticketing.insight.reports.formats import Format, write_csv, write_json, write_xlsx
from ticketing.insight.reports.model import Dimension, ReportRequest
from ticketing.insight.reports.paper import Paper, cell_text, cut, table_of
from ticketing.insight.reports.pdf import PrintedReport, write_pdf
from ticketing.insight.reports.period import choose_period, whole_weeks
from ticketing.insight.reports.return_paper import return_papers
from ticketing.insight.reports.screening_statement import ScreeningStatementReport, report_screening_statement
from ticketing.insight.reports.statement_paper import statement_papers
from ticketing.insight.reports.takings import TakingsReport, report_takings
from ticketing.insight.reports.totals import TotalsReport, report_totals
from ticketing.insight.reports.weekly_return import WeeklyReturnReport
from ticketing.insight.reports.weekly_sums import report_weekly_return
from ticketing.kernel.errors import N_, OutOfReach, ReportTooLong, UnknownReport
from ticketing.kernel.i18n import translate
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.kernel.threads import Threads
from ticketing.staff.reach import Reach, places_in_sql, touches

SQL = load_queries("reports")
# Of screenings with their tariffs, of which no report has more than three rows each.
ROWS_MAX: Final = 20_000

# Of a report on a page: what is beyond is for the files.
ROWS_SHOWN_MAX: Final = 600

Report = AdmissionsReport | TakingsReport | TotalsReport | ScreeningStatementReport | WeeklyReturnReport

REPORTS: Final[Mapping[str, Callable[[Sequence[ScreeningFacts], ReportRequest], Report]]] = {
    "admissions": report_admissions,
    "takings": report_takings,
    "totals": report_totals,
    "screening-statement": report_screening_statement,
    "weekly-return": report_weekly_return,
}
NAMES: Final[Mapping[str, str]] = {
    "admissions": N_("Admissions"),
    "takings": N_("Takings"),
    "totals": N_("Totals"),
    "screening-statement": N_("Statement per screening"),
    "weekly-return": N_("Weekly return"),
}
OF_WHOLE_WEEKS: Final = frozenset({"weekly-return"})

_FACTS = msgspec.json.Decoder(ScreeningFacts)
_THREADS = Threads("report", threads_max=1, waiting_max=8)


class ReportWish(msgspec.Struct, frozen=True):
    """Which report, of one festival or of all that is within reach, on which days; see ``choose_period``.

    ``by`` is for totals and says nothing to the others; ``locale`` is the language of headings and texts.
    """

    report: str
    festival: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    week: date | None = None
    by: tuple[Dimension, ...] = ()
    locale: str = "en"


class ReportFile(msgspec.Struct, frozen=True):
    """A report, written out."""

    name: str
    body: bytes


class ShownReport(msgspec.Struct, frozen=True):
    """A report to be read on a page. ``cut``: it has more rows than ``ROWS_SHOWN_MAX``; sums are of all."""

    report: Report
    papers: tuple[Paper, ...]
    cut: bool


async def make_report(insight: Insight, wish: ReportWish, reach: Reach, written_as: Format) -> ReportFile:
    """A report as a file with a name.

    Raises:
        OutOfReach: nothing of the festival is.
        UnknownReport, UnknownFestival, InvalidPeriod
        ReportTooLong: more than 20,000 pairs of screening and tariff; as PDF, more than 3,000 rows.
        TooMany: eight others wait for theirs in this process.
        DatabaseUnavailable
    """
    request = await _request(insight, wish, reach)
    body = await _THREADS.run(_write, wish.report, *await _find(insight, request, reach), request, written_as)
    period = request.period
    parts = (wish.report, wish.festival, period.first_day.isoformat(), period.last_day.isoformat())
    return ReportFile(f"{'_'.join(part for part in parts if part)}.{written_as}", body)


async def show_report(insight: Insight, wish: ReportWish, reach: Reach) -> ShownReport:
    """The same report as papers for a page. Raises what ``make_report`` raises."""
    request = await _request(insight, wish, reach)
    return await _THREADS.run(_show, wish.report, *await _find(insight, request, reach), request)


async def _request(insight: Insight, wish: ReportWish, reach: Reach) -> ReportRequest:
    if wish.report not in REPORTS:
        raise UnknownReport(reports=list(REPORTS))
    festival = await insight.catalogue.festival(wish.festival) if wish.festival is not None else None
    if not touches(reach, festival=wish.festival):
        raise OutOfReach(festival=wish.festival, venue=None)
    now = insight.context.clock.now()
    period = choose_period(
        first_day=wish.first_day, last_day=wish.last_day, week=wish.week, festival=festival, today=now.date()
    )
    if wish.report in OF_WHOLE_WEEKS:
        period = whole_weeks(period)
    return ReportRequest(wish.festival, period, wish.locale, now, wish.by)


async def _find(insight: Insight, request: ReportRequest, reach: Reach) -> tuple[list[str], Settled]:
    period = request.period
    async with database_errors():
        rows = await insight.context.postgres.fetch(
            SQL.list_screening_facts,
            request.festival,
            period.first_day,
            period.last_day,
            ROWS_MAX + 1,
            places_in_sql(reach),
        )
    return [row[0] for row in rows], await settled_in(insight.context, request.festival, period, reach)


def _made(report: str, texts: Sequence[str], settled: Settled, request: ReportRequest) -> Report:
    facts = settle([_FACTS.decode(text) for text in texts], settled, request.period)
    if sum(max(1, len(screening.tariffs)) for screening in facts) > ROWS_MAX:
        raise ReportTooLong(rows_max=ROWS_MAX)
    made = msgspec.structs.replace(REPORTS[report](facts, request), closed_weeks=settled.weeks)
    if isinstance(made, WeeklyReturnReport):
        made = msgspec.structs.replace(made, later_entries=settled.later)
    return made


def _write(
    report: str, texts: Sequence[str], settled: Settled, request: ReportRequest, written_as: Format
) -> bytes:
    made = _made(report, texts, settled, request)
    match written_as:
        case "json":
            return write_json(made)
        case "csv":
            return write_csv(made.sheets(request.locale), request.locale)
        case "xlsx":
            return write_xlsx(made.sheets(request.locale), _about(made, request), request.locale)
        case "pdf":
            return write_pdf(_printed(report, made, request))


def _show(report: str, texts: Sequence[str], settled: Settled, request: ReportRequest) -> ShownReport:
    made = _made(report, texts, settled, request)
    papers, is_cut = cut(_papers(made, request.locale), ROWS_SHOWN_MAX)
    return ShownReport(made, tuple(papers), is_cut)


def _papers(made: Report, locale: str) -> Iterable[Paper]:
    match made:
        case ScreeningStatementReport():
            return statement_papers(made, locale)
        case WeeklyReturnReport():
            return return_papers(made, locale)
        case _:
            return [Paper("", (), (table_of(sheet, locale),)) for sheet in made.sheets(locale) if sheet.rows]


def _printed(report: str, made: Report, request: ReportRequest) -> PrintedReport:
    locale = request.locale
    covers = (
        (N_("Festival"), request.festival or translate(N_("all"), locale)),
        (N_("From"), cell_text(request.period.first_day, locale)),
        (N_("To"), cell_text(request.period.last_day, locale)),
        (N_("As of"), f"{cell_text(request.as_of, locale)} UTC"),
    )
    told = [f"{translate(name, locale)} {text}" for name, text in covers]
    title = translate(NAMES[report], locale)
    return PrintedReport(
        lang=locale,
        title=title,
        covers=" · ".join(told),
        notice=made.notice,
        nothing=translate(N_("Nothing found."), locale),
        foot=" · ".join((title, *told[:3])),
        apart=isinstance(made, ScreeningStatementReport | WeeklyReturnReport),
        papers=list(_papers(made, locale)),
    )


def _about(made: Report, request: ReportRequest) -> list[tuple[str, str]]:
    named = (
        (N_("Festival"), request.festival or "–"),
        (N_("From"), request.period.first_day.isoformat()),
        (N_("To"), request.period.last_day.isoformat()),
        (N_("As of"), request.as_of.isoformat(timespec="seconds")),
        (N_("Note"), made.notice),
    )
    return [(translate(name, request.locale), text) for name, text in named]
