"""What the reports have in common: their head, and how films, versions and places are named in them."""

from datetime import date, datetime
from typing import Literal

import msgspec
from babel import Locale

from ticketing.insight.reports.facts import ScreeningFacts, film_week
from ticketing.insight.reports.period import Period
from ticketing.insight.reports.table import Cell, Column, ColumnKind
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import pick, translate
from ticketing.programme.model import TariffFamily, VersionKind

KINDS = {"original": N_("original version"), "dubbed": N_("dubbed"), "voice_over": N_("voice-over")}
FAMILIES = {
    "free": N_("free of charge"),
    "school": N_("school"),
    "unlimited_pass": N_("unlimited pass"),
    "other": N_("other"),
}

Dimension = Literal["film", "version", "city", "week", "tariff", "country"]
"""What totals can be summed up by."""

# How a programme is named in the tables by city and week.
PROGRAMME_COLUMNS = (
    Column(N_("Festival")),
    Column(N_("Week from"), ColumnKind.DAY),
    Column(N_("Title")),
    Column(N_("Version")),
    Column(N_("Sound")),
    Column(N_("Subtitles")),
    Column(N_("City")),
    Column(N_("Country")),
)


class ReportRequest(msgspec.Struct, frozen=True):
    """What is asked for: of one festival or of all, on which days, in which language; ``as_of`` is now.

    ``by`` are the dimensions of totals, in the order of their columns.
    """

    festival: str | None
    period: Period
    locale: str
    as_of: datetime
    by: tuple[Dimension, ...] = ()


class ReportHead(msgspec.Struct, frozen=True, kw_only=True):
    """What stands above every report. ``from`` and ``to`` are days in the time of each venue, both included.
    `closed_weeks` are festivals with the Wednesdays of their weeks whose figures are final.
    """

    festival: str | None
    first_day: date = msgspec.field(name="from")
    last_day: date = msgspec.field(name="to")
    as_of: datetime
    notice: str
    closed_weeks: tuple[tuple[str, date], ...] = ()


class ReportedFilm(msgspec.Struct, frozen=True):
    """A film as declarations name it. `visa_number` is that of the CNC."""

    film: str
    title: str
    original_title: str
    visa_number: str | None
    certificate_number: str | None
    distributor: str | None


class ReportedVersion(msgspec.Struct, frozen=True):
    """What was heard and read: language codes."""

    version: str
    kind: VersionKind
    audio: str
    subtitles: tuple[str, ...]


class ReportedHall(msgspec.Struct, frozen=True):
    """Where it was shown."""

    venue: str
    venue_name: str
    hall: str
    hall_name: str
    city: str
    city_name: str
    country: str


class ReportedProgramme(msgspec.Struct, frozen=True):
    """A film (or a meeting, by its title) in one version, city and film week. `week` is its Wednesday."""

    festival: str
    week: date
    title: str
    film: ReportedFilm | None
    version: ReportedVersion | None
    city: str
    city_name: str
    country: str


def programme_key(facts: ScreeningFacts, locale: str) -> tuple[str, ...]:
    """What screenings of one programme have in common, in the order in which programmes are listed."""
    title = pick(facts.film_title or facts.title, locale)
    week = film_week(facts.day).isoformat()
    return (week, title, facts.film or "", facts.version or "", facts.country, facts.city, facts.festival)


def programme_of(facts: ScreeningFacts, locale: str) -> ReportedProgramme:
    """The programme that a screening belongs to."""
    return ReportedProgramme(
        festival=facts.festival,
        week=film_week(facts.day),
        title=pick(facts.film_title or facts.title, locale),
        film=film_of(facts, locale),
        version=version_of(facts),
        city=facts.city,
        city_name=pick(facts.city_name, locale),
        country=facts.country,
    )


def programme_cells(programme: ReportedProgramme, locale: str) -> tuple[Cell, ...]:
    """The cells for PROGRAMME_COLUMNS."""
    version = programme.version
    return (
        programme.festival,
        programme.week,
        programme.title,
        kind_text(version, locale),
        version.audio if version else None,
        ", ".join(version.subtitles) if version else None,
        programme.city_name,
        programme.country,
    )


def film_of(facts: ScreeningFacts, locale: str) -> ReportedFilm | None:
    """The film of a screening; None for a meeting without one."""
    if facts.film is None:
        return None
    return ReportedFilm(
        film=facts.film,
        title=pick(facts.film_title, locale),
        original_title=facts.original_title or "",
        visa_number=facts.visa_number,
        certificate_number=facts.certificate_number,
        distributor=facts.distributor,
    )


def version_of(facts: ScreeningFacts) -> ReportedVersion | None:
    """The version of a screening; None for a meeting without a film."""
    if facts.version is None or facts.version_kind is None:
        return None
    return ReportedVersion(facts.version, facts.version_kind, facts.audio or "", facts.subtitles)


def hall_of(facts: ScreeningFacts, locale: str) -> ReportedHall:
    """The hall of a screening, in a language."""
    return ReportedHall(
        venue=facts.venue,
        venue_name=pick(facts.venue_name, locale),
        hall=facts.hall,
        hall_name=pick(facts.hall_name, locale),
        city=facts.city,
        city_name=pick(facts.city_name, locale),
        country=facts.country,
    )


def kind_text(version: ReportedVersion | None, locale: str) -> str | None:
    """Original or dubbed, in a language."""
    return translate(KINDS[version.kind], locale) if version else None


def language_text(code: str, locale: str) -> str:
    """The name of a language in another: ``fr`` is ``French``; the code itself where CLDR knows none."""
    return str(Locale.parse(locale).languages.get(code, code))


def family_text(family: TariffFamily, locale: str) -> str:
    """The family of a tariff (D212-71), in a language."""
    return translate(FAMILIES[family], locale)
