"""Work that would hold up the event loop, done by a few threads, with a bounded queue in front of them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from ticketing.kernel.errors import TooMany

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Threads:
    """At most ``threads_max`` jobs at once and ``waiting_max`` more in the queue.

    What is under way bounds the memory (a password hash takes 64 MiB), what may wait bounds the time of those
    who come last. Belongs to a process, not to an event loop.
    """

    def __init__(self, name: str, *, threads_max: int, waiting_max: int) -> None:
        self._executor = ThreadPoolExecutor(threads_max, thread_name_prefix=name)
        self._jobs = 0
        self._jobs_max = threads_max + waiting_max

    async def run(
        self, work: Callable[Arguments, Result], *arguments: Arguments.args, **named: Arguments.kwargs
    ) -> Result:
        """The result of ``work``, which must not touch the event loop.

        Raises:
            TooMany: the queue is full. Nothing was begun.
        """
        if self._jobs >= self._jobs_max:
            raise TooMany(retry_after_s=1)
        self._jobs += 1
        future = asyncio.get_running_loop().run_in_executor(self._executor, partial(work, *arguments, **named))
        # Counted until the thread is done, not until the caller is: a caller who hangs up frees no thread.
        future.add_done_callback(self._finished)
        return await asyncio.shield(future)

    def _finished(self, future: "asyncio.Future[Result]") -> None:
        self._jobs -= 1
        if not future.cancelled():
            future.exception()  # taken note of here, since the caller may have gone
