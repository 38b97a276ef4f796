"""Twenty parties wait for a sold-out hall while seats come free and a crowd passes by: nobody is overtaken."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from tests.factories import make_layout
from tests.sales.waiting_room import WaitingRoom
from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.programme.layout import Layout
from ticketing.programme.ranking import rank_blocks
from ticketing.sales.waiting.joining import take_offer
from ticketing.sales.waiting.model import Party, best_places
from ticketing.sales.waiting.offering import offer_seats
from ticketing.seating.holds import hold_seats
from ticketing.seating.model import BestSeats, NamedSeats, Wish

PARTIES, WORKERS, PASSERS_BY = 20, 2, 6


class Crowd:
    """People who pass by and take what they can get, without end; ``got`` is what they got."""

    def __init__(self, room: WaitingRoom, seed: int) -> None:
        self.room, self.rng = room, random.Random(seed)
        self.got: list[tuple[str, ...]] = []
        self.refused = 0

    async def hammer(self, number: int) -> None:
        layout = self.room.office.layout
        while True:
            wish: Wish = BestSeats(1)
            if self.rng.random() < 0.6:
                wish = NamedSeats((self.rng.choice(layout.labels),))
            try:
                held = await hold_seats(self.room.house.seating, self.room.screening, wish, f"198.51.100.{number}")
                self.got.append(held.seats)
            except errors.TicketingError:
                self.refused += 1
            await asyncio.sleep(0.002)


async def worker(room: WaitingRoom) -> None:
    while True:
        await offer_seats(room.house.sales)
        await asyncio.sleep(0.01)


async def settled(room: WaitingRoom) -> None:
    """Until nothing is kept any more, and what was decided is committed."""
    async with asyncio.timeout(20):
        while True:
            async with room.context.postgres.acquire() as connection, connection.transaction():
                await connection.fetch("select from waiting_queue for update")
                if "w" not in (await room.office.states()).values():
                    return
            await asyncio.sleep(0.01)


def could_sit(layout: Layout, party: Party, seats: Sequence[str]) -> bool:
    places = {layout.index_of[seat] for seat in seats}
    return bool(best_places(layout, party, places, lambda one: rank_blocks(layout, one.people, one.zone, 0)))


@pytest.mark.parametrize("seed", [2])
async def test_nobody_who_waits_is_overtaken(context: Context, seed: int) -> None:
    """Seats come free one by one and in pairs. Each time exactly the first who can be seated is offered them."""
    layout = make_layout(rows=4, seats=10)
    rng = random.Random(seed)
    # Singles and pairs, apart from each other, so that who is to be offered what is plain to see.
    groups = [
        [f"{row}-{seat}", f"{row}-{seat + 1}"][: rng.choice((1, 2, 2))] for row in "ABCD" for seat in (1, 4, 7)
    ]
    rng.shuffle(groups)
    room = await WaitingRoom.opened(
        context, layout=layout, free=" ".join(seat for group in groups for seat in group)
    )
    for group in groups:
        room.sold[group[0]] = await room.office.sell(*group)
    parties = [rng.choice((1, 1, 2, 2, 3)) for _ in range(PARTIES)]
    for number, people in enumerate(parties):
        await room.join(f"guest{number:02}", people)
    crowd = Crowd(room, seed)
    tasks = [asyncio.create_task(worker(room)) for _ in range(WORKERS)]
    tasks += [asyncio.create_task(crowd.hammer(number)) for number in range(PASSERS_BY)]
    waiting = list(range(PARTIES))
    served: list[int] = []
    try:
        for group in groups:
            await room.give_back(group[0])
            await settled(room)
            left = list(group)
            for number in list(waiting):
                view = await room.show(f"guest{number:02}")
                # Those before have had their choice: this one gets something exactly where there is enough left.
                assert (view.offer is not None) == could_sit(layout, Party(parties[number]), left), number
                if view.offer is not None:
                    left = [label for label in left if label not in view.offer.seats]
                    waiting.remove(number)
                    served.append(number)
        for number in served:
            hold = await take_offer(room.house.sales, *room.secret_of(f"guest{number:02}"))
            await room.office.pay(await room.office.order(hold))
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [one for one in outcomes if not isinstance(one, asyncio.CancelledError)] == []
    # Within one size of party nobody came before somebody who had joined earlier.
    for people in set(parties):
        same = [number for number in served if parties[number] == people]
        assert same == sorted(same)
        still = [number for number in waiting if parties[number] == people]
        assert not same or not still or max(same) < min(still)
    assert len(served) >= len(groups)
    assert crowd.refused > 100
    seats = await context.postgres.fetch("select seat from ticket where status <> 'void'")
    assert len({row["seat"] for row in seats}) == len(seats)
    taken = {seat for seats_of_one in crowd.got for seat in seats_of_one}
    assert taken.isdisjoint(row["seat"] for row in seats)
