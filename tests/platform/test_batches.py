"""Calls that wait together leave together, and none suffers for another."""

import asyncio
from collections.abc import Sequence

import pytest

from ticketing.kernel.batches import Batches
from ticketing.kernel.errors import DatabaseUnavailable, TooMany


class Sender:
    """Doubles numbers; refuses 13, and everything while it is ``down``. Remembers what came in one batch."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.down = False

    async def send(self, numbers: Sequence[int]) -> list[int]:
        self.batches.append(list(numbers))
        await asyncio.sleep(0.01)
        if self.down:
            raise DatabaseUnavailable
        if 13 in numbers:
            raise ValueError("13")
        return [2 * number for number in numbers]


def batches_of(sender: Sender, *, waiting_max: int = 100) -> Batches[int, int]:
    return Batches(sender.send, batch_max=8, senders_max=2, waiting_max=waiting_max)


async def test_calls_of_a_moment_share_a_batch() -> None:
    sender = Sender()
    batches = batches_of(sender)
    answers = await asyncio.gather(*(batches.call(number) for number in range(1, 13)))
    assert answers == [2 * number for number in range(1, 13)]
    assert len(sender.batches) == 2
    assert max(len(batch) for batch in sender.batches) <= 8
    assert await batches.call(5) == 10


async def test_those_on_their_way_come_along_and_no_batch_is_empty() -> None:
    sender = Sender()
    batches = batches_of(sender)

    async def call_after(turns: int) -> int:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await batches.call(turns)

    assert await asyncio.gather(*map(call_after, range(5))) == [0, 2, 4, 6, 8]
    assert [sorted(batch) for batch in sender.batches] == [[0, 1, 2, 3, 4]]


async def test_one_that_fails_fails_alone() -> None:
    batches = batches_of(Sender())
    answers = await asyncio.gather(*(batches.call(number) for number in (12, 13, 14)), return_exceptions=True)
    assert (answers[0], answers[2]) == (24, 28)
    assert isinstance(answers[1], ValueError)


async def test_an_outage_reaches_everybody_and_ends() -> None:
    sender = Sender()
    sender.down = True
    batches = batches_of(sender)
    answers = await asyncio.gather(*(batches.call(number) for number in range(3)), return_exceptions=True)
    assert all(isinstance(answer, DatabaseUnavailable) for answer in answers)
    sender.down = False
    assert await batches.call(1) == 2


async def test_the_queue_is_bounded() -> None:
    batches = batches_of(Sender(), waiting_max=3)
    answers = await asyncio.gather(*(batches.call(number) for number in range(5)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [int, int, int, TooMany, TooMany]


async def test_who_hangs_up_stops_nobody_else() -> None:
    batches = batches_of(Sender())
    tasks = [asyncio.create_task(batches.call(number)) for number in range(4)]
    await asyncio.sleep(0.001)
    tasks[1].cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(answers[1], asyncio.CancelledError)
    assert [answers[0], *answers[2:]] == [0, 4, 6]


async def test_a_sender_that_is_cancelled_leaves_nobody_waiting() -> None:
    sender = Sender()
    batches = batches_of(sender)
    task = asyncio.create_task(batches.call(1))
    await asyncio.sleep(0.005)
    for sending in batches._senders:
        sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
