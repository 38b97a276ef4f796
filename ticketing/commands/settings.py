"""`ticketing settings`."""

import click

from ticketing.settings_page import settings_page


@click.command
def command() -> None:
    """Print all settings, as Markdown. This is docs/settings.md."""
    click.echo(settings_page(), nl=False)
