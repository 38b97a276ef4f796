"""Jobs: rows that a transaction leaves behind, done by a worker until they succeed or are given up.

A job runs at least once: its row goes only after it is done. So each kind of job must bear being repeated.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog
from prometheus_client import Counter, Gauge

from ticketing.kernel.context import Context
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries

SQL = load_queries("jobs")
ATTEMPTS_MAX = 12
FIRST_PAUSE_S = 5
PAUSE_MAX_S = 3600
ERROR_SIGNS_MAX = 500
WORK_MAX_S = 90
"""A job that works longer is broken off and tried again. Longer than a mail may take, see ``kernel/mail.py``."""

Work = Callable[[dict[str, Any]], Awaitable[None]]


class GivenUp(Exception):
    """A job says that it can never succeed: it is given up at once. Its text is kept for the operator, who is the
    only one to see it; it may say what was refused and with which code, and names no person.
    """


log = structlog.get_logger(__name__)
DONE = Counter("ticketing_jobs_total", "Jobs by kind and outcome", ("kind", "outcome"))
WAITING = Gauge("ticketing_jobs_waiting", "Jobs that wait", multiprocess_mode="max")
FAILED = Gauge("ticketing_jobs_failed", "Jobs that were given up", multiprocess_mode="max")


def pause_s(attempts: int) -> int:
    """How long a job rests after its n-th failure: 5 s, 10 s, 20 s, … an hour at most."""
    return min(PAUSE_MAX_S, FIRST_PAUSE_S << min(attempts, 20))


async def do_jobs(context: Context, kinds: Mapping[str, Work]) -> int:
    """Do the next job that is due, if there is one; how many were taken (0 or 1).

    One at a time and in a transaction of its own: a worker that is killed gives its job back at once.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors(), context.postgres.acquire() as connection, connection.transaction():
        job = await connection.fetchrow(SQL.take_jobs, context.clock.now(), 1)
        if job is None:
            return 0
        # The row stays locked while the work lasts, however long a server far away takes to answer.
        await connection.execute(SQL.allow_long_work, f"{WORK_MAX_S + 10}s")
        work = kinds.get(job["kind"])
        try:
            if work is None:
                raise LookupError(f"no job is called {job['kind']}")  # noqa: TRY301 - handled like any failure
            async with asyncio.timeout(WORK_MAX_S):
                await work(job["payload"])
        except GivenUp as error:
            await connection.execute(
                SQL.give_up_job, job["job_id"], str(error)[:ERROR_SIGNS_MAX], context.clock.now()
            )
            DONE.labels(job["kind"], "given_up").inc()
            log.warning("job_given_up", kind=job["kind"], job=job["job_id"], error=str(error)[:ERROR_SIGNS_MAX])
        except Exception as error:  # noqa: BLE001 - whatever it was, the job stays and is tried again
            now = context.clock.now()
            # The text may quote what it worked on: the name of the error and its place say enough.
            reason = type(error).__name__[:ERROR_SIGNS_MAX]
            if job["attempts"] + 1 >= ATTEMPTS_MAX:
                await connection.execute(SQL.give_up_job, job["job_id"], reason, now)
            else:
                again = now + timedelta(seconds=pause_s(job["attempts"]))
                await connection.execute(SQL.put_off_job, job["job_id"], reason, again)
            DONE.labels(job["kind"], "failed").inc()
            log.warning(
                "job_failed", kind=job["kind"], job=job["job_id"], attempts=job["attempts"] + 1, error=reason
            )
        else:
            await connection.execute(SQL.finish_job, job["job_id"])
            DONE.labels(job["kind"], "done").inc()
        return 1


async def count_jobs(context: Context) -> None:
    """Put how many jobs wait, and how many were given up, into the metrics."""
    async with database_errors():
        row = await context.postgres.fetchrow(SQL.count_jobs)
    if row is not None:
        WAITING.set(row["waiting"])
        FAILED.set(row["failed"])
