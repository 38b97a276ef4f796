"""Stands between the house and Postgres, and can lose an answer: the commit has happened, and nobody knows."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

SOCKET = ".s.PGSQL.5432"


class PostgresProxy:
    """Forwards every byte until told to cut. ``url`` is that of the same database through here."""

    def __init__(self, database_url: str) -> None:
        host = parse_qs(urlsplit(database_url).query)["host"][0]
        self._target = Path(host) / SOCKET
        # The path of a socket is short, so not below pytest's own folder.
        self._folder = Path(tempfile.mkdtemp(prefix="tk-"))
        self.url = database_url.replace(host, str(self._folder))
        self._answers_until_cut: int | None = None
        self.cuts = 0

    def cut_at_answer(self, number: int) -> None:
        """Lose the ``number``-th answer from now on (1: the very next), and the connection it was for."""
        self._answers_until_cut = number

    def forward_all(self) -> None:
        """Lose nothing any more."""
        self._answers_until_cut = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["PostgresProxy"]:
        """Forward from here to the end of the block."""
        server = await asyncio.start_unix_server(self._serve, self._folder / SOCKET)
        try:
            yield self
        finally:
            server.close()
            shutil.rmtree(self._folder, ignore_errors=True)

    async def _serve(self, from_house: asyncio.StreamReader, to_house: asyncio.StreamWriter) -> None:
        try:
            from_postgres, to_postgres = await asyncio.open_unix_connection(self._target)
        except OSError:
            to_house.close()
            return
        asking = asyncio.create_task(self._forward(from_house, to_postgres, answers=False))
        answering = asyncio.create_task(self._forward(from_postgres, to_house, answers=True))
        await asyncio.wait({asking, answering}, return_when=asyncio.FIRST_COMPLETED)
        for task in (asking, answering):
            task.cancel()
        for writer in (to_house, to_postgres):
            writer.close()

    async def _forward(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                if answers and self._answers_until_cut is not None:
                    self._answers_until_cut -= 1
                    if self._answers_until_cut <= 0:
                        self._answers_until_cut = None
                        self.cuts += 1
                        return
                target.write(data)
                await target.drain()
