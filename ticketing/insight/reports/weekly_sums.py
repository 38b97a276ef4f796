"""The weekly return, added up from its screenings."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from ticketing.insight.reports.facts import ScreeningFacts, TariffFacts, film_week, tsa_estimate
from ticketing.insight.reports.model import ReportRequest, film_of, hall_of, version_of
from ticketing.insight.reports.rental import Part, shares_of, weekly_rentals
from ticketing.insight.reports.weekly_return import (
    WeeklyDay,
    WeeklyProgramme,
    WeeklyReturnReport,
    WeeklyScreening,
    WeeklyTariff,
)
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import pick, translate
from ticketing.kernel.money import Money

NOTICE = N_(
    "The fields of the weekly return (Code du cinéma et de l'image animée, D212-88). This is no homologated "
    "declaration. Admissions are rights issued and not cancelled. The tax on tickets (TSA, 10.72 %) and value "
    "added tax (VAT, 5.5 %) are estimates, for screenings in France. A distributor's share is reckoned from what "
    "is left of takings without both, by the rental terms of the programme; half a cent is rounded up."
)


def report_weekly_return(facts: Sequence[ScreeningFacts], request: ReportRequest) -> WeeklyReturnReport:
    """The return of each film week, hall and programme. Meetings are no cinema and not declared."""
    locale = request.locale
    groups: dict[tuple[str, ...], list[Part]] = {}
    for screening in facts:
        if screening.kind == "film":
            for currency, tariffs in _by_currency(screening).items():
                key = (
                    film_week(screening.day).isoformat(),
                    pick(screening.venue_name, locale),
                    screening.hall,
                    pick(screening.film_title, locale),
                    screening.version or "",
                    currency,
                )
                groups.setdefault(key, []).append((screening, tariffs))
    return WeeklyReturnReport(
        festival=request.festival,
        first_day=request.period.first_day,
        last_day=request.period.last_day,
        as_of=request.as_of,
        notice=translate(NOTICE, locale),
        rows=tuple(
            _programme(parts, key[-1], locale) for key, parts in sorted(groups.items(), key=lambda item: item[0])
        ),
    )


def _by_currency(screening: ScreeningFacts) -> dict[str, tuple[TariffFacts, ...]]:
    currencies = sorted({tariff.currency for tariff in screening.tariffs} or {screening.currency})
    return {
        currency: tuple(tariff for tariff in screening.tariffs if tariff.currency == currency)
        for currency in currencies
    }


def _programme(parts: Sequence[Part], currency: str, locale: str) -> WeeklyProgramme:
    first = parts[0][0]
    days: dict[date, list[Part]] = {}
    for part in parts:
        days.setdefault(part[0].day, []).append(part)
    takings = _takings(parts)
    rentals = weekly_rentals(parts, currency)
    week = film_week(first.day)
    return WeeklyProgramme(
        week_from=week,
        week_to=week + timedelta(days=6),
        title=pick(first.film_title or first.title, locale),
        film=film_of(first, locale),
        version=version_of(first),
        hall=hall_of(first, locale),
        days=tuple(_day(day, days[day], currency) for day in sorted(days)),
        tariffs=_tariffs(parts, currency, locale),
        admissions=_admissions(parts),
        takings=Money(takings, currency),
        tsa_estimate=tsa_estimate(takings, currency, first.country),
        rentals=rentals,
        distributor_shares=shares_of(rentals),
    )


def _day(day: date, parts: Sequence[Part], currency: str) -> WeeklyDay:
    screenings = tuple(
        WeeklyScreening(
            screening=screening.screening,
            starts_at=screening.starts_at.astimezone(ZoneInfo(screening.timezone)),
            admissions=_admissions([(screening, tariffs)]),
            admitted=screening.admitted if currency == screening.currency else 0,
            takings=Money(_takings([(screening, tariffs)]), currency),
        )
        for screening, tariffs in parts
    )
    return WeeklyDay(
        day=day,
        screenings=len(screenings),
        times=tuple(f"{screening.starts_at:%H:%M}" for screening in screenings),
        admissions=_admissions(parts),
        takings=Money(_takings(parts), currency),
        by_screening=screenings,
    )


def _tariffs(parts: Sequence[Part], currency: str, locale: str) -> tuple[WeeklyTariff, ...]:
    """By festival and tariff, since each festival has tariffs of its own; in the order in which they are listed."""
    groups: dict[tuple[str, str], list[TariffFacts]] = {}
    for screening, tariffs in parts:
        for tariff in tariffs:
            groups.setdefault((screening.festival, tariff.tariff), []).append(tariff)
    return tuple(
        WeeklyTariff(
            festival=festival,
            tariff=tariff,
            tariff_name=pick(lines[0].name, locale) or tariff,
            family=lines[0].family,
            prices=tuple(
                Money(amount, currency)
                for amount in sorted({price.amount for line in lines for price in line.prices}, reverse=True)
            ),
            admissions=sum(line.sold for line in lines),
            takings=Money(sum(line.takings for line in lines), currency),
        )
        for (festival, tariff), lines in groups.items()
    )


def _lines(parts: Iterable[Part]) -> Iterable[TariffFacts]:
    return (tariff for _, tariffs in parts for tariff in tariffs)


def _admissions(parts: Iterable[Part]) -> int:
    return sum(tariff.sold for tariff in _lines(parts))


def _takings(parts: Iterable[Part]) -> int:
    return sum(tariff.takings for tariff in _lines(parts))
