"""A screening that is sold is moved at the desk: only knowingly; who has a ticket or is invited is told."""

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
    """What goes into the transaction of a change at the desk: letters to those whose screening is moved by it:
    who holds tickets, and who is invited, has none yet and has not declined.

    Raises, when it runs:
        MoveUnconfirmed: somebody would be told, and nobody has ``confirmed`` that they are to be.
    """

    async def tell(connection: Connection, before: Entry | None, after: Entry) -> None:
        if before is None or before.table != "screening":
            return
        if all(before.fields[name] == after.fields[name] for name in TOLD_ABOUT):
            return
        tickets = (await uses_of(connection, "screening", after.key)).get("live_tickets", 0)
        guests = await connection.fetchval(SQL.count_invited, after.key)
        if not tickets and not guests:
            return
        if not confirmed:
            raise errors.MoveUnconfirmed(tickets=tickets, guests=guests)
        was, starts_at = (datetime.fromisoformat(entry.fields["starts_at"]) for entry in (before, after))
        await connection.fetchval(SQL.queue_moved_letters, after.key, was, starts_at, clock.now())
        await connection.execute(SQL.queue_moved_invitations, after.key, was, starts_at, clock.now())

    return tell
