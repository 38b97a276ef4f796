"""What can be wrong with an installation, looked for one by one, each with what to do about it."""

from typing import Final

from ticketing.doctor.findings import Finding, Level
from ticketing.doctor.house import check_house, check_migrations
from ticketing.doctor.machine import check_fonts, check_machine, check_settings
from ticketing.doctor.servers import check_postgres, check_redis
from ticketing.kernel.settings import Settings

__all__ = ["Finding", "Level", "check_postgres", "check_redis", "examine"]

# What a server's operator has to allow for other things than us.
CONNECTIONS_SPARE: Final = 10


async def examine(settings: Settings) -> list[Finding]:
    """Everything, in the order in which it has to be mended."""
    findings = [*check_machine(settings), *check_settings(settings), check_fonts()]
    postgres = await check_postgres(settings.database_url, connections_needed=connections_needed(settings))
    findings += postgres
    findings += await check_redis(settings.redis_url)
    if postgres[0].level is Level.OK:
        migrations = await check_migrations(settings)
        findings += migrations
        if not any(found.level is Level.PROBLEM for found in migrations):
            findings += await check_house(settings)
    return findings


def connections_needed(settings: Settings) -> int:
    """Postgres connections of one machine: its web processes, one worker, and some for people."""
    return (settings.workers + 1) * settings.postgres_connections_max + CONNECTIONS_SPARE
