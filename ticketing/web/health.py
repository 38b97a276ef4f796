"""For machines that watch over us."""

import asyncio
import os
from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from ticketing.kernel.context import Context
from ticketing.kernel.errors import SeatingUnavailable
from ticketing.kernel.postgres import CONNECTION_ERRORS
from ticketing.staff.guards import PUBLIC

ASK_TIMEOUT_S = 2.0


class Health(msgspec.Struct, frozen=True):
    """Which parts answer."""

    status: str
    postgres: bool
    redis: bool


@get("/health/live", opt=PUBLIC, tags=["health"], summary="This process runs")
async def get_live() -> dict[str, str]:
    return {"status": "live"}


@get("/health/ready", opt=PUBLIC, tags=["health"], summary="Postgres and Redis answer")
async def get_ready(context: NamedDependency[Context]) -> Response[Health]:
    """503 while one of them does not answer."""
    postgres, redis = await asyncio.gather(_postgres_answers(context), _redis_answers(context))
    ready = postgres and redis
    return Response(Health("ready" if ready else "not_ready", postgres, redis), status_code=200 if ready else 503)


async def _postgres_answers(context: Context) -> bool:
    try:
        async with asyncio.timeout(ASK_TIMEOUT_S):
            await context.postgres.fetchval("select 1")
    except CONNECTION_ERRORS:
        return False
    return True


async def _redis_answers(context: Context) -> bool:
    try:
        async with asyncio.timeout(ASK_TIMEOUT_S):
            await context.redis.call("PING")
    except (SeatingUnavailable, TimeoutError):
        return False
    return True


@get("/metrics", opt=PUBLIC, include_in_schema=False)
async def get_metrics() -> Response[Any]:
    """Of all web processes together, where ``PROMETHEUS_MULTIPROC_DIR`` is set (``ticketing serve`` sets it)."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus_client has no annotation here
        body = await asyncio.to_thread(generate_latest, registry)
    else:
        body = generate_latest()
    return Response(body, media_type=CONTENT_TYPE_LATEST)


routes = [get_live, get_ready, get_metrics]
