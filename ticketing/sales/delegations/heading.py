"""What the head of a delegation does by a link: look at its programme, answer for its members, take its dates."""

import uuid
from collections.abc import Mapping
from typing import Final, Literal
from urllib.parse import urlsplit

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.i18n import translate
from ticketing.kernel.threads import Threads
from ticketing.kernel.throttle import count_or_refuse
from ticketing.programme.calendar import calendar_of, screening_entry
from ticketing.sales.allotment_choosing import GUEST
from ticketing.sales.delegations.keeping import read_delegation
from ticketing.sales.delegations.model import Delegation, programme_of
from ticketing.sales.desk import Sales
from ticketing.sales.invitations.answering import ANSWERS_PER_CLIENT, LOOKS_PER_CLIENT, answer_for
from ticketing.sales.invitations.model import Answer

KIND: Final = "delegation"
_THREADS = Threads("delegation-calendar", threads_max=1, waiting_max=32)

Refused = dict[str, errors.TicketingError]


async def open_delegation(sales: Sales, delegation: str, secret: str, client: str) -> Delegation:
    """A delegation, for its head, who knows the secret. ``client`` is the address that asks.

    Raises:
        UnknownDelegation: also for a wrong secret, and for that of somebody who headed it before; whether the
            delegation exists is not told.
        TooMany, DatabaseUnavailable
    """
    await count_or_refuse(sales.context, LOOKS_PER_CLIENT, client)
    try:
        name = uuid.UUID(delegation)
    except ValueError as error:
        raise errors.UnknownDelegation from error
    # The name as we write it ourselves: another spelling of the same id has no secret.
    if str(name) != delegation:
        raise errors.UnknownDelegation
    known = await read_delegation(sales, name)
    if not sales.context.secrets.opens_link(KIND, _named(known), secret):
        raise errors.UnknownDelegation
    return known


async def answer_for_members(
    sales: Sales, delegation: Delegation, answers: Mapping[str, Literal["yes", "no"]], client: str
) -> Refused:
    """Write down who of the members comes to what, by invitation; what was refused, and why, by invitation.

    Each answer stands for itself: one that comes too late holds up no other. Invitations that are none of this
    delegation's are left alone. What a member had said besides yes or no (a note, a wheelchair) stays.

    Raises:
        TooMany, DatabaseUnavailable
    """
    await count_or_refuse(sales.context, ANSWERS_PER_CLIENT, client)
    refused: Refused = {}
    for point in programme_of(delegation):
        for guest in point.guests:
            one = guest.invitation
            said = answers.get(one.invitation)
            if said is None:
                continue
            attending = said == "yes"
            answer = Answer(attending, one.companions, one.wheelchairs, one.note) if attending else Answer(False)
            try:
                await answer_for(sales, one, answer, GUEST)
            except errors.Conflict as error:
                refused[one.invitation] = error
    return refused


async def delegation_calendar(sales: Sales, delegation: Delegation) -> bytes:
    """What a delegation is invited to, as iCalendar in its language: the dates, and nobody's name.

    What all its members have declined is cancelled, so that it goes from calendars that have it.

    Raises:
        DatabaseUnavailable
        TooMany: too many calendars are wanted at once.
    """
    host = urlsplit(sales.context.settings.public_url).hostname
    entries = []
    for point in programme_of(delegation):
        screening = await sales.catalogue.screening(point.screening)
        invitations = [guest.invitation for guest in point.guests]
        coming = sum(one.status in ("invited", "accepted", "waiting") for one in invitations)
        answered = [one.answered_at or one.invited_at for one in invitations]
        people = translate("People: %(people)s", delegation.locale) % {"people": coming}
        entries.append(
            screening_entry(
                screening,
                delegation.locale,
                uid=f"{delegation.delegation}-{point.screening}@{host}",
                changed_at=max([screening.changed_at, *answered]),
                lines=[people],
                sequence=sum(one.answered_at is not None for one in invitations),
                cancelled=not coming,
            )
        )
    return await _THREADS.run(calendar_of, entries, name=delegation.name, locale=delegation.locale)


def delegation_page(context: Context, delegation: Delegation, locale: str) -> str:
    """The address of a delegation's page, for its head; another head has another one."""
    secret = context.secrets.link_secret(KIND, _named(delegation))
    return f"{context.settings.public_url}/{locale}/delegations/{delegation.delegation}/{secret}"


def _named(delegation: Delegation) -> str:
    # Who heads it is part of what the secret is made of, so that the link of a head ends with the head.
    head = next(one.member for one in delegation.members if one.head)
    return f"{delegation.delegation}/{head}"
