"""Workbooks handed in at the desk: kept for a day, looked through without a trace, imported on a word."""

import dataclasses
import hashlib
import tempfile
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Final

import asyncpg
import msgspec

from ticketing.kernel.context import Context
from ticketing.kernel.errors import PreviewOutdated, UnknownUpload
from ticketing.kernel.i18n import Sentence
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.kernel.threads import Threads
from ticketing.programme.desk.checks import Held, check_change
from ticketing.programme.desk.model import OF_A_FESTIVAL, Fields
from ticketing.programme.desk.reach import require_writing
from ticketing.programme.desk.reading import uses_of
from ticketing.programme.desk.writing import Writer
from ticketing.programme.differences import EntryChange, changes_between, fingerprint_of
from ticketing.programme.exporting import SQL, read_entries
from ticketing.programme.importing import SQL as IMPORT_SQL
from ticketing.programme.importing import ImportReport, TableCount, write_programme
from ticketing.programme.importing_files import ProgrammeFile, collect_programme
from ticketing.programme.importing_whole import ProgrammeWarning
from ticketing.programme.moves import AfterImport, ToldMove
from ticketing.programme.problems import Problems
from ticketing.staff.accounts import add_audit
from ticketing.staff.reach import require_reach

WORKBOOK_BYTES_MAX: Final = 8_000_000
UNPACKED_BYTES_MAX: Final = 40_000_000
"""Of what comes over the network, and is read beside a sale: 10,000 rows are some ten million."""
KEPT: Final = timedelta(days=1)
FILE_NAME: Final = "programme.xlsx"
SUBJECT_SIGNS_MAX: Final = 200
WORKBOOK_THREADS: Final = Threads("workbook", threads_max=1, waiting_max=4)


class Preview(msgspec.Struct, frozen=True):
    """What an import would do, or has done: by table, entry by entry, and what should be known of it.

    ``changes`` are those of the programme; seats kept back and vouchers are counted in ``tables`` alone.
    ``moves`` are screenings of which people are told that they begin at another time. ``fingerprint`` names exactly
    what would change.
    """

    tables: dict[str, TableCount]
    changes: list[EntryChange]
    warnings: tuple[ProgrammeWarning, ...]
    moves: tuple[ToldMove, ...]
    fingerprint: str

    @property
    def idle(self) -> bool:
        """Is there nothing to do?"""
        return not any(count.added or count.changed for count in self.tables.values())


@dataclasses.dataclass(frozen=True, slots=True)
class _Turn:
    """One reading of a workbook while it goes on."""

    context: Context
    connection: Connection
    writer: Writer
    file: ProgrammeFile
    problems: Problems
    after_import: AfterImport


async def keep_workbook(context: Context, body: bytes, by: str) -> uuid.UUID:
    """Keep a workbook until its owner says the word: a day at most, and only the latest few.

    The same workbook again is the same upload.

    Raises:
        DatabaseUnavailable
    """
    digest = hashlib.sha256(by.encode() + b"\0" + body).digest()
    upload = uuid.UUID(bytes=digest[:16])
    now = context.clock.now()
    async with database_errors():
        await context.postgres.execute(SQL.keep_upload, upload, by, body, now, now - KEPT)
    return upload


async def read_workbook_kept(context: Context, upload: uuid.UUID, by: str) -> bytes:
    """The workbook that somebody has handed in.

    Raises:
        UnknownUpload: somebody else's, or too long ago.
        DatabaseUnavailable
    """
    async with database_errors():
        body: bytes | None = await context.postgres.fetchval(SQL.get_upload, upload, by)
    if body is None:
        raise UnknownUpload
    return body


async def preview_workbook(context: Context, writer: Writer, body: bytes, after_import: AfterImport) -> Preview:
    """What importing this workbook would change, and whom ``after_import`` would tell of it, found by doing it and
    taking it back.

    Raises:
        ImportRefused: with every problem.
        OutOfReach: it changes what belongs to somebody else's festival or venue.
        TooMany: many are being read already.
        DatabaseUnavailable
        and what ``after_import`` raises.
    """
    return await _import(context, writer, body, after_import, wanted=None, keep=False)


async def import_workbook(
    context: Context, writer: Writer, body: bytes, fingerprint: str | None, after_import: AfterImport
) -> Preview:
    """Import the workbook, where it still changes what ``fingerprint`` names (None: whatever it changes), and tell
    of the screenings that it moves.

    Again, it changes nothing and tells nobody.

    Raises:
        PreviewOutdated: something else would change by now. Look again.
        and what :func:`preview_workbook` raises.
    """
    return await _import(context, writer, body, after_import, wanted=fingerprint, keep=True)


async def _import(
    context: Context, writer: Writer, body: bytes, after_import: AfterImport, *, wanted: str | None, keep: bool
) -> Preview:
    problems = Problems()
    file = await WORKBOOK_THREADS.run(_read, body, problems)
    try:
        async with database_errors(), context.postgres.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            done = False
            try:
                await connection.execute(IMPORT_SQL.lock_imports)
                turn = _Turn(context, connection, writer, file, problems, after_import)
                preview = await _write(turn)
                if keep:
                    await _confirm(turn, preview, wanted)
                done = keep
            finally:
                await (transaction.commit() if done else transaction.rollback())
            return preview
    except asyncpg.IntegrityConstraintViolationError as error:
        # The rules are checked before; this is what only the database can see.
        expected = Sentence("rows that keep the rule %(rule)s", rule=error.constraint_name)
        problems.add(FILE_NAME, expected, table=error.table_name or "")
        problems.refuse_if_any()
        raise


def _read(body: bytes, problems: Problems) -> ProgrammeFile:
    """The workbook's rows. It lies in a folder by itself, so that a hall's ``file`` finds nothing."""
    with tempfile.TemporaryDirectory(prefix="ticketing-") as folder:
        path = Path(folder) / FILE_NAME
        path.write_bytes(body)
        return collect_programme(path, problems, unpacked_bytes_max=UNPACKED_BYTES_MAX)


async def _write(turn: _Turn) -> Preview:
    file, now = turn.file, turn.context.clock.now()
    named = [key[0] for table, key in file.mentioned if key and table in OF_A_FESTIVAL]
    named += [row.values["festival"] for rows in file.rows.values() for row in rows if row.values.get("festival")]
    before = await read_entries(turn.connection, set(named))
    layouts = await _layouts(turn)
    report = await write_programme(turn.connection, file, [], turn.problems, now)
    await _require_beside(turn, report, layouts)
    changes = changes_between(before, await read_entries(turn.connection, set(named)))
    for change in changes:
        await _check(turn, change, before.get((change.table, change.key), {}))
    turn.problems.refuse_if_any()
    # Last of all: how many tickets another's screening has is nothing to be told beside a refusal.
    moves = await turn.after_import(turn.connection, report.moves)
    return Preview(report.tables, changes, report.warnings, moves, fingerprint_of(changes, report.tables))


async def _layouts(turn: _Turn) -> set[tuple[str, str]]:
    """The venue and the layout of each hall to which the file brings a seat map."""
    rows = await turn.connection.fetch(SQL.list_hall_layouts, sorted(turn.file.layouts))
    return {(row["venue_id"], row["layout_id"]) for row in rows}


async def _require_beside(turn: _Turn, report: ImportReport, layouts: set[tuple[str, str]]) -> None:
    """Is what the changes of entries do not show theirs as well: vouchers, seats kept back, seat maps?

    Asked only where something of the kind was changed, so that what is brought back as it was passes.
    """
    reach = turn.writer.reach
    if _changes_any(report, "voucher"):
        for row in turn.file.rows["voucher"]:
            require_reach(reach, festival=row.values["festival"])
    if _changes_any(report, "allotment"):
        named = sorted({row.values["screening"] for row in turn.file.rows["allotment"]})
        for place in await turn.connection.fetch(SQL.list_places_of_screenings, named):
            require_reach(reach, festival=place["festival_id"], venue=place["venue_id"])
    for venue, _layout in layouts ^ await _layouts(turn):
        require_reach(reach, venue=venue)


def _changes_any(report: ImportReport, table: str) -> bool:
    count = report.tables.get(table)
    return count is not None and bool(count.added or count.changed)


async def _check(turn: _Turn, change: EntryChange, was: Fields) -> None:
    """Is it theirs to change, and may it still change? The same rules as when it is typed at the desk."""
    said = was | {one.field: one.after for one in change.fields}
    new = change.kind == "added"
    await require_writing(turn.connection, turn.writer.reach, change.table, change.key, said, new=new)
    uses = {} if new else await uses_of(turn.connection, change.table, change.key)
    wrong = check_change(change.table, was, said, uses, turn.context.clock.now())
    if was.get("status") == "cancelled":
        wrong.append(Held("status", Sentence("no change, as it is cancelled"), change.fields[0].field))
    for held in wrong:
        turn.problems.add(
            FILE_NAME, held.expected, table=change.table, key=change.key, column=held.column, value=held.value
        )


async def _confirm(turn: _Turn, preview: Preview, wanted: str | None) -> None:
    """Is it what its reader was shown? Then it stands in the audit."""
    if preview.idle:
        return
    if wanted is not None and preview.fingerprint != wanted:
        raise PreviewOutdated
    counts = {table: f"{count.added} + {count.changed}" for table, count in preview.tables.items()}
    subject = ", ".join(sorted({str(one.values["festival"]) for one in turn.file.rows.get("screening", [])}))
    await add_audit(
        turn.connection,
        turn.context.clock.now(),
        turn.writer.login,
        "programme_imported",
        subject[:SUBJECT_SIGNS_MAX] or FILE_NAME,
        fingerprint=preview.fingerprint,
        **counts,
    )
