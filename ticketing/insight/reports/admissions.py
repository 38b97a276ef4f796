"""Admissions: how many tickets were sold and how many people came, by film, version, city and film week."""

from collections.abc import Sequence

import msgspec

from ticketing.insight.reports.facts import ScreeningFacts
from ticketing.insight.reports.model import (
    PROGRAMME_COLUMNS,
    ReportedProgramme,
    ReportHead,
    ReportRequest,
    programme_cells,
    programme_key,
    programme_of,
)
from ticketing.insight.reports.table import Column, ColumnKind, Sheet
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import translate

NOTICE = N_("Sold: tickets that are sold and not given back. Admitted: those of them that somebody entered with.")
COLUMNS = (
    *PROGRAMME_COLUMNS,
    Column(N_("Screenings"), ColumnKind.NUMBER, summed=True),
    Column(N_("Sold"), ColumnKind.NUMBER, summed=True),
    Column(N_("Admitted"), ColumnKind.NUMBER, summed=True),
)


class AdmissionsRow(msgspec.Struct, frozen=True):
    """What one programme had: screenings, tickets sold and not given back, and those of them that came in."""

    programme: ReportedProgramme
    screenings: int
    sold: int
    admitted: int


class AdmissionsReport(ReportHead, frozen=True, kw_only=True, tag_field="report", tag="admissions"):
    """Sold and admitted, by film, version, city and film week."""

    rows: tuple[AdmissionsRow, ...]

    def sheets(self, locale: str) -> tuple[Sheet, ...]:
        """The report as one table."""
        rows = (
            (*programme_cells(row.programme, locale), row.screenings, row.sold, row.admitted) for row in self.rows
        )
        return (Sheet.of(N_("Admissions"), COLUMNS, rows),)


def report_admissions(facts: Sequence[ScreeningFacts], request: ReportRequest) -> AdmissionsReport:
    """Sold and admitted, by film, version, city and film week; meetings by their title."""
    groups: dict[tuple[str, ...], list[ScreeningFacts]] = {}
    for screening in facts:
        groups.setdefault(programme_key(screening, request.locale), []).append(screening)
    return AdmissionsReport(
        festival=request.festival,
        first_day=request.period.first_day,
        last_day=request.period.last_day,
        as_of=request.as_of,
        notice=translate(NOTICE, request.locale),
        rows=tuple(
            AdmissionsRow(
                programme=programme_of(group[0], request.locale),
                screenings=len(group),
                sold=sum(screening.sold for screening in group),
                admitted=sum(screening.admitted for screening in group),
            )
            for _, group in sorted(groups.items(), key=lambda item: item[0])
        ),
    )
