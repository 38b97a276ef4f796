"""Delegations at the desk: made, changed, listed, invited, accredited, and forgotten."""

import uuid
from datetime import datetime
from typing import Final

import msgspec

from ticketing.accreditation.accrediting import accredit
from ticketing.accreditation.desk import Accreditations
from ticketing.accreditation.model import Entitlement, Holder, NewAccreditations
from ticketing.accreditation.reading import read_accreditations
from ticketing.kernel import errors
from ticketing.kernel.errors import N_
from ticketing.kernel.ids import new_waiting_id
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.festival_rules import FestivalRules
from ticketing.sales.allotted_tickets import require_to_come
from ticketing.sales.delegations.model import (
    DELEGATIONS_MAX,
    Delegation,
    DelegationTerms,
    check_members,
    programme_of,
)
from ticketing.sales.desk import Sales
from ticketing.sales.invitations.rounds import BOUNDS, lock_round

SQL = load_queries("delegations")
FORGOTTEN_AT_ONCE_MAX: Final = 50
BADGE_PROBLEM: Final = N_("There is no such badge at this festival")
# So that the same people accredited again are the same request.
_NAMESPACE: Final = uuid.UUID("0c1e7a2e-8d2f-4b06-9a3c-6c0d7b0f9d55")


async def list_delegations(sales: Sales, festival: str) -> list[Delegation]:
    """The delegations of a festival by their arrival, ``DELEGATIONS_MAX`` at most.

    Raises:
        UnknownFestival, DatabaseUnavailable
    """
    await sales.catalogue.festival(festival)
    async with database_errors():
        rows = await sales.context.postgres.fetch(SQL.read_delegations, None, festival, DELEGATIONS_MAX)
    return [msgspec.json.decode(row["body"], type=Delegation) for row in rows]


async def read_delegation(sales: Sales, delegation: uuid.UUID) -> Delegation:
    """One delegation, whole.

    Raises:
        UnknownDelegation: never made, or forgotten.
        DatabaseUnavailable
    """
    async with database_errors():
        row = await sales.context.postgres.fetchrow(SQL.read_delegations, delegation, None, 1)
    if row is None:
        raise errors.UnknownDelegation
    return msgspec.json.decode(row["body"], type=Delegation)


async def set_delegation(
    sales: Sales, festival: str, delegation: uuid.UUID, terms: DelegationTerms, by: str
) -> Delegation:
    """Make a delegation, or change it: its members are those of ``terms`` from then on. Sent again: no change.

    Invitations stay as they were sent: another name or address goes for later ones. Another head is written to,
    with a link of their own; the link of the one before opens nothing any more.

    Raises:
        UnknownFestival
        UnknownDelegation: the id is one of another festival, or of one that is forgotten.
        InvalidField: two members can't be told apart, or a badge is none of this festival.
        MemberInvited: somebody who is invited would not belong to it any more.
        DatabaseUnavailable
    """
    await sales.catalogue.festival(festival)
    check_members(terms.members)
    await _check_badges(sales, festival, [one.accreditation for one in terms.members if one.accreditation])
    now = sales.context.clock.now()
    members = [
        (one.member, " ".join(one.name.split()), one.email or "", one.function.strip(), one.rank, one.accreditation)
        for one in terms.members
    ]
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        kept = await connection.fetchval(
            SQL.set_delegation,
            delegation,
            festival,
            " ".join(terms.name.split()),
            terms.organisation.strip(),
            terms.country,
            terms.locale,
            terms.arrives_on,
            terms.leaves_on,
            terms.notes.strip(),
            now,
            by,
        )
        if kept is None:
            raise errors.UnknownDelegation
        head = await connection.fetchval(SQL.unset_head, delegation)
        await connection.execute(SQL.drop_members, delegation, [one.member for one in terms.members])
        await connection.execute(
            SQL.set_members, delegation, *(list(column) for column in zip(*members, strict=True))
        )
        if await connection.fetchval(SQL.count_members, delegation) != len(members):
            raise errors.MemberInvited
        if head not in (None, terms.members[0].member):
            await _write_to_head(connection, delegation, now)
    return await read_delegation(sales, delegation)


async def invite_delegation(sales: Sales, delegation: uuid.UUID, screenings: list[str], by: str) -> Delegation:
    """Invite all members to screenings and meetings, in one act; again, or with more members: what is missing.

    Members with an address are written to, each in the language of the delegation; the head gets one letter, with
    the link by which to answer for all.

    Raises:
        UnknownDelegation, UnknownScreening
        InvalidField: a screening of another festival.
        InvitationTermsMissing, AnswersClosed, InvitationsBeyondBounds, SalesClosed: of any of the screenings; then
            nobody is invited to anything.
        DatabaseUnavailable
    """
    known = await read_delegation(sales, delegation)
    now = sales.context.clock.now()
    for screening_id in screenings:
        screening = await sales.catalogue.screening(screening_id)
        if screening.festival != known.festival:
            raise errors.UnknownScreening
        require_to_come(screening, now)
    new = 0
    async with database_errors(BOUNDS), sales.context.postgres.acquire() as connection, connection.transaction():
        # In one order, so that two who invite to the same screenings wait for each other and never in a circle.
        for screening_id in sorted(set(screenings)):
            held = await lock_round(connection, screening_id)
            if held is None:
                raise errors.InvitationTermsMissing
            if held["answer_by"] <= now:
                raise errors.AnswersClosed(answer_by=held["answer_by"])
            await connection.execute(SQL.adopt_invitations, delegation, screening_id)
            ids = [new_waiting_id() for _ in known.members]
            rows = await connection.fetch(SQL.invite_members, delegation, screening_id, known.locale, now, by, ids)
            new += len(rows)
        if new:
            await _write_to_head(connection, delegation, now)
    return await read_delegation(sales, delegation)


async def accredit_delegation(sales: Sales, delegation: uuid.UUID, by: str) -> Delegation:
    """Badges for the members who have none: for all screenings of films, and for what they are invited to, from the
    day of arrival to that of departure. Again: nothing changes.

    Raises:
        UnknownDelegation, AccreditationsFull, DatabaseUnavailable
    """
    known = await read_delegation(sales, delegation)
    members = [one for one in known.members if one.accreditation is None]
    if not members:
        return known
    screenings = tuple(sorted(point.screening for point in programme_of(known)))
    entitlement = Entitlement(known.arrives_on, known.leaves_on, screenings=screenings)
    organisation = known.organisation or known.name
    holders = tuple(Holder(one.name, organisation, one.email, known.locale) for one in members)
    # Made of what is asked for: if this breaks off after the accreditations were made, the next try finds them.
    asked = msgspec.json.encode([[one.member for one in members], entitlement, holders])
    wish = NewAccreditations(uuid.uuid5(_NAMESPACE, asked.decode()), "delegation", entitlement, holders)
    desk = Accreditations(sales.context, sales.catalogue, sales.keys)
    made = await accredit(desk, known.festival, wish, by)
    async with database_errors():
        await sales.context.postgres.execute(
            SQL.set_accreditations, [one.member for one in members], [one.accreditation for one in made]
        )
    return await read_delegation(sales, delegation)


async def _write_to_head(connection: Connection, delegation: uuid.UUID, now: datetime) -> None:
    await connection.execute(SQL.write_to_head, delegation, now, f"{now:%Y%m%d%H%M%S%f}")


async def _check_badges(sales: Sales, festival: str, badges: list[str]) -> None:
    known = await read_accreditations(Accreditations(sales.context, sales.catalogue, sales.keys), badges)
    if {one.accreditation for one in known if one.festival == festival and not one.erased} != set(badges):
        raise errors.InvalidField(field="members", problem=BADGE_PROBLEM)


async def forget_delegations(sales: Sales) -> int:
    """Forget members and notes where the festival's rule ``personal_data_days`` says that it was long enough ago;
    how many delegations.

    Raises:
        DatabaseUnavailable
    """
    days = FestivalRules().personal_data_days
    async with database_errors():
        return int(
            await sales.context.postgres.fetchval(
                SQL.forget_delegations, sales.context.clock.now(), days, FORGOTTEN_AT_ONCE_MAX
            )
        )
