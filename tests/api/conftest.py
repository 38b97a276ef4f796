"""A real server with a festival on sale, for as long as a file of tests lasts."""

import asyncio
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
import uvicorn
from litestar import Litestar

from tests.conftest import database_named
from tests.factories import Factory, make_layout
from ticketing.embedded import ValkeyServer
from ticketing.kernel.context import open_context
from ticketing.kernel.settings import Settings
from ticketing.staff.model import Role
from ticketing.tickets.keys import ensure_key
from ticketing.web.app import create_app

BODY_BYTES_MAX = 262_144


@dataclass(frozen=True)
class Api:
    """Where the server is, what stands in its programme, and who may ask it."""

    url: str
    app: Litestar
    festival: str
    screening: str
    tokens: dict[Role, str]

    def client(self, role: Role | None = None, language: str = "en") -> httpx.Client:
        headers = {"accept-language": language}
        if role:
            headers["authorization"] = f"Bearer {self.tokens[role]}"
        return httpx.Client(base_url=self.url, headers=headers, timeout=10)


async def _furnish(settings: Settings) -> tuple[str, str, dict[Role, str]]:
    async with open_context(settings) as context:
        await ensure_key(context)
        factory = Factory(context)
        festival = await factory.festival()
        screening = await factory.screening(festival=festival, layout=make_layout(area_capacity=20))
        tokens = {
            role: await factory.staff(role, role.value.replace("_", "-"))
            for role in (Role.DOOR, Role.BOX_OFFICE, Role.SUPERVISOR, Role.ORGANISER, Role.ADMIN)
        }
        await factory.shift("supervisor")
        return festival, screening, tokens


async def _administer(url: str, statement: str) -> None:
    connection = await asyncpg.connect(database_named(url, "postgres"))
    await connection.execute(statement)
    await connection.close()


@pytest.fixture(scope="module")
def api(template_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The application behind uvicorn, as in production, on a port of its own."""
    name = f"api_{uuid.uuid4().hex[:12]}"
    asyncio.run(_administer(template_url, f"create database {name} template {urlsplit(template_url).path[1:]}"))
    folder: Path = tmp_path_factory.mktemp("api")
    with ValkeyServer(folder) as valkey, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        settings = Settings(
            database_url=database_named(template_url, name),
            redis_url=valkey.url,
            data=str(folder),
            secret="a secret for tests, long enough to be taken",
            payment_providers="demo,counter",
            secure_cookies=False,
            body_bytes_max=BODY_BYTES_MAX,
            port=port,
        )
        festival, screening, tokens = asyncio.run(_furnish(settings))
        app = create_app(settings)
        server = uvicorn.Server(
            uvicorn.Config(app, loop="uvloop", http="httptools", log_level="error", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        yield Api(f"http://127.0.0.1:{port}", app, festival, screening, tokens)
        server.should_exit = True
        thread.join(10)
    asyncio.run(_administer(template_url, f"drop database {name} with (force)"))
