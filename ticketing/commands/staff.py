"""`ticketing staff …`."""

import click

from ticketing.commands.connecting import run_with_context
from ticketing.commands.terminal import show_table
from ticketing.staff import accounts
from ticketing.staff.model import Role

_password = click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="Asked for where it is not given; given, it may be seen by others of this machine.",
)


@click.group
def command() -> None:
    """Add people who work here, give them passwords, let them go."""


@command.command("add")
@click.argument("login")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="What they may do.")
@_password
def add(login: str, role: str, password: str) -> None:
    """Add somebody. LOGIN has 1 to 63 signs: a to z, 0 to 9, dot, dash, underscore."""
    run_with_context(lambda context: accounts.add_staff(context, login, password, Role(role)))
    click.echo(f"{login} can sign in as {role}")


@command.command("password")
@click.argument("login")
@_password
def password(login: str, password: str) -> None:
    """Give somebody a new password, and sign them out everywhere."""
    run_with_context(lambda context: accounts.set_password(context, login, password))
    click.echo(f"{login} has a new password")


@command.command("disable")
@click.argument("login")
def disable(login: str) -> None:
    """Let somebody in no more, and sign them out everywhere. The account stays, for the audit."""
    run_with_context(lambda context: accounts.disable_staff(context, login))
    click.echo(f"{login} can't sign in any more")


@command.command("enable")
@click.argument("login")
def enable(login: str) -> None:
    """Let somebody in again, with the old password."""
    run_with_context(lambda context: accounts.enable_staff(context, login))
    click.echo(f"{login} can sign in again")


@command.command("list")
def list_all() -> None:
    """List everybody, those who have left included."""
    listed = run_with_context(accounts.list_staff)
    show_table(
        ("login", "role", "", "since"),
        [
            (
                account.login,
                account.role.value,
                "" if account.active else "disabled",
                f"{account.created_at:%Y-%m-%d}",
            )
            for account in listed
        ],
        empty="There is nobody yet: ticketing staff add LOGIN --role admin",
    )
