"""Values that many ask for at once and few have to fetch."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class SharedCache(Generic[Key, Value]):
    """At most `entries_max` values, each kept for `keep_s` (None: for good); the least recently used leave first.

    Those who miss the same key at the same time share one load; it goes on when the one who began it is
    cancelled. A load that fails is not kept: the next one tries again.
    """

    def __init__(self, entries_max: int, keep_s: float | None) -> None:
        self._entries_max = entries_max
        self._keep_s = keep_s
        self._entries: OrderedDict[Key, tuple[float, Value]] = OrderedDict()
        self._loads: dict[Key, asyncio.Task[Value]] = {}

    def peek(self, key: Key) -> Value | None:
        """The value of `key` if it is here and fresh, without waiting: the way of those in a hurry."""
        entry = self._entries.get(key)
        if entry is None or (self._keep_s is not None and _seconds() - entry[0] >= self._keep_s):
            return None
        self._entries.move_to_end(key)
        return entry[1]

    async def get(self, key: Key, load: Callable[[], Awaitable[Value]]) -> Value:
        """The value of `key`, from here or by `load`, whose errors reach everybody who waits for it."""
        value = self.peek(key)
        if value is not None:
            return value
        task = self._loads.get(key)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._load(key, load))
            self._loads[key] = task
            task.add_done_callback(lambda done: self._loaded(key, done))
        return await asyncio.shield(task)

    def forget(self) -> None:
        """Empty the cache; a load that is under way is not kept either."""
        self._entries.clear()
        self._loads.clear()

    async def _load(self, key: Key, load: Callable[[], Awaitable[Value]]) -> Value:
        # The age is counted from before the query, so that no answer is ever older than `keep_s`.
        asked_at = _seconds()
        value = await load()
        if self._loads.get(key) is asyncio.current_task():
            self._entries[key] = (asked_at, value)
            self._entries.move_to_end(key)
            while len(self._entries) > self._entries_max:
                self._entries.popitem(last=False)
        return value

    def _loaded(self, key: Key, task: "asyncio.Task[Value]") -> None:
        if self._loads.get(key) is task:
            del self._loads[key]
        if not task.cancelled():
            task.exception()  # taken note of here, since everybody who waited may have gone


def _seconds() -> float:
    return asyncio.get_running_loop().time()
