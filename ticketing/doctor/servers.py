"""The servers: Postgres and Redis, each asked directly."""

from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from ticketing.doctor.findings import Finding, ok, problem, warning
from ticketing.kernel.postgres import CONNECTION_ERRORS
from ticketing.kernel.queries import load_queries

SQL = load_queries("doctor")

POSTGRES_VERSION_MIN: Final = 15
REDIS_VERSION_MIN: Final = 7
CLOCK_WARNING_S: Final = 2.0
CLOCK_PROBLEM_S: Final = 30.0
CONNECT_TIMEOUT_S: Final = 5.0


async def check_postgres(url: str, *, connections_needed: int = 0) -> list[Finding]:
    """Whether Postgres answers, is new enough, and is set up so that it loses nothing."""
    if not url:
        return [problem("no database is named", "set DATABASE_URL, or run `make demo`")]
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_TIMEOUT_S)
    except (ValueError, *CONNECTION_ERRORS, asyncpg.PostgresError) as error:
        return [
            problem(
                f"Postgres at {without_password(url)}: {str(error) or type(error).__name__}",
                _postgres_advice(error),
            )
        ]
    try:
        (facts,) = await connection.fetch(SQL.describe_server)
    finally:
        await connection.close()
    findings = [ok(f"Postgres {facts['version'].split()[0]} at {without_password(url)}")]
    if facts["version_number"] < POSTGRES_VERSION_MIN * 10_000:
        findings.append(problem(f"Postgres is {facts['version']}", f"use Postgres {POSTGRES_VERSION_MIN} or newer"))
    if facts["encoding"] != "UTF8":
        advice = "make the database anew: create database ticketing encoding 'UTF8' template template0"
        findings.append(problem(f"the database is encoded in {facts['encoding']}", advice))
    if not facts["may_create"]:
        advice = "make this user the owner of the database: alter database … owner to …"
        findings.append(problem("this user may not make tables in the database", advice))
    if not facts["fsync"] or facts["synchronous_commit"] == "off":
        advice = "switch fsync and synchronous_commit on: a crash would lose orders that were answered as confirmed"
        findings.append(problem("Postgres forgets what it has confirmed", advice))
    if facts["connections_max"] < connections_needed:
        text = f"Postgres takes {facts['connections_max']} connections, and we may use {connections_needed}"
        findings.append(
            warning(
                text, "raise max_connections, put PgBouncer in front, or lower TICKETING_POSTGRES_CONNECTIONS_MAX"
            )
        )
    return [*findings, *_check_clock("Postgres", facts["now"])]


async def check_redis(url: str) -> list[Finding]:
    """Whether Redis or Valkey answers, is new enough, runs scripts and forgets nothing of its own accord."""
    if not url:
        return [problem("no Redis is named", "set REDIS_URL, or run `make demo`")]
    try:
        client = Redis.from_url(url, socket_timeout=CONNECT_TIMEOUT_S, socket_connect_timeout=CONNECT_TIMEOUT_S)
    except ValueError as error:
        return [problem(f"REDIS_URL: {error}", "write redis://host:6379/0, rediss://… or unix:///path/to.sock")]
    try:
        async with client:
            server = await client.info("server")
            seconds, micros = await client.time()
            await client.eval("return 1", 0)
            policy = await _eviction_policy(client)
    except (RedisError, OSError) as error:
        advice = "start it, or mend REDIS_URL; its log says more"
        return [problem(f"Redis at {without_password(url)}: {error}", advice)]
    valkey = server.get("valkey_version")
    name = f"Valkey {valkey}" if valkey else f"Redis {server['redis_version']}"
    findings = [ok(f"{name} at {without_password(url)}")]
    if int(str(server["redis_version"]).split(".")[0]) < REDIS_VERSION_MIN:
        findings.append(problem(f"{name} is too old", f"use Redis {REDIS_VERSION_MIN} or newer, or Valkey"))
    if policy is not None and policy != "noeviction":
        text = f"maxmemory-policy is {policy}: when memory is short, holds are forgotten"
        findings.append(warning(text, "set maxmemory-policy noeviction, on a server of our own"))
    return [*findings, *_check_clock("Redis", datetime.fromtimestamp(seconds + micros / 1e6, UTC))]


async def _eviction_policy(client: "Redis") -> str | None:
    try:
        return str((await client.config_get("maxmemory-policy")).get("maxmemory-policy"))
    except ResponseError:
        return None  # managed servers forbid CONFIG


def _check_clock(name: str, theirs: datetime) -> list[Finding]:
    apart_s = abs((datetime.now(UTC) - theirs).total_seconds())
    if apart_s < CLOCK_WARNING_S:
        return []
    found = problem if apart_s >= CLOCK_PROBLEM_S else warning
    text = f"the clock of {name} is {apart_s:.0f} s away from ours: holds and sales windows end at the wrong time"
    return [found(text, "switch on time synchronisation (systemd-timesyncd, chrony) on both machines")]


def _postgres_advice(error: BaseException) -> str:
    if isinstance(error, asyncpg.InvalidCatalogNameError):
        return "make the database: createdb ticketing"
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError | asyncpg.InvalidPasswordError):
        return "mend user or password in DATABASE_URL, or pg_hba.conf"
    if isinstance(error, ValueError | asyncpg.ClientConfigurationError):
        return "write DATABASE_URL as postgresql://user:password@host:5432/ticketing, or …?host=/run/postgresql"
    return "start it, or mend DATABASE_URL; its log says more"


def without_password(url: str) -> str:
    """An address that can be shown."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return url.replace(f":{parts.password}@", ":…@", 1)
