"""What can be chosen in the selects of the programme's forms, in the reader's language."""

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import available_timezones

from babel import Locale

from ticketing.kernel.context import Context
from ticketing.kernel.i18n import pick, translate
from ticketing.programme.archive import archived_festivals
from ticketing.programme.desk.model import Entry, EntryTable, halves
from ticketing.programme.desk.reading import list_entries
from ticketing.staff.reach import Reach, touches
from ticketing.web.pages.desk_fields import FIELDS, KINDS
from ticketing.web.pages.formatting import country_text, language_text

Choices = dict[str, list[tuple[str, str]]]

CURRENCIES: Final = ("KZT", "EUR", "USD", "GBP", "CHF", "KGS", "RUB", "TRY", "UZS", "CNY")
LANGUAGES: Final = (
    *("kk", "ru", "fr", "en", "ar", "de", "es", "fa", "hi", "it", "ja", "ko", "ky", "mn", "nl", "pl", "pt"),
    *("sv", "tg", "tr", "uk", "uz", "zh"),
)
NEAR: Final = ("KZ", "FR")


async def choices_of(
    context: Context, table: EntryTable, language: str, reach: Reach, festival: str | None
) -> Choices:
    """The choices of each select of a form, by field; ``festival`` narrows what belongs to one.

    Raises:
        DatabaseUnavailable
    """
    found: Choices = {}
    names = {field.name for field in FIELDS[table] if field.kind in ("select", "languages")} - {table}
    if "festival" in names:
        archived = await archived_festivals(context)
        listed = [
            one
            for one in await list_entries(context, "festival")
            if touches(reach, festival=one.key) and (one.key not in archived or one.key == festival)
        ]
        found["festival"] = _named(listed, language)
    if "film" in names:
        found["film"] = _named(await list_entries(context, "film"), language)
    if "version" in names:
        films = {one.key: one for one in await list_entries(context, "film")}
        versions = await list_entries(context, "version")
        found["version"] = sorted(
            ((one.key, version_name(one, films.get(one.fields["film"]), language)) for one in versions),
            key=lambda choice: choice[1].casefold(),
        )
    if "venue" in names:
        found["venue"] = _named(await list_entries(context, "venue"), language)
    if "hall" in names:
        found["hall"] = await _halls(context, language, reach)
    if "price_list" in names and festival:
        lists = await list_entries(context, "price_list", festival)
        found["price_list"] = [(own, own) for own in (halves(one.key)[1] for one in lists)]
    if "screening" in names and festival:
        screenings = await list_entries(context, "screening", festival)
        found["screening"] = sorted((own, own) for own in (str(one.fields["screening"]) for one in screenings))
    for name, choices in _known(language).items():
        if name in names:
            found[name] = choices
    return found


def zones_listed() -> list[str]:
    """The names of time zones, for the list that helps to type one."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))


def entry_name(entry: Entry, language: str) -> str:
    """What people call an entry."""
    fields: Mapping[str, Any] = entry.fields
    texts = fields.get("name") or fields.get("title") or {}
    return pick(texts, language) or str(fields.get("original_title") or fields.get("distributor") or entry.key)


def version_name(version: Entry, film: Entry | None, language: str) -> str:
    """A version with its film: what is heard and what is read."""
    fields = version.fields
    kind = dict(KINDS)[fields["kind"]]
    words = translate(kind, language)
    heard = language_text(fields["audio"], language)
    read = ", ".join(language_text(code, language) for code in fields.get("subtitles") or ())
    title = entry_name(film, language) if film else fields["film"]
    return f"{title} · {words}, {heard}" + (f" + {read}" if read else "")


async def _halls(context: Context, language: str, reach: Reach) -> list[tuple[str, str]]:
    venues = {one.key: one for one in await list_entries(context, "venue")}
    named = []
    for hall in await list_entries(context, "hall"):
        venue = venues.get(hall.fields["venue"])
        if venue is not None and touches(reach, venue=venue.key):
            city = pick(venue.fields["city_name"], language)
            named.append((hall.key, f"{entry_name(venue, language)}, {entry_name(hall, language)} · {city}"))
    return sorted(named, key=lambda choice: choice[1].casefold())


def _named(entries: list[Entry], language: str) -> list[tuple[str, str]]:
    named = [(entry.key, entry_name(entry, language)) for entry in entries]
    return sorted(named, key=lambda choice: choice[1].casefold())


def _known(language: str) -> Choices:
    """What needs no database: countries, currencies and languages, those that are near first."""
    codes = [code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()]
    countries = sorted(
        ((code, country_text(code, language)) for code in codes),
        key=lambda choice: (choice[0] not in NEAR, choice[1].casefold()),
    )
    return {
        "country": countries,
        "currency": [(code, code) for code in CURRENCIES],
        "flat_currency": [(code, code) for code in CURRENCIES],
        "audio": [(code, language_text(code, language)) for code in LANGUAGES],
        "subtitles": [(code, language_text(code, language)) for code in LANGUAGES],
    }
