"""`ticketing import`."""

from pathlib import Path

import click

from ticketing.commands.connecting import run_with_context
from ticketing.commands.terminal import show_table
from ticketing.demo.refresh import refresh_demo
from ticketing.kernel.context import Context
from ticketing.kernel.errors import ImportRefused
from ticketing.programme.importing import ImportReport, import_programme
from ticketing.programme.problems import ImportProblem


@click.command
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--demo", is_flag=True, help="The demo's festivals instead of a file, with dates that follow today.")
def command(path: Path | None, demo: bool) -> None:
    """Take a programme from PATH: a folder with festival.toml and halls/, or one .xlsx with a sheet a table.

    All or nothing: where anything is wrong, everything that is wrong is listed and nothing is changed. Safe to
    repeat; what the file does not name is left alone.
    """
    if demo == (path is not None):
        raise click.UsageError("Name a folder or a spreadsheet, or --demo.")

    async def work(context: Context) -> ImportReport:
        if path is None:
            return await refresh_demo(context)
        return await import_programme(context, path, now=context.clock.now())

    try:
        report = run_with_context(work)
    except ImportRefused as refused:
        show_problems(refused)
        raise click.exceptions.Exit(1) from refused
    show_report(report)


def show_report(report: ImportReport) -> None:
    """What an import did, by table."""
    show_table(
        ("table", "added", "changed", "the same"),
        [(name, str(count.added), str(count.changed), str(count.same)) for name, count in report.tables.items()],
        empty="The file names nothing.",
    )
    for warning in report.warnings:
        click.echo(f"note: {warning.key}: {warning.text}")


def show_problems(refused: ImportRefused) -> None:
    """All that is wrong with a file, grouped by where it stands."""
    problems: tuple[ImportProblem, ...] = refused.data["problems"]
    show_table(
        ("where", "what", "found", "expected"),
        [(_place(problem), _field(problem), problem.value, problem.expected) for problem in problems],
        empty="",
    )
    count = refused.data["count"]
    more = f" (the first {len(problems)} are shown)" if count > len(problems) else ""
    click.echo(f"\n{count} {'mistake' if count == 1 else 'mistakes'}{more}; nothing was imported.", err=True)


def _place(problem: ImportProblem) -> str:
    row = "" if problem.row is None else f" row {problem.row}"
    return f"{problem.file} {problem.table}{row}".strip()


def _field(problem: ImportProblem) -> str:
    return " ".join(part for part in (problem.key, problem.column) if part)
