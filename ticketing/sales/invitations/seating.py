"""Seats for accepted guests: proposed by protocol, moved by hand, and made into tickets."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from ticketing.kernel import errors
from ticketing.kernel.errors import N_
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.programme.model import Screening
from ticketing.sales.allotted_tickets import Parcel, lock_untaken, require_to_come, tariffs_of, write_tickets
from ticketing.sales.desk import Sales, SeatNews, tell_seats
from ticketing.sales.invitations.model import INVITATIONS_MAX, Invitation, Round
from ticketing.sales.invitations.proposal import SeatedParty, propose_seats
from ticketing.sales.invitations.rounds import SQL, lock_round, read_round
from ticketing.sales.model import Buyer
from ticketing.sales.orders import SEAT_CONSTRAINTS
from ticketing.staff.accounts import add_audit

PARTIES_AT_ONCE_MAX: Final = 100
"""So many get their tickets in one transaction; what is left is issued by asking again."""
COUNT_PROBLEM: Final = N_("A party needs as many seats as it has people, each once")


async def propose(sales: Sales, screening: Screening, by: str) -> Round:
    """Plan seats for all who have accepted and have no tickets, by protocol; what was planned before is replaced.

    Raises:
        SeatingAllotmentMissing: it was not said whose seats guests are given.
        UnknownAllotment, AllotmentReleased, InvitationTermsMissing, DatabaseUnavailable
    """
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        untaken = await _lock(sales, connection, screening)
        waiting = [one for one in await _accepted(connection, screening) if one.order is None]
        layout = await sales.catalogue.layout(screening.layout_id)
        parties = [SeatedParty(one.invitation, one.people, one.rank, one.wheelchairs) for one in waiting]
        plan = propose_seats(layout, untaken, parties)
        await connection.execute(SQL.drop_plan, screening.screening_id)
        await _write(connection, screening, plan)
        await _audit(sales, connection, screening, by, "guests_seated", parties=len(plan))
    return await _read(sales, screening)


async def move_party(sales: Sales, screening: Screening, invitation: str, seats: Sequence[str], by: str) -> Round:
    """Plan other seats for a party, the guest's own first. Onto the seats of one other party of the same size: both
    change places. No ``seats``: none are planned.

    Raises:
        UnknownInvitation: it has not accepted.
        InvitationTicketed, SeatingAllotmentMissing, UnknownAllotment, AllotmentReleased
        InvalidField: not as many seats as people.
        SeatsTaken: not in the allotment, with a ticket, or planned for several other parties.
        DatabaseUnavailable
    """
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        untaken = await _lock(sales, connection, screening)
        accepted = {one.invitation: one for one in await _accepted(connection, screening)}
        moved = accepted.get(invitation)
        if moved is None:
            raise errors.UnknownInvitation
        if moved.order is not None:
            raise errors.InvitationTicketed
        if seats and (len(seats) != moved.people or len(set(seats)) != len(seats)):
            raise errors.InvalidField(field="seats", problem=COUNT_PROBLEM)
        gone = [seat for seat in seats if seat not in untaken]
        if gone:
            raise errors.SeatsTaken(seats=gone)
        others = [one for one in accepted.values() if one.invitation != invitation and one.order is None]
        plan = _exchange(moved, seats, others)
        await connection.execute(SQL.drop_plan_of, list(plan))
        await _write(connection, screening, plan)
        await _audit(sales, connection, screening, by, "guests_seated", parties=len(plan))
    return await _read(sales, screening)


async def issue_tickets(sales: Sales, screening: Screening, by: str) -> int:
    """Free tickets for everybody whose seats are planned, mailed to those with an address; how many parties.

    One order a party, in the guest's name and language. ``PARTIES_AT_ONCE_MAX`` at most. Again: those who have
    tickets keep them.

    Raises:
        SeatingAllotmentMissing, UnknownAllotment, AllotmentReleased
        SeatsTaken: a planned seat has a ticket meanwhile.
        NoFreeTariff, SalesClosed, DatabaseUnavailable
    """
    require_to_come(screening, sales.context.clock.now())
    news: list[SeatNews] = []
    async with (
        database_errors(SEAT_CONSTRAINTS),
        sales.context.postgres.acquire() as connection,
        connection.transaction(),
    ):
        untaken = await _lock(sales, connection, screening)
        ready = [one for one in await _accepted(connection, screening) if one.order is None and one.seats]
        parties = ready[:PARTIES_AT_ONCE_MAX]
        free = await _free_tariffs(connection, screening)
        for one in parties:
            gone = [seat for seat in one.seats if seat not in untaken]
            if gone:
                raise errors.SeatsTaken(seats=gone)
            order = await write_tickets(sales, connection, screening, _parcel(one, free))
            await connection.execute(SQL.set_order, one.invitation, order)
            news += [SeatNews(screening.screening_id, seat, "s") for seat in one.seats]
        if parties:
            seats = ", ".join(one.seat for one in news)
            await _audit(
                sales, connection, screening, by, "guest_tickets_issued", parties=len(parties), seats=seats
            )
    await tell_seats(sales, news)
    return len(parties)


async def _free_tariffs(connection: Connection, screening: Screening) -> tuple[str, ...]:
    """Those tariffs of the round's allotment that cost nothing: who is invited pays nothing."""
    priced = {price.tariff for price in screening.prices if price.amount}
    held = await lock_round(connection, screening.screening_id)
    tariffs = await tariffs_of(connection, screening, held["allotment_id"]) if held else ()
    return tuple(tariff for tariff in tariffs if tariff not in priced)


def _parcel(one: Invitation, tariffs: tuple[str, ...]) -> Parcel:
    names = [one.name, *(name or one.name for name in one.companions)]
    holders = dict(zip(one.seats, names, strict=True))
    key = f"invitation-{one.invitation}"
    buyer = Buyer(one.contact or "", one.name)
    return Parcel(buyer, one.locale, key, hashlib.sha256(key.encode()).digest(), holders, tariffs)


def _exchange(moved: Invitation, seats: Sequence[str], others: Sequence[Invitation]) -> dict[str, tuple[str, ...]]:
    """The new plan of those who move: the party, and whoever it changes places with."""
    wanted = set(seats)
    met = [one for one in others if wanted & set(one.seats)]
    if not met:
        return {moved.invitation: tuple(seats)}
    other = met[0]
    if len(met) > 1 or set(other.seats) != wanted or other.people != moved.people or not moved.seats:
        raise errors.SeatsTaken(seats=sorted(wanted & {seat for one in met for seat in one.seats}))
    return {moved.invitation: tuple(seats), other.invitation: moved.seats}


async def _lock(sales: Sales, connection: Connection, screening: Screening) -> list[str]:
    """Take turns on the invitations, then on the allotment; the seats that can be given."""
    held = await lock_round(connection, screening.screening_id)
    if held is None:
        raise errors.InvitationTermsMissing
    if held["allotment_id"] is None:
        raise errors.SeatingAllotmentMissing
    return await lock_untaken(sales, connection, screening, held["allotment_id"], planned_too=True)


async def _accepted(connection: Connection, screening: Screening) -> list[Invitation]:
    body = await connection.fetchval(SQL.read_round, screening.screening_id, INVITATIONS_MAX)
    found = msgspec.json.decode(body, type=Round).invitations
    return [one for one in found if one.status == "accepted"]


async def _write(connection: Connection, screening: Screening, plan: Mapping[str, Sequence[str]]) -> None:
    # A seat that was given back is still written down for who had it.
    await connection.execute(
        SQL.drop_stale_plan, screening.screening_id, [seat for seats in plan.values() for seat in seats]
    )
    rows = [(party, place, seat) for party, seats in plan.items() for place, seat in enumerate(seats)]
    if rows:
        await connection.execute(
            SQL.plan_seats, screening.screening_id, *(list(column) for column in zip(*rows, strict=True))
        )


async def _audit(
    sales: Sales, connection: Connection, screening: Screening, by: str, act: str, **detail: str | int
) -> None:
    await add_audit(connection, sales.context.clock.now(), by, act, screening.screening_id, **detail)


async def _read(sales: Sales, screening: Screening) -> Round:
    found = await read_round(sales, screening)
    if found is None:
        raise errors.InvitationTermsMissing
    return found
