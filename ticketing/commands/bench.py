"""`ticketing bench`."""

import asyncio
from pathlib import Path

import click
import msgspec

from ticketing.bench.report import table
from ticketing.bench.run import Plan, run


@click.command
@click.option(
    "--seconds", default=3.0, show_default=True, type=click.FloatRange(0.2, 600), help="A round lasts so long."
)
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1, 50), help="Rounds of each path.")
@click.option(
    "--tickets",
    default="10000,1000000",
    show_default=True,
    help="Old tickets in the tables, a pass for each number: the costs must not grow with them.",
)
@click.option("--viewers", default=1000, show_default=True, type=click.IntRange(0, 5000), help="Live viewers.")
@click.option("--only", default="", help="Only the paths whose name has this in it.")
@click.option(
    "--output", default="bench.json", show_default=True, type=click.Path(path_type=Path), help="The JSON."
)
def command(*, seconds: float, rounds: int, tickets: str, viewers: int, only: str, output: Path) -> None:
    """Measure the hot paths beside the floors they stand on, on servers of our own, and check every answer.

    The ratio is what counts: ours and its floor run by turns, on the same server and machine.
    """
    numbers = tuple(sorted(int(part) for part in tickets.split(",")))
    plan = Plan(seconds=seconds, rounds=rounds, tickets=numbers, viewers=viewers, only=only)
    report = asyncio.run(run(plan, click.echo))
    output.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2))
    click.echo("")
    click.echo(table(report))
    click.echo(f"\nwritten to {output}")
