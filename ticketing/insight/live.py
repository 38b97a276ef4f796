"""A festival's capacity as it changes: asked for once a second for all who look, and only while somebody looks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

import msgspec
import structlog

from ticketing.insight.capacity import Insight, festival_capacity, read_festival
from ticketing.insight.model import FestivalCapacity, told_in
from ticketing.kernel.errors import TicketingError, Unavailable

REFRESH_S = 1.0
PING_EVERY_REFRESHES = 15
VIEWERS_MAX = 1000
EVENTS_WAITING_MAX = 16
WATCHED_AT_ONCE: Final = timedelta(minutes=5)
"""A connection ends after so long, and the page makes another, which asks again who may look."""

Watched = tuple[str, str, frozenset[str] | None]
"""A festival, the language of those who watch it, and the venues that they may see (None: all)."""

log = structlog.get_logger(__name__)


class FestivalLive:
    """The festivals that somebody in this process watches, each in the languages of those who watch."""

    def __init__(self, insight: Insight) -> None:
        self._insight = insight
        self._viewers: dict[Watched, set[asyncio.Queue[bytes]]] = {}
        self._seen: dict[Watched, FestivalCapacity] = {}
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

    async def events(
        self, festival_id: str, locale: str, venues: frozenset[str] | None = None
    ) -> AsyncIterator[bytes]:
        """Server-sent events: ``snapshot`` with the whole capacity, at ``venues`` where they are named, then
        ``change`` with what differs, for ``WATCHED_AT_ONCE``.

        Raises:
            UnknownFestival, Unavailable: before the first event; also where too many watch already.
        """
        if sum(map(len, self._viewers.values())) >= VIEWERS_MAX:
            raise Unavailable
        capacity = await festival_capacity(self._insight, festival_id, locale, venues)
        key = (festival_id, locale, venues)
        clock = self._insight.context.clock
        until = clock.now() + WATCHED_AT_ONCE

        async def stream() -> AsyncIterator[bytes]:
            queue: asyncio.Queue[bytes] = asyncio.Queue(EVENTS_WAITING_MAX)
            self._viewers.setdefault(key, set()).add(queue)
            # What the others saw last, however old: changes are told from there, so nobody misses one that was told
            # while this viewer's own reading was on its way.
            seen = self._seen.setdefault(key, capacity)
            try:
                yield b"retry: 2000\n%b" % _event("snapshot", seen)
                # Something comes at least with every ping.
                while clock.now() < until:
                    yield await queue.get()
            finally:
                self._forget(key, queue)

        return stream()

    def _forget(self, key: Watched, queue: asyncio.Queue[bytes]) -> None:
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
            for festival_id in {festival_id for festival_id, _, _ in self._viewers}:
                try:
                    await self.refresh(festival_id)
                except TicketingError as error:
                    log.warning("festival_not_refreshed", code=error.code)
            if refreshes % PING_EVERY_REFRESHES == 0:
                for key in self._viewers:
                    self._send(key, b": still here\n\n")

    async def refresh(self, festival_id: str) -> None:
        """Ask once for a festival, and tell those who watch it in any language what differs for them.

        Raises:
            UnknownFestival, DatabaseUnavailable
        """
        facts = await read_festival(self._insight, festival_id)
        for key in [key for key in self._viewers if key[0] == festival_id]:
            self._tell(key, told_in(facts, *key[1:]))

    def _tell(self, key: Watched, capacity: FestivalCapacity) -> None:
        seen = self._seen.get(key)
        before = {line.screening: line for line in seen.screenings} if seen else {}
        self._seen[key] = capacity
        changed = [line for line in capacity.screenings if before.get(line.screening) != line]
        if not before.keys() <= {line.screening for line in capacity.screenings}:
            # A change names what is there; that something is not there any more shows in the whole alone.
            self._send(key, _event("snapshot", capacity))
        elif changed or not seen or seen.totals != capacity.totals:
            self._send(key, _event("change", FestivalCapacity(capacity.festival, capacity.totals, tuple(changed))))

    def _send(self, key: Watched, event: bytes) -> None:
        for queue in self._viewers.get(key, ()):
            if queue.full():
                # Too slow for sixteen seconds. What is left out would be a gap: all of it, once, closes it.
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(_event("snapshot", self._seen[key]))
            else:
                queue.put_nowait(event)


def _event(name: str, capacity: FestivalCapacity) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), msgspec.json.encode(capacity))
