"""A screening that is sold is moved at the desk: only knowingly, and everybody with a ticket is told."""

from datetime import datetime
from typing import Final

from ticketing.kernel import errors
from ticketing.kernel.clock import Clock
from ticketing.kernel.postgres import Connection
from ticketing.programme.desk.model import Entry
from ticketing.programme.desk.reading import uses_of
from ticketing.programme.desk.writing import AfterWrite
from ticketing.sales.screenings.cancelling import SQL

TOLD_ABOUT: Final = ("starts_at",)
"""What a ticket says and its holder must know; doors and the end follow from it."""


def telling_of_moves(clock: Clock, *, confirmed: bool) -> AfterWrite:
    """What goes into the transaction of a change at the desk: letters to those whose screening is moved by it.

    Raises, when it runs:
        MoveUnconfirmed: tickets are sold, and nobody has ``confirmed`` that their buyers are to be told.
    """

    async def tell(connection: Connection, before: Entry | None, after: Entry) -> None:
        if before is None or before.table != "screening":
            return
        if all(before.fields[name] == after.fields[name] for name in TOLD_ABOUT):
            return
        uses = await uses_of(connection, "screening", after.key)
        if not uses.get("live_tickets"):
            return
        if not confirmed:
            raise errors.MoveUnconfirmed(tickets=uses["live_tickets"])
        was, starts_at = (datetime.fromisoformat(entry.fields["starts_at"]) for entry in (before, after))
        await connection.fetchval(SQL.queue_moved_letters, after.key, was, starts_at, clock.now())

    return tell
