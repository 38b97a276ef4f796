"""A load generator: a fixed number of connections, each sending its next request when the last is answered."""

import asyncio
import time
from collections.abc import Callable, Iterator

import httptools
import msgspec

ANSWER_TIMEOUT_S = 30.0

Take = Callable[[bytes, int, bytes], None]


class Load(msgspec.Struct, frozen=True):
    """What a stretch of load came to. Latencies in milliseconds, in the order of the answers."""

    requests: int
    seconds: float
    latencies_ms: list[float]
    statuses: dict[int, int]

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.requests / self.seconds if self.seconds else 0.0

    def percentile_ms(self, percent: float) -> float:
        """The latency that ``percent`` of the answers stayed below."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0


class _Connection(asyncio.Protocol):
    """One connection; ``requests`` gives the bytes of whole requests."""

    def __init__(self, requests: Iterator[bytes], deadline_s: float, take: Take | None) -> None:
        self.requests = requests
        self.deadline_s = deadline_s
        self.take = take
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.latencies_ms: list[float] = []
        self.statuses: dict[int, int] = {}
        self._body = b""
        self._asked = b""
        self._asked_at_s = 0.0
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._ask()

    def _ask(self) -> None:
        request = next(self.requests, None) if time.perf_counter() < self.deadline_s else None
        if request is None or self._transport is None:
            self._finish()
            return
        self._asked, self._asked_at_s, self._body = request, time.perf_counter(), b""
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        self.latencies_ms.append((time.perf_counter() - self._asked_at_s) * 1000)
        status = self._parser.get_status_code()
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if self.take is not None:
            self.take(self._asked, status, self._body)
        self._parser = httptools.HttpResponseParser(self)
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish()

    def _finish(self) -> None:
        if self._transport is not None:
            self._transport.close()
        if not self.done.done():
            self.done.set_result(None)


async def drive(
    host: str,
    port: int,
    requests: Iterator[bytes],
    *,
    connections: int,
    seconds: float,
    take: Take | None = None,
) -> Load:
    """Send ``requests`` over so many connections until they run out or the time is over.

    ``take`` is handed each request with its status and body.
    """
    loop = asyncio.get_running_loop()
    began_s = time.perf_counter()
    made = [
        await loop.create_connection(lambda: _Connection(requests, began_s + seconds, take), host, port)
        for _ in range(connections)
    ]
    protocols = [protocol for _, protocol in made]
    async with asyncio.timeout(seconds + ANSWER_TIMEOUT_S):
        await asyncio.gather(*(protocol.done for protocol in protocols))
    took_s = time.perf_counter() - began_s
    statuses: dict[int, int] = {}
    for protocol in protocols:
        for status, count in protocol.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    latencies_ms = [latency for protocol in protocols for latency in protocol.latencies_ms]
    return Load(len(latencies_ms), took_s, latencies_ms, statuses)


def request_bytes(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """A whole HTTP/1.1 request. Header names are given with ``_`` for ``-``."""
    lines = [f"{method} {path} HTTP/1.1", "host: bench"]
    if body:
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
