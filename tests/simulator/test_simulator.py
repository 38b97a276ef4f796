"""Random walks: a few seeds that are always the same, and one that nobody has walked before."""

import contextlib
import secrets
from collections.abc import Awaitable, Callable
from random import Random

import pytest
from prometheus_client import generate_latest
from redis.exceptions import ConnectionError as RedisConnectionError

from tests.simulator.invariants import InvariantBroken
from tests.simulator.simulation import Simulation
from tests.simulator.world import BUYER, HOLDER, World
from ticketing.kernel.settings import Settings
from ticketing.seating.scripts import keys_of

FIXED_SEEDS = (1, 2, 3)
STEPS = 250


@pytest.mark.parametrize("which", [*FIXED_SEEDS, "fresh"])
async def test_walk(which: int | str, settings: Settings, request: pytest.FixtureRequest) -> None:
    chosen: int | None = request.config.getoption("simulator_seed", None)
    steps: int = request.config.getoption("simulator_steps", None) or STEPS
    if chosen is not None and which != "fresh":
        return  # one seed was asked for: it walks as the fresh one
    seed = chosen if chosen is not None else secrets.randbelow(10**9) if which == "fresh" else int(which)
    print(f"seed {seed}, {steps} steps")
    async with World.opened(settings) as world:
        simulation = Simulation(world, seed)
        await simulation.run(steps)
        print(dict(simulation.met.most_common()), "connections cut:", world.proxy.cuts)
        # A walk on which nothing happens proves nothing.
        assert simulation.met["done"] > steps / 5
        assert len(world.confirmed) > steps / 60
        ended = await world.auditor.fetch("select status, count(*) from exchange group by status")
        print("exchanges:", {row["status"]: row["count"] for row in ended})
        metrics = generate_latest().decode()
        for personal in (BUYER.email, BUYER.name, HOLDER):
            assert personal not in metrics


async def sell_twice(world: World, _rng: Random) -> None:
    """No unique index, and a mirror that forgets what is sold, save where somebody holds it."""
    await world.auditor.execute("drop index if exists ticket_one_live_per_seat")
    for screening in world.screenings:
        _, seats, holds, _ = keys_of(screening).shared()
        listed = {
            int(index) for text in await world.redis.hvals(holds) for index in text.split(b"|")[2].split(b",")
        }
        for index, state in enumerate(await world.redis.get(seats) or b""):
            if state in b"rs" and index not in listed:
                await world.redis.setrange(seats, index, "f")


async def keep_the_money(world: World, _rng: Random) -> None:
    await world.auditor.execute("delete from refund")


async def forget_who_is_inside(world: World, _rng: Random) -> None:
    await world.auditor.execute("update ticket set inside = false")


async def forget_a_confirmation(world: World, _rng: Random) -> None:
    """Books that are all in order, and yet not what the buyer was told."""
    await world.auditor.execute(
        "with gone as (update orders set status = 'cancelled' where status = 'confirmed' and total_amount = 0"
        " returning order_id), freed as (update ticket set status = 'void' from gone"
        " where ticket.order_id = gone.order_id and status = 'sold' returning ticket.*)"
        " insert into ledger_entry (screening_id, ticket_id, order_id, kind, tariff, amount, currency, at)"
        " select screening_id, ticket_id, order_id, 'cancelled', tariff, price_amount, currency, now() from freed"
    )


async def hold_for_nobody(world: World, _rng: Random) -> None:
    for screening in world.screenings:
        await world.redis.delete(keys_of(screening).shared()[2])


async def send_two_mails(world: World, _rng: Random) -> None:
    await world.auditor.execute("insert into job (kind, payload) select kind, payload from job limit 1")


async def free_what_is_being_paid_for(world: World, _rng: Random) -> None:
    """The seats of an exchange are on sale again while its buyer is at the bank."""
    await world.auditor.execute("delete from ticket where replaces is not null")


async def tear_the_ledger(world: World, _rng: Random) -> None:
    await world.auditor.execute("alter table ledger_entry disable trigger all")
    await world.auditor.execute("update ledger_entry set amount = amount + 1 where entry_id = 1")


async def sell_what_is_kept_for_the_list(world: World, _rng: Random) -> None:
    _, seats, _, _ = keys_of(world.sought).shared()
    # A server that has just been restarted keeps nothing for anybody.
    with contextlib.suppress(RedisConnectionError):
        for index, state in enumerate(await world.redis.get(seats) or b""):
            if state in b"w":
                await world.redis.setrange(seats, index, "f")


@pytest.mark.parametrize(
    ("spoil", "invariant"),
    [
        (sell_what_is_kept_for_the_list, "11 "),
        (sell_twice, "1 seat sold twice"),
        (keep_the_money, "2 money"),
        (free_what_is_being_paid_for, "2 exchange and places"),
        (forget_a_confirmation, "3 a confirmed order"),
        (hold_for_nobody, "5 places .* held by nobody|5 holds without expiry"),
        (forget_who_is_inside, "6 admitted twice|6 let in again"),
        (send_two_mails, "7 mails"),
        (tear_the_ledger, "8 "),
    ],
)
async def test_the_checks_can_fail(
    spoil: Callable[[World, Random], Awaitable[None]], invariant: str, settings: Settings
) -> None:
    async with World.opened(settings) as world:
        with pytest.raises(InvariantBroken, match=invariant):
            # Crowds are answered in whatever order comes about: a short walk may miss the deed that tells.
            await Simulation(world, 4, spoil).run(2400)
