"""The house itself: its schema, its keys, its people, the work that waits."""

import asyncpg

from ticketing.doctor.findings import Finding, ok, problem, warning
from ticketing.doctor.servers import CONNECT_TIMEOUT_S, SQL
from ticketing.kernel.context import open_context
from ticketing.kernel.errors import DatabaseUnavailable
from ticketing.kernel.migrations import MigrationsDiverge, pending_migrations
from ticketing.kernel.settings import Settings
from ticketing.tickets.keys import list_keys


async def check_migrations(settings: Settings) -> list[Finding]:
    """Whether the schema is that of this release."""
    connection = await asyncpg.connect(settings.database_url, timeout=CONNECT_TIMEOUT_S)
    try:
        pending = await pending_migrations(connection)
    except MigrationsDiverge as error:
        return [problem("the database has other migrations than this release", str(error))]
    finally:
        await connection.close()
    if pending:
        return [problem(f"{len(pending)} migrations are not applied", "run `ticketing migrate`")]
    return [ok("migrations")]


async def check_house(settings: Settings) -> list[Finding]:
    """What the tables tell. They must be those of this release."""
    findings: list[Finding] = []
    try:
        async with open_context(settings) as context:
            keys = await list_keys(context)
            (counts,) = await context.postgres.fetch(SQL.count_what_matters)
    except DatabaseUnavailable as error:
        return [problem(f"Postgres went away: {error}", "look at its log, and run `ticketing doctor` again")]
    if any(key.signs and key.can_sign for key in keys):
        findings.append(ok("signing key"))
    else:
        findings.append(problem("there is no key to sign tickets with", "run `ticketing keys rotate`"))
    if not counts["admins"]:
        findings.append(warning("nobody can administer", "run `ticketing staff add LOGIN --role admin`"))
    if counts["jobs_late"]:
        text = f"{counts['jobs_late']} jobs wait longer than 5 minutes: mails and expiries are late"
        findings.append(problem(text, "run `ticketing worker`, or more of them"))
    if counts["jobs_failed"]:
        text = f"{counts['jobs_failed']} jobs were given up"
        findings.append(warning(text, "their last_error says why: select * from job where failed_at is not null"))
    return findings
