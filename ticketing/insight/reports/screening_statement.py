"""The statement that French law wants of each screening (Code du cinéma et de l'image animée, D212-85)."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from ticketing.insight.reports.facts import PriceFacts, ScreeningFacts, TariffFacts, sums_of
from ticketing.insight.reports.model import (
    ReportedFilm,
    ReportedHall,
    ReportedVersion,
    ReportHead,
    ReportRequest,
    family_text,
    film_of,
    hall_of,
    kind_text,
    version_of,
)
from ticketing.insight.reports.table import Cell, Column, ColumnKind, Sheet, units
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import pick, translate
from ticketing.kernel.money import Money
from ticketing.programme.model import ScreeningStatus, TariffFamily

NOTICE = N_(
    "The fields of the statement per screening (Code du cinéma et de l'image animée, D212-85). This is no "
    "homologated declaration. In pre-sale: as the counter said at the sale; of all others, issued before the doors "
    "opened."
)
COLUMNS = (
    Column(N_("Screening")),
    Column(N_("Starts at"), ColumnKind.TIME),
    Column(N_("Title")),
    Column(N_("Original title")),
    Column(N_("Visa number")),
    Column(N_("Version")),
    Column(N_("City")),
    Column(N_("Venue")),
    Column(N_("Hall")),
    Column(N_("Tariff")),
    Column(N_("Family of tariffs")),
    Column(N_("First number issued"), ColumnKind.NUMBER),
    Column(N_("First number for the next screening"), ColumnKind.NUMBER),
    Column(N_("Rights issued"), ColumnKind.NUMBER),
    Column(N_("Issued in pre-sale"), ColumnKind.NUMBER),
    Column(N_("Rights cancelled"), ColumnKind.NUMBER),
    Column(N_("Cancelled, issued in pre-sale"), ColumnKind.NUMBER),
    Column(N_("Not yet numbered"), ColumnKind.NUMBER),
    Column(N_("Sold by hand, entered afterwards"), ColumnKind.NUMBER),
    Column(N_("Price")),
    Column(N_("Takings"), ColumnKind.MONEY),
    Column(N_("Currency")),
)


class StatementPrice(msgspec.Struct, frozen=True):
    """Rights at one price of a tariff; several where price zones or vouchers make them."""

    price: Money
    issued: int
    cancelled: int


class StatementLine(msgspec.Struct, frozen=True):
    """One tariff of one screening.

    `first_number` is null where no right of it was issued; `next_number` is the last one issued and one more, where
    the numbers of a screening and tariff begin with 1 and have no gaps. `unnumbered` rights were issued a moment
    ago and get their numbers when the ledger is sealed: while there are any, the statement is not final.
    `hand_sold` of the issued rights were sold on paper during an outage and entered afterwards (D212-81, 82).
    """

    tariff: str
    tariff_name: str
    family: TariffFamily
    first_number: int | None
    next_number: int
    issued: int
    issued_in_presale: int
    cancelled: int
    cancelled_in_presale: int
    unnumbered: int
    prices: tuple[StatementPrice, ...]
    takings: Money
    hand_sold: int


class StatementOfScreening(msgspec.Struct, frozen=True):
    """The statement of one screening. Times have the offset of the venue."""

    screening: str
    festival: str
    title: str
    film: ReportedFilm | None
    version: ReportedVersion | None
    hall: ReportedHall
    starts_at: datetime
    doors_at: datetime
    status: ScreeningStatus
    tariffs: tuple[StatementLine, ...]
    issued: int
    cancelled: int
    takings: tuple[Money, ...]


class ScreeningStatementReport(
    ReportHead, frozen=True, kw_only=True, tag_field="report", tag="screening-statement"
):
    """A statement a screening."""

    rows: tuple[StatementOfScreening, ...]

    def sheets(self, locale: str) -> tuple[Sheet, ...]:
        """The report as one table, a row a tariff; prices with their numbers of rights where there are several."""
        rows = (_cells(statement, line, locale) for statement in self.rows for line in statement.tariffs)
        return (Sheet.of(N_("Statement per screening"), COLUMNS, rows),)


def report_screening_statement(facts: Sequence[ScreeningFacts], request: ReportRequest) -> ScreeningStatementReport:
    """The statement of each screening of a film, by start. Meetings are no cinema and not declared."""
    return ScreeningStatementReport(
        festival=request.festival,
        first_day=request.period.first_day,
        last_day=request.period.last_day,
        as_of=request.as_of,
        notice=translate(NOTICE, request.locale),
        rows=tuple(_statement(screening, request.locale) for screening in facts if screening.kind == "film"),
    )


def _statement(facts: ScreeningFacts, locale: str) -> StatementOfScreening:
    zone = ZoneInfo(facts.timezone)
    return StatementOfScreening(
        screening=facts.screening,
        festival=facts.festival,
        title=pick(facts.title, locale),
        film=film_of(facts, locale),
        version=version_of(facts),
        hall=hall_of(facts, locale),
        starts_at=facts.starts_at.astimezone(zone),
        doors_at=facts.doors_at.astimezone(zone),
        status=facts.status,
        tariffs=tuple(_line(tariff, locale) for tariff in facts.tariffs),
        issued=sum(tariff.issued for tariff in facts.tariffs),
        cancelled=sum(tariff.cancelled for tariff in facts.tariffs),
        takings=sums_of(facts.tariffs),
    )


def _line(tariff: TariffFacts, locale: str) -> StatementLine:
    return StatementLine(
        tariff=tariff.tariff,
        tariff_name=pick(tariff.name, locale) or tariff.tariff,
        family=tariff.family,
        first_number=tariff.first_number,
        next_number=(tariff.last_number or 0) + 1,
        issued=tariff.issued,
        issued_in_presale=tariff.issued_in_presale,
        cancelled=tariff.cancelled,
        cancelled_in_presale=tariff.cancelled_in_presale,
        unnumbered=tariff.unnumbered,
        prices=tuple(_price(price, tariff.currency) for price in tariff.prices),
        takings=Money(tariff.takings, tariff.currency),
        hand_sold=tariff.hand_sold,
    )


def _price(price: PriceFacts, currency: str) -> StatementPrice:
    return StatementPrice(Money(price.amount, currency), price.issued, price.cancelled)


def _cells(statement: StatementOfScreening, line: StatementLine, locale: str) -> tuple[Cell, ...]:
    film, hall = statement.film, statement.hall
    return (
        statement.screening,
        statement.starts_at,
        statement.title,
        film.original_title if film else None,
        film.visa_number if film else None,
        kind_text(statement.version, locale),
        hall.city_name,
        hall.venue_name,
        hall.hall_name,
        line.tariff_name,
        family_text(line.family, locale),
        line.first_number,
        line.next_number,
        line.issued,
        line.issued_in_presale,
        line.cancelled,
        line.cancelled_in_presale,
        line.unnumbered,
        line.hand_sold,
        _prices_text(line.prices),
        units(line.takings),
        line.takings.currency,
    )


def _prices_text(prices: Sequence[StatementPrice]) -> str:
    if len(prices) == 1:
        return str(units(prices[0].price))
    return "; ".join(f"{units(price.price)} × {price.issued - price.cancelled}" for price in prices)
