"""One call of a webhook: bounded in time and bytes, and to the very address that was checked.

httpx would look a name up again when it connects, and whoever owns the name may have another answer ready by then.
So names are looked up here, below it.
"""

import asyncio
import functools
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from typing import Any, Final

import httpcore
import httpx
import msgspec

from ticketing.kernel.errors import TooMany
from ticketing.kernel.threads import Threads
from ticketing.sales.webhooks.addresses import is_inner
from ticketing.sales.webhooks.model import Problem

CALL_S_MAX: Final = 5.0
ANSWER_BYTES_MAX: Final = 65_536
ADDRESSES_MAX: Final = 8

_NAMES = Threads("webhook-names", threads_max=4, waiting_max=16)


class Refused(Exception):
    """The call was not made; the problem says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem: Problem = problem


class Answer(msgspec.Struct, frozen=True):
    """What came of a call: the status of the answer, or why there was none."""

    status: int | None
    problem: Problem | None

    @property
    def taken(self) -> bool:
        """Whether the other side has it."""
        return self.problem is None


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to the public internet alone, unless ``inner``."""

    def __init__(self, *, inner: bool) -> None:
        self._inner = inner
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the backend's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to one of the addresses of ``host``; none of them may be an inner one.

        Raises:
            Refused
            httpcore.ConnectError, httpcore.ConnectTimeout
        """
        addresses = await _addresses_of(host, port)
        if not self._inner and any(is_inner(ipaddress.ip_address(address)) for address in addresses):
            raise Refused("inner_address")
        failed: httpcore.ConnectError | None = None
        for address in addresses[:ADDRESSES_MAX]:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore.ConnectError as error:
                failed = error
        raise failed or Refused("unknown_name")

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        """Never."""
        raise Refused("inner_address")

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


async def post(url: str, headers: dict[str, str], body: bytes, *, inner: bool) -> Answer:
    """Send ``body``. No redirect is followed, no proxy asked, and no more of the answer read than 64 KB: what
    counts is its status. All of it takes 5 s at most.
    """
    network = CheckedNetwork(inner=inner)
    try:
        async with (
            asyncio.timeout(CALL_S_MAX),
            httpcore.AsyncConnectionPool(ssl_context=_trusted(), network_backend=network, retries=0) as pool,
            pool.stream("POST", url, headers=list(headers.items()), content=body) as answer,
        ):
            read = 0
            async for chunk in answer.aiter_stream():
                read += len(chunk)
                if read >= ANSWER_BYTES_MAX:
                    break
            status: int = answer.status
    except Refused as refused:
        return Answer(None, refused.problem)
    except (TimeoutError, httpcore.TimeoutException):
        return Answer(None, "slow")
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError):
        return Answer(None, "no_connection")
    return Answer(status, None if 200 <= status < 300 else "status")


async def _addresses_of(host: str, port: int) -> list[str]:
    """The addresses of a name, in the resolver's order, each once.

    Raises:
        Refused: it has none, or too many names are being looked up.
    """
    try:
        found = await _NAMES.run(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TooMany):
        raise Refused("unknown_name") from None
    return list(dict.fromkeys(str(one[4][0]) for one in found))


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Reading the authorities takes longer than a call does: once a process."""
    return httpx.create_ssl_context()
