"""Migrations: numbered files, applied once, in order, each in a transaction of its own, and never edited after."""

import hashlib
import re
from pathlib import Path

import asyncpg
import msgspec

from ticketing.kernel.queries import sql_root

# Any two processes that migrate at once take turns by this advisory lock ("tick" in ASCII).
LOCK = 0x7469636B
_FILE_NAME = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")


class MigrationsDiverge(Exception):
    """The database was migrated with files that differ from these. Nothing was changed."""


class Migration(msgspec.Struct, frozen=True):
    """One file: its number, its name, its text, and the SHA-256 of the text."""

    number: int
    name: str
    text: str
    checksum: str


def read_migrations(folder: Path | None = None) -> list[Migration]:
    """The migrations in order.

    Raises:
        MigrationsDiverge: a file is misnamed, or the numbers don't run 1, 2, 3, …
    """
    migrations: list[Migration] = []
    for path in sorted((folder or sql_root() / "migrations").glob("*.sql")):
        match = _FILE_NAME.match(path.name)
        if match is None or int(match[1]) != len(migrations) + 1:
            raise MigrationsDiverge(f"{path.name}: expected a name like {len(migrations) + 1:04}_what_it_does.sql")
        text = path.read_text(encoding="utf-8")
        migrations.append(Migration(int(match[1]), path.name, text, hashlib.sha256(text.encode()).hexdigest()))
    return migrations


async def pending_migrations(
    connection: "asyncpg.Connection[asyncpg.Record]", folder: Path | None = None
) -> list[Migration]:
    """Those not yet applied.

    Raises:
        MigrationsDiverge: an applied one was edited since, or the database knows one that is not here.
    """
    migrations = read_migrations(folder)
    if not await connection.fetchval("select to_regclass('migration') is not null"):
        return migrations
    applied = {row["number"]: row for row in await connection.fetch("select number, name, checksum from migration")}
    for number, row in applied.items():
        if number > len(migrations):
            raise MigrationsDiverge(
                f"the database has {row['name']}, which this release lacks: install a newer release"
            )
        if row["checksum"] != migrations[number - 1].checksum:
            raise MigrationsDiverge(
                f"{row['name']} was edited after it was applied: restore it, and add a new file"
            )
    return [migration for migration in migrations if migration.number not in applied]


async def migrate(url: str, folder: Path | None = None) -> list[Migration]:
    """Apply what is pending, and say what that was. Safe to run from many processes at once.

    Raises:
        MigrationsDiverge: see :func:`pending_migrations`.
        asyncpg.PostgresError: a statement failed; its file was rolled back and later ones were not tried.
    """
    connection = await asyncpg.connect(url, timeout=5)
    try:
        await connection.execute("select pg_advisory_lock($1)", LOCK)
        await connection.execute(
            "create table if not exists migration (number int primary key, name text not null,"
            " checksum text not null, applied_at timestamptz not null default now())"
        )
        pending = await pending_migrations(connection, folder)
        for migration in pending:
            async with connection.transaction():
                await connection.execute(migration.text)
                await connection.execute(
                    "insert into migration (number, name, checksum) values ($1, $2, $3)",
                    migration.number,
                    migration.name,
                    migration.checksum,
                )
        return pending
    finally:
        await connection.close()
