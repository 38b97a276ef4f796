"""What went wrong, said to the person at the terminal: a sentence and an exit status of 1, never a stack trace."""

import contextlib
from collections.abc import Iterator

import asyncpg
import click

from ticketing.embedded import EmbeddedServerFailed
from ticketing.kernel.errors import TicketingError
from ticketing.kernel.migrations import MigrationsDiverge
from ticketing.kernel.settings import SettingsInvalid


@contextlib.contextmanager
def refusals_are_shown() -> Iterator[None]:
    """Turn what an operator can mend into a message. Whatever else is raised is a fault of ours and stays one."""
    try:
        yield
    except SettingsInvalid as error:
        raise click.ClickException("\n".join(["These settings can't be used:", *error.problems])) from error
    except (EmbeddedServerFailed, MigrationsDiverge) as error:
        raise click.ClickException(str(error)) from error
    except asyncpg.PostgresError as error:
        raise click.ClickException(f"Postgres refused: {error}") from error
    except BrokenPipeError:
        raise  # whoever read what we print has heard enough; click ends quietly
    except ConnectionError as error:
        raise click.ClickException(f"A server can't be reached: {error}. Run `ticketing doctor`.") from error
    except TicketingError as error:
        raise click.ClickException(explain(error)) from error


def explain(error: TicketingError) -> str:
    """An error of ours as one text, its data filled in."""
    try:
        detail = error.detail % error.data
    except KeyError:
        detail = error.detail
    return f"{error.title}: {detail}" if error.title else str(error)
