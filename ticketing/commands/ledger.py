"""`ticketing ledger …`."""

import csv
from typing import TextIO

import click
import msgspec

from ticketing.commands.connecting import run_with_context
from ticketing.kernel.context import Context
from ticketing.sales.ledger_audit import Anchor, SealedEntry, export_ledger, verify_ledger


class _AnchorType(click.ParamType[Anchor]):
    name = "position:hash"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Anchor:
        try:
            return Anchor.parse(str(value))
        except ValueError:
            self.fail("is not a seal as `ticketing ledger verify` prints it", param, ctx)


@click.group
def command() -> None:
    """Verify the ledger of rights of entry, and export it for an auditor."""


@command.command("verify")
@click.option("--anchor", type=_AnchorType(), help="A seal that was printed earlier: is it still there?")
def verify(anchor: Anchor | None) -> None:
    """Recompute every seal. Ends with status 1 where the ledger is not what was sealed."""
    found = run_with_context(lambda context: verify_ledger(context, anchor))
    for fault in found.faults:
        click.echo(f"seal {fault.position}: {fault.fault}")
    if found.faults:
        raise click.ClickException(f"the ledger is not what was sealed: {len(found.faults)} faults")
    click.echo(f"{found.end.position} seals, one after the other; {found.unsealed} entries wait for theirs")
    if found.end.position:
        click.echo(f"the last seal, to be written down elsewhere: {found.end}")


@command.command("export")
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option("--output", type=click.File("w", encoding="utf-8"), default="-", help="A file; - is the terminal.")
def export(form: str, output: TextIO) -> None:
    """Write every sealed entry with its hashes."""
    written = run_with_context(lambda context: _write(context, form, output))
    click.echo(f"{written} entries", err=True)


async def _write(context: Context, form: str, output: TextIO) -> int:
    lines = csv.writer(output, lineterminator="\n")
    if form == "csv":
        lines.writerow(SealedEntry.__struct_fields__)
    written = 0
    async for entry in export_ledger(context):
        facts = msgspec.to_builtins(entry)
        if form == "csv":
            lines.writerow(facts.values())
        else:
            output.write(msgspec.json.encode(facts).decode() + "\n")
        written += 1
    return written
