"""The page of one entry of the programme: its form, what is wrong with it, what somebody else has changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response

from ticketing.kernel.context import Context
from ticketing.kernel.errors import EntryInUse, MoveUnconfirmed, TicketingError
from ticketing.kernel.i18n import LOCALES, in_language, pick, translate
from ticketing.programme.archive import archived_festivals
from ticketing.programme.desk.model import USES, Entry, EntryTable, Fields, halves
from ticketing.programme.desk.reading import find_entry, list_entries
from ticketing.programme.problems import ImportProblem
from ticketing.sales.desk import Sales
from ticketing.staff.guards import StaffRequest
from ticketing.web.pages.desk_choices import choices_of, entry_name, version_name, zones_listed
from ticketing.web.pages.desk_fields import FIELDS, NEW_NAMES, TABLE_NAMES, FormField
from ticketing.web.pages.desk_form import COLOURS, texts_of
from ticketing.web.pages.desk_rules import PARTS
from ticketing.web.pages.formatting import day_text, language_text
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page

Theirs = tuple[str, str, str | None]
"""An input that somebody else has changed: its name, what they wrote, and what was typed here if that differs."""


class Shown(msgspec.Struct, frozen=True):
    """What the page shows: ``entry`` as it stands (None: a new one), ``texts`` in the inputs, ``was`` what they
    were made from; what was refused or told.
    """

    table: EntryTable
    entry: Entry | None = None
    texts: dict[str, str] = {}
    was: Fields = {}
    preset: dict[str, Any] = {}
    refused: TicketingError | None = None
    theirs: tuple[Theirs, ...] = ()
    told: str = ""


async def zone_of(context: Context, hall: str) -> ZoneInfo | None:
    """The zone of a hall's venue; None where there is no such hall."""
    found = await find_entry(context.postgres, "hall", hall) if hall else None
    venue = await find_entry(context.postgres, "venue", found.fields["venue"]) if found else None
    return ZoneInfo(venue.fields["timezone"]) if venue else None


async def entry_page(request: StaffRequest, sales: Sales, language: str, shown: Shown) -> Response[Any]:
    """The page of an entry, with the status of its refusal."""
    context, table, entry = sales.context, shown.table, shown.entry
    festival = shown.texts.get("festival") or str(shown.preset.get("festival") or "") or None
    if table == "festival":
        festival = entry.key if entry else None
    choices = await choices_of(context, table, language, request.user.reach, festival)
    problems = _problems(table, shown.refused, language)
    refusal = refusal_of(_in_words(shown.refused, language), language) if shown.refused else None
    zone = await zone_of(context, str(entry.fields.get("hall") or "")) if entry else None
    as_stored = texts_of(table, entry.fields, zone) if entry else {}
    shows = dict(choices.get("version", ())).get(str(entry.fields.get("version")), "") if entry else ""
    amounts = await _amounts(context, language, festival) if table == "price_list" else ()
    return page(
        request,
        "desk_entry.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        table=table,
        title=_title(entry, table, language, as_stored, shows),
        kind=translate(TABLE_NAMES[table], language),
        entry=entry,
        fields=FIELDS[table],
        texts=shown.texts,
        was=msgspec.json.encode(shown.was).decode() if entry else "",
        choices=choices,
        problems=problems,
        unplaced=[problem for name, told in problems.items() if not _has(table, name) for problem in told],
        refusal=refusal,
        told=translate(shown.told, language) if shown.told else "",
        theirs=[(_label(table, name, language), new, mine) for name, new, mine in shown.theirs],
        tongues=[(code, language_text(code, language)) for code in LOCALES],
        colours=COLOURS,
        rule_parts=PARTS,
        amounts=amounts,
        zones=zones_listed() if any(field.kind == "timezone" for field in FIELDS[table]) else (),
        belongs_to=festival,
        archived=table == "festival" and entry is not None and entry.key in await archived_festivals(context),
        inside=await _inside(context, language, entry),
        asks_to_tell=isinstance(shown.refused, MoveUnconfirmed),
    )


def _title(entry: Entry | None, table: EntryTable, language: str, texts: Mapping[str, str], shows: str) -> str:
    if entry is None:
        return translate(NEW_NAMES[table], language)
    if table == "screening":
        starts_at = datetime.fromisoformat(texts["starts_at"]) if texts.get("starts_at") else None
        name = pick(entry.fields.get("title") or {}, language) or shows.partition(" · ")[0]
        return f"{name} · {day_text(starts_at.date(), language)}, {starts_at:%H:%M}" if starts_at else name
    return halves(entry.key)[1] if table == "price_list" else entry_name(entry, language)


def _in_words(refused: TicketingError, language: str) -> TicketingError:
    """What rests on an entry, in the reader's language."""
    if not isinstance(refused, EntryInUse):
        return refused
    uses: Mapping[str, int] = refused.data["uses"]
    listed = ", ".join(f"{translate(USES[kind], language)}: {count}" for kind, count in uses.items())
    return EntryInUse(**(refused.data | {"listed": listed}))


def _problems(table: EntryTable, refused: TicketingError | None, language: str) -> dict[str, list[str]]:
    """What was expected, by the input or the field that it is about."""
    found: dict[str, list[str]] = {}
    listed: tuple[ImportProblem, ...] = refused.data.get("problems", ()) if refused else ()
    for problem in listed:
        name = problem.column
        if table == "price_list" and problem.key.count("/") == 3:
            name = "amounts." + ":".join(problem.key.split("/")[2:])
        # In a hall's file a line or a path says where it is wrong.
        where = (
            f"{problem.row or ''} {in_language(problem.column, language)}".strip() if problem.file == "file" else ""
        )
        told = in_language(problem.expected, language)
        found.setdefault(name, []).append(f"{where}: {told}" if where else told)
    return found


def _has(table: EntryTable, name: str) -> bool:
    own = name.partition(".")[0]
    return own == "file" or any(field.name == own for field in FIELDS[table])


def _label(table: EntryTable, name: str, language: str) -> str:
    own, _, part = name.partition(".")
    field = next((one for one in FIELDS[table] if one.name == own), FormField(own, own))
    label = translate(field.label, language)
    return f"{label}, {language_text(part, language) if part in LOCALES else part}" if part else label


async def _amounts(context: Context, language: str, festival: str | None) -> Any:
    """The grid of a price list: tariffs across, zones down."""
    if not festival:
        return ()
    zones = await list_entries(context, "zone", festival)
    tariffs = await list_entries(context, "tariff", festival)
    return (
        [(halves(one.key)[1], entry_name(one, language)) for one in zones],
        [(halves(one.key)[1], entry_name(one, language)) for one in tariffs],
    )


async def _inside(context: Context, language: str, entry: Entry | None) -> list[tuple[str, str, str]]:
    """What belongs to a film or a venue: (table, key, name)."""
    if entry is None:
        return []
    if entry.table == "film":
        versions = [one for one in await list_entries(context, "version") if one.fields["film"] == entry.key]
        return [("version", one.key, version_name(one, entry, language)) for one in versions]
    if entry.table == "venue":
        halls = [one for one in await list_entries(context, "hall") if one.fields["venue"] == entry.key]
        return [("hall", one.key, entry_name(one, language)) for one in halls]
    return []
