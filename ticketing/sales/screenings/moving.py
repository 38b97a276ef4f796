"""A screening that is sold is moved, at the desk or by an import: only knowingly; who has a ticket or is invited is
told.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from ticketing.kernel import errors
from ticketing.kernel.clock import Clock
from ticketing.kernel.postgres import Connection
from ticketing.programme.desk.model import Entry
from ticketing.programme.desk.reading import uses_of
from ticketing.programme.desk.writing import AfterWrite
from ticketing.programme.moves import AfterImport, Move, ToldMove
from ticketing.sales.screenings.cancelling import SQL

MOVES_NAMED_MAX: Final = 1000
"""As many as problems of an import are."""


def telling_of_moves(clock: Clock, *, confirmed: bool) -> AfterWrite:
    """What goes into the transaction of a change at the desk: letters to those whose screening is moved by it:
    who holds tickets, and who is invited, has none yet and has not declined.

    Raises, when it runs:
        MoveUnconfirmed: somebody would be told, and nobody has ``confirmed`` that they are to be.
    """

    async def tell(connection: Connection, before: Entry | None, after: Entry) -> None:
        if before is None or before.table != "screening":
            return
        was, starts_at = (datetime.fromisoformat(entry.fields["starts_at"]) for entry in (before, after))
        if was == starts_at:
            return
        for move in await _told(connection, [Move(after.key, was, starts_at)], clock.now()):
            if not confirmed:
                raise errors.MoveUnconfirmed(tickets=move.tickets, guests=move.guests)
            await _queue_letters(connection, move, clock.now())

    return tell


def telling_of_imports(clock: Clock, *, confirmed: bool) -> AfterImport:
    """The same of an import, which may move many screenings at once. A preview is ``confirmed``: it is taken back,
    with its letters.

    Raises, when it runs:
        MovesUnconfirmed: somebody would be told, and nobody has ``confirmed`` that they are to be.
    """

    async def tell(connection: Connection, moves: Sequence[Move]) -> tuple[ToldMove, ...]:
        told = await _told(connection, moves, clock.now())
        if told and not confirmed:
            raise errors.MovesUnconfirmed(
                count=len(told),
                tickets=sum(move.tickets for move in told),
                guests=sum(move.guests for move in told),
                moves=told[:MOVES_NAMED_MAX],
            )
        for move in told:
            await _queue_letters(connection, move, clock.now())
        return told

    return tell


async def _told(connection: Connection, moves: Sequence[Move], now: datetime) -> tuple[ToldMove, ...]:
    """Those of the moves that concern somebody. Where the old and the new start are past, nothing is to be told."""
    told = []
    for move in moves:
        if max(move.was, move.starts_at) <= now:
            continue
        tickets = (await uses_of(connection, "screening", move.screening)).get("live_tickets", 0)
        guests = await connection.fetchval(SQL.count_invited, move.screening)
        if tickets or guests:
            told.append(ToldMove(move.screening, move.was, move.starts_at, tickets, guests))
    return tuple(told)


async def _queue_letters(connection: Connection, move: Move, now: datetime) -> None:
    await connection.fetchval(SQL.queue_moved_letters, move.screening, move.was, move.starts_at, now)
    await connection.execute(SQL.queue_moved_invitations, move.screening, move.was, move.starts_at, now)
