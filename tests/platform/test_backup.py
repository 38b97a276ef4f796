"""A backup is one that has been restored."""

import asyncio
import os
import subprocess
from pathlib import Path

import asyncpg

from tests.conftest import database_named
from ticketing.embedded.postgres import installed_program
from ticketing.kernel.context import Context
from ticketing.kernel.migrations import migrate

DEPLOY = Path(__file__).parents[2] / "deploy"


async def run(script: str, argument: Path, database_url: str) -> subprocess.CompletedProcess[str]:
    path = f"{installed_program('psql').parent}:{os.environ['PATH']}"
    return await asyncio.to_thread(
        subprocess.run,
        [DEPLOY / script, str(argument)],
        env=os.environ | {"DATABASE_URL": database_url, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


async def test_what_was_backed_up_comes_back_and_nothing_is_overwritten(context: Context, tmp_path: Path) -> None:
    await context.postgres.execute("insert into staff (login, password_hash) values ('ann', 'x')")
    url = context.settings.database_url
    saved = await run("backup.sh", tmp_path / "backups", url)
    assert saved.returncode == 0, saved.stderr
    (copy,) = (tmp_path / "backups").iterdir()
    assert copy.stat().st_mode & 0o077 == 0

    refused = await run("restore.sh", copy, url)
    assert refused.returncode == 1
    assert "not empty" in refused.stderr

    name = "restored_" + url.split("/test_")[1].split("?")[0]
    administrator = await asyncpg.connect(database_named(url, "postgres"))
    await administrator.execute(f"create database {name}")
    try:
        restored = await run("restore.sh", copy, database_named(url, name))
        assert restored.returncode == 0, restored.stderr
        assert await migrate(database_named(url, name)) == []
        connection = await asyncpg.connect(database_named(url, name))
        assert await connection.fetchval("select login from staff") == "ann"
        await connection.close()
    finally:
        await administrator.execute(f"drop database {name} with (force)")
        await administrator.close()
