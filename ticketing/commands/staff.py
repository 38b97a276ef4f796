"""`ticketing staff …`."""

import click

from ticketing.commands.connecting import run_with_context
from ticketing.commands.terminal import show_table
from ticketing.staff import accounts
from ticketing.staff.model import Grant, Role
from ticketing.staff.second_factor import reset_second_factor

_password = click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="Asked for where it is not given; given, it may be seen by others of this machine.",
)


def grant_text(grant: Grant) -> str:
    """A role and where it counts, for a terminal."""
    parts = (grant.role.value, grant.festival and f"of {grant.festival}", grant.venue and f"at {grant.venue}")
    return " ".join(part for part in parts if part)


@click.group
def command() -> None:
    """Add people who work here, give them passwords, let them go."""


@command.command("add")
@click.argument("login")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="What they may do.")
@click.option("--festival", help="Only in this festival; else in all.")
@click.option("--venue", help="Only at this venue; else at all.")
@_password
def add(login: str, role: str, festival: str | None, venue: str | None, password: str) -> None:
    """Add somebody. LOGIN has 1 to 63 signs: a to z, 0 to 9, dot, dash, underscore."""
    grant = Grant(Role(role), festival, venue)
    run_with_context(lambda context: accounts.add_staff(context, login, password, grant))
    click.echo(f"{login} can sign in as {grant_text(grant)}")


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


@command.command("reset-second-factor")
@click.argument("login")
def reset(login: str) -> None:
    """Take away the second step of somebody whose telephone and recovery codes are gone."""
    run_with_context(lambda context: reset_second_factor(context, login, by=accounts.OPERATOR))
    click.echo(f"{login} signs in with the password alone")


@command.command("list")
def list_all() -> None:
    """List everybody, those who have left included."""
    listed = run_with_context(accounts.list_staff)
    show_table(
        ("login", "may", "", "since"),
        [
            (
                account.login,
                ", ".join(grant_text(grant) for grant in account.grants) or "nothing",
                "" if account.active else "disabled",
                f"{account.created_at:%Y-%m-%d}",
            )
            for account in listed
        ],
        empty="There is nobody yet: ticketing staff add LOGIN --role admin",
    )
