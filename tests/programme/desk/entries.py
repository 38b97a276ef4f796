"""A programme written through the desk alone, from an empty database on."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.factories import make_layout
from ticketing.kernel.context import Context
from ticketing.programme.desk.model import Entry, EntryTable, Fields
from ticketing.programme.desk.writing import Brought, Writer, Written, write_entry
from ticketing.programme.layout import layout_body, layout_from_body
from ticketing.staff.reach import EVERYWHERE, Place, reach_of

ORGANISER = Writer("olga", EVERYWHERE)
NEXT_WEEK = (datetime.now(UTC) + timedelta(days=7)).date()

FESTIVAL: Fields = {
    "name": {"en": "French premieres", "kk": "Француз премьералары"},
    "country": "KZ",
    "currency": "KZT",
    "timezone": "Asia/Almaty",
    "starts_on": NEXT_WEEK.isoformat(),
    "ends_on": (NEXT_WEEK + timedelta(days=6)).isoformat(),
}
VENUE: Fields = {
    "name": {"ru": "Арман"},
    "city": "almaty",
    "city_name": {"ru": "Алматы"},
    "country": "KZ",
    "timezone": "Asia/Almaty",
}
FILM: Fields = {
    "original_title": "Le Règne animal",
    "title": {"fr": "Le Règne animal"},
    "directors": ["Thomas Cailley"],
    "year": 2023,
    "running_minutes": 128,
    "age_category": "16+",
}


def seat_map(rows: int = 5) -> Brought:
    """A seat map as a file of it is read: its numbers are no whole ones."""
    return Brought(layout=layout_from_body(layout_body(make_layout(rows=rows))))


async def write(
    context: Context,
    table: EntryTable,
    fields: Fields,
    made_from: Entry | None = None,
    *,
    writer: Writer = ORGANISER,
    **more: Any,
) -> Written:
    """Write an entry: a new one, or a change of ``made_from``."""
    return await write_entry(
        context, writer, table, fields, made_from=made_from.version if made_from else None, **more
    )


async def furnish(context: Context) -> dict[EntryTable, Entry]:
    """A festival on the way to its first screening: everything but that; the entries by table."""
    made: dict[EntryTable, Entry] = {}

    async def add(table: EntryTable, fields: Fields, **more: Any) -> str:
        made[table] = (await write(context, table, fields, **more)).entry
        return made[table].key

    festival = await add("festival", FESTIVAL)
    venue = await add("venue", VENUE)
    hall: Fields = {"venue": venue, "name": {"en": "Great hall"}}
    await add("hall", hall, brought=seat_map())
    await add("zone", {"festival": festival, "zone": "stalls", "name": {"en": "Stalls"}, "colour": "#224466"})
    await add("tariff", {"festival": festival, "name": {"en": "Full price"}, "family": "other"})
    prices = {"festival": festival, "price_list": "standard", "amounts": {"stalls:full-price": 350_000}}
    await add("price_list", prices)
    film = await add("film", FILM)
    await add("version", {"film": film, "audio": "fr", "subtitles": ["ru", "kk"], "kind": "original"})
    terms = {"festival": festival, "film": film, "distributor": "Studiocanal", "rate_basis_points": 5_000}
    await add("rental", terms)
    return made


def screening_of(made: dict[EntryTable, Entry], at: str = "19:00", **fields: Any) -> Fields:
    """A screening of what ``furnish`` made, on the first day."""
    return {
        "festival": made["festival"].key,
        "version": made["version"].key,
        "film": made["film"].key,
        "hall": made["hall"].key,
        "starts_at": f"{NEXT_WEEK}T{at}",
        "status": "published",
        "price_list": "standard",
    } | fields


HELSINKI_ONLY = Writer("hanna", reach_of([Place("helsinki")]))
