"""Real servers for every test: one Postgres a run, one Valkey a worker, one database a test.

The process that the developer started owns Postgres and a migrated template; each test gets a clone of it. Each
worker owns a Valkey, because channels are shared by all the databases of one. Servers are children of their
owner and die with it, however a run ends.

``TEST_DATABASE_URL`` and ``TEST_REDIS_URL`` name servers to use instead; the latter is emptied between tests.
"""

import asyncio
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
import redis
from argon2 import PasswordHasher

from ticketing.embedded import PostgresServer, ValkeyServer
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context, open_context
from ticketing.kernel.migrations import migrate
from ticketing.kernel.settings import Settings
from ticketing.staff import passwords

MEMORY_BYTES_MIN = 4 * 2**30

_POSTGRES = pytest.StashKey[PostgresServer]()
_TEMPLATE_URL = pytest.StashKey[str]()


def database_named(url: str, name: str) -> str:
    """``url``, naming another database of the same server."""
    return re.sub(r"^(\w+://[^/?]*)/[^?]*", rf"\1/{name}", url)


async def _administer(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(database_named(url, "postgres"))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def pytest_configure(config: pytest.Config) -> None:
    """Forget the developer's own settings, so that a run is the same everywhere."""
    for name in list(os.environ):
        if name.startswith("TICKETING_") or name in ("DATABASE_URL", "REDIS_URL"):
            del os.environ[name]


def _memory() -> str | None:
    """A folder in memory with room for the clones of all workers: cloning there takes half the time. Else any."""
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > MEMORY_BYTES_MIN:
        return str(memory)
    return None


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start Postgres and migrate the template, in the one process that owns the run."""
    config = session.config
    workerinput: dict[str, Any] | None = getattr(config, "workerinput", None)
    if workerinput is not None:
        config.stash[_TEMPLATE_URL] = workerinput["template_url"]
        return
    if config.option.collectonly:
        return
    url = os.environ.get("TEST_DATABASE_URL", "")
    if not url:
        server = PostgresServer(Path(tempfile.mkdtemp(prefix="ticketing-tests-", dir=_memory())), durable=False)
        config.stash[_POSTGRES] = server
        server.start()
        url = server.url
    template = f"template_{uuid.uuid4().hex[:8]}"
    asyncio.run(_administer(url, f"create database {template}"))
    config.stash[_TEMPLATE_URL] = database_named(url, template)
    asyncio.run(migrate(config.stash[_TEMPLATE_URL]))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the template is."""
    node.workerinput["template_url"] = node.config.stash[_TEMPLATE_URL]


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what this process started."""
    if hasattr(config, "workerinput"):
        return
    if _POSTGRES in config.stash:
        config.stash[_POSTGRES].stop()
        shutil.rmtree(config.stash[_POSTGRES].data, ignore_errors=True)
    elif _TEMPLATE_URL in config.stash:
        url = config.stash[_TEMPLATE_URL]
        asyncio.run(_administer(url, f"drop database {urlsplit(url).path[1:]} with (force)"))


@pytest.fixture(scope="session")
def template_url(pytestconfig: pytest.Config) -> str:
    """A migrated, empty database to clone. Nobody may stay connected to it."""
    return pytestconfig.stash[_TEMPLATE_URL]


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The address of this worker's own Valkey."""
    if url := os.environ.get("TEST_REDIS_URL"):
        yield url
        return
    data = Path(tempfile.mkdtemp(prefix="ticketing-tests-"))
    with ValkeyServer(data) as server:
        yield server.url
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
async def database_url(template_url: str) -> AsyncIterator[str]:
    """A migrated, empty Postgres database of this test alone."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    template = urlsplit(template_url).path[1:]
    await _administer(template_url, f"create database {name} template {template} strategy file_copy")
    yield database_named(template_url, name)
    await _administer(template_url, f"drop database {name} with (force)")


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """An empty Valkey that no other test uses at the same time."""
    with redis.Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """Settings of a festival of this test alone, with the demo payment provider on offer."""
    return Settings(
        database_url=database_url,
        redis_url=redis_url,
        data=str(tmp_path / "data"),
        secret="a secret for tests, long enough to be taken",
        payment_providers="demo",
        secure_cookies=False,
        base_url="http://tickets.test",
    )


@pytest.fixture
def clock() -> ShiftedClock:
    """The clock of ``context``: set ``clock.ahead`` to move the present."""
    return ShiftedClock()


@pytest.fixture
async def context(settings: Settings, clock: ShiftedClock) -> AsyncIterator[Context]:
    """The ground floor on real servers: empty, migrated, nobody else's."""
    async with open_context(settings, clock) as opened:
        yield opened


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser of the journeys; ``tests/install_browser`` looks in the same places, in the same order."""
    mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", mac)
    for name in (os.environ.get("CHROMIUM", ""), *names):
        if found := shutil.which(name):
            return found
    pytest.fail("Chromium is missing: run tests/install_browser")


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """argon2id with small parameters: the real ones are slow on purpose, and tests sign in by the hundred."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    passwords._nobodys_hash.cache_clear()
