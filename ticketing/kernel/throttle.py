"""How often somebody may do something, counted for all processes together.

Counted in Redis; while Redis is away each process counts for itself, so that nothing that needs no seats stops.
"""

import hashlib
import ipaddress
import time
from collections import OrderedDict
from typing import Final, NamedTuple

from redis.exceptions import ResponseError

from ticketing.kernel.context import Context
from ticketing.kernel.errors import SeatingUnavailable, TooMany
from ticketing.kernel.redis import Script

LOCAL_COUNTERS_MAX: Final = 10_000

# KEYS: one counter. ARGV: the step (+1 for what is done, -1 to take it back), the window in ms.
# Answers the count and the milliseconds until the window ends.
_COUNT = Script(
    "count_in_window",
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


class Limit(NamedTuple):
    """At most ``counted_max`` times in ``window_s`` seconds from the first time on. ``name`` tells limits apart."""

    name: str
    counted_max: int
    window_s: int


class _LocalCounters:
    """Counters of this process alone, for as long as Redis is away; those touched longest ago are forgotten."""

    def __init__(self) -> None:
        self._counters: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def count(self, key: str, step: int, window_s: int) -> tuple[int, float]:
        now = time.monotonic()
        count, ends = self._counters.pop(key, (0, 0.0))
        if ends <= now:
            count, ends = 0, now + window_s
        self._counters[key] = (max(count + step, 0), ends)
        while len(self._counters) > LOCAL_COUNTERS_MAX:
            self._counters.popitem(last=False)
        return count + step, ends - now


_local = _LocalCounters()


def network_of(subject: str) -> str:
    """Whom a client's address stands for: of IPv6 its network of 64 bits, since whoever has one address there has
    all of them (RFC 6177); an IPv4 address however it is written. Anything else is told as it came.
    """
    if ":" not in subject:
        return subject
    try:
        address = ipaddress.IPv6Address(subject)
    except ValueError:
        return subject
    return str(address.ipv4_mapped or ipaddress.IPv6Network((address, 64), strict=False))


async def count_or_refuse(context: Context, limit: Limit, *subject: str) -> None:
    """Count once more for a subject (an address, a login, …), before the thing is done. See :func:`network_of`.

    Raises:
        TooMany: it was done too often, with ``retry_after_s``.
    """
    count, left_s = await _count(context, limit, subject, 1)
    if count > limit.counted_max:
        raise TooMany(retry_after_s=max(1, round(left_s)))


async def was_counted(context: Context, limit: Limit, *subject: str) -> bool:
    """Whether something has been counted for a subject in this window; nothing is."""
    return (await _count(context, limit, subject, 0))[0] > 0


async def take_back(context: Context, limit: Limit, *subject: str) -> None:
    """What was counted shall not count after all."""
    await _count(context, limit, subject, -1)


async def _count(context: Context, limit: Limit, subject: tuple[str, ...], step: int) -> tuple[int, float]:
    # A digest, so that no address and no login stands in Redis.
    told = "\x00".join(network_of(part) for part in subject)
    digest = hashlib.blake2b(told.encode(), digest_size=16).hexdigest()
    key = f"{limit.name}:{digest}"
    try:
        count, left_ms = await context.redis.run(_COUNT, [key], [step, limit.window_s * 1000])
    except (SeatingUnavailable, ResponseError):
        return _local.count(key, step, limit.window_s)
    return int(count), int(left_ms) / 1000
