"""What everybody sees of a screening's seats, as it changes.

A process follows a screening only while somebody looks: one subscription for the whole process, and for each
screening looked at the states of its places, kept current by the published changes. A change that was missed
(the revision jumps) is made good by a snapshot. Nobody's availability costs a call to Redis while it is followed.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
import structlog
from redis.asyncio import Redis as Client
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError

from ticketing.kernel.errors import SeatingUnavailable, TicketingError
from ticketing.programme.layout import Layout
from ticketing.seating.mirror import Mirror
from ticketing.seating.model import STATE_OF_BYTE, Availability, availability_of
from ticketing.seating.scripts import keys_of, screening_of_channel

UNWATCHED_S_MAX = 60.0
BEAT_S = 1.0
PING_EVERY_BEATS = 15
EVENTS_WAITING_MAX = 64
WATCHED_SCREENINGS_MAX = 5000
VIEWERS_MAX = 20_000

log = structlog.get_logger(__name__)


class Watched:
    """A screening that somebody looks at: the states of its places, and who waits for changes."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.revision = 0
        self.states = bytearray()
        self.current = False
        self.looked_at_s = 0.0
        self.viewers: set[asyncio.Queue[bytes]] = set()
        self.loading = asyncio.Lock()
        self._body: bytes | None = None

    def replace(self, revision: int, states: bytes) -> None:
        """Take a snapshot for what it is."""
        self.revision, self.states, self.current, self._body = revision, bytearray(states), True, None

    def apply(self, revision: int, changes: Sequence[tuple[int, int]]) -> bool:
        """Take a change into account; False where one before it was missed."""
        if not self.current or revision <= self.revision:
            return self.current
        if revision != self.revision + 1 or not changes:
            self.current = False
            return False
        for index, state in changes:
            self.states[index] = state
        self.revision, self._body = revision, None
        return True

    def availability(self) -> Availability:
        """What is free now."""
        return availability_of(self.layout, self.revision, self.states)

    def body(self) -> bytes:
        """The availability as JSON, encoded once a revision."""
        if self._body is None:
            self._body = msgspec.json.encode(self.availability())
        return self._body

    def tell(self, event: bytes) -> None:
        """Hand an event to every viewer. One who is too slow to take it is sent a snapshot later instead."""
        for viewer in self.viewers:
            if viewer.full():
                while not viewer.empty():
                    viewer.get_nowait()
                viewer.put_nowait(b"")
            else:
                viewer.put_nowait(event)


class Live:
    """All screenings that somebody in this process looks at."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror = mirror
        self._watched: dict[str, Watched] = {}
        self._viewers = 0
        self._client: Client | None = None
        self._subscription: PubSub | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._beats = 0

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Live"]:
        """Follow changes from here to the end of the block."""
        # Without endless retries a subscription is dead for good after an outage, in silence.
        self._client = Client.from_url(
            self.mirror.context.settings.redis_url,
            retry=Retry(ExponentialBackoff(cap=1, base=0.05), -1),
            health_check_interval=5,
        )
        self._subscription = self._client.pubsub(ignore_subscribe_messages=True)
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._beat())]
        try:
            yield self
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._subscription.aclose()  # type: ignore[no-untyped-call]  # redis-py has no annotation here
            await self._client.aclose()

    async def look(self, screening_id: str) -> Watched:
        """The screening as it is now, followed from now on for a while.

        Raises:
            UnknownScreening, SeatingUnavailable
        """
        watched = self._watched.get(screening_id)
        if watched is None:
            screening = await self.mirror.catalogue.public_screening(screening_id)
            layout = await self.mirror.catalogue.layout(screening.layout_id)
            if len(self._watched) >= WATCHED_SCREENINGS_MAX:
                raise SeatingUnavailable
            watched = self._watched.setdefault(screening_id, Watched(layout))
        watched.looked_at_s = asyncio.get_running_loop().time()
        if not watched.current:
            await self._load(screening_id, watched)
        return watched

    async def _load(self, screening_id: str, watched: Watched) -> None:
        async with watched.loading:
            if watched.current:
                return
            if self._subscription is None:
                raise SeatingUnavailable
            try:
                await self._subscription.subscribe(keys_of(screening_id).changes())
            except (RedisError, OSError) as error:
                raise SeatingUnavailable from error
            _, (revision, states, layout_id) = await self.mirror.run("snapshot", screening_id, [])
            watched.layout = await self.mirror.catalogue.layout(layout_id.decode())
            watched.replace(int(revision), states)

    async def events(self, screening_id: str) -> AsyncIterator[bytes]:
        """Server-sent events of a screening: a snapshot, then each change; a comment line now and then.

        Raises:
            UnknownScreening, SeatingUnavailable: before the first event; also where too many look already.
        """
        watched = await self.look(screening_id)
        if self._viewers >= VIEWERS_MAX:
            raise SeatingUnavailable

        async def stream() -> AsyncIterator[bytes]:
            # Counted from here, since what follows is left alone where the viewer has gone before the first event.
            queue: asyncio.Queue[bytes] = asyncio.Queue(EVENTS_WAITING_MAX)
            watched.viewers.add(queue)
            self._viewers += 1
            try:
                yield b"retry: 2000\n" + event("snapshot", watched.revision, watched.body())
                while True:
                    waiting = await queue.get()
                    if waiting:
                        yield waiting
                    else:
                        await self.look(screening_id)
                        yield event("snapshot", watched.revision, watched.body())
            finally:
                watched.viewers.discard(queue)
                self._viewers -= 1

        return stream()

    async def _listen(self) -> None:
        subscription = self._subscription
        if subscription is None:
            return
        while True:
            try:
                if not subscription.subscribed:
                    await asyncio.sleep(0.05)
                    continue
                message = await subscription.get_message(timeout=BEAT_S)
                if message is not None and message["type"] == "message":
                    self._take(message)
            except (RedisError, OSError) as error:
                log.warning("live_lost", error=type(error).__name__)
                self._distrust()
                await asyncio.sleep(0.2)

    def _take(self, message: dict[str, Any]) -> None:
        screening_id = screening_of_channel(message["channel"].decode())
        watched = self._watched.get(screening_id)
        if watched is None:
            return
        number, _, text = message["data"].partition(b" ")
        revision = int(number)
        changes = [(int(part[:-1]), part[-1]) for part in text.split(b",")] if text else []
        if revision <= watched.revision and watched.current:
            return
        if watched.apply(revision, changes):
            if watched.viewers:
                labels = watched.layout.labels
                seats = {labels[index]: STATE_OF_BYTE[state] for index, state in changes}
                body = msgspec.json.encode({"revision": revision, "seats": seats})
                watched.tell(event("change", revision, body))
        else:
            watched.tell(b"")

    def _distrust(self) -> None:
        for watched in self._watched.values():
            watched.current = False

    async def _beat(self) -> None:
        """Once a second: let holds of what is looked at expire in sight, and forget what nobody looks at."""
        while True:
            await asyncio.sleep(BEAT_S)
            self._beats += 1
            now_s = asyncio.get_running_loop().time()
            for screening_id, watched in list(self._watched.items()):
                if not watched.viewers and now_s - watched.looked_at_s > UNWATCHED_S_MAX:
                    del self._watched[screening_id]
                    if self._subscription is not None:
                        with contextlib.suppress(RedisError, OSError):
                            await self._subscription.unsubscribe(keys_of(screening_id).changes())
            with contextlib.suppress(TicketingError):
                await asyncio.gather(*map(self._check, list(self._watched.items())))
            if self._beats % PING_EVERY_BEATS == 0:
                for watched in self._watched.values():
                    watched.tell(b": still here\n\n")

    async def _check(self, entry: tuple[str, Watched]) -> None:
        screening_id, watched = entry
        _, (revision, states, layout_id) = await self.mirror.run("snapshot", screening_id, [])
        # The listener may be a moment behind; what stays behind for a whole beat was lost on the way.
        if int(revision) > watched.revision:
            await asyncio.sleep(BEAT_S / 4)
        if int(revision) > watched.revision:
            watched.layout = await self.mirror.catalogue.layout(layout_id.decode())
            watched.replace(int(revision), states)
            watched.tell(b"")


def event(name: str, revision: int, body: bytes) -> bytes:
    """One server-sent event (WHATWG HTML, 9.2): its name, the revision as its id, one line of JSON."""
    return b"event: %b\nid: %d\ndata: %b\n\n" % (name.encode(), revision, body)
