"""The weekly return that French law wants of each hall (Code du cinéma et de l'image animée, D212-88)."""

from datetime import date, datetime

import msgspec

from ticketing.insight.reports.closing import LaterEntries
from ticketing.insight.reports.facts import tsa_estimate
from ticketing.insight.reports.model import (
    ReportedFilm,
    ReportedHall,
    ReportedVersion,
    ReportHead,
    family_text,
    kind_text,
)
from ticketing.insight.reports.rental import WeeklyRental
from ticketing.insight.reports.table import Cell, Column, ColumnKind, Sheet, percent, units
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import pick, translate
from ticketing.kernel.money import Money
from ticketing.programme.model import TariffFamily

WEEK_COLUMNS = (
    Column(N_("Week from"), ColumnKind.DAY),
    Column(N_("Week to"), ColumnKind.DAY),
    Column(N_("City")),
    Column(N_("Venue")),
    Column(N_("Hall")),
    Column(N_("Title")),
    Column(N_("Original title")),
    Column(N_("Visa number")),
    Column(N_("Version")),
    Column(N_("Sound")),
    Column(N_("Distributor")),
)
TSA_COLUMN = Column(N_("TSA (estimate)"), ColumnKind.MONEY)
DAY_COLUMNS = (
    Column(N_("Day"), ColumnKind.DAY),
    Column(N_("Number of screenings"), ColumnKind.NUMBER),
    Column(N_("Times of screenings")),
)
SCREENING_COLUMNS = (
    Column(N_("Screening")),
    Column(N_("Starts at"), ColumnKind.TIME),
    Column(N_("Admitted"), ColumnKind.NUMBER),
)
TARIFF_COLUMNS = (
    Column(N_("Tariff")),
    Column(N_("Family of tariffs")),
    Column(N_("Price")),
)
RENTAL_COLUMNS = (
    Column(N_("Rental rate, percent"), ColumnKind.MONEY),
    Column(N_("Flat rate"), ColumnKind.MONEY),
    Column(N_("Currency of the flat rate")),
    Column(N_("Number of screenings"), ColumnKind.NUMBER),
    Column(N_("Takings"), ColumnKind.MONEY),
    TSA_COLUMN,
    Column(N_("VAT (estimate)"), ColumnKind.MONEY),
    Column(N_("Rental base (estimate)"), ColumnKind.MONEY),
    Column(N_("Currency")),
    Column(N_("Distributor's share"), ColumnKind.MONEY),
    Column(N_("Currency of the share")),
)
SUM_COLUMNS = (
    Column(N_("Admissions"), ColumnKind.NUMBER),
    Column(N_("Takings"), ColumnKind.MONEY),
    Column(N_("Currency")),
)
LATER_COLUMNS = (
    Column(N_("Day"), ColumnKind.DAY),
    Column(N_("Week from"), ColumnKind.DAY),
    Column(N_("Screening")),
    Column(N_("Title")),
    Column(N_("Tariff")),
    Column(N_("Entered")),
    Column(N_("Rights"), ColumnKind.NUMBER),
    Column(N_("Takings"), ColumnKind.MONEY, summed=True),
    Column(N_("Currency")),
)
ENTRY_KINDS = {"issued": N_("issued"), "cancelled": N_("cancelled")}


class WeeklyScreening(msgspec.Struct, frozen=True):
    """One screening. `admissions` are rights issued and not cancelled, `admitted` the people who came."""

    screening: str
    starts_at: datetime
    admissions: int
    admitted: int
    takings: Money


class WeeklyDay(msgspec.Struct, frozen=True):
    """One day of the venue: how many screenings, and when they began by the venue's clock (`19:30`)."""

    day: date
    screenings: int
    times: tuple[str, ...]
    admissions: int
    takings: Money
    by_screening: tuple[WeeklyScreening, ...]


class WeeklyTariff(msgspec.Struct, frozen=True):
    """One tariff in the whole week. `prices` are those on the list, and any other that was paid."""

    festival: str
    tariff: str
    tariff_name: str
    family: TariffFamily
    prices: tuple[Money, ...]
    admissions: int
    takings: Money


class WeeklyProgramme(msgspec.Struct, frozen=True):
    """One film in one version in one hall, from Wednesday to Tuesday, in one currency.

    `rentals` have a line a distributor and its terms, none where no terms were entered. `distributor_shares` are
    what they get together, by currency.
    """

    week_from: date
    week_to: date
    title: str
    film: ReportedFilm | None
    version: ReportedVersion | None
    hall: ReportedHall
    days: tuple[WeeklyDay, ...]
    tariffs: tuple[WeeklyTariff, ...]
    admissions: int
    takings: Money
    tsa_estimate: Money | None
    rentals: tuple[WeeklyRental, ...] = ()
    distributor_shares: tuple[Money, ...] = ()

    @property
    def distributors(self) -> str | None:
        """Their names: those who have terms, else the one that the film is known by."""
        names = dict.fromkeys(rental.distributor for rental in self.rentals)
        return "; ".join(names) or (self.film.distributor if self.film else None)


class WeeklyReturnReport(ReportHead, frozen=True, kw_only=True, tag_field="report", tag="weekly-return"):
    """A return a film week, hall and programme. The days are always whole film weeks.

    `later_entries` were made in these weeks for screenings of weeks whose figures had been closed.
    """

    rows: tuple[WeeklyProgramme, ...]
    later_entries: tuple[LaterEntries, ...] = ()

    def sheets(self, locale: str) -> tuple[Sheet, ...]:
        """The report as tables: by day, by screening, by tariff, of distributors; and of later entries, if any."""
        return (
            Sheet.of(
                N_("Days"),
                (*WEEK_COLUMNS, *DAY_COLUMNS, *SUM_COLUMNS),
                (
                    (*_head(row, locale), *_day_cells(day), *_sum_cells(day))
                    for row in self.rows
                    for day in row.days
                ),
            ),
            Sheet.of(
                N_("Screenings"),
                (*WEEK_COLUMNS, *SCREENING_COLUMNS, *SUM_COLUMNS),
                (
                    (*_head(row, locale), shown.screening, shown.starts_at, shown.admitted, *_sum_cells(shown))
                    for row in self.rows
                    for day in row.days
                    for shown in day.by_screening
                ),
            ),
            Sheet.of(
                N_("Tariffs of the week"),
                (*WEEK_COLUMNS, *TARIFF_COLUMNS, *SUM_COLUMNS, TSA_COLUMN),
                (
                    (*_head(row, locale), *_tariff_cells(tariff, locale), *_sum_cells(tariff), _tsa(row, tariff))
                    for row in self.rows
                    for tariff in row.tariffs
                ),
            ),
            Sheet.of(
                N_("Distributors"),
                (*WEEK_COLUMNS, *RENTAL_COLUMNS),
                (
                    (*_head(row, locale)[:-1], *cells)
                    for row in self.rows
                    for cells in (map(_rental_cells, row.rentals) if row.rentals else [_without_terms(row)])
                ),
            ),
            *([later_sheet(self.later_entries, locale)] if self.later_entries else []),
        )


def later_sheet(entries: tuple[LaterEntries, ...], locale: str) -> Sheet:
    """What was entered for closed weeks, a row a day, screening, tariff and price."""
    return Sheet.of(
        N_("Entered for closed weeks"),
        LATER_COLUMNS,
        (
            (
                entry.day,
                entry.week,
                entry.screening,
                pick(entry.titles, locale),
                entry.tariff,
                translate(ENTRY_KINDS[entry.kind], locale),
                entry.rights,
                units(entry.takings),
                entry.takings.currency,
            )
            for entry in entries
        ),
    )


def _head(row: WeeklyProgramme, locale: str) -> tuple[Cell, ...]:
    film = row.film
    return (
        row.week_from,
        row.week_to,
        row.hall.city_name,
        row.hall.venue_name,
        row.hall.hall_name,
        row.title,
        film.original_title if film else None,
        film.visa_number if film else None,
        kind_text(row.version, locale),
        row.version.audio if row.version else None,
        row.distributors,
    )


def _rental_cells(rental: WeeklyRental) -> tuple[Cell, ...]:
    flat = rental.flat_rate
    return (
        rental.distributor,
        percent(rental.rental_rate_basis_points),
        units(flat),
        flat.currency if flat else None,
        rental.screenings,
        units(rental.takings),
        units(rental.tsa_estimate),
        units(rental.vat_estimate),
        units(rental.rental_base),
        rental.takings.currency,
        units(rental.distributor_share),
        rental.distributor_share.currency,
    )


def _without_terms(row: WeeklyProgramme) -> tuple[Cell, ...]:
    """The form has a place for them all the same."""
    return (row.distributors, *(None for _ in RENTAL_COLUMNS))


def _day_cells(day: WeeklyDay) -> tuple[Cell, ...]:
    return (day.day, day.screenings, ", ".join(day.times))


def _tariff_cells(tariff: WeeklyTariff, locale: str) -> tuple[Cell, ...]:
    prices = "; ".join(str(units(price)) for price in tariff.prices)
    return (tariff.tariff_name, family_text(tariff.family, locale), prices)


def _sum_cells(line: WeeklyDay | WeeklyScreening | WeeklyTariff) -> tuple[Cell, ...]:
    return (line.admissions, units(line.takings), line.takings.currency)


def _tsa(row: WeeklyProgramme, tariff: WeeklyTariff) -> Cell:
    return units(tsa_estimate(tariff.takings.amount, tariff.takings.currency, row.hall.country))
