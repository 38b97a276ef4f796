"""Making and changing entries, one transaction each: by the import's own rules, never over somebody's change."""

import contextlib
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import asyncpg
import msgspec

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.i18n import Sentence
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.programme.desk.checks import check_change
from ticketing.programme.desk.model import Entry, EntryTable, Fields, changed_fields, key_of
from ticketing.programme.desk.names import proposed_name, told_anew, with_own_name
from ticketing.programme.desk.reach import require_writing
from ticketing.programme.desk.reading import SQL, find_entry, stored_fields, uses_of
from ticketing.programme.desk.rows import FILE, file_of
from ticketing.programme.importing import SQL as IMPORT_SQL
from ticketing.programme.importing import write_programme
from ticketing.programme.importing_files import ProgrammeFile
from ticketing.programme.importing_pictures import PictureFile
from ticketing.programme.layout import Layout, layout_from_body, layout_id
from ticketing.programme.problems import Problems
from ticketing.staff.accounts import add_audit
from ticketing.staff.reach import Reach

MOMENTS: Final = ("starts_at", "ends_at", "doors_at", "sales_open_at", "sales_close_at")


class Writer(msgspec.Struct, frozen=True):
    """Who writes, and what they may reach."""

    login: str
    reach: Reach


class Written(msgspec.Struct, frozen=True):
    """An entry after a write. ``changed``: fields that this write changed; none where it said what stood there."""

    entry: Entry
    changed: tuple[str, ...]


class Brought(msgspec.Struct, frozen=True):
    """What comes beside the fields: a hall's new seat map, pictures."""

    layout: Layout | None = None
    pictures: tuple[PictureFile, ...] = ()


# Within the same transaction: the connection, the entry before (None: there was none) and after.
AfterWrite = Callable[[Connection, Entry | None, Entry], Awaitable[None]]
NOTHING_BROUGHT: Final = Brought()


@dataclasses.dataclass(frozen=True, slots=True)
class _Turn:
    """One write while it goes on."""

    connection: Connection
    writer: Writer
    table: EntryTable
    fields: Fields
    key: str
    before: Entry | None
    brought: Brought
    now: datetime


async def write_entry(
    context: Context,
    writer: Writer,
    table: EntryTable,
    fields: Fields,
    *,
    made_from: str | None,
    brought: Brought = NOTHING_BROUGHT,
    after_write: AfterWrite | None = None,
) -> Written:
    """Make an entry (``made_from`` None) or change the one that had the version ``made_from``.

    A new entry without a name of its own is given one. Sent again, the same changes nothing: what stands there
    already is the answer.

    Raises:
        EntryRefused: with every problem, by field.
        ChangedMeanwhile: it has another version by now; with the fields that would be overwritten unseen.
        EntryExists: a new one has the key of another.
        UnknownEntry: what is to be changed is gone.
        ScreeningIsCancelled: nothing about it can be changed.
        OutOfReach: it belongs to somebody else's festival or venue.
        DatabaseUnavailable
    """
    async with writing(context) as connection:
        return await write_within(
            connection,
            writer,
            table,
            fields,
            made_from=made_from,
            now=context.clock.now(),
            brought=brought,
            after_write=after_write,
        )


@contextlib.asynccontextmanager
async def writing(context: Context) -> AsyncIterator[Connection]:
    """A transaction that writes entries; imports and other writers wait for its end.

    Raises:
        EntryRefused: what only the database can see.
        DatabaseUnavailable
    """
    try:
        async with database_errors(), context.postgres.acquire() as connection, connection.transaction():
            await connection.execute(IMPORT_SQL.lock_imports)
            yield connection
    except asyncpg.IntegrityConstraintViolationError as error:
        problems = Problems()
        expected = Sentence("values that keep the rule %(rule)s", rule=error.constraint_name)
        problems.add(FILE, expected, table=error.table_name or "")
        raise problems.refusal(errors.EntryRefused) from error


async def write_within(
    connection: Connection,
    writer: Writer,
    table: EntryTable,
    fields: Fields,
    *,
    made_from: str | None,
    now: datetime,
    brought: Brought = NOTHING_BROUGHT,
    after_write: AfterWrite | None = None,
) -> Written:
    """:func:`write_entry` as part of a transaction that ``writing`` has begun, with the same refusals."""
    if table == "screening":
        fields = await _with_film(connection, fields)
    proposed = proposed_name(table, fields)
    if table == "screening":
        fields = await _with_instants(connection, fields)
    if made_from is None:
        fields = await with_own_name(connection, table, fields, proposed)
    key = key_of(table, fields)
    before = await find_entry(connection, table, key)
    turn = _Turn(connection, writer, table, fields, key, before, brought, now)
    await _check_turn(turn, made_from)
    if before is not None and made_from is None:
        turn = await _without_known_map(turn)
    await _write(turn)
    after = await find_entry(connection, table, key)
    if after is None:
        # A price list that lost its last price is gone.
        raise errors.UnknownEntry(table=table, key=key)
    await _check_held(turn, after)
    if after_write is not None:
        await after_write(connection, before, after)
    changed = changed_fields(before.fields if before else {}, after.fields)
    if changed or turn.brought != NOTHING_BROUGHT:
        await _note(turn, after, changed)
    return Written(after, changed)


async def _with_film(connection: Connection, fields: Fields) -> Fields:
    """The fields with the film of their version, where they leave that to the version."""
    if fields.get("film") or not fields.get("version"):
        return fields
    version = await stored_fields(connection, "version", fields["version"])
    return fields | {"film": version["film"]} if version else fields


async def _with_instants(connection: Connection, fields: Fields) -> Fields:
    """The fields with the hall's own times as instants, as they are stored; what can't be told is left as it is."""
    hall = await stored_fields(connection, "hall", fields.get("hall"))
    venue = await stored_fields(connection, "venue", hall["venue"]) if hall else None
    if venue is None:
        return fields
    zone = ZoneInfo(venue["timezone"])
    told = dict(fields)
    for name in MOMENTS:
        try:
            local = datetime.fromisoformat(str(fields.get(name) or ""))
            local = local if local.tzinfo else local.replace(tzinfo=zone)
            if local.utcoffset() == local.replace(fold=1).utcoffset():
                told[name] = local.astimezone(UTC).isoformat()
        except (ValueError, OverflowError):
            continue
    return told


async def _check_turn(turn: _Turn, made_from: str | None) -> None:
    """Is it this writer's to write, and was it made from what stands there?"""
    before, reach = turn.before, turn.writer.reach
    if before is not None:
        await require_writing(turn.connection, reach, turn.table, turn.key, before.fields, new=False)
    await require_writing(turn.connection, reach, turn.table, turn.key, turn.fields, new=before is None)
    if before is None:
        if made_from is not None:
            raise errors.UnknownEntry(table=turn.table, key=turn.key)
        return
    if made_from is None:
        if told_anew(turn.fields, before.fields):
            raise errors.EntryExists(table=turn.table, key=turn.key)
        return
    overwritten = [name for name in changed_fields(before.fields, turn.fields) if name in turn.fields]
    if made_from != before.version and overwritten:
        raise errors.ChangedMeanwhile(
            table=turn.table, key=turn.key, version=before.version, changed=tuple(overwritten)
        )
    if before.fields.get("status") == "cancelled" and overwritten:
        raise errors.ScreeningIsCancelled(key=turn.key)


async def _without_known_map(turn: _Turn) -> _Turn:
    """A hall that is made again keeps its seat map: what somebody has drawn since is not written over.

    Raises:
        EntryExists: it has another one.
    """
    layout = turn.brought.layout
    if layout is None:
        return turn
    stands = layout_from_body(await turn.connection.fetchval(SQL.get_hall_layout, turn.key))
    if layout_id(stands) != layout_id(layout):
        raise errors.EntryExists(table=turn.table, key=turn.key)
    return dataclasses.replace(turn, brought=msgspec.structs.replace(turn.brought, layout=None))


async def _write(turn: _Turn) -> None:
    fields, problems = turn.fields, Problems()
    file = file_of(turn.table, fields, problems)
    if problems.count:
        raise problems.refusal(errors.EntryRefused)
    if turn.table == "hall":
        await _put_layout(turn, file, problems)
    elif turn.table == "screening" and turn.before is not None:
        await _keep_layout(turn, file)
    try:
        # A new entry may have got its name only now.
        pictures = [msgspec.structs.replace(picture, of=turn.key) for picture in turn.brought.pictures]
        await write_programme(turn.connection, file, pictures, problems, turn.now)
    except errors.ImportRefused as refused:
        raise errors.EntryRefused(**refused.data) from refused
    if turn.table == "price_list":
        kept = list(fields["amounts"])
        await turn.connection.execute(SQL.drop_prices, fields["festival"], fields["price_list"], kept)
    if turn.table == "festival":
        await turn.connection.execute(
            SQL.set_currency_of_screenings, fields["festival"], fields["currency"], turn.now
        )


async def _put_layout(turn: _Turn, file: ProgrammeFile, problems: Problems) -> None:
    """A hall keeps its layout unless it is given another; a new one needs one."""
    layout = turn.brought.layout
    if layout is None and turn.before is not None:
        layout = layout_from_body(await turn.connection.fetchval(SQL.get_hall_layout, turn.before.key))
    if layout is None:
        expected = Sentence("the hall's seat map: a file in one of the four formats")
        problems.add(FILE, expected, table="hall", column="file")
        raise problems.refusal(errors.EntryRefused)
    file.layouts[turn.fields["hall"]] = layout


async def _keep_layout(turn: _Turn, file: ProgrammeFile) -> None:
    """A screening that stays in its hall keeps the layout it pins, although the hall may have a newer one."""
    pinned = await turn.connection.fetchrow(SQL.get_pinned_layout, turn.key)
    if pinned is not None and pinned["hall_id"] == turn.fields.get("hall"):
        file.layouts[pinned["hall_id"]] = layout_from_body(pinned["body"])


async def _check_held(turn: _Turn, after: Entry) -> None:
    """What may no longer change; looked at after the write, as then both say it in the same way."""
    uses = await uses_of(turn.connection, turn.table, after.key) if turn.before else {}
    problems = Problems()
    before = turn.before.fields if turn.before else {}
    for held in check_change(turn.table, before, after.fields, uses, turn.now):
        problems.add(FILE, held.expected, table=turn.table, key=after.key, column=held.column, value=held.value)
    if problems.count:
        raise problems.refusal(errors.EntryRefused)


async def _note(turn: _Turn, after: Entry, changed: Sequence[str]) -> None:
    """The audit, with what each changed field said before and says now."""
    was = turn.before.fields if turn.before else None
    detail: dict[str, Any] = {"table": after.table}
    for name in changed:
        said = after.fields.get(name)
        detail[name] = said if was is None else {"before": was.get(name), "after": said}
    if turn.brought.layout is not None:
        detail["seat_map"] = True
    if turn.brought.pictures:
        detail["picture"] = turn.brought.pictures[0].made.picture
    act = "programme_added" if was is None else "programme_changed"
    await add_audit(turn.connection, turn.now, turn.writer.login, act, after.key, **detail)
