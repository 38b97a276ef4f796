"""Money by other ways: taken at the counter, and a bank that charges twice, answers late or never."""

import secrets
from functools import partial
from random import Random
from typing import cast

from tests.simulator.world import Call, World, nothing
from ticketing.kernel.jobs import do_jobs
from ticketing.kernel.money import Money
from ticketing.sales.counter import CounterPayment, Method, take_counter_payment
from ticketing.sales.demo_bank import Behaviour, answer_as_bank, tell_late_notice
from ticketing.sales.desk import show_order


def pay_at_counter(world: World, rng: Random) -> Call:
    """Somebody comes to the till for an order or an exchange: once, twice, too late, or with too little."""
    if not world.orders:
        return nothing
    order_id = rng.choice(list(world.orders)[-8:])
    exchanges = [charge for charge, (of, _) in world.exchanges.items() if of == order_id]
    charge = rng.choice(exchanges) if exchanges and rng.random() < 0.6 else order_id
    receipt, short = secrets.token_hex(6), rng.choice((0, 0, 0, 1))
    method = cast("Method", rng.choice(("cash", "card")))

    async def call() -> None:
        view = await show_order(world.house.sales, order_id, world.orders[order_id])
        asked = view.total if charge == order_id else world.exchanges[charge][1]
        if asked.amount > short:
            taken = CounterPayment(receipt, method, Money(asked.amount - short, asked.currency))
            await take_counter_payment(world.house.sales, charge, taken, "till-1")

    return call


def ask_the_bank(world: World, rng: Random) -> Call:
    """A bank that charges twice, answers when the wait is over, or never."""
    if not world.orders:
        return nothing
    order_id = rng.choice(list(world.orders)[-8:])
    exchanges = [charge for charge, (of, _) in world.exchanges.items() if of == order_id]
    charge = rng.choice(exchanges) if exchanges and rng.random() < 0.6 else order_id
    behaviour = cast("Behaviour", rng.choice(("twice", "late", "late", "silent")))
    minutes = rng.randint(1, 3)

    async def call() -> None:
        await answer_as_bank(world.house.sales, charge, world.orders[order_id], behaviour, minutes)

    return call


def hear_the_bank(world: World, _rng: Random) -> Call:
    """The bank's late answers arrive, whatever has become of their orders."""
    jobs = {"demo_bank_answers": partial(tell_late_notice, world.house.sales)}

    async def call() -> None:
        await do_jobs(world.context, jobs)

    return call


DEEDS = {pay_at_counter: 8, ask_the_bank: 6, hear_the_bank: 6}
WRITING_IN_POSTGRES = (pay_at_counter, ask_the_bank)
