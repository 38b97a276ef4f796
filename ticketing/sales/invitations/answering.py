"""What a guest does with an invitation: open it, and answer, as often as they like until the deadline."""

from datetime import datetime
from typing import Final

import msgspec

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.ids import ALPHABET, TICKET_ID_LENGTH
from ticketing.kernel.postgres import Connection, Pool, database_errors
from ticketing.kernel.throttle import Limit, count_or_refuse
from ticketing.sales.allotment_choosing import GUEST
from ticketing.sales.desk import Sales
from ticketing.sales.invitations.model import Answer, Invitation, decide_answer
from ticketing.sales.invitations.rounds import BOUNDS, SQL, let_move_up, lock_round

KIND: Final = "invitation"
# Whole towns share an address behind mobile networks; a secret can't be guessed at this pace.
LOOKS_PER_CLIENT: Final = Limit("look-at-invitation", 240, 60)
ANSWERS_PER_CLIENT: Final = Limit("answer-invitation", 60, 60)


class OpenInvitation(msgspec.Struct, frozen=True):
    """An invitation with when its answer is awaited."""

    invitation: Invitation
    answer_by: datetime


async def read_invitation(source: Pool | Connection, invitation: str) -> OpenInvitation:
    """An invitation's rows.

    Raises:
        UnknownInvitation: never made, or its guest is forgotten.
        DatabaseUnavailable
    """
    async with database_errors():
        body = await source.fetchval(SQL.read_invitation, invitation)
    if body is None:
        raise errors.UnknownInvitation
    return msgspec.json.decode(body, type=OpenInvitation)


async def open_invitation(sales: Sales, invitation: str, secret: str, client: str) -> OpenInvitation:
    """An invitation, for somebody who knows its secret. ``client`` is the address that asks.

    Raises:
        UnknownInvitation: also for a wrong secret; whether the invitation exists is not told.
        TooMany, DatabaseUnavailable
    """
    await count_or_refuse(sales.context, LOOKS_PER_CLIENT, client)
    could_be_one = len(invitation) == TICKET_ID_LENGTH and all(sign in ALPHABET for sign in invitation)
    if not could_be_one or not sales.context.secrets.opens_link(KIND, invitation, secret):
        raise errors.UnknownInvitation
    return await read_invitation(sales.context.postgres, invitation)


async def answer_invitation(
    sales: Sales, invitation: str, secret: str, answer: Answer, client: str
) -> OpenInvitation:
    """A guest's answer, by the link. The same one again changes nothing.

    Raises:
        UnknownInvitation, TooMany
        What :func:`answer_for` refuses.
    """
    await count_or_refuse(sales.context, ANSWERS_PER_CLIENT, client)
    opened = await open_invitation(sales, invitation, secret, client)
    return await answer_for(sales, opened.invitation, answer, GUEST)


async def answer_for(sales: Sales, invitation: Invitation, answer: Answer, by: str) -> OpenInvitation:
    """Write an answer down: accepted while there is room, else waiting. What it makes free, those who wait get.

    Answers of one screening take turns, in the order in which they come.

    Raises:
        InvitationWithdrawn, InvitationTicketed, AnswersClosed, TooManyCompanions, InvitationsFull, InvalidField
        DatabaseUnavailable
    """
    screening = await sales.catalogue.screening(invitation.screening)
    if screening.status != "published":
        raise errors.InvitationWithdrawn
    now = sales.context.clock.now()
    async with database_errors(BOUNDS), sales.context.postgres.acquire() as connection, connection.transaction():
        held = await lock_round(connection, invitation.screening)
        # Read again as the only one: another answer may have come meanwhile.
        known = (await read_invitation(connection, invitation.invitation)).invitation
        left = held["left"] + (known.people if known.status == "accepted" else 0)
        # Nobody answers any more once it has begun, wherever it was moved to meanwhile.
        until = min(held["answer_by"], screening.starts_at)
        status = decide_answer(known, answer, now=now, answer_by=until, left=left)
        companions = tuple(" ".join(name.split()) for name in answer.companions) if answer.attending else ()
        wheelchairs = answer.wheelchairs if answer.attending else 0
        said = (status, companions, wheelchairs, answer.note.strip())
        if said != (known.status, known.companions, known.wheelchairs, known.note):
            await connection.execute(SQL.set_answer, known.invitation, *said, now, by)
            await let_move_up(connection, known.screening, now)
        return await read_invitation(connection, known.invitation)


def invitation_page(context: Context, invitation: str, locale: str) -> str:
    """The address of an invitation's page, for its guest."""
    secret = context.secrets.link_secret(KIND, invitation)
    return f"{context.settings.public_url}/{locale}/invitations/{invitation}/{secret}"
