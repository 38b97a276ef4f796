"""Importing in tests: what comes of it, or the problems."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ticketing.kernel.context import Context
from ticketing.kernel.errors import ImportRefused
from ticketing.programme.importing import ImportReport, import_programme
from ticketing.programme.problems import ImportProblem

NOW = datetime(2024, 10, 1, 12, 0, tzinfo=UTC)


async def refused(context: Context, folder: Path) -> tuple[ImportProblem, ...]:
    """The problems of a programme; it must be refused and must leave nothing behind."""
    before = await context.postgres.fetchval("select count(*) from screening")
    with pytest.raises(ImportRefused) as refusal:
        await import_programme(context, folder, now=NOW)
    assert await context.postgres.fetchval("select count(*) from screening") == before
    problems: tuple[ImportProblem, ...] = refusal.value.data["problems"]
    assert refusal.value.data["count"] == len(problems)
    assert all(problem.file and problem.expected for problem in problems)
    return problems


async def the_problem(context: Context, folder: Path) -> ImportProblem:
    problems = await refused(context, folder)
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


async def imported(context: Context, folder: Path) -> ImportReport:
    return await import_programme(context, folder, now=NOW)
