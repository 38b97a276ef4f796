"""Invitations in the field's words, and the pure rules of answers."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.errors import N_
from ticketing.sales.allotted_tickets import GuestName
from ticketing.sales.model import Email, Locale

INVITEES_AT_ONCE_MAX: Final = 300
INVITATIONS_MAX: Final = 1000
"""Of one screening; a constraint keeps it."""
COMPANIONS_MAX: Final = 10
RANK_LAST: Final = 999
WHEELCHAIRS_PROBLEM: Final = N_("No more wheelchair places than people")

InvitationStatus = Literal["invited", "accepted", "declined", "waiting", "withdrawn"]
Rank = Annotated[int, Meta(ge=1, le=RANK_LAST)]
# A companion may come without a name.
CompanionName = Annotated[str, Meta(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]
Note = Annotated[str, Meta(max_length=300, pattern=r"^[^\x00-\x09\x0b\x0c\x0e-\x1f\x7f]*$")]


class InvitationTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the invitations of a screening come to: ``people_max`` with companions, answered before ``answer_by``.

    ``remind_at``: who is silent then is reminded once. ``allotment``: whose seats accepted guests are given.
    """

    people_max: Annotated[int, Meta(ge=0, le=5000)]
    answer_by: Annotated[datetime, Meta(tz=True)]
    remind_at: Annotated[datetime, Meta(tz=True)] | None = None
    allotment: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] | None = None


class Invitee(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody to invite. Without ``email`` somebody else answers for them. ``rank``: 1 sits best, by protocol."""

    name: GuestName
    email: Email | None = None
    locale: Locale = "en"
    companions_max: Annotated[int, Meta(ge=0, le=COMPANIONS_MAX)] = 0
    rank: Rank = 500


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a guest answers. ``companions``: a name each, or an empty one; ``wheelchairs``: of all of them."""

    attending: bool
    companions: Annotated[tuple[CompanionName, ...], Meta(max_length=COMPANIONS_MAX)] = ()
    wheelchairs: Annotated[int, Meta(ge=0, le=COMPANIONS_MAX + 1)] = 0
    note: Note = ""


class Invitation(msgspec.Struct, frozen=True):
    """An invitation, whole. ``seats``: planned, the guest's own first; ``order``: once the tickets are issued.

    ``delegation`` names the one that the guest is a member of. ``contact``: where tickets are sent, the guest's own
    address or that of the delegation's head.
    """

    invitation: str
    screening: str
    name: str
    email: str | None
    locale: Locale
    companions_max: int
    rank: int
    status: InvitationStatus
    companions: tuple[str, ...]
    wheelchairs: int
    note: str
    invited_at: datetime
    answered_at: datetime | None = None
    reminded_at: datetime | None = None
    order: str | None = None
    seats: tuple[str, ...] = ()
    delegation: str | None = None
    contact: str | None = None

    @property
    def people(self) -> int:
        """The guest and all companions."""
        return 1 + len(self.companions)


class Round(msgspec.Struct, frozen=True):
    """The invitations of a screening, the first by protocol first; ``people`` have accepted, companions counted."""

    terms: InvitationTerms
    people: int
    invitations: tuple[Invitation, ...]


class RoundCounts(msgspec.Struct, frozen=True):
    """How invitations stand: invitations by answer, and people (companions counted) who come or would come."""

    invited: int = 0
    accepted: int = 0
    declined: int = 0
    waiting: int = 0
    silent: int = 0
    people: int = 0
    people_waiting: int = 0
    wheelchairs: int = 0
    seated: int = 0
    ticketed: int = 0


def count_answers(invitations: Iterable[Invitation]) -> RoundCounts:
    """Count a round; who is withdrawn is not counted. ``seated`` and ``ticketed`` are people."""
    standing = [one for one in invitations if one.status != "withdrawn"]
    accepted = [one for one in standing if one.status == "accepted"]
    waiting = [one for one in standing if one.status == "waiting"]
    return RoundCounts(
        invited=len(standing),
        accepted=len(accepted),
        declined=sum(one.status == "declined" for one in standing),
        waiting=len(waiting),
        silent=sum(one.status == "invited" for one in standing),
        people=sum(one.people for one in accepted),
        people_waiting=sum(one.people for one in waiting),
        wheelchairs=sum(one.wheelchairs for one in accepted),
        seated=sum(len(one.seats) for one in accepted if one.order is None),
        ticketed=sum(one.people for one in accepted if one.order is not None),
    )


def decide_answer(
    invitation: Invitation, answer: Answer, *, now: datetime, answer_by: datetime, left: int
) -> InvitationStatus:
    """What an answer makes of an invitation; ``left`` people may still be accepted, this party not counted.

    Whoever says yes where there is no room waits. Who was accepted and wants to bring more than there is room for
    is refused, and stays accepted as before.

    Raises:
        InvitationWithdrawn
        InvitationTicketed: the tickets are issued; they are given back on their own page.
        AnswersClosed: the deadline is over.
        TooManyCompanions, InvitationsFull
    """
    if invitation.status == "withdrawn":
        raise errors.InvitationWithdrawn
    if invitation.order is not None:
        raise errors.InvitationTicketed
    if now >= answer_by:
        raise errors.AnswersClosed(answer_by=answer_by)
    if not answer.attending:
        return "declined"
    if len(answer.companions) > invitation.companions_max:
        raise errors.TooManyCompanions(max=invitation.companions_max)
    people = 1 + len(answer.companions)
    if answer.wheelchairs > people:
        raise errors.InvalidField(field="wheelchairs", problem=WHEELCHAIRS_PROBLEM)
    if people <= left:
        return "accepted"
    if invitation.status == "accepted":
        raise errors.InvitationsFull(left=left)
    return "waiting"


def who_moves_up(left: int, waiting: Sequence[Invitation]) -> list[Invitation]:
    """Who of those waiting, the first to answer first, can be accepted now; who does not fit keeps waiting."""
    moved = []
    for one in waiting:
        if one.people <= left:
            moved.append(one)
            left -= one.people
    return moved
