"""A random walk through the life of a festival, with everything that can go wrong on the way."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from tests.simulator import after_sale_deeds, counter_deeds, deeds, payment_deeds, waiting
from tests.simulator.invariants import (
    InvariantBroken,
    check_books,
    check_confirmed,
    check_holds,
    check_ledger,
    check_mirror,
)
from tests.simulator.world import ORDER_TTL_S, World
from ticketing.kernel import errors
from ticketing.sales.changes.exchange_payment import expire_exchanges
from ticketing.sales.ledger import seal_ledger
from ticketing.sales.orders import expire_orders
from ticketing.sales.refunds import settle_refunds
from ticketing.seating.mirror import Mirror
from ticketing.seating.scripts import keys_of

LEDGER_CHECKED_EVERY_STEPS = 25
EVERY_DEED = deeds.DEEDS | payment_deeds.DEEDS | counter_deeds.DEEDS | after_sale_deeds.DEEDS | waiting.DEEDS
WRITING_IN_POSTGRES = (
    *deeds.WRITING_IN_POSTGRES,
    *payment_deeds.WRITING_IN_POSTGRES,
    *counter_deeds.WRITING_IN_POSTGRES,
    *after_sale_deeds.WRITING_IN_POSTGRES,
    *waiting.WRITING_IN_POSTGRES,
)
# Makes a hold's term run out, as if its minutes had passed.
END_TERM = """
local text = redis.call('HGET', KEYS[3], ARGV[1])
if text then
  local now = redis.call('TIME')
  local past = string.format('%.0f', now[1] * 1000 - 5)
  redis.call('HSET', KEYS[3], ARGV[1], past .. string.match(text, '|.*$'))
  redis.call('ZADD', KEYS[4], past, ARGV[1])
  redis.call('HSET', KEYS[1], 'next', '0')
end
"""


class Simulation:
    """``steps`` steps from a seed. ``spoil`` is done to the world after each: to see that the checks can fail."""

    def __init__(self, world: World, seed: int, spoil: Callable[[World, Random], Any] | None = None) -> None:
        self.world, self.seed, self.spoil = world, seed, spoil
        self.rng = Random(seed)
        self.past: list[str] = []
        self.met: Counter[str] = Counter()

    async def run(self, steps: int) -> None:
        """Walk.

        Raises:
            InvariantBroken: with the seed, and the steps that led there.
        """
        ways = {
            self._plain: 60,
            self._crowd: 12,
            self._twice: 6,
            self._lose_an_answer: 8,
            self._die_before_the_mirror_knows: 4,
            self._end_terms: 5,
            self._time_passes: 5,
            self._reconcile: 6,
            self._flush: 2,
            self._lose_a_key: 2,
            self._restart_redis: 1,
            self._live_without_redis: 1,
            self._overlap: 1,
        }
        for number in range(1, steps + 1):
            (way,) = self.rng.choices(list(ways), list(ways.values()))
            self.past.append(way.__name__)
            try:
                await way()
                if self.spoil is not None:
                    await self.spoil(self.world, self.rng)
                await self._check(number == steps or number % LEDGER_CHECKED_EVERY_STEPS == 0)
            except Exception as error:
                trail = " ".join(self.past[-12:])
                raise InvariantBroken(
                    f"seed {self.seed}, step {number}: {error}\nled there: {trail}\n"
                    f"again: pytest tests/simulator --seed {self.seed} --steps {number}"
                ) from error

    async def _check(self, thorough: bool) -> None:
        await check_books(self.world)
        await check_confirmed(self.world)
        await check_holds(self.world)
        await waiting.check_waiting(self.world)
        if thorough:
            await self._reconcile()
            while await seal_ledger(self.world.context):
                pass
            await check_ledger(self.world)

    def _deed(self, *, writing: bool = False) -> deeds.Call:
        chances = {
            deed: chance for deed, chance in EVERY_DEED.items() if not writing or deed in WRITING_IN_POSTGRES
        }
        (deed,) = self.rng.choices(list(chances), list(chances.values()))
        self.past[-1] += f":{deed.__name__}"
        return deed(self.world, self.rng)

    async def _try(self, call: deeds.Call, *, outage: bool = False) -> bool:
        """Do it; True where it is to be done again, which an ``outage`` alone excuses. A refusal is an answer."""
        try:
            await call()
        except errors.Unavailable:
            if not outage:
                raise
            return True
        except errors.TicketingError as refusal:
            self.met[refusal.code] += 1
            self.past[-1] += f"={refusal.code}"
        else:
            self.met["done"] += 1
        return False

    async def _plain(self) -> None:
        await self._try(self._deed())

    async def _crowd(self) -> None:
        await asyncio.gather(*(self._try(self._deed()) for _ in range(self.rng.randint(2, 6))))

    async def _twice(self) -> None:
        call = self._deed()
        await asyncio.gather(self._try(call), self._try(call))
        await self._try(call)

    async def _lose_an_answer(self) -> None:
        """Postgres has done it, or has not; the answer is lost, and the client sends the same again."""
        call = self._deed(writing=True)
        self.world.proxy.cut_at_answer(self.rng.randint(1, 5))
        again = await self._try(call, outage=True)
        self.world.proxy.forward_all()
        if again:
            await self._try(call)

    async def _die_before_the_mirror_knows(self) -> None:
        async def died(*_: object, **__: object) -> None:
            return None

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Mirror, "settle", died)
            await self._try(self._deed(writing=True))

    async def _end_terms(self) -> None:
        for hold in self.rng.sample(list(self.world.holds), min(3, len(self.world.holds))):
            keys = keys_of(hold.rpartition(".")[0]).shared()
            await self.world.redis.eval(END_TERM, 4, *keys, hold)  # type: ignore[misc]
            self.world.holds.pop(hold)

    async def _time_passes(self) -> None:
        self.world.clock.ahead += timedelta(seconds=self.rng.choice((1, ORDER_TTL_S + 1)))
        await expire_orders(self.world.house.sales)
        await expire_exchanges(self.world.house.sales)
        await settle_refunds(self.world.house.sales)
        await seal_ledger(self.world.context)

    async def _reconcile(self) -> None:
        await self.world.house.mirror.reconcile(self.world.everywhere)
        self.world.keys_lost = False
        await check_mirror(self.world)
        await check_holds(self.world)

    async def _flush(self) -> None:
        await self.world.redis.flushall()

    async def _lose_a_key(self) -> None:
        self.world.keys_lost = True
        await self.world.redis.delete(self.rng.choice(keys_of(self.rng.choice(self.world.everywhere)).shared()))

    async def _restart_redis(self) -> None:
        await self.world.restart_redis()

    async def _live_without_redis(self) -> None:
        """What needs no seats goes on; what does is told so, and works again afterwards."""
        self.world.stop_redis()
        calls = [self._deed() for _ in range(3)]
        again = [call for call in calls if await self._try(call, outage=True)]
        self.world.valkey.start()
        for call in again:
            await self._try(call)

    async def _overlap(self) -> None:
        """9: a screening is moved onto another in its hall, and Postgres does not have it."""
        with contextlib.suppress(Exception):
            await self.world.auditor.execute(
                "update screening set hall_id = $1 where screening_id <> $2", "hall-1", self.world.everywhere[0]
            )
