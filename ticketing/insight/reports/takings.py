"""Takings: rights issued and cancelled, and their money, by film, version, city, week, tariff and currency."""

from collections.abc import Sequence

import msgspec

from ticketing.insight.reports.facts import ScreeningFacts, TariffFacts, tsa_estimate
from ticketing.insight.reports.model import (
    PROGRAMME_COLUMNS,
    ReportedProgramme,
    ReportHead,
    ReportRequest,
    family_text,
    programme_cells,
    programme_key,
    programme_of,
)
from ticketing.insight.reports.table import Column, ColumnKind, Sheet, units
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import pick, translate
from ticketing.kernel.money import Money
from ticketing.programme.model import TariffFamily

NOTICE = N_(
    "Takings are those of rights issued and not cancelled, by the day of the screening. Fees kept when a ticket "
    "was given back are not in them. The tax on tickets (TSA, 10.72 %) is an estimate, for screenings in France."
)
COLUMNS = (
    *PROGRAMME_COLUMNS,
    Column(N_("Tariff")),
    Column(N_("Family of tariffs")),
    Column(N_("Rights issued"), ColumnKind.NUMBER, summed=True),
    Column(N_("Rights cancelled"), ColumnKind.NUMBER, summed=True),
    Column(N_("Sold"), ColumnKind.NUMBER, summed=True),
    Column(N_("Takings"), ColumnKind.MONEY, summed=True),
    Column(N_("Currency")),
    Column(N_("TSA (estimate)"), ColumnKind.MONEY, summed=True),
)


class TakingsRow(msgspec.Struct, frozen=True):
    """One tariff of one programme, in one currency.

    `sold` is what was issued less what was cancelled, `takings` the money for it. `tsa_estimate` is there for
    screenings in France.
    """

    programme: ReportedProgramme
    tariff: str
    tariff_name: str
    family: TariffFamily
    issued: int
    cancelled: int
    sold: int
    takings: Money
    tsa_estimate: Money | None


class TakingsReport(ReportHead, frozen=True, kw_only=True, tag_field="report", tag="takings"):
    """Rights and takings, by film, version, city, film week, tariff and currency."""

    rows: tuple[TakingsRow, ...]

    def sheets(self, locale: str) -> tuple[Sheet, ...]:
        """The report as one table."""
        rows = (
            (
                *programme_cells(row.programme, locale),
                row.tariff_name,
                family_text(row.family, locale),
                row.issued,
                row.cancelled,
                row.sold,
                units(row.takings),
                row.takings.currency,
                units(row.tsa_estimate),
            )
            for row in self.rows
        )
        return (Sheet.of(N_("Takings"), COLUMNS, rows),)


def report_takings(facts: Sequence[ScreeningFacts], request: ReportRequest) -> TakingsReport:
    """Rights and takings by programme, tariff and currency. Tariffs that nobody bought are left out."""
    groups: dict[tuple[str, ...], list[tuple[ScreeningFacts, TariffFacts]]] = {}
    for screening in facts:
        for tariff in screening.tariffs:
            if tariff.issued:
                key = (*programme_key(screening, request.locale), tariff.tariff, tariff.currency)
                groups.setdefault(key, []).append((screening, tariff))
    return TakingsReport(
        festival=request.festival,
        first_day=request.period.first_day,
        last_day=request.period.last_day,
        as_of=request.as_of,
        notice=translate(NOTICE, request.locale),
        rows=tuple(_row(group, request.locale) for _, group in sorted(groups.items(), key=lambda item: item[0])),
    )


def _row(lines: Sequence[tuple[ScreeningFacts, TariffFacts]], locale: str) -> TakingsRow:
    screening, tariff = lines[0]
    takings = sum(line.takings for _, line in lines)
    return TakingsRow(
        programme=programme_of(screening, locale),
        tariff=tariff.tariff,
        tariff_name=pick(tariff.name, locale) or tariff.tariff,
        family=tariff.family,
        issued=sum(line.issued for _, line in lines),
        cancelled=sum(line.cancelled for _, line in lines),
        sold=sum(line.sold for _, line in lines),
        takings=Money(takings, tariff.currency),
        tsa_estimate=tsa_estimate(takings, tariff.currency, screening.country),
    )
