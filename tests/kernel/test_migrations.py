"""Migrations: applied once, in order, and never edited after; and every named query fits what they made."""

import asyncio
import shutil
from pathlib import Path

import asyncpg
import pytest

from tests.conftest import database_named
from ticketing.kernel.migrations import MigrationsDiverge, migrate, pending_migrations, read_migrations
from ticketing.kernel.queries import load_queries, sql_root


@pytest.fixture
async def empty_url(database_url: str) -> str:
    """A database that nothing has been done to."""
    connection = await asyncpg.connect(database_url)
    await connection.execute("drop schema public cascade; create schema public")
    await connection.close()
    return database_url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the migrations, to be spoilt."""
    return Path(shutil.copytree(sql_root() / "migrations", tmp_path / "migrations"))


async def test_all_are_applied_once(empty_url: str) -> None:
    assert [one.name for one in await migrate(empty_url)] == [one.name for one in read_migrations()]
    assert await migrate(empty_url) == []


async def test_many_processes_that_migrate_at_once_apply_each_once(empty_url: str) -> None:
    applied = await asyncio.gather(*(migrate(empty_url) for _ in range(6)))
    assert sorted(map(len, applied)) == [0, 0, 0, 0, 0, len(read_migrations())]


async def test_one_that_was_edited_after_it_was_applied_is_refused(database_url: str, folder: Path) -> None:
    edited = folder / read_migrations()[0].name
    edited.write_text(edited.read_text() + "\n-- a harmless remark")
    with pytest.raises(MigrationsDiverge, match="was edited"):
        await migrate(database_url, folder)


async def test_a_database_of_a_newer_release_is_refused(database_url: str, folder: Path) -> None:
    (folder / read_migrations()[-1].name).unlink()
    with pytest.raises(MigrationsDiverge, match="newer release"):
        await migrate(database_url, folder)


async def test_one_that_fails_leaves_no_half_of_itself(database_url: str, folder: Path) -> None:
    number = len(read_migrations()) + 1
    broken = folder / f"{number:04}_half.sql"
    broken.write_text("create table half (one int); select * from nowhere;")
    with pytest.raises(asyncpg.UndefinedTableError):
        await migrate(database_url, folder)
    connection = await asyncpg.connect(database_url)
    assert await connection.fetchval("select to_regclass('half')") is None
    assert [one.name for one in await pending_migrations(connection, folder)] == [broken.name]
    await connection.close()


@pytest.mark.parametrize("name", ["0001_twice.sql", "9999_gap.sql", "no-number.sql"])
def test_names_out_of_line_are_refused(folder: Path, name: str) -> None:
    (folder / name).write_text("select 1")
    with pytest.raises(MigrationsDiverge, match="expected a name like"):
        read_migrations(folder)


@pytest.mark.parametrize("capability", sorted(path.stem for path in (sql_root() / "queries").glob("*.sql")))
async def test_every_named_query_fits_the_schema(database_url: str, capability: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        for name, text in load_queries(capability).statements.items():
            try:
                await connection.prepare(text)
            except asyncpg.PostgresError as error:
                pytest.fail(f"{capability}.{name}: {error}")
    finally:
        await connection.close()


async def test_the_books_can_only_be_added_to(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        "insert into ledger_entry (screening_id, ticket_id, order_id, kind, tariff, amount, currency, at)"
        " values ('s', 't', 'o', 'issued', 'full', 1, 'KZT', now())"
    )
    for spoil in (
        "update ledger_entry set amount = 2",
        "delete from ledger_entry",
        "truncate ledger_entry cascade",
        "truncate ledger_seal",
    ):
        with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
            await connection.execute(spoil)
    await connection.close()


def test_databases_are_named_in_any_url() -> None:
    assert database_named("postgresql://u@/one?host=/tmp/x", "two") == "postgresql://u@/two?host=/tmp/x"
