"""A festival's programme as rows of an import file. Imported again, they change nothing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from ticketing.kernel.context import Context
from ticketing.kernel.errors import UnknownFestival
from ticketing.kernel.postgres import Connection, Pool, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.desk.model import ENTRY_TABLES, EntryTable, Fields

SQL = load_queries("programme_sheets")
ENTRIES_MAX: Final = 100_000
ROWS_PER_TABLE_MAX: Final = 20_000
MOMENTS: Final = (
    "starts_at",
    "ends_at",
    "doors_at",
    "sales_open_at",
    "sales_close_at",
    "release_at",
    "valid_until",
)

Tables = dict[str, list[Fields]]
"""Rows by table, in the order of the tables of an import."""


async def read_entries(source: Pool | Connection, festivals: Iterable[str]) -> dict[tuple[EntryTable, str], Fields]:
    """Every entry that a file of these festivals may have, by table and key; of films, venues and halls, all."""
    rows = await source.fetch(SQL.list_programme, sorted(festivals), ENTRIES_MAX)
    return {(row["entry_table"], row["entry_key"]): row["body"] for row in rows}


async def export_programme(context: Context, festival: str) -> Tables:
    """The programme of a festival, with the films, venues and halls that it shows in. A hall comes without its seat
    map, which stays as it is when the rows are imported where they came from.

    Raises:
        UnknownFestival, DatabaseUnavailable
    """
    async with (
        database_errors(),
        context.postgres.acquire() as connection,
        connection.transaction(isolation="repeatable_read"),
    ):
        entries = await read_entries(connection, [festival])
        allotments = await connection.fetch(SQL.list_allotments_written, [festival], ROWS_PER_TABLE_MAX)
        vouchers = await connection.fetch(SQL.list_vouchers_written, [festival], ROWS_PER_TABLE_MAX)
    if ("festival", festival) not in entries:
        raise UnknownFestival(festival=festival)
    whole = _by_table(entries)
    screenings = whole["screening"]
    films = {one["film"] for one in (*screenings, *whole["rental"])}
    halls = {one["hall"]: one for one in whole["hall"]}
    used_halls = {one["hall"] for one in screenings}
    venues = {halls[hall]["venue"] for hall in used_halls}
    shown = {
        "festival": [one for one in whole["festival"] if one["festival"] == festival],
        "film": [one for one in whole["film"] if one["film"] in films],
        "version": [one for one in whole["version"] if one["film"] in films],
        "venue": [one for one in whole["venue"] if one["venue"] in venues],
        "hall": [one for one in whole["hall"] if one["hall"] in used_halls],
        "zone": whole["zone"],
        "tariff": whole["tariff"],
        "price": [price for one in whole["price_list"] for price in _prices(one)],
        "screening": sorted(screenings, key=lambda one: (one["starts_at"], one["screening"])),
        "rental": whole["rental"],
        "allotment": [row[0] for row in allotments],
        "voucher": [row[0] for row in vouchers],
    }
    return _in_local_time(shown, whole)


def _by_table(entries: dict[tuple[EntryTable, str], Fields]) -> dict[str, list[Fields]]:
    found: dict[str, list[Fields]] = {table: [] for table in ENTRY_TABLES}
    for (table, _key), fields in entries.items():
        found[table].append(fields)
    return found


def _prices(price_list: Fields) -> Iterable[Fields]:
    for place, amount in sorted(price_list["amounts"].items()):
        zone, _, tariff = place.partition(":")
        yield {
            "festival": price_list["festival"],
            "price_list": price_list["price_list"],
            "zone": zone,
            "tariff": tariff,
            "amount": amount,
        }


def _in_local_time(shown: Tables, whole: dict[str, list[Fields]]) -> Tables:
    """The rows with their times as the venue's clock shows them, which is how people read and write them."""
    zones = {one["venue"]: one["timezone"] for one in whole["venue"]}
    of_hall = {one["hall"]: zones[one["venue"]] for one in whole["hall"]}
    of_screening = {f"{one['festival']}-{one['screening']}": of_hall[one["hall"]] for one in shown["screening"]}
    of_festival = {one["festival"]: one["timezone"] for one in shown["festival"]}
    return shown | {
        "screening": [_local(row, of_hall[row["hall"]]) for row in shown["screening"]],
        "allotment": [_local(row, of_screening[row["screening"]]) for row in shown["allotment"]],
        "voucher": [_local(row, of_festival[row["festival"]]) for row in shown["voucher"]],
    }


def _local(row: Fields, zone: str) -> Fields:
    return {name: on_the_clock(value, zone) if name in MOMENTS else value for name, value in row.items()}


def on_the_clock(value: str | None, zone: str) -> Any:
    """The moment on that zone's clock, without an offset; with it where the clock shows that hour twice."""
    if value is None:
        return None
    moment = datetime.fromisoformat(value).astimezone(ZoneInfo(zone))
    twice = moment.utcoffset() != moment.replace(fold=1 - moment.fold).utcoffset()
    return moment.isoformat() if twice else moment.replace(tzinfo=None, fold=0)
