"""How often one may try to sign in.

Failures are counted per address with login, and per address: a stranger who fails under somebody's name from
elsewhere never keeps that somebody out. Counted in Redis, for all processes together; while Redis is away each
process counts for itself, because the staff must be able to sign in then too.
"""

import hashlib
import time
from collections import OrderedDict
from typing import Final

from redis.exceptions import ResponseError

from ticketing.kernel.context import Context
from ticketing.kernel.errors import SeatingUnavailable, TooMany
from ticketing.kernel.redis import Script

WINDOW_S: Final = 300
FAILURES_PER_ADDRESS_AND_LOGIN_MAX: Final = 10
# Whole houses share an address behind a mobile router.
FAILURES_PER_ADDRESS_MAX: Final = 100
LOCAL_COUNTERS_MAX: Final = 10_000

# KEYS: one counter. ARGV: the step (+1 before the try, -1 after a success), the window in ms.
# Answers the count and the milliseconds until the window ends.
_COUNT = Script(
    "count_sign_in",
    """
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  left = tonumber(ARGV[2])
end
if count <= 0 then redis.call('DEL', KEYS[1]) end
return {count, left}
""",
)


class _LocalCounters:
    """Counters of this process alone, for as long as Redis is away; those touched longest ago are forgotten."""

    def __init__(self) -> None:
        self._counters: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def count(self, key: str, step: int) -> tuple[int, float]:
        now = time.monotonic()
        count, ends = self._counters.pop(key, (0, 0.0))
        if ends <= now:
            count, ends = 0, now + WINDOW_S
        self._counters[key] = (max(count + step, 0), ends)
        while len(self._counters) > LOCAL_COUNTERS_MAX:
            self._counters.popitem(last=False)
        return count + step, ends - now


_local = _LocalCounters()


async def admit_try(context: Context, client: str, login: str) -> None:
    """Count a try before it is made, so that many at once are counted too.

    Raises:
        TooMany: this address, or this address with this login, has failed too often; with ``retry_after_s``.
    """
    for key, failures_max in _counters(client, login):
        count, left_s = await _count(context, key, 1)
        if count > failures_max:
            raise TooMany(retry_after_s=max(1, round(left_s)))


async def forgive_try(context: Context, client: str, login: str) -> None:
    """Take the try back: it was a success."""
    for key, _ in _counters(client, login):
        await _count(context, key, -1)


def _counters(client: str, login: str) -> tuple[tuple[str, int], tuple[str, int]]:
    # Digests, so that no address and no login stands in Redis.
    return (
        (_key(client, login), FAILURES_PER_ADDRESS_AND_LOGIN_MAX),
        (_key(client), FAILURES_PER_ADDRESS_MAX),
    )


def _key(*parts: str) -> str:
    return "sign-in:" + hashlib.blake2b("\x00".join(parts).encode(), digest_size=16).hexdigest()


async def _count(context: Context, key: str, step: int) -> tuple[int, float]:
    try:
        count, left_ms = await context.redis.run(_COUNT, [key], [step, WINDOW_S * 1000])
    except (SeatingUnavailable, ResponseError):
        return _local.count(key, step)
    return int(count), int(left_ms) / 1000
