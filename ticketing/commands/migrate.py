"""`ticketing migrate`."""

import asyncio

import click

from ticketing.commands.connecting import settings_with_servers
from ticketing.kernel.migrations import migrate


@click.command
def command() -> None:
    """Bring the database to the schema of this release.

    Safe to repeat, and to run from many machines at once. An applied file that was edited since is refused.
    """
    applied = asyncio.run(migrate(settings_with_servers().database_url))
    for migration in applied:
        click.echo(f"applied {migration.name}")
    if not applied:
        click.echo("nothing to do: the database is up to date")
