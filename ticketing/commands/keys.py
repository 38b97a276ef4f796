"""`ticketing keys …`."""

import click

from ticketing.commands.connecting import run_with_context
from ticketing.commands.terminal import show_table
from ticketing.tickets import keys
from ticketing.tickets.keys import KeyListed


@click.group
def command() -> None:
    """List, rotate and retire the keys that sign tickets."""


@command.command("list")
def list_all() -> None:
    """List all keys that were ever made, the newest first."""
    listed = run_with_context(keys.list_keys)
    show_table(
        ("key", "made", "use"),
        [(str(key.key_id), f"{key.created_at:%Y-%m-%d %H:%M} UTC", _use(key)) for key in listed],
        empty="There is no key yet: ticketing keys rotate",
    )


@command.command("rotate")
def rotate() -> None:
    """Sign with a new key from now on. Tickets signed with older keys stay good."""
    key_id = run_with_context(keys.rotate_key)
    click.echo(f"key {key_id} signs from now on; older tickets stay good")


@command.command("retire")
@click.argument("key", type=click.IntRange(1, 255))
@click.option(
    "--compromised",
    is_flag=True,
    help="Refuse its tickets as forged. Their owners need new codes: mail or show the tickets again.",
)
@click.confirmation_option(prompt="The private half is destroyed for good. Go on?")
def retire(key: int, compromised: bool) -> None:
    """Destroy the private half of KEY, which signs no more. Its tickets stay good, unless it is compromised."""
    run_with_context(lambda context: keys.retire_key(context, key, compromised=compromised))
    click.echo(f"key {key} is destroyed; its tickets {'are refused' if compromised else 'stay good'}")


def _use(key: KeyListed) -> str:
    if key.revoked_at is not None:
        return f"refused since {key.revoked_at:%Y-%m-%d %H:%M} UTC"
    if key.signs:
        return "signs new tickets" if key.can_sign else "should sign, but its private half is gone: rotate"
    return "read only" if key.can_sign else "read only, private half destroyed"
