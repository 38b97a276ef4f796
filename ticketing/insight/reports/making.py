"""Making a report: one query, and the rest in a thread."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from ticketing.insight.capacity import Insight
from ticketing.insight.reports.admissions import AdmissionsReport, report_admissions
from ticketing.insight.reports.closing import Settled, settle, settled_in
from ticketing.insight.reports.facts import ScreeningFacts
from ticketing.insight.reports.formats import Format, write_csv, write_json, write_xlsx
from ticketing.insight.reports.model import ReportRequest
from ticketing.insight.reports.period import choose_period, whole_weeks
from ticketing.insight.reports.screening_statement import ScreeningStatementReport, report_screening_statement
from ticketing.insight.reports.takings import TakingsReport, report_takings
from ticketing.insight.reports.weekly_return import WeeklyReturnReport
from ticketing.insight.reports.weekly_sums import report_weekly_return
from ticketing.kernel.errors import N_, ReportTooLong, UnknownReport
from ticketing.kernel.i18n import translate
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.kernel.threads import Threads

SQL = load_queries("reports")
# Of screenings with their tariffs, of which no report has more than three rows each.
ROWS_MAX: Final = 20_000

Report = AdmissionsReport | TakingsReport | ScreeningStatementReport | WeeklyReturnReport

REPORTS: Final[Mapping[str, Callable[[Sequence[ScreeningFacts], ReportRequest], Report]]] = {
    "admissions": report_admissions,
    "takings": report_takings,
    "screening-statement": report_screening_statement,
    "weekly-return": report_weekly_return,
}
OF_WHOLE_WEEKS: Final = frozenset({"weekly-return"})

_FACTS = msgspec.json.Decoder(ScreeningFacts)
_THREADS = Threads("report", threads_max=1, waiting_max=8)


class ReportFile(msgspec.Struct, frozen=True):
    """A report, written out."""

    name: str
    body: bytes


async def make_report(
    insight: Insight,
    report: str,
    *,
    festival_id: str | None,
    first_day: date | None,
    last_day: date | None,
    week: date | None,
    written_as: Format,
    locale: str,
) -> ReportFile:
    """A report on the screenings of some days, of one festival or of all, as a file with a name.

    Raises:
        UnknownReport, UnknownFestival, InvalidPeriod
        ReportTooLong: more than 20,000 pairs of screening and tariff.
        TooMany: eight others wait for theirs in this process.
        DatabaseUnavailable
    """
    if report not in REPORTS:
        raise UnknownReport(reports=list(REPORTS))
    festival = await insight.catalogue.festival(festival_id) if festival_id is not None else None
    now = insight.context.clock.now()
    period = choose_period(first_day=first_day, last_day=last_day, week=week, festival=festival, today=now.date())
    if report in OF_WHOLE_WEEKS:
        period = whole_weeks(period)
    async with database_errors():
        rows = await insight.context.postgres.fetch(
            SQL.list_screening_facts, festival_id, period.first_day, period.last_day, ROWS_MAX + 1
        )
    settled = await settled_in(insight.context, festival_id, period)
    request = ReportRequest(festival_id, period, locale, now)
    texts = [row[0] for row in rows]
    body = await _THREADS.run(_write, report, texts, settled, request, written_as)
    parts = (report, festival_id, period.first_day.isoformat(), period.last_day.isoformat())
    return ReportFile(f"{'_'.join(part for part in parts if part)}.{written_as}", body)


def _write(
    report: str, texts: Sequence[str], settled: Settled, request: ReportRequest, written_as: Format
) -> bytes:
    facts = settle([_FACTS.decode(text) for text in texts], settled, request.period)
    if sum(max(1, len(screening.tariffs)) for screening in facts) > ROWS_MAX:
        raise ReportTooLong(rows_max=ROWS_MAX)
    made = msgspec.structs.replace(REPORTS[report](facts, request), closed_weeks=settled.weeks)
    if isinstance(made, WeeklyReturnReport):
        made = msgspec.structs.replace(made, later_entries=settled.later)
    if written_as == "json":
        return write_json(made)
    sheets = made.sheets(request.locale)
    if written_as == "csv":
        return write_csv(sheets, request.locale)
    return write_xlsx(sheets, _about(made, request), request.locale)


def _about(made: Report, request: ReportRequest) -> list[tuple[str, str]]:
    named = (
        (N_("Festival"), request.festival or "–"),
        (N_("From"), request.period.first_day.isoformat()),
        (N_("To"), request.period.last_day.isoformat()),
        (N_("As of"), request.as_of.isoformat(timespec="seconds")),
        (N_("Note"), made.notice),
    )
    return [(translate(name, request.locale), text) for name, text in named]
