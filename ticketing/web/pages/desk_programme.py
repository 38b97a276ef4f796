"""The programme's desk: a festival's week by day and hall, lists of what it is made of, and the first steps."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import pick, translate
from ticketing.programme.archive import archived_festivals
from ticketing.programme.desk.model import OF_A_FESTIVAL, Entry, EntryTable, Fields, halves
from ticketing.programme.desk.reading import list_entries
from ticketing.programme.desk.week import (
    HowFar,
    PlannedScreening,
    first_start,
    hall_uses_of_others,
    how_far,
    planned_screenings,
)
from ticketing.programme.model import Screening, Translated
from ticketing.programme.warnings import WORDS, ScreeningWarning, warnings_between
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.staff.reach import Reach, reaches, touches
from ticketing.web.pages.desk_choices import entry_name
from ticketing.web.pages.desk_entry import table_of
from ticketing.web.pages.desk_fields import NEW_NAMES
from ticketing.web.pages.desk_form import amount_text
from ticketing.web.pages.formatting import moment_text
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.rendering import heading_text, page

ORGANISER: Final = [requires(Role.ORGANISER)]
PLACE: Final = "/{language:str}/desk/programme"
DAYS_SHOWN: Final = 7
ALL_TIMES: Final = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2300, 1, 1, tzinfo=UTC))
LIST_NAMES: Final[dict[EntryTable, str]] = {
    "festival": N_("Festivals"),
    "film": N_("Films"),
    "version": N_("Versions"),
    "venue": N_("Venues"),
    "hall": N_("Halls"),
    "zone": N_("Price zones"),
    "tariff": N_("Tariffs"),
    "price_list": N_("Price lists"),
    "screening": N_("Screenings"),
    "rental": N_("Rental terms"),
}
# What a step makes, what there must be of it, and how it is told.
STEPS: Final[tuple[tuple[EntryTable, str, str], ...]] = (
    ("festival", "festivals", N_("The festival: its name, its days, its rules")),
    ("venue", "halls", N_("A venue, and in it a hall with its seat map")),
    ("zone", "zones", N_("Price zones, named as in the seat map")),
    ("tariff", "tariffs", N_("Tariffs: full price, students, invitations")),
    ("price_list", "price_lists", N_("A price list: what each tariff costs in each zone")),
    ("film", "versions", N_("A film, and the version in which it is shown")),
    ("screening", "screenings", N_("A screening: which version, where and when")),
)


class PlannedRow(msgspec.Struct, frozen=True):
    """A screening in the week, in words."""

    screening: Screening
    title: str
    taken: int
    kept: int
    warnings: tuple[str, ...]


@get(PLACE, guards=ORGANISER, include_in_schema=False)
async def show_programme_desk(
    request: StaffRequest, context: NamedDependency[Context], language: FromPath[str]
) -> Response[Any]:
    """A week of a festival; before its first published screening, what is still to be done."""
    require_language(language)
    reach = request.user.reach
    asked = request.query_params.get("festival", "")
    archived = await archived_festivals(context)
    festivals = [one for one in await _festivals(request, context) if one.key not in archived or one.key == asked]
    festival = next((one for one in festivals if one.key == asked), festivals[0] if festivals else None)
    far = await how_far(context, festival.key if festival else None)
    first = await _first_day(request, context, festival)
    planned: list[PlannedScreening] = []
    others: list[tuple[Translated, Screening]] = []
    if festival is not None:
        zone = ZoneInfo(festival.fields["timezone"])
        since = datetime.combine(first, datetime.min.time(), zone).astimezone(UTC)
        planned = [
            one
            for one in await planned_screenings(context, festival.key, since, since + timedelta(days=DAYS_SHOWN))
            if reaches(reach, festival=festival.key, venue=one.screening.venue.venue)
        ]
        others = await hall_uses_of_others(context, reach, festival.key, planned)
    return page(
        request,
        "desk_programme.html",
        language,
        festival=None,
        cart_count=0,
        festivals=[(one.key, entry_name(one, language)) for one in festivals],
        shown=festival,
        shown_name=entry_name(festival, language) if festival else "",
        steps=_steps(far, language) if not far.published else (),
        days=_days(_rows(planned, others, language)),
        first=first,
        last=first + timedelta(days=DAYS_SHOWN - 1),
        before=first - timedelta(days=DAYS_SHOWN),
        after=first + timedelta(days=DAYS_SHOWN),
        drafts=sum(one.screening.status == "draft" for one in planned),
        warned=sum(bool(one.warnings) for one in planned),
    )


@get(PLACE + "/list/{table:str}", guards=ORGANISER, include_in_schema=False)
async def show_list(
    request: StaffRequest, context: NamedDependency[Context], language: FromPath[str], table: FromPath[str]
) -> Response[Any]:
    """The entries of a table; of what belongs to a festival, those of the festivals within reach."""
    require_language(language)
    asked = table_of(table)
    festivals = await _festivals(request, context)
    festival = request.query_params.get("festival", "")
    reach = request.user.reach
    within = [one.key for one in festivals if asked != "rental" or reaches(reach, festival=one.key)]
    chosen = [key for key in within if festival in ("", key)]
    if asked == "screening":
        rows = [row for key in chosen for row in await _screening_rows(context, reach, key, language)]
    else:
        if asked == "festival":
            entries = festivals
        elif asked in OF_A_FESTIVAL:
            entries = [entry for key in chosen for entry in await list_entries(context, asked, key)]
        else:
            entries = await list_entries(context, asked)
        films: dict[str, str] = {}
        if asked == "rental":
            films = {film.key: entry_name(film, language) for film in await list_entries(context, "film")}
        archived = await archived_festivals(context) if asked == "festival" else {}
        away = translate(N_("put away"), language)
        rows = [
            (one.key, _name(one, films, language), f"{_hint(one)} · {away}" if one.key in archived else _hint(one))
            for one in entries
        ]
        rows.sort(key=lambda row: row[1].casefold())
    return page(
        request,
        "desk_list.html",
        language,
        festival=None,
        cart_count=0,
        table=asked,
        title=translate(LIST_NAMES[asked], language),
        add=translate(NEW_NAMES[asked], language),
        rows=rows,
        belongs_to=festival if any(one.key == festival for one in festivals) else "",
        told=translate(N_("Deleted."), language) if request.query_params.get("told") == "deleted" else "",
    )


async def _screening_rows(
    context: Context, reach: Reach, festival: str, language: str
) -> list[tuple[str, str, str]]:
    """A festival's screenings within reach, by start: what is shown, when and where."""
    rows = []
    for one in (planned.screening for planned in await planned_screenings(context, festival, *ALL_TIMES)):
        if reaches(reach, festival=festival, venue=one.venue.venue):
            place = f"{pick(one.hall.name, language)}, {pick(one.venue.name, language)}"
            when = moment_text(one.starts_at, one.timezone, language)
            rows.append((one.screening_id, heading_text(one, language), f"{when} · {place}"))
    return rows


async def _festivals(request: StaffRequest, context: Context) -> list[Entry]:
    """Those within reach, the latest first."""
    listed = [
        one for one in await list_entries(context, "festival") if touches(request.user.reach, festival=one.key)
    ]
    return sorted(listed, key=lambda one: str(one.fields["ends_on"]), reverse=True)


async def _first_day(request: StaffRequest, context: Context, festival: Entry | None) -> date:
    """The day from which the week is shown: the one asked for, else that of the next screening."""
    try:
        day = date.fromisoformat(request.query_params.get("from", ""))
        if 2000 <= day.year <= 2200:
            return day
    except ValueError:
        # Not a day: the page opens where the festival is.
        pass
    if festival is None:
        return context.clock.now().date()
    start = await first_start(context, festival.key)
    if start is not None:
        return start.astimezone(ZoneInfo(festival.fields["timezone"])).date()
    return date.fromisoformat(festival.fields["starts_on"])


def _rows(
    planned: list[PlannedScreening], others: list[tuple[Translated, Screening]], language: str
) -> list[PlannedRow]:
    def name(one: Screening) -> str:
        return f"{heading_text(one, language)}, {one.starts_at.astimezone(one.timezone):%H:%M}"

    names = {one.screening.screening_id: name(one.screening) for one in planned}
    names |= {one.screening_id: f"{pick(festival, language)}: {name(one)}" for festival, one in others}
    between = warnings_between([*(one.screening for one in planned), *(one for _, one in others)], names)
    return [
        PlannedRow(
            one.screening,
            heading_text(one.screening, language),
            one.taken,
            one.kept,
            tuple(
                _told(warning, language)
                for warning in (*one.warnings, *between.get(one.screening.screening_id, ()))
            ),
        )
        for one in planned
    ]


def _told(warning: ScreeningWarning, language: str) -> str:
    return translate(WORDS[warning.code], language) % warning.data


def _days(rows: list[PlannedRow]) -> list[tuple[date, list[tuple[Screening, list[PlannedRow]]]]]:
    """The rows by day on the venue's clock, and in a day by hall; each hall with one of its screenings."""

    def day_of(row: PlannedRow) -> date:
        return row.screening.starts_at.astimezone(row.screening.timezone).date()

    def hall_of(row: PlannedRow) -> tuple[str, str]:
        return row.screening.venue.city, row.screening.hall.hall

    days = []
    for day, listed in groupby(sorted(rows, key=day_of), day_of):
        halls = [list(group) for _, group in groupby(sorted(listed, key=hall_of), hall_of)]
        days.append((day, [(group[0].screening, group) for group in halls]))
    return days


def _rate(fields: Fields) -> str:
    """What a distributor gets; nothing for what has no terms."""
    if fields.get("flat_amount") is not None:
        return f"{amount_text(fields['flat_amount'])} {fields['flat_currency']}"
    return f"{amount_text(fields['rate_basis_points'])} %" if "rate_basis_points" in fields else ""


def _steps(far: HowFar, language: str) -> list[tuple[EntryTable, str, str, bool]]:
    """What is to be done: (table, words, the words of its button, done)."""
    return [
        (table, translate(words, language), translate(NEW_NAMES[table], language), getattr(far, count) > 0)
        for table, count, words in STEPS
    ]


def _name(entry: Entry, films: Mapping[str, str], language: str) -> str:
    if entry.table == "rental":
        return films.get(entry.fields["film"], str(entry.fields["film"]))
    return halves(entry.key)[1] if entry.table == "price_list" else entry_name(entry, language)


def _hint(entry: Entry) -> str:
    """What tells entries of one name apart."""
    fields = entry.fields
    match entry.table:
        case "film":
            return f"{fields['original_title']}, {fields['year']}"
        case "version" | "rental":
            terms = (fields.get("distributor"), fields.get("screening"), _rate(fields))
            said = (fields["film"], fields["audio"]) if entry.table == "version" else terms
            return " · ".join(one for one in said if one)
        case "venue":
            return pick(fields["city_name"], "en")
        case "hall":
            return str(fields["venue"])
        case "festival":
            return f"{fields['starts_on']} – {fields['ends_on']}"
        case _:
            return halves(entry.key)[0] if ":" in entry.key else ""


routes = [show_programme_desk, show_list]
