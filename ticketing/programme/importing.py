"""Importing a programme: all of it in one transaction, or nothing and every reason why.

Repeating an import changes nothing. Rows that a file no longer has are left alone: a screening is taken off with
`status = "cancelled"`, not by forgetting it; one that is sold is cancelled at the desk.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import asyncpg
import msgspec

from ticketing.kernel.context import Context
from ticketing.kernel.i18n import Sentence
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.importing_allotments import check_allotments
from ticketing.programme.importing_files import ProgrammeFile, collect_programme, read_programme
from ticketing.programme.importing_pictures import (
    PictureFile,
    check_pictures,
    collect_pictures,
    write_pictures,
)
from ticketing.programme.importing_rentals import check_rentals
from ticketing.programme.importing_rules import (
    Records,
    check_festivals,
    check_halls,
    check_prices,
    check_versions,
    check_vouchers,
    check_zones_and_tariffs,
)
from ticketing.programme.importing_screenings import check_screenings
from ticketing.programme.importing_tables import Row
from ticketing.programme.importing_whole import Existing, Facts, ProgrammeWarning, Whole
from ticketing.programme.layout import Layout, layout_from_body, layout_id
from ticketing.programme.moves import AfterImport, Move, ToldMove, moves_between
from ticketing.programme.problems import Problems

__all__ = ["ImportReport", "TableCount", "import_programme", "read_programme", "write_programme"]

SQL = load_queries("programme_import")


class TableCount(msgspec.Struct, frozen=True):
    """What became of the rows of one table."""

    added: int
    changed: int
    same: int


class ImportReport(msgspec.Struct, frozen=True):
    """What an import did, by table, and what the organiser should know: ``moves`` are screenings that begin at
    another time than before, ``told`` those of them whose people get a letter.
    """

    tables: dict[str, TableCount]
    warnings: tuple[ProgrammeWarning, ...]
    moves: tuple[Move, ...]
    told: tuple[ToldMove, ...] = ()


async def import_programme(
    context: Context, path: Path, *, now: datetime, after_import: AfterImport | None = None
) -> ImportReport:
    """Import the folder or workbook at `path`; `now` is noted on the screenings that change. ``after_import`` tells
    of those that move, in the same transaction.

    Raises:
        ImportRefused: something is wrong; its data `problems` names all of it, and nothing was written.
        and what ``after_import`` raises; then nothing was written either.
        DatabaseUnavailable: Postgres does not answer; whether it was written is known by repeating the import.
    """
    problems = Problems()
    file = await asyncio.to_thread(collect_programme, path, problems)
    pictures = await asyncio.to_thread(collect_pictures, path, problems)
    async with database_errors():
        try:
            async with context.postgres.acquire() as connection, connection.transaction():
                await connection.execute(SQL.lock_imports)
                report = await write_programme(connection, file, pictures, problems, now)
                if after_import is None:
                    return report
                return msgspec.structs.replace(report, told=await after_import(connection, report.moves))
        except asyncpg.IntegrityConstraintViolationError as error:
            # The rules are checked before; this is what came between, or what only the database can see.
            expected = Sentence("rows that keep the rule %(rule)s", rule=error.constraint_name)
            problems.add(path.name, expected, table=error.table_name or "", value=error.detail or "")
            problems.refuse_if_any()
            raise


async def write_programme(
    connection: Connection, file: ProgrammeFile, pictures: list[PictureFile], problems: Problems, now: datetime
) -> ImportReport:
    """Check rows against each other and against what is there, and write them, in a transaction that has taken
    `lock_imports`. The desk writes by the same way, a row at a time.

    Raises:
        ImportRefused: something is wrong, and nothing was written.
    """
    whole = Whole(file, await _existing(connection, file), problems)
    zones, tariffs = check_zones_and_tariffs(whole)
    tables: dict[str, Records] = {
        "festival": check_festivals(whole),
        "film": [row.values for row in whole.rows("film")],
        "version": check_versions(whole),
        "venue": [row.values for row in whole.rows("venue")],
        "hall": check_halls(whole),
        "zone": zones,
        "tariff": tariffs,
        "price": check_prices(whole),
        "voucher": check_vouchers(whole),
        "screening": check_screenings(whole),
    }
    tables["rental"] = check_rentals(whole, tables["screening"])
    allotments, seats, allotment_rows = check_allotments(whole, tables["screening"])
    check_pictures(whole, pictures)
    await _check_sold(connection, whole, tables["screening"])
    await _check_cancelled(connection, whole, tables["screening"])
    await _check_kept(connection, whole, tables["screening"], allotments, now)
    await _check_taken(connection, whole, seats, allotment_rows)
    problems.refuse_if_any()
    await connection.execute(SQL.store_layouts, _layouts(file.layouts.values()))
    # Before the screenings: a seat that is kept back no longer may vanish from its seat map.
    dropped = await connection.fetch(SQL.drop_allotment_seats, allotments, seats)
    await connection.execute(SQL.step_aside_screenings, tables["screening"])
    counts = {}
    for table, records in tables.items():
        if records:
            arguments = (records, now) if table == "screening" else (records,)
            touched = await connection.fetch(SQL.statements[f"upsert_{table}"], *arguments)
            counts[table] = _count(records, touched)
    if allotments:
        counts["allotment"] = await _write_allotments(connection, allotments, seats, dropped)
    for kind, numbers in (await write_pictures(connection, pictures)).items():
        counts[kind] = TableCount(*numbers)
    moves = moves_between(whole.existing.tables["screening"], tables["screening"])
    return ImportReport(counts, tuple(whole.warnings), moves)


async def _existing(connection: Connection, file: ProgrammeFile) -> Existing:
    """What the file's rows may refer to, and the layouts that its screenings and allotments need."""
    halls = {row.values["hall"] for row in file.rows.get("screening", [])}
    screenings = {row.values["screening"] for row in file.rows.get("allotment", [])}
    rows = (*file.rows.get("screening", []), *file.rows.get("rental", []))
    ids = {f"{row.values['festival']}-{row.values['screening']}" for row in rows if row.values["screening"]}
    found = await connection.fetchrow(SQL.read_programme_now, sorted(halls), sorted(screenings | ids))
    tables: dict[str, list[Facts]] = dict(found) if found else {}
    wanted = {facts["layout_id"] for facts in tables["hall"] if facts["hall"] in halls - file.layouts.keys()}
    wanted |= {facts["layout_id"] for facts in tables["screening"] if facts["screening_id"] in screenings | ids}
    if screenings:
        # An allotment may name its screening by the key alone.
        wanted |= {facts["layout_id"] for facts in tables["screening"]}
    layouts = await connection.fetch(SQL.list_layouts, sorted(wanted))
    return Existing(tables, {record["layout_id"]: layout_from_body(record["body"]) for record in layouts})


# What a screening with live tickets keeps: the field, the column that says it, and what is expected there.
_KeptBySold = tuple[str, str, Callable[[object], Sentence]]
_KEPT_BY_SOLD: Final[tuple[_KeptBySold, ...]] = (
    (
        "layout_id",
        "hall",
        lambda _was: Sentence("the seat map under which tickets have been sold; this one is another"),
    ),
    (
        # One that is built alike: every seat would be there, and nobody would be told where.
        "hall_id",
        "hall",
        lambda was: Sentence("%(was)s, where seats have been sold; they are moved seat by seat", was=was),
    ),
    ("currency", "festival", lambda was: Sentence("%(was)s, in which tickets have been sold", was=was)),
    ("film_id", "film", lambda was: Sentence("%(was)s, for which tickets have been sold", was=was)),
    (
        "status",
        "status",
        lambda was: Sentence(
            "%(was)s, as tickets have been sold; it is cancelled at the desk, which writes", was=was
        ),
    ),
)


async def _check_sold(connection: Connection, whole: Whole, screenings: Records) -> None:
    """What was sold stays true, and nobody's screening is cancelled without a letter and their money back."""
    before = {facts["screening_id"]: facts for facts in whole.existing.tables["screening"]}
    changed = {
        record["screening_id"]: (was, record)
        for record in screenings
        if (was := before.get(record["screening_id"])) and any(_altered(was, record))
    }
    rows = {f"{row.key[0]}-{row.key[1]}": row for row in whole.rows("screening")}
    for found in await connection.fetch(SQL.list_screenings_sold, sorted(changed)):
        was, record = changed[found["screening_id"]]
        name, column, expected = next(_altered(was, record))
        told = "hall_id" if column == "hall" else name
        whole.wrong(rows[found["screening_id"]], column, expected(was[name]), record[told])


def _altered(was: Facts, record: Facts) -> Iterator[_KeptBySold]:
    """What a sold screening has to keep, and would not. One that is off already can't be called off."""
    for kept in _KEPT_BY_SOLD:
        if was[kept[0]] != record[kept[0]] and (kept[0] != "status" or was["status"] == "published"):
            yield kept


async def _check_cancelled(connection: Connection, whole: Whole, screenings: Records) -> None:
    """A screening that was cancelled at the desk stays so: its buyers were told, and their money goes back."""
    rows = {f"{row.key[0]}-{row.key[1]}": row for row in whole.rows("screening")}
    others = sorted(record["screening_id"] for record in screenings if record["status"] != "cancelled")
    for record in await connection.fetch(SQL.list_screenings_cancelled, others):
        row = rows[record["screening_id"]]
        whole.wrong(row, "status", Sentence("cancelled, which can't be undone"), row.values["status"])


async def _check_kept(
    connection: Connection, whole: Whole, screenings: Records, allotments: Records, now: datetime
) -> None:
    """A screening gets no seat map without a seat that is kept back or offered.

    Allotments of the file are left out: their seats are those that it says, which were looked for already.
    """
    before = {facts["screening_id"]: facts["layout_id"] for facts in whole.existing.tables["screening"]}
    halls = {
        record["screening_id"]: record["hall_id"]
        for record in screenings
        if before.get(record["screening_id"], record["layout_id"]) != record["layout_id"]
    }
    written = {(record["screening_id"], record["allotment_id"]) for record in allotments}
    rows = {f"{row.key[0]}-{row.key[1]}": row for row in whole.rows("screening")}
    for record in await connection.fetch(SQL.list_seats_kept, sorted(halls), now):
        name, seat = record["screening_id"], record["seat"]
        layout = whole.layout_of_screening(name, halls[name])
        if layout is None or seat in layout.index_of or (name, record["allotment_id"]) in written:
            continue
        expected = (
            Sentence("a seat map that has seat %(seat)s, as it is kept back", seat=seat)
            if record["allotment_id"]
            else Sentence("a seat map that has seat %(seat)s, as it is offered to somebody who waits", seat=seat)
        )
        whole.wrong(rows[name], "hall", expected, halls[name])


async def _check_taken(connection: Connection, whole: Whole, seats: Records, rows: Mapping[str, Row]) -> None:
    """A seat that is sold can't be kept back for somebody."""
    for record in await connection.fetch(SQL.list_seats_taken, seats):
        row = rows[f"{record['screening_id']}/{record['allotment_id']}"]
        whole.wrong(row, "seats", Sentence("seats that are not sold"), record["seat"])


async def _write_allotments(
    connection: Connection, allotments: Records, seats: Records, dropped: list[asyncpg.Record]
) -> TableCount:
    """Allotments and their seats; one whose seats change, or were `dropped`, has changed."""
    touched = await connection.fetch(SQL.upsert_allotment, allotments)
    moved = [*dropped, *await connection.fetch(SQL.add_allotment_seats, seats)]
    added = {record["key"] for record in touched if record["added"]}
    changed = {record["key"] for record in [*touched, *moved]} - added
    return TableCount(len(added), len(changed), len(allotments) - len(added) - len(changed))


def _count(records: Records, touched: list[asyncpg.Record]) -> TableCount:
    added = sum(record["added"] for record in touched)
    return TableCount(added, len(touched) - added, len(records) - len(touched))


def _layouts(layouts: Iterable[Layout]) -> list[dict[str, Any]]:
    """The layouts as they are stored, each once: two halls may be built alike."""
    unique = {layout_id(layout): layout for layout in layouts}
    return [
        {"layout_id": identity, "body": layout, "place_count": layout.capacity}
        for identity, layout in unique.items()
    ]
