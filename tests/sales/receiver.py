"""Another program that webhooks are sent to, on a real port of this machine."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from typing import Any

import msgspec

HEAD_BYTES_MAX = 65_536


class Call(msgspec.Struct, frozen=True):
    """A request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        return msgspec.json.decode(self.body)


class Receiver:
    """Keeps what it is told, and answers as it is set to: ``answer`` is the head, ``endless`` bytes follow it."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.answer = "204 No Content"
        self.headers = ""
        self.endless = 0
        self.hangs = False
        self.sent = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            body = await reader.readexactly(int(headers["content-length"]))
            self.calls.append(Call(head[0].split()[1], headers, body))
            if self.hangs:
                await reader.read()
            writer.write(f"HTTP/1.1 {self.answer}\r\n{self.headers}content-length: {self.endless}\r\n\r\n".encode())
            while self.sent < self.endless:
                writer.write(b"x" * 65_536)
                self.sent += 65_536
                await writer.drain()
            await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def receiving(served: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """A receiver while it listens; over TLS where it is given a certificate."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, limit=HEAD_BYTES_MAX, ssl=served)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield receiver
    finally:
        server.close()
