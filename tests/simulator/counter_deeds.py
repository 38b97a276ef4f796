"""What the counter does: sells what is held, in both modes, and hands its till over."""

import secrets
import uuid
from random import Random

from tests.simulator.invariants import InvariantBroken
from tests.simulator.world import Call, World, nothing
from ticketing.kernel import errors
from ticketing.kernel.money import Money
from ticketing.programme.model import price_of
from ticketing.sales.counter_sale import CounterHold, CounterSale, sell_at_counter
from ticketing.sales.model import TicketRequest
from ticketing.sales.tills.model import Coins, ShiftClosing, ShiftOpening, TerminalTotal
from ticketing.sales.tills.shifts import close_shift, open_shift, shift_of
from ticketing.sales.tills.tills import list_tills
from ticketing.staff.model import Principal, Role

CASHIER = Principal("till-1", Role.SUPERVISOR)


def sell_over_counter(world: World, rng: Random) -> Call:
    """Cash or card, with an address or without, in pre-sale or for immediate entry; at times for another sum."""
    if not world.holds:
        return nothing
    hold, seats = rng.choice(list(world.holds.items())[-4:])
    tariff, wrong, key = (
        rng.choice(("full", "student", "invitation")),
        rng.choice((0, 0, 0, 1)),
        secrets.token_hex(8),
    )
    mode, method = rng.choice(("presale", "immediate_entry")), rng.choice(("cash", "card"))
    email = rng.choice((None, "saule@example.org"))
    sold: list[str] = []

    async def call() -> None:
        screening = await world.house.catalogue.screening(hold.rpartition(".")[0])
        layout = await world.house.catalogue.layout(screening.layout_id)
        prices = [price_of(screening, layout.zone_of[layout.index_of[seat]], tariff) for seat in seats]
        sum_of = Money(sum(price.amount for price in prices if price) + wrong, screening.currency)
        tickets = [TicketRequest(seat, tariff) for seat in seats]
        sale = CounterSale(
            [CounterHold(hold, tickets)],
            sum_of,
            mode,
            method,
            None,
            email,  # type: ignore[arg-type]  # literals
        )
        try:
            answer = await sell_at_counter(world.house.sales, sale, key, CASHIER)
        except errors.HoldExpired:
            world.holds.pop(hold, None)
            raise
        sold.append(answer.order.order)
        if len(set(sold)) != 1:
            raise InvariantBroken(f"7 one key sold twice: {sold}")
        world.holds.pop(hold, None)
        world.saw(answer.order)

    return call


def hand_over_till(world: World, rng: Random) -> Call:
    """The till is counted and closed, and opened by the next one, whatever is being sold at it."""
    counted = tuple(Coins(rng.randint(0, 10**7), currency) for currency in ("EUR", "KZT"))
    said = tuple(TerminalTotal(rng.randint(-(10**6), 10**7), coins.currency) for coins in counted)
    opening = ShiftOpening(uuid.UUID(int=rng.getrandbits(128), version=4), counted[:1])

    async def call() -> None:
        sales = world.house.sales
        shift = await shift_of(sales, CASHIER)
        if shift is not None:
            await close_shift(sales, uuid.UUID(shift.shift), ShiftClosing(counted, said), CASHIER)
        (till,) = await list_tills(sales, CASHIER)
        await open_shift(sales, till.till, opening, CASHIER)

    return call


DEEDS = {sell_over_counter: 12, hand_over_till: 2}
WRITING_IN_POSTGRES = (sell_over_counter, hand_over_till)
