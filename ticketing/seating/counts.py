"""How full screenings are, many at once."""

import asyncio
from collections.abc import Sequence

from ticketing.kernel.errors import TicketingError
from ticketing.programme.shared_cache import SharedCache
from ticketing.seating.mirror import Mirror
from ticketing.seating.model import Counts
from ticketing.seating.scripts import run_script

COUNTS_CACHE_S = 1.0
COUNTED_MAX = 5000


class MirrorCounts:
    """Counts read from the mirrors, in one round trip for many screenings, kept for a second a process."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._counts: SharedCache[str, Counts | None] = SharedCache(COUNTED_MAX, COUNTS_CACHE_S)

    async def counts(self, screening_id: str) -> Counts | None:
        """The counts of a screening, now; None while its mirror can't be had."""
        try:
            _, (free, held, reserved, sold, blocked) = await self._mirror.run("count", screening_id, [])
        except TicketingError:
            return None
        return Counts(free + held + reserved + sold + blocked, free, held, reserved, sold, blocked)

    async def counts_of(self, screening_ids: Sequence[str]) -> dict[str, Counts]:
        """The counts of many screenings, at most a second old; those that can't be had are left out."""
        found = await asyncio.gather(*map(self._cached, screening_ids))
        return {
            screening_id: counts
            for screening_id, counts in zip(screening_ids, found, strict=True)
            if counts is not None
        }

    async def counts_known(self, screening_ids: Sequence[str]) -> dict[str, Counts]:
        """The counts of those screenings whose mirrors are there, now. Builds none, so it asks Postgres nothing."""
        redis = self._mirror.context.redis
        try:
            found = await asyncio.gather(*(run_script(redis, "count", one, []) for one in screening_ids))
        except TicketingError:
            return {}
        return {
            screening_id: Counts(sum(rest), *rest)
            for screening_id, (outcome, rest) in zip(screening_ids, found, strict=True)
            if outcome == "ok"
        }

    async def free_places(self, screening_ids: Sequence[str]) -> dict[str, int]:
        """Free places by screening; see ``programme.model.SeatCounts``."""
        return {screening_id: counts.free for screening_id, counts in (await self.counts_of(screening_ids)).items()}

    async def _cached(self, screening_id: str) -> Counts | None:
        return await self._counts.get(screening_id, lambda: self.counts(screening_id))
