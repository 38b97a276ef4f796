"""Calls of one process that wait together leave together.

While one batch is on its way, the calls that arrive meanwhile form the next, and a batch waits while each turn of
the loop brings another call. No timer: a single call leaves at once, and the busier the house, the more calls share
one round trip and one commit.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

from ticketing.kernel.errors import TicketingError, TooMany

QUIET_TURNS: Final = 2

Call = TypeVar("Call")
Answer = TypeVar("Answer")


class Batches(Generic[Call, Answer]):
    """At most ``batch_max`` calls a batch, ``senders_max`` batches under way, ``waiting_max`` calls in the queue.

    ``send`` answers a batch in its order, or raises for all of it, having done nothing. One per process.
    """

    def __init__(
        self,
        send: Callable[[Sequence[Call]], Awaitable[Sequence[Answer]]],
        *,
        batch_max: int,
        senders_max: int,
        waiting_max: int,
    ) -> None:
        self._send = send
        self._batch_max = batch_max
        self._senders_max = senders_max
        self._waiting_max = waiting_max
        self._waiting: deque[tuple[Call, asyncio.Future[Answer]]] = deque()
        self._senders: set[asyncio.Task[None]] = set()

    async def call(self, call: Call) -> Answer:
        """The answer to one call. A caller who hangs up does not take it back: it may be under way.

        Raises:
            TooMany: too many calls wait. It was not made.
            Exception: what ``send`` raises.
        """
        if len(self._waiting) >= self._waiting_max:
            raise TooMany(retry_after_s=1)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((call, future))
        if len(self._senders) < self._senders_max:
            task = asyncio.create_task(self._send_waiting())
            self._senders.add(task)
            task.add_done_callback(self._senders.discard)
        return await future

    async def _send_waiting(self) -> None:
        while self._waiting:
            await self._let_others_come()
            # The other sender may have taken them meanwhile.
            if batch := [self._waiting.popleft() for _ in range(min(len(self._waiting), self._batch_max))]:
                await self._send_batch(batch)

    async def _let_others_come(self) -> None:
        """Wait until some turns of the loop bring no further call, or the batch is full.

        A busy process has many requests on their way to their call: they leave together. An idle one loses
        some microseconds.
        """
        quiet_turns = 0
        while quiet_turns < QUIET_TURNS and len(self._waiting) < self._batch_max:
            waiting = len(self._waiting)
            await asyncio.sleep(0)
            quiet_turns = quiet_turns + 1 if len(self._waiting) <= waiting else 0

    async def _send_batch(self, batch: Sequence[tuple[Call, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._send([call for call, _ in batch])
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
        except Exception as error:  # noqa: BLE001 - it reaches those who called
            if len(batch) > 1 and not isinstance(error, TicketingError):
                # One call among them may be what can't be done: the others shall not suffer for it.
                for one in batch:
                    await self._send_batch([one])
                return
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
        except BaseException:
            for _, future in batch:
                future.cancel()
            raise
