"""`ticketing doctor`."""

import asyncio

import click
import msgspec

from ticketing.demo.folder import DemoFolder
from ticketing.doctor import Level, examine
from ticketing.kernel.settings import Settings, read_settings

_SIGNS = {Level.OK: ("ok", "green"), Level.WARNING: ("!", "yellow"), Level.PROBLEM: ("!!", "red")}


@click.command
def command() -> None:
    """Look for what can be wrong (servers, versions, schema, clocks, keys, fonts, mail), and say what to do.

    Ends with status 1 where something does not work. A demo that runs on the data folder is found by itself.
    """
    findings = asyncio.run(examine(_settings()))
    for found in findings:
        sign, colour = _SIGNS[found.level]
        click.echo(f"{click.style(sign.rjust(2), fg=colour)}  {found.text}")
        if found.advice:
            click.echo(f"      → {found.advice}")
    problems = sum(found.level is Level.PROBLEM for found in findings)
    if problems:
        click.echo(f"\n{problems} to mend.")
        raise click.exceptions.Exit(1)
    click.echo("\nAll that is needed works.")


def _settings() -> Settings:
    settings = read_settings()
    running = DemoFolder(settings.data_path).running()
    if running is None:
        return settings
    return msgspec.structs.replace(
        settings,
        database_url=settings.database_url or running.database_url,
        redis_url=settings.redis_url or running.redis_url,
        secure_cookies=False,
    )
