"""`ticketing import`."""

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

import click

from ticketing.commands.connecting import run_with_context
from ticketing.commands.terminal import show_table
from ticketing.demo.refresh import refresh_demo
from ticketing.kernel.context import Context
from ticketing.kernel.errors import ImportRefused, MovesUnconfirmed
from ticketing.programme.importing import ImportReport, import_programme
from ticketing.programme.moves import ToldMove
from ticketing.programme.problems import ImportProblem
from ticketing.sales.screenings.moving import telling_of_imports


@click.command
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--demo", is_flag=True, help="The demo's festivals instead of a file, with dates that follow today.")
@click.option(
    "--tell-buyers", is_flag=True, help="Move screenings that are sold, and tell buyers and guests by mail."
)
def command(path: Path | None, demo: bool, tell_buyers: bool) -> None:
    """Take a programme from PATH: a folder with festival.toml and halls/, or one .xlsx with a sheet a table.

    All or nothing: where anything is wrong, everything that is wrong is listed and nothing is changed. Safe to
    repeat; what the file does not name is left alone. Where it moves screenings that are sold or have guests, it
    lists them, and imports only with --tell-buyers.
    """
    if demo == (path is not None):
        raise click.UsageError("Name a folder or a spreadsheet, or --demo.")

    async def work(context: Context) -> ImportReport:
        if path is None:
            return await refresh_demo(context)
        telling = telling_of_imports(context.clock, confirmed=tell_buyers)
        return await import_programme(context, path, now=context.clock.now(), after_import=telling)

    try:
        report = run_with_context(work)
    except ImportRefused as refused:
        show_problems(refused)
        raise click.exceptions.Exit(1) from refused
    except MovesUnconfirmed as refused:
        show_moves(refused.data["moves"])
        click.echo(
            "\nPeople come to these screenings at the old time; nothing was imported. "
            "With --tell-buyers it is, and they are told by mail.",
            err=True,
        )
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
    if report.told:
        click.echo("\nTold by mail that it is moved:")
        show_moves(report.told)


def show_moves(moves: Sequence[ToldMove]) -> None:
    """Screenings that begin at another time, and how many people are told of each."""
    show_table(
        ("screening", "was", "begins", "tickets", "guests"),
        [
            (
                move.screening,
                *(f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" for moment in (move.was, move.starts_at)),
                str(move.tickets),
                str(move.guests),
            )
            for move in moves
        ],
        empty="",
    )


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
