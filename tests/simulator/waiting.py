"""A sought-after screening with six seats: people who wait for it, others who pass by, and what must hold."""

import secrets
from random import Random
from typing import TYPE_CHECKING, Any

from tests.simulator.deeds import _placing
from tests.simulator.invariants import InvariantBroken
from tests.simulator.world import BUYER, Call, World, nothing
from ticketing.kernel import errors
from ticketing.programme.ranking import rank_blocks
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.model import HoldTickets, OrderRequest, TicketRequest
from ticketing.sales.waiting.joining import (
    change_waiting,
    decline_offer,
    join_waiting_list,
    leave_waiting_list,
    take_offer,
)
from ticketing.sales.waiting.model import JoinRequest, Party, WaitingChange, best_places
from ticketing.sales.waiting.offering import offer_seats
from ticketing.seating.holds import hold_seats
from ticketing.seating.model import BestSeats, Hold, NamedSeats, Wish
from ticketing.seating.scripts import keys_of

if TYPE_CHECKING:
    from collections.abc import Callable

GUESTS = 12


def join(world: World, rng: Random) -> Call:
    guest, key = rng.randrange(GUESTS), secrets.token_hex(8)
    request = JoinRequest(Party(rng.choice((1, 1, 2, 2, 3))), f"guest{guest}@example.org", BUYER.name, consent=True)

    async def call() -> None:
        view = await join_waiting_list(world.house.sales, world.sought, request, key, "203.0.113.8")
        if view.entry and view.secret:
            if world.joined.setdefault(key, view.entry) != view.entry:
                raise InvariantBroken("7 one key made two entries")
            world.waiting[view.entry] = view.secret

    return call


def change_party(world: World, rng: Random) -> Call:
    people = rng.randint(1, 3)
    return _with_entry(
        world, rng, lambda *entry: change_waiting(world.house.sales, *entry, WaitingChange(party=Party(people)))
    )


def leave(world: World, rng: Random) -> Call:
    return _with_entry(world, rng, lambda *entry: leave_waiting_list(world.house.sales, *entry))


def decline(world: World, rng: Random) -> Call:
    return _with_entry(world, rng, lambda *entry: decline_offer(world.house.sales, *entry))


def _with_entry(world: World, rng: Random, act: "Callable[..., Any]") -> Call:
    if not world.waiting:
        return nothing
    entry = rng.choice(list(world.waiting.items())[-GUESTS:])

    async def call() -> None:
        await act(*entry)

    return call


def take(world: World, rng: Random) -> Call:
    """Whoever of the list has an offer takes it: into the cart, and mostly on to the order."""
    if not world.waiting:
        return nothing
    entries = list(world.waiting.items())[-GUESTS:]
    goes_on, tariff, key = rng.random() < 0.8, rng.choice(("full", "invitation")), secrets.token_hex(8)

    async def call() -> None:
        for entry in entries:
            try:
                held = await take_offer(world.house.sales, *entry)
            except errors.OfferOver:
                continue
            if goes_on:
                world.requests.setdefault(key, _request(held, tariff))
                await _placing(world, key)()
            return

    return call


def pass_by(world: World, rng: Random) -> Call:
    """Somebody who does not wait wants the same seats."""
    wish: Wish = BestSeats(rng.randint(1, 2))
    if rng.random() < 0.5:
        wish = NamedSeats((rng.choice(world.sought_seats),))
    buys, tariff, key = rng.random() < 0.6, rng.choice(("full", "invitation")), secrets.token_hex(8)

    async def call() -> None:
        held = await hold_seats(world.house.seating, world.sought, wish, "203.0.113.9")
        world.holds[held.hold] = held.seats
        if buys:
            world.requests[key] = _request(held, tariff)
            await _placing(world, key)()

    return call


def give_back(world: World, rng: Random) -> Call:
    """Seats of the sought-after screening come free."""
    bought = [order for order in world.placed.values() if order.tickets[0].screening == world.sought]
    if not bought:
        return nothing
    order = rng.choice(bought[-8:])

    async def call() -> None:
        world.asked_back.add(order.order)
        world.saw(await cancel_order(world.house.sales, order.order, world.orders[order.order]))

    return call


def offer(world: World, _rng: Random) -> Call:
    async def call() -> None:
        await offer_seats(world.house.sales)

    return call


def _request(held: Hold, tariff: str) -> OrderRequest:
    tickets = [TicketRequest(seat, tariff) for seat in held.seats]
    return OrderRequest([HoldTickets(held.hold, tickets)], BUYER, locale="kk", payment="demo")


DEEDS: "dict[Callable[[World, Random], Call], int]" = {
    join: 10,
    change_party: 2,
    leave: 1,
    decline: 2,
    take: 8,
    pass_by: 10,
    give_back: 6,
    offer: 12,
}
WRITING_IN_POSTGRES = (join, change_party, leave, decline, take, give_back, offer)

FAULTS = """
select 'two open offers for one entry' as broken, entry_id as by
from waiting_offer where status in ('open', 'ordered') group by entry_id having count(*) > 1
union all
select 'a seat offered twice', seat
from waiting_offer, unnest(seats) as seat where status in ('open', 'ordered')
group by screening_id, seat having count(*) > 1
union all
select 'an offer and its entry disagree', entry_id
from waiting_entry left join lateral (
    select count(*) as offers from waiting_offer
    where waiting_offer.entry_id = waiting_entry.entry_id and waiting_offer.status in ('open', 'ordered')
) as has on true
where (status = 'offered') <> (has.offers = 1)
union all
select 'an offer and its seats disagree', waiting_offer.hold_id
from waiting_offer left join lateral (
    select array_agg(seat order by seat) as named from waiting_offer_seat
    where waiting_offer_seat.offer_id = waiting_offer.offer_id
) as has on true
where coalesce(has.named, '{}')
    <> case when status in ('open', 'ordered')
       then (select array_agg(seat order by seat) from unnest(seats) as seat) else '{}' end
union all
select 'a queue is open and empty, or shut and not', screening_id
from waiting_queue
where open <> exists (
    select from waiting_entry
    where waiting_entry.screening_id = waiting_queue.screening_id and status in ('waiting', 'offered')
)
union all
select 'a letter too many', payload::text
from job where kind in ('mail_waiting_offer', 'mail_waiting_ended') group by kind, payload having count(*) > 1
"""


async def check_waiting(world: World) -> None:
    """11: nobody who passes by gets what somebody who waits could use; what is offered is sold to nobody else."""
    rows = await world.auditor.fetch(FAULTS)
    if rows:
        raise InvariantBroken("\n".join(f"11 {row['broken']}: {row['by']}" for row in rows))
    rows = await world.auditor.fetch(
        "select hold_id, orders.idempotency_key from waiting_offer"
        " join ticket on ticket.screening_id = waiting_offer.screening_id and ticket.seat = any(seats)"
        " join orders using (order_id)"
        " where waiting_offer.status in ('open', 'ordered') and ticket.status in ('reserved', 'sold')"
    )
    for row in rows:
        request = world.requests.get(row["idempotency_key"])
        if request is None or row["hold_id"] not in {listed.hold for listed in request.holds}:
            raise InvariantBroken(f"11 an offered seat is sold to another: {row['hold_id']}")
    word = await world.auditor.fetchval(
        "select version || ':' || open::int from waiting_queue where screening_id = $1", world.sought
    )
    mirror, seats, _, _ = keys_of(world.sought).shared()
    told, states = await world.redis.hget(mirror, "queue"), await world.redis.get(seats)
    if states is None or word is None or (told or b"").decode() != word:
        return  # what the mirror was not told yet, it can't keep
    free = {index for index, state in enumerate(states) if state == 102}

    def blocks_of(party: Party) -> list[tuple[int, ...]]:
        return rank_blocks(world.layout, party.people, party.zone, party.wheelchair)

    for row in await world.auditor.fetch(
        "select people from waiting_entry where status = 'waiting' and screening_id = $1", world.sought
    ):
        if best_places(world.layout, Party(row["people"]), free, blocks_of):
            raise InvariantBroken(f"11 a party of {row['people']} waits, and its seats are on sale")
