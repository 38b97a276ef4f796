"""What every use case is handed: settings, Postgres, Redis, the clock, the house's secrets."""

import contextlib
import dataclasses
from collections.abc import AsyncIterator

from ticketing.kernel.clock import Clock, SystemClock
from ticketing.kernel.postgres import Pool, open_pool
from ticketing.kernel.redis import Redis
from ticketing.kernel.secrets import Secrets, keep_secret
from ticketing.kernel.settings import Settings


@dataclasses.dataclass(frozen=True, slots=True)
class Context:
    """The ground floor of one process. Shared by all its requests; holds no state of any of them."""

    settings: Settings
    postgres: Pool
    redis: Redis
    clock: Clock
    secrets: Secrets


@contextlib.asynccontextmanager
async def open_context(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Context]:
    """Connect, and close again at the end. Redis may be down: connections to it are made when needed.

    Raises:
        DatabaseUnavailable: Postgres does not answer.
    """
    secrets = Secrets(settings.secret or keep_secret(settings.data_path))
    postgres = await open_pool(
        settings.database_url,
        connections_max=settings.postgres_connections_max,
        statement_timeout_ms=settings.postgres_statement_timeout_ms,
    )
    redis = Redis(settings.redis_url, timeout_ms=settings.redis_timeout_ms)
    try:
        yield Context(settings, postgres, redis, clock or SystemClock(), secrets)
    finally:
        await redis.close()
        await postgres.close()
