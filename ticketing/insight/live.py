"""A festival's capacity as it changes: asked for once a second for all who look, and only while somebody looks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import msgspec
import structlog

from ticketing.insight.capacity import Insight, festival_capacity
from ticketing.insight.model import FestivalCapacity
from ticketing.kernel.errors import TicketingError, Unavailable

REFRESH_S = 1.0
PING_EVERY_REFRESHES = 15
VIEWERS_MAX = 1000
EVENTS_WAITING_MAX = 16

log = structlog.get_logger(__name__)


class FestivalLive:
    """The festivals that somebody in this process watches, each in the languages of those who watch."""

    def __init__(self, insight: Insight) -> None:
        self._insight = insight
        self._viewers: dict[tuple[str, str], set[asyncio.Queue[bytes]]] = {}
        self._seen: dict[tuple[str, str], FestivalCapacity] = {}
        self._task: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["FestivalLive"]:
        """Refresh from here to the end of the block."""
        self._task = asyncio.create_task(self._refresh())
        try:
            yield self
        finally:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def events(self, festival_id: str, locale: str) -> AsyncIterator[bytes]:
        """Server-sent events: ``snapshot`` with the whole capacity, then ``change`` with what differs.

        Raises:
            UnknownFestival, Unavailable: before the first event; also where too many watch already.
        """
        if sum(map(len, self._viewers.values())) >= VIEWERS_MAX:
            raise Unavailable
        capacity = await festival_capacity(self._insight, festival_id, locale)
        key = (festival_id, locale)
        queue: asyncio.Queue[bytes] = asyncio.Queue(EVENTS_WAITING_MAX)
        self._viewers.setdefault(key, set()).add(queue)
        self._seen.setdefault(key, capacity)

        async def stream() -> AsyncIterator[bytes]:
            try:
                yield b"retry: 2000\nevent: snapshot\ndata: %b\n\n" % msgspec.json.encode(capacity)
                while True:
                    yield await queue.get()
            finally:
                self._forget(key, queue)

        return stream()

    def _forget(self, key: tuple[str, str], queue: asyncio.Queue[bytes]) -> None:
        viewers = self._viewers.get(key, set())
        viewers.discard(queue)
        if not viewers:
            self._viewers.pop(key, None)
            self._seen.pop(key, None)

    async def _refresh(self) -> None:
        refreshes = 0
        while True:
            await asyncio.sleep(REFRESH_S)
            refreshes += 1
            for key in list(self._viewers):
                try:
                    capacity = await festival_capacity(self._insight, *key)
                except TicketingError as error:
                    log.warning("festival_not_refreshed", code=error.code)
                    continue
                self._tell(key, capacity)
                if refreshes % PING_EVERY_REFRESHES == 0:
                    self._send(key, b": still here\n\n")

    def _tell(self, key: tuple[str, str], capacity: FestivalCapacity) -> None:
        before = {line.screening: line for line in self._seen[key].screenings} if key in self._seen else {}
        self._seen[key] = capacity
        changed = [line for line in capacity.screenings if before.get(line.screening) != line]
        if changed:
            body = msgspec.json.encode(FestivalCapacity(capacity.festival, capacity.totals, tuple(changed)))
            self._send(key, b"event: change\ndata: %b\n\n" % body)

    def _send(self, key: tuple[str, str], event: bytes) -> None:
        for queue in self._viewers.get(key, ()):
            if queue.full():
                # Too slow for sixteen seconds: the oldest is dropped, since every event carries absolute figures.
                queue.get_nowait()
            queue.put_nowait(event)
