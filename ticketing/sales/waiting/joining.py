"""What people do at a waiting list: join, look, change the party, take an offer or decline it, leave."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from ticketing.kernel import errors
from ticketing.kernel.ids import new_waiting_id
from ticketing.kernel.postgres import Connection, Pool, database_errors
from ticketing.kernel.throttle import Limit, count_or_refuse
from ticketing.sales.desk import Sales
from ticketing.sales.waiting.desk import SQL, open_entry, read_entry, tell_mirror, view_for_strangers, view_of
from ticketing.sales.waiting.ending import let_pass
from ticketing.sales.waiting.model import (
    ENTRIES_PER_ADDRESS_MAX,
    ENTRIES_PER_SCREENING_MAX,
    EntryFacts,
    JoinRequest,
    Party,
    WaitingChange,
    WaitingView,
    may_join,
)
from ticketing.sales.waiting.offering import hold_offers
from ticketing.sales.waiting.places import check_party, has_seats_for
from ticketing.seating.holds import show_hold
from ticketing.seating.model import Hold

# Whole towns share an address behind mobile networks.
JOINS_PER_CLIENT: Final = Limit("join-waiting", 120, 60)


async def join_waiting_list(
    sales: Sales, screening_id: str, request: JoinRequest, key: str | None, client: str
) -> WaitingView:
    """Wait for seats together. ``client`` is the address that asks, ``key`` tells a request that is sent again.

    One e-mail address waits once for a screening: joining again changes the party of the entry there is, which
    keeps its place, and mails its link again. Only who sends the same ``key`` is shown the entry and its secret
    then: an address is no proof that it is one's own.

    Raises:
        UnknownScreening, NoWaitingList, InvalidField, TooManySeats, HallTooSmall, SeatsAvailable (nobody needs to
        wait), WaitingListFull, OfferOpen, TooMany, SeatingUnavailable
    """
    await count_or_refuse(sales.context, JOINS_PER_CLIENT, client)
    if not request.consent:
        raise errors.InvalidField(problem="consent is needed: without it nobody may be written to", field="consent")
    screening = await sales.catalogue.public_screening(screening_id)
    now = sales.context.clock.now()
    if not may_join(screening, now):
        raise errors.NoWaitingList
    await check_party(sales, screening, request.party)
    key_hash = hashlib.sha256(key.encode()).digest() if key else None
    known = await _known(sales.context.postgres, screening_id, request.email, key_hash)
    if known is None and await has_seats_for(sales, screening, request.party):
        raise errors.SeatsAvailable(people=request.party.people)
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        await connection.execute(SQL.open_queue, screening_id)
        await connection.fetchrow(SQL.lock_queue, screening_id)
        # Looked at again as the only one: the same may have been asked twice at once.
        known = await _known(connection, screening_id, request.email, key_hash)
        if known is not None and known[1]:
            return view_of(sales, await read_entry(connection, known[0]))
        if known is not None:
            entry = await _join_again(connection, await read_entry(connection, known[0]), request, now)
        else:
            entry = await _add(connection, screening_id, request, key_hash, now)
        queue = await connection.fetchval(SQL.settle_queue, screening_id, True)
    await tell_mirror(sales, screening, queue)
    return view_for_strangers(entry) if known else view_of(sales, entry)


async def show_waiting(sales: Sales, entry_id: str, secret: str) -> WaitingView:
    """A place in a waiting list, for somebody who knows its secret.

    Raises:
        UnknownWaitingEntry
    """
    return view_of(sales, await open_entry(sales, entry_id, secret))


async def change_waiting(sales: Sales, entry_id: str, secret: str, change: WaitingChange) -> WaitingView:
    """Wait for another party, or under another name or language; the place in the line stays.

    Raises:
        UnknownWaitingEntry, WaitingEnded, OfferOpen (the party can't be changed while seats are held for it),
        InvalidField, TooManySeats, HallTooSmall
    """
    before = await open_entry(sales, entry_id, secret)
    screening = await sales.catalogue.screening(before.screening)
    if change.party is not msgspec.UNSET:
        await check_party(sales, screening, change.party)
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        await connection.fetchrow(SQL.lock_queue, before.screening)
        entry = await read_entry(connection, entry_id)
        party = entry.party if change.party is msgspec.UNSET else change.party
        _check_open(entry, party)
        name = entry.name if change.name is msgspec.UNSET else change.name
        locale = entry.locale if change.locale is msgspec.UNSET else change.locale
        await connection.execute(
            SQL.change_entry, entry_id, party.people, party.wheelchair, party.zone, name, locale
        )
        queue = await connection.fetchval(SQL.settle_queue, before.screening, party != entry.party)
        entry = await read_entry(connection, entry_id)
    await tell_mirror(sales, screening, queue)
    return view_of(sales, entry)


async def leave_waiting_list(sales: Sales, entry_id: str, secret: str) -> WaitingView:
    """Wait no longer. Seats that are offered go to the next in line; an order that was placed for them stays.

    Leaving again changes nothing.

    Raises:
        UnknownWaitingEntry
    """
    return await _give_up(sales, entry_id, secret, leave=True)


async def decline_offer(sales: Sales, entry_id: str, secret: str) -> WaitingView:
    """Say no to the seats that are offered: they go to the next in line. Whether one waits on, behind all others,
    is the festival's rule. Without an offer nothing changes.

    Raises:
        UnknownWaitingEntry
    """
    return await _give_up(sales, entry_id, secret, leave=False)


async def decline_offers_of(sales: Sales, hold_ids: Sequence[str]) -> None:
    """Say no to the offers whose holds these are, by somebody who gives the seats back in the cart or the hall. A
    hold that is no open offer's changes nothing.

    Raises:
        DatabaseUnavailable
    """
    if not hold_ids:
        return
    async with database_errors():
        rows = await sales.context.postgres.fetch(SQL.find_entries_of_holds, list(hold_ids))
    for row in rows:
        secret = sales.context.secrets.waiting_secret(row["entry_id"])
        await decline_offer(sales, row["entry_id"], secret)


async def take_offer(sales: Sales, entry_id: str, secret: str) -> Hold:
    """The hold of the seats that are offered, to be ordered like any other. Taking it again gives the same.

    Raises:
        UnknownWaitingEntry, OfferOver, SeatingUnavailable
    """
    entry = await open_entry(sales, entry_id, secret)
    offer = entry.offer
    if offer is None or offer.status != "open" or offer.expires_at <= sales.context.clock.now():
        raise errors.OfferOver
    try:
        return await show_hold(sales.seating, offer.hold)
    except errors.UnknownHold:
        # Given back by its id over the API, or lost with its key in Redis: it is the party's until the deadline.
        await hold_offers(sales, await sales.catalogue.screening(entry.screening))
    try:
        return await show_hold(sales.seating, offer.hold)
    except errors.UnknownHold:
        raise errors.OfferOver from None


async def _known(
    source: Pool | Connection, screening_id: str, email: str, key_hash: bytes | None
) -> tuple[str, bool] | None:
    """The entry that this request, or this address, has made already; and whether it was this very request."""
    async with database_errors():
        if key_hash is not None:
            repeated = await source.fetchval(SQL.find_entry_of_request, screening_id, email, key_hash)
            if repeated is not None:
                return repeated, True
        found = await source.fetchval(SQL.find_entry_of_address, screening_id, email)
    return None if found is None else (found, False)


async def _add(
    connection: Connection,
    screening_id: str,
    request: JoinRequest,
    key_hash: bytes | None,
    now: datetime,
) -> EntryFacts:
    counted = await connection.fetchrow(SQL.count_entries, screening_id, request.email)
    for waiting, bound in (("in_line", ENTRIES_PER_SCREENING_MAX), ("of_address", ENTRIES_PER_ADDRESS_MAX)):
        if counted is not None and counted[waiting] >= bound:
            raise errors.WaitingListFull(max=bound)
    entry_id, party = new_waiting_id(), request.party
    await connection.execute(
        SQL.add_entry,
        entry_id,
        screening_id,
        party.people,
        party.wheelchair,
        party.zone,
        request.email,
        request.name,
        request.locale,
        key_hash,
        now,
        _hour(now),
    )
    return await read_entry(connection, entry_id)


async def _join_again(connection: Connection, entry: EntryFacts, request: JoinRequest, now: datetime) -> EntryFacts:
    _check_open(entry, request.party)
    party = request.party
    await connection.execute(
        SQL.change_entry, entry.entry, party.people, party.wheelchair, party.zone, entry.name, entry.locale
    )
    await connection.execute(SQL.queue_joined_letter, entry.entry, now, _hour(now))
    return await read_entry(connection, entry.entry)


async def _give_up(sales: Sales, entry_id: str, secret: str, *, leave: bool) -> WaitingView:
    before = await open_entry(sales, entry_id, secret)
    screening = await sales.catalogue.screening(before.screening)
    now = sales.context.clock.now()
    holds: list[str] = []
    again = False
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        await connection.fetchrow(SQL.lock_queue, before.screening)
        entry = await read_entry(connection, entry_id)
        if entry.offer is not None and entry.offer.status == "open":
            holds.append(entry.offer.hold)
            await connection.execute(SQL.decline_offer, entry_id, now)
            if not leave:
                again = await let_pass(connection, screening, entry_id, now, "left")
        if leave:
            await connection.execute(SQL.keep_order_of, entry_id, now)
            await connection.execute(SQL.end_entry, entry_id, "left", now)
        queue = await connection.fetchval(SQL.settle_queue, before.screening, again)
        entry = await read_entry(connection, entry_id)
    await tell_mirror(sales, screening, queue, holds)
    return view_of(sales, entry)


def _check_open(entry: EntryFacts, party: Party) -> None:
    if entry.status not in ("waiting", "offered"):
        raise errors.WaitingEnded
    if entry.status == "offered" and party != entry.party:
        raise errors.OfferOpen


def _hour(now: datetime) -> str:
    # Part of the letter's key: one an hour at most.
    return f"{now:%Y%m%d%H}"
