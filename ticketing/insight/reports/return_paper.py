"""The weekly return as a document: one a film, version, hall and week, with the fields of D212-88."""

from collections.abc import Iterable

from ticketing.insight.reports.facts import tsa_estimate
from ticketing.insight.reports.model import family_text, kind_text, language_text
from ticketing.insight.reports.paper import NOT_ENTERED, Heading, Paper, PaperTable, cell_text, table_of
from ticketing.insight.reports.rental import WeeklyRental
from ticketing.insight.reports.table import percent
from ticketing.insight.reports.weekly_return import WeeklyProgramme, WeeklyReturnReport, WeeklyTariff, later_sheet
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import translate
from ticketing.kernel.money import Money
from ticketing.tickets.sheet import money_text

DAY_HEADINGS = (
    (N_("Day"), False),
    (N_("Number of screenings"), True),
    (N_("Times of screenings"), False),
    (N_("Admissions"), True),
    (N_("Takings"), True),
)
SCREENING_HEADINGS = (
    (N_("Starts at"), False),
    (N_("Screening"), False),
    (N_("Admissions"), True),
    (N_("Admitted"), True),
    (N_("Takings"), True),
)
TARIFF_HEADINGS = (
    (N_("Tariff"), False),
    (N_("Family of tariffs"), False),
    (N_("Price"), True),
    (N_("Admissions"), True),
    (N_("Takings of the week"), True),
    (N_("TSA (estimate)"), True),
)
RENTAL_HEADINGS = (
    (N_("Distributor"), False),
    (N_("Rental rate, percent"), True),
    (N_("Flat rate"), True),
    (N_("Number of screenings"), True),
    (N_("Takings"), True),
    (N_("TSA (estimate)"), True),
    (N_("VAT (estimate)"), True),
    (N_("Rental base (estimate)"), True),
    (N_("Distributor's share"), True),
)


def return_papers(report: WeeklyReturnReport, locale: str) -> Iterable[Paper]:
    """A paper a programme, and a last one with what was entered for closed weeks, if anything was."""
    for programme in report.rows:
        yield _paper(programme, locale)
    if report.later_entries:
        table = table_of(later_sheet(report.later_entries, locale), locale)
        yield Paper(heading=table.caption, facts=(), tables=(table,))


def _paper(row: WeeklyProgramme, locale: str) -> Paper:
    film, version, hall = row.film, row.version, row.hall
    unknown = translate(NOT_ENTERED, locale)
    # Without terms the form has its places; with them the table of distributors says which is whose.
    terms = [] if row.rentals else [(N_("Rental rate"), unknown), (N_("Flat rate"), unknown)]
    shares = "; ".join(money_text(share, locale) for share in row.distributor_shares)
    subtitles = ", ".join(language_text(code, locale) for code in version.subtitles) if version else None
    facts = (
        (N_("Film week"), f"{cell_text(row.week_from, locale)} – {cell_text(row.week_to, locale)}"),
        (N_("Hall"), f"{hall.hall_name}, {hall.venue_name}, {hall.city_name}"),
        (N_("Original title"), cell_text(film.original_title if film else None, locale)),
        (N_("Visa number"), cell_text(film.visa_number if film else None, locale)),
        (N_("Version"), cell_text(kind_text(version, locale), locale)),
        (N_("Sound"), cell_text(language_text(version.audio, locale) if version else None, locale)),
        (N_("Subtitles"), cell_text(subtitles, locale)),
        (N_("Distributor"), cell_text(row.distributors, locale)),
        *terms,
        (N_("Distributor's share"), shares or unknown),
        (N_("Admissions"), cell_text(row.admissions, locale)),
        (N_("Takings"), money_text(row.takings, locale)),
        (N_("TSA (estimate)"), _money(row.tsa_estimate, locale)),
    )
    return Paper(
        heading=row.title,
        facts=tuple((translate(name, locale), text) for name, text in facts),
        tables=(
            _days(row, locale),
            _screenings(row, locale),
            _tariffs(row, locale),
            *([_rentals(row, locale)] if row.rentals else []),
        ),
    )


def _days(row: WeeklyProgramme, locale: str) -> PaperTable:
    shown = sum(day.screenings for day in row.days)
    return PaperTable(
        caption=translate(N_("Screenings, admissions and takings by day"), locale),
        headings=_headings(DAY_HEADINGS, locale),
        rows=tuple(
            (
                cell_text(day.day, locale),
                cell_text(day.screenings, locale),
                ", ".join(day.times),
                cell_text(day.admissions, locale),
                money_text(day.takings, locale),
            )
            for day in row.days
        ),
        sums=((_total(locale), cell_text(shown, locale), "", *_sum(row, locale)),),
    )


def _screenings(row: WeeklyProgramme, locale: str) -> PaperTable:
    screenings = [shown for day in row.days for shown in day.by_screening]
    admissions, takings = _sum(row, locale)
    return PaperTable(
        caption=translate(N_("Admissions and takings by screening"), locale),
        headings=_headings(SCREENING_HEADINGS, locale),
        rows=tuple(
            (
                cell_text(shown.starts_at, locale),
                shown.screening,
                cell_text(shown.admissions, locale),
                cell_text(shown.admitted, locale),
                money_text(shown.takings, locale),
            )
            for shown in screenings
        ),
        sums=(
            (
                _total(locale),
                "",
                admissions,
                cell_text(sum(shown.admitted for shown in screenings), locale),
                takings,
            ),
        ),
    )


def _tariffs(row: WeeklyProgramme, locale: str) -> PaperTable:
    return PaperTable(
        caption=translate(N_("Takings of the week by tariff"), locale),
        headings=_headings(TARIFF_HEADINGS, locale),
        rows=tuple(_tariff(row, tariff, locale) for tariff in row.tariffs),
        sums=((_total(locale), "", "", *_sum(row, locale), _money(row.tsa_estimate, locale)),),
    )


def _tariff(row: WeeklyProgramme, tariff: WeeklyTariff, locale: str) -> tuple[str, ...]:
    estimate = tsa_estimate(tariff.takings.amount, tariff.takings.currency, row.hall.country)
    return (
        tariff.tariff_name,
        family_text(tariff.family, locale),
        "; ".join(money_text(price, locale) for price in tariff.prices),
        cell_text(tariff.admissions, locale),
        money_text(tariff.takings, locale),
        _money(estimate, locale),
    )


def _rentals(row: WeeklyProgramme, locale: str) -> PaperTable:
    return PaperTable(
        caption=translate(N_("Rental and distributors' share"), locale),
        headings=_headings(RENTAL_HEADINGS, locale),
        rows=tuple(_rental(rental, locale) for rental in row.rentals),
        sums=tuple(
            (_total(locale), *[""] * (len(RENTAL_HEADINGS) - 2), money_text(share, locale))
            for share in row.distributor_shares
        ),
    )


def _rental(rental: WeeklyRental, locale: str) -> tuple[str, ...]:
    return (
        rental.distributor,
        cell_text(percent(rental.rental_rate_basis_points), locale),
        _money(rental.flat_rate, locale),
        cell_text(rental.screenings, locale),
        money_text(rental.takings, locale),
        _money(rental.tsa_estimate, locale),
        _money(rental.vat_estimate, locale),
        money_text(rental.rental_base, locale),
        money_text(rental.distributor_share, locale),
    )


def _headings(headings: Iterable[tuple[str, bool]], locale: str) -> tuple[Heading, ...]:
    return tuple(Heading(translate(text, locale), number) for text, number in headings)


def _sum(row: WeeklyProgramme, locale: str) -> tuple[str, str]:
    return cell_text(row.admissions, locale), money_text(row.takings, locale)


def _total(locale: str) -> str:
    return translate(N_("Total"), locale)


def _money(money: Money | None, locale: str) -> str:
    return money_text(money, locale) if money else cell_text(None, locale)
