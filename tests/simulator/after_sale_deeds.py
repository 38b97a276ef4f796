"""What the counter does after a sale and after an outage: takes back, prints anew, enters papers."""

import uuid
from datetime import timedelta
from random import Random

from tests.simulator.invariants import InvariantBroken
from tests.simulator.world import Call, World, nothing
from ticketing.sales.after_sale.cancelling import cancel_at_counter, look_at_counter_cancellation
from ticketing.sales.after_sale.model import CancellationChoice, CancellationWish, ReprintWish
from ticketing.sales.after_sale.reprinting import reprint_ticket
from ticketing.sales.desk import show_order
from ticketing.sales.outage.entering import enter_stack
from ticketing.sales.outage.model import HandSoldPaper, HandSoldStack
from ticketing.staff.model import Principal, Role

CLERK, SUPERVISOR = Principal("till-1", Role.BOX_OFFICE), Principal("till-1", Role.SUPERVISOR)
PAPERS = 60


def _named(rng: Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)


async def _look(world: World, order_id: str) -> None:
    """The buyer opens the order's page, and has the codes that count now."""
    world.saw(await show_order(world.house.sales, order_id, world.orders[order_id]))


def take_back_over_counter(world: World, rng: Random) -> Call:
    """One ticket or several, within the rules or beyond them, the money handed out or left in the list."""
    if not world.tickets:
        return nothing
    first = rng.choice(list(world.tickets)[-20:])
    order_id = world.tickets[first]
    beside = [ticket for ticket, of in world.tickets.items() if of == order_id and ticket != first]
    choice = CancellationChoice(
        (first, *rng.sample(beside, rng.randint(0, len(beside)))), waive_fee=rng.random() < 0.3
    )
    clerk, name = rng.choice((CLERK, SUPERVISOR, SUPERVISOR)), _named(rng)
    hand_out = rng.random() < 0.6
    told: list[CancellationWish] = []

    async def call() -> None:
        if not told:
            terms = await look_at_counter_cancellation(world.house.sales, order_id, choice, clerk)
            told.append(
                CancellationWish(
                    tickets=choice.tickets,
                    waive_fee=choice.waive_fee,
                    cancellation=name,
                    reason="goodwill",
                    money=terms.refund,
                    hand_out=hand_out,
                )
            )
        world.asked_back.add(order_id)
        done = await cancel_at_counter(world.house.sales, order_id, told[0], clerk)
        if sum(way.money.amount for way in done.ways) != done.refund.amount:
            raise InvariantBroken(f"2 taken back for another sum than its refunds: {done.cancellation}")
        await _look(world, order_id)

    return call


def print_anew(world: World, rng: Random) -> Call:
    """The paper is lost; whoever finds it tries it at the door all the same."""
    if not world.tickets:
        return nothing
    ticket = rng.choice(list(world.tickets)[-20:])
    wish = ReprintWish(_named(rng), "lost", way=rng.choice(("print", "mail")))
    made: list[int] = []

    async def call() -> None:
        done = await reprint_ticket(world.house.sales, ticket, wish, CLERK)
        made.append(done.revision)
        if len(set(made)) != 1:
            raise InvariantBroken(f"7 one reprint made two codes: {made}")
        await _look(world, world.tickets[ticket])

    return call


def enter_papers(world: World, rng: Random) -> Call:
    """A stack from an evening without a house: some of its seats were sold, some of its numbers are known."""
    screening = rng.choice(world.screenings)
    sold_at = world.clock.now() - timedelta(minutes=rng.randint(1, 60))
    seats = rng.sample([*world.layout.labels, "parterre", "parterre"], rng.randint(1, 3))
    papers = tuple(
        HandSoldPaper(
            str(rng.randrange(PAPERS)),
            seat,
            rng.choice(("full", "student", "invitation")),
            rng.choice(("cash", "card")),
            sold_at,
            came_in=rng.random() < 0.5,
        )
        for seat in seats
    )
    stack = HandSoldStack(_named(rng), papers, in_till=True)

    async def call() -> None:
        batch = await enter_stack(world.house.sales, screening, stack, "kk", CLERK)
        for one in batch.tickets:
            world.orders[one.order] = world.context.secrets.order_secret(one.order)
            await _look(world, one.order)

    return call


DEEDS = {take_back_over_counter: 8, print_anew: 6, enter_papers: 8}
WRITING_IN_POSTGRES = (take_back_over_counter, print_anew, enter_papers)
