"""Totals: admissions and takings by whatever is asked for: film, version, city, week, tariff, country."""

from collections.abc import Iterable, Sequence
from typing import Final, get_args

import msgspec
from babel import Locale

from ticketing.insight.reports.facts import TSA_COUNTRY, ScreeningFacts, TariffFacts, film_week, tsa_estimate
from ticketing.insight.reports.model import KINDS, Dimension, ReportHead, ReportRequest, language_text
from ticketing.insight.reports.table import Cell, Column, ColumnKind, Sheet, units
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import pick, translate
from ticketing.kernel.money import Money

DIMENSIONS: Final[tuple[Dimension, ...]] = get_args(Dimension)
BY_DEFAULT: Final[tuple[Dimension, ...]] = ("film",)

NOTICE = N_(
    "Admissions are rights issued and not cancelled, takings the money for them, by the day of the screening. "
    "Admitted: people who came in. The tax on tickets (TSA, 10.72 %) is an estimate, for screenings in France."
)
DIMENSION_COLUMNS: Final[dict[Dimension, Column]] = {
    "film": Column(N_("Film")),
    "version": Column(N_("Version")),
    "city": Column(N_("City")),
    "week": Column(N_("Film week")),
    "tariff": Column(N_("Tariff")),
    "country": Column(N_("Country")),
}
SUM_COLUMNS = (
    Column(N_("Rights issued"), ColumnKind.NUMBER, summed=True),
    Column(N_("Rights cancelled"), ColumnKind.NUMBER, summed=True),
    Column(N_("Admissions"), ColumnKind.NUMBER, summed=True),
    Column(N_("Admitted"), ColumnKind.NUMBER, summed=True),
    Column(N_("Takings"), ColumnKind.MONEY, summed=True),
    Column(N_("Currency")),
    Column(N_("TSA (estimate)"), ColumnKind.MONEY, summed=True),
)


class Part(msgspec.Struct, frozen=True):
    """One value of a dimension: what it is known by, and its name in the reader's language."""

    key: str
    name: str


class TotalsRow(msgspec.Struct, frozen=True):
    """What belongs together, in one currency.

    ``by`` has a part a dimension asked for. `screenings` are those that it is a sum of; by tariff, one screening
    counts with each. `admissions` are rights issued and not cancelled; `admitted` are people who came in, null by
    tariff in weeks that were closed before that was counted. `tsa_estimate` is of what was taken in France, null
    where there was no screening.
    """

    by: dict[Dimension, Part]
    screenings: int
    issued: int
    cancelled: int
    admissions: int
    admitted: int | None
    takings: Money
    tsa_estimate: Money | None


class TotalsReport(ReportHead, frozen=True, kw_only=True, tag_field="report", tag="totals"):
    """Admissions and takings by some dimensions, and by currency."""

    by: tuple[Dimension, ...]
    rows: tuple[TotalsRow, ...]

    def sheets(self, locale: str) -> tuple[Sheet, ...]:
        """The report as one table."""
        screenings = Column(N_("Screenings"), ColumnKind.NUMBER, summed="tariff" not in self.by)
        columns = (*(DIMENSION_COLUMNS[dimension] for dimension in self.by), screenings, *SUM_COLUMNS)
        return (Sheet.of(N_("Totals"), columns, map(self._cells, self.rows)),)

    def _cells(self, row: TotalsRow) -> Iterable[Cell]:
        return (
            *(row.by[dimension].name for dimension in self.by),
            row.screenings,
            row.issued,
            row.cancelled,
            row.admissions,
            row.admitted,
            units(row.takings),
            row.takings.currency,
            units(row.tsa_estimate),
        )


# A screening with those of its tariffs that belong to a row.
Line = tuple[ScreeningFacts, tuple[TariffFacts, ...]]


def report_totals(facts: Sequence[ScreeningFacts], request: ReportRequest) -> TotalsReport:
    """Admissions and takings, summed up by the dimensions asked for. Tariffs that nobody bought are left out."""
    by = request.by or BY_DEFAULT
    groups: dict[tuple[str, ...], list[Line]] = {}
    parts: dict[tuple[str, ...], dict[Dimension, Part]] = {}
    for screening in facts:
        for currency, tariffs in _lines(screening, apart="tariff" in by):
            of = {dimension: _part(dimension, screening, tariffs, request.locale) for dimension in by}
            # By name as it is read, and by key where two are called the same.
            key = (*(text for part in of.values() for text in (part.name, part.key)), currency)
            groups.setdefault(key, []).append((screening, tariffs))
            parts[key] = of
    return TotalsReport(
        festival=request.festival,
        first_day=request.period.first_day,
        last_day=request.period.last_day,
        as_of=request.as_of,
        notice=translate(NOTICE, request.locale),
        by=by,
        rows=tuple(_row(parts[key], groups[key], key[-1], by) for key in sorted(groups)),
    )


def _lines(screening: ScreeningFacts, *, apart: bool) -> Iterable[tuple[str, tuple[TariffFacts, ...]]]:
    """The tariffs of a screening by currency, and one by one where they are asked for."""
    bought = [tariff for tariff in screening.tariffs if tariff.issued]
    if apart:
        return [(tariff.currency, (tariff,)) for tariff in bought]
    currencies = sorted({tariff.currency for tariff in bought} | {screening.currency})
    return [(currency, tuple(one for one in bought if one.currency == currency)) for currency in currencies]


def _part(dimension: Dimension, screening: ScreeningFacts, tariffs: Sequence[TariffFacts], locale: str) -> Part:
    match dimension:
        case "film":
            title = pick(screening.film_title or screening.title, locale)
            return Part(screening.film or screening.screening, title)
        case "version":
            return _version(screening, locale)
        case "city":
            return Part(screening.city, pick(screening.city_name, locale))
        case "week":
            week = film_week(screening.day).isoformat()
            return Part(week, week)
        case "tariff":
            return Part(tariffs[0].tariff, pick(tariffs[0].name, locale) or tariffs[0].tariff)
        case "country":
            names = Locale.parse(locale).territories
            return Part(screening.country, str(names.get(screening.country, screening.country)))


def _version(screening: ScreeningFacts, locale: str) -> Part:
    """What was heard and read, whatever the film: this is how dubbed Kazakh is set against subtitled French."""
    if screening.version_kind is None:
        return Part("", translate(N_("no film"), locale))
    audio = screening.audio or ""
    heard = f"{translate(KINDS[screening.version_kind], locale)}, {language_text(audio, locale)}"
    read = ", ".join(language_text(code, locale) for code in screening.subtitles)
    key = "/".join((screening.version_kind, audio, *screening.subtitles))
    return Part(key, f"{heard} ({read})" if read else heard)


def _row(of: dict[Dimension, Part], lines: Sequence[Line], currency: str, by: Sequence[Dimension]) -> TotalsRow:
    tariffs = [tariff for _, some in lines for tariff in some]
    takings = sum(tariff.takings for tariff in tariffs)
    in_france = [tariff.takings for screening, some in lines if screening.country == TSA_COUNTRY for tariff in some]
    return TotalsRow(
        by=of,
        screenings=len(lines),
        issued=sum(tariff.issued for tariff in tariffs),
        cancelled=sum(tariff.cancelled for tariff in tariffs),
        admissions=sum(tariff.sold for tariff in tariffs),
        admitted=_admitted(lines, currency, by),
        takings=Money(takings, currency),
        tsa_estimate=tsa_estimate(sum(in_france), currency, TSA_COUNTRY) if in_france else None,
    )


def _admitted(lines: Sequence[Line], currency: str, by: Sequence[Dimension]) -> int | None:
    if "tariff" not in by:
        return sum(screening.admitted for screening, _ in lines if screening.currency == currency)
    counted = [
        None if screening.admitted_by_tariff is None else screening.admitted_by_tariff.get(tariffs[0].tariff, 0)
        for screening, tariffs in lines
    ]
    known = [people for people in counted if people is not None]
    return sum(known) if len(known) == len(counted) else None
