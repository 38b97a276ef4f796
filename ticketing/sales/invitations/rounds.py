"""The invitations of a screening at the desk: on what terms, to whom, and how they stand."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import asyncpg
import msgspec

from ticketing.kernel import errors
from ticketing.kernel.errors import N_
from ticketing.kernel.ids import new_waiting_id
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.festival_rules import FestivalRules
from ticketing.programme.model import Screening
from ticketing.sales.allotments import read_allotment
from ticketing.sales.allotted_tickets import require_to_come
from ticketing.sales.desk import Sales
from ticketing.sales.invitations.model import (
    INVITATIONS_MAX,
    Invitation,
    InvitationTerms,
    Invitee,
    Round,
    who_moves_up,
)

SQL = load_queries("invitations")
ROUNDS_LISTED_MAX: Final = 500
FORGOTTEN_AT_ONCE_MAX: Final = 500
REMINDED_AT_ONCE_MAX: Final = 200
PAST_PROBLEM: Final = N_("The end of the time to answer is past")
LATE_PROBLEM: Final = N_("The end of the time to answer is after the beginning")
REMINDER_PROBLEM: Final = N_("The reminder comes after the end of the time to answer")


def _beyond(_error: asyncpg.PostgresError) -> errors.TicketingError:
    return errors.InvitationsBeyondBounds()


def _reminder(_error: asyncpg.PostgresError) -> errors.TicketingError:
    return errors.InvalidField(field="remind_at", problem=REMINDER_PROBLEM)


BOUNDS: Final[dict[str, Callable[[asyncpg.PostgresError], errors.TicketingError]]] = {
    "invitations_within_capacity": _beyond,
    "invitations_not_too_many": _beyond,
    "invitation_reminder_before_the_end": _reminder,
}


class ListedRound(msgspec.Struct, frozen=True):
    """A screening in the list of those that people can be invited to. Without terms nobody was invited yet."""

    screening: str
    answer_by: datetime | None
    people_max: int | None
    people: int
    invited: int
    silent: int


async def list_rounds(sales: Sales) -> list[ListedRound]:
    """Screenings that are not over, first those that people are invited to; ``ROUNDS_LISTED_MAX`` at most.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        rows = await sales.context.postgres.fetch(SQL.list_rounds, sales.context.clock.now(), ROUNDS_LISTED_MAX)
    return [ListedRound(**row) for row in rows]


async def read_round(sales: Sales, screening: Screening) -> Round | None:
    """The invitations of a screening, by protocol; None where it has no terms yet.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        body = await sales.context.postgres.fetchval(SQL.read_round, screening.screening_id, INVITATIONS_MAX)
    return msgspec.json.decode(body, type=Round) if body is not None else None


async def set_terms(sales: Sales, screening: Screening, terms: InvitationTerms, by: str) -> Round:
    """On what terms people are invited. Where that makes room, those who wait move up, and are written to.

    Raises:
        InvalidField: the end of answers is past or after the beginning, or the reminder after it.
        InvitationsBeyondBounds: more people have accepted.
        UnknownAllotment, SalesClosed, DatabaseUnavailable
    """
    now = sales.context.clock.now()
    require_to_come(screening, now)
    if terms.answer_by <= now:
        raise errors.InvalidField(field="answer_by", problem=PAST_PROBLEM)
    if terms.answer_by > screening.starts_at:
        raise errors.InvalidField(field="answer_by", problem=LATE_PROBLEM)
    if terms.allotment is not None:
        await read_allotment(sales, screening, terms.allotment)
    async with database_errors(BOUNDS), sales.context.postgres.acquire() as connection, connection.transaction():
        await connection.execute(
            SQL.set_round,
            screening.screening_id,
            terms.people_max,
            terms.answer_by,
            terms.remind_at,
            terms.allotment,
            by,
            now,
        )
        await let_move_up(connection, screening.screening_id, now)
    return await _read(sales, screening)


async def invite(sales: Sales, screening: Screening, invitees: list[Invitee], by: str) -> list[str]:
    """Invite people, and write to those with an address; the ids of the new invitations.

    Who is invited already, by address or (without one) by name, is left as they are: a list can be sent twice.

    Raises:
        InvitationTermsMissing, AnswersClosed
        InvitationsBeyondBounds: a screening has at most ``INVITATIONS_MAX``.
        SalesClosed, DatabaseUnavailable
    """
    now = sales.context.clock.now()
    require_to_come(screening, now)
    columns = [
        (new_waiting_id(), " ".join(one.name.split()), one.email or "", one.locale, one.companions_max, one.rank)
        for one in invitees
    ]
    async with database_errors(BOUNDS), sales.context.postgres.acquire() as connection, connection.transaction():
        held = await lock_round(connection, screening.screening_id)
        if held is None:
            raise errors.InvitationTermsMissing
        if held["answer_by"] <= now:
            raise errors.AnswersClosed(answer_by=held["answer_by"])
        rows = await connection.fetch(
            SQL.invite, screening.screening_id, now, by, *(list(column) for column in zip(*columns, strict=True))
        )
    return [row["invitation_id"] for row in rows]


async def withdraw_invitation(sales: Sales, screening: Screening, invitation: str, by: str) -> Round:
    """The invitation stands no more, and who waits moves up. Again: nothing changes.

    Raises:
        UnknownInvitation
        InvitationTicketed: its tickets are issued.
        DatabaseUnavailable
    """
    now = sales.context.clock.now()
    async with database_errors(BOUNDS), sales.context.postgres.acquire() as connection, connection.transaction():
        await lock_round(connection, screening.screening_id)
        await connection.execute(SQL.withdraw_invitation, screening.screening_id, invitation, by, now)
        await let_move_up(connection, screening.screening_id, now)
    after = await read_round(sales, screening)
    found = next((one for one in after.invitations if one.invitation == invitation), None) if after else None
    if after is None or found is None:
        raise errors.UnknownInvitation
    if found.status != "withdrawn":
        raise errors.InvitationTicketed
    return after


async def lock_round(connection: Connection, screening_id: str) -> Any:
    """Take turns on the invitations of a screening: how many more may come (``left``), ``answer_by``, and
    ``allotment_id``; None where it has no terms.
    """
    return await connection.fetchrow(SQL.lock_round, screening_id)


async def let_move_up(connection: Connection, screening_id: str, now: datetime) -> None:
    """Accept those who wait for as long as there is room, under the lock of the round."""
    held = await lock_round(connection, screening_id)
    if held is None or held["left"] < 1:
        return
    rows = await connection.fetch(SQL.list_waiting_guests, screening_id)
    waiting = [msgspec.json.decode(row["body"], type=Invitation) for row in rows]
    moved = [one.invitation for one in who_moves_up(held["left"], waiting)]
    if moved:
        await connection.execute(SQL.move_up, moved, now)


async def remind_invited(sales: Sales) -> int:
    """Write once more to those who are silent when their reminder is due; how many. Several workers share them out.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        return int(
            await sales.context.postgres.fetchval(
                SQL.remind_invited, sales.context.clock.now(), REMINDED_AT_ONCE_MAX
            )
        )


async def call_off_invitations(sales: Sales) -> int:
    """Write to guests without tickets that what they are invited to is cancelled; how many. Workers share them out.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        return int(
            await sales.context.postgres.fetchval(
                SQL.call_off_invitations, sales.context.clock.now(), REMINDED_AT_ONCE_MAX
            )
        )


async def forget_invited(sales: Sales) -> int:
    """Forget guests whose festival's rule ``personal_data_days`` says that it was long enough ago; how many.

    Raises:
        DatabaseUnavailable
    """
    days = FestivalRules().personal_data_days
    async with database_errors():
        tag = await sales.context.postgres.execute(
            SQL.forget_invited, sales.context.clock.now(), days, FORGOTTEN_AT_ONCE_MAX
        )
    return int(tag.rpartition(" ")[2])


async def _read(sales: Sales, screening: Screening) -> Round:
    found = await read_round(sales, screening)
    if found is None:
        raise errors.InvitationTermsMissing
    return found
