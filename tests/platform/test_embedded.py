"""Servers from the wheels: what lasts, lasts; what a killed run left behind is no obstacle."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import psutil
import pytest
import redis

from ticketing.embedded import EmbeddedServerFailed, PostgresServer, ValkeyServer


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a long path that only its owner may enter."""
    folder = tmp_path / ("long-" * 20) / "data"
    folder.mkdir(parents=True)
    folder.parent.chmod(0o700)
    tmp_path.chmod(0o700)
    return folder


async def count_notes(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("create table if not exists note (id int generated always as identity)")
        await connection.execute("insert into note default values")
        return int(await connection.fetchval("select count(*) from note"))
    finally:
        await connection.close()


async def test_postgres_lasts_from_run_to_run(data: Path) -> None:
    for run in (1, 2):
        with PostgresServer(data) as server:
            assert await count_notes(server.url) == run
            sockets = server.sockets
        assert not sockets.exists()


async def test_postgres_recovers_from_a_kill(data: Path) -> None:
    with PostgresServer(data) as server:
        await count_notes(server.url)
        assert server.process is not None
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        server.start()
        assert await count_notes(server.url) == 2


async def test_a_server_that_a_killed_run_left_behind_is_stopped_first(data: Path) -> None:
    left = PostgresServer(data)
    left.start()
    await count_notes(left.url)
    with PostgresServer(data) as server:
        assert await count_notes(server.url) == 2
        assert left.process is not None
        left.process.wait(5)
    left.stop()


async def test_a_lock_file_that_names_a_stranger_is_no_obstacle(data: Path) -> None:
    with PostgresServer(data) as server:
        cluster = server.cluster
        await count_notes(server.url)
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    (cluster / "postmaster.pid").write_text(f"{stranger.pid}\n{cluster}\n{int(time.time())}\n5432\n")
    with PostgresServer(data) as server:
        assert await count_notes(server.url) == 2
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_the_rest_of_an_interrupted_first_run_is_cleared(data: Path) -> None:
    (data / "postgres" / "base").mkdir(parents=True)
    with PostgresServer(data) as server:
        assert (server.cluster / "PG_VERSION").exists()


def test_postgres_never_runs_as_root_and_the_data_folder_stays_ours(data: Path) -> None:
    expected = "nobody" if os.geteuid() == 0 else psutil.Process().username()
    with PostgresServer(data) as server:
        assert server.process is not None
        assert psutil.Process(server.process.pid).username() == expected
        assert data.stat().st_uid == os.geteuid()


def test_a_server_that_does_not_start_shows_its_log(data: Path) -> None:
    with PostgresServer(data) as server:
        conf = server.cluster / "postgresql.conf"
    conf.write_text(conf.read_text() + "\nno_such_setting = 1\n")
    with pytest.raises(EmbeddedServerFailed, match="no_such_setting"):
        PostgresServer(data).__enter__()


def test_valkey_starts_empty_and_forgets_nothing_of_its_own_accord(data: Path) -> None:
    for _ in range(2):
        with ValkeyServer(data) as server, redis.Redis.from_url(server.url) as client:
            assert client.dbsize() == 0
            client.set("seat", "held")
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
