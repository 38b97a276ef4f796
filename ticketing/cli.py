"""The `ticketing` command. Each subcommand is a module of ``ticketing.commands``, loaded only when asked for."""

import importlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, cast

import click

from ticketing import __version__
from ticketing.commands.failures import refusals_are_shown


class Entry(NamedTuple):
    """Where a command lives, and its line in the help."""

    module: str
    line: str


COMMANDS: Final[Mapping[str, Entry]] = MappingProxyType(
    {
        "demo": Entry("demo", "Run a whole festival on this machine: servers, web and worker."),
        "serve": Entry("serve", "Run the web server."),
        "worker": Entry("worker", "Run the worker: mail, expiry, repairs, the ledger's seals."),
        "migrate": Entry("migrate", "Bring the database to the schema of this release."),
        "import": Entry("programme", "Take a programme from a folder of TOML or a spreadsheet."),
        "staff": Entry("staff", "Add people who work here, give them passwords, let them go."),
        "keys": Entry("keys", "List, rotate and retire the keys that sign tickets."),
        "ledger": Entry("ledger", "Verify the ledger of rights of entry, and export it for an auditor."),
        "doctor": Entry("doctor", "Look for what can be wrong, and say what to do about it."),
        "bench": Entry("bench", "Measure the hot paths beside the floors they stand on."),
        "settings": Entry("settings", "Print all settings, as Markdown."),
    }
)


class _CommandsOnDemand(click.Group):
    """A group that imports a command when it runs, so that help and completion stay instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command = importlib.import_module(f"ticketing.commands.{entry.module}").command
        return cast("click.Command", command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.line) for name, entry in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        with refusals_are_shown():
            return super().invoke(ctx)


@click.group(cls=_CommandsOnDemand, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ticketing")
def main() -> None:
    """Film weeks, sold seat by seat, scanned at the door.

    Settings come from the environment; `ticketing settings` lists them. Beside a running demo no setting is
    needed: a command finds the demo's servers through its data folder.
    """
