"""What people do. Each deed makes its choices at once and gives a call that can be made again, word for word."""

import secrets
from collections.abc import Callable
from random import Random

from tests.simulator.door_deeds import look_offline, scan, scan_late
from tests.simulator.invariants import InvariantBroken
from tests.simulator.world import BUYER, HOLDER, Call, World, nothing
from ticketing.kernel import errors
from ticketing.kernel.money import Money
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.changes.exchange import exchange_tickets, give_up_exchange
from ticketing.sales.changes.rules import ExchangeWish
from ticketing.sales.changes.transfer import transfer_ticket
from ticketing.sales.demo_bank import report_demo_payment
from ticketing.sales.desk import show_order
from ticketing.sales.model import HoldTickets, OrderRequest, OrderView, TicketRequest
from ticketing.sales.orders import place_order
from ticketing.sales.payments import take_notice
from ticketing.sales.providers import PaymentNotice
from ticketing.seating.holds import change_hold, extend_hold, hold_seats, release_hold, show_hold
from ticketing.seating.model import AreaPlaces, BestSeats, NamedSeats, Wish


def hold(world: World, rng: Random) -> Call:
    screening = rng.choice(world.screenings)
    wish: Wish
    match rng.randrange(4):
        case 0 | 1:
            wish = NamedSeats(tuple(rng.sample(world.layout.labels, rng.randint(1, 4))))
        case 2:
            count = rng.randint(1, 4)
            wish = BestSeats(count, wheelchair=rng.choice((0, 0, 0, min(count, 1))))
        case _:
            wish = AreaPlaces("parterre", rng.randint(1, 3))

    async def call() -> None:
        held = await hold_seats(world.house.seating, screening, wish, "203.0.113.7")
        world.holds[held.hold] = held.seats

    return call


def change(world: World, rng: Random) -> Call:
    if not world.holds:
        return nothing
    hold_id, seats = rng.choice(list(world.holds.items()))
    add = rng.sample(world.layout.labels, rng.randint(0, 2))
    remove = rng.sample(seats, rng.randint(0, len(seats)))

    async def call() -> None:
        world.holds[hold_id] = (await change_hold(world.house.seating, hold_id, add, remove)).seats

    return call


def look_or_extend(world: World, rng: Random) -> Call:
    if not world.holds:
        return nothing
    hold_id = rng.choice(list(world.holds))
    verb = rng.choice((extend_hold, show_hold))

    async def call() -> None:
        await verb(world.house.seating, hold_id)

    return call


def release(world: World, rng: Random) -> Call:
    if not world.holds:
        return nothing
    hold_id = rng.choice(list(world.holds)[-4:])

    async def call() -> None:
        await release_hold(world.house.seating, hold_id)
        world.holds.pop(hold_id, None)

    return call


def order(world: World, rng: Random) -> Call:
    if not world.holds:
        return nothing
    recent = list(world.holds)[-4:]
    chosen = rng.sample(recent, min(len(recent), rng.choice((1, 1, 1, 2, 3))))
    tariffs = rng.choice((["full"], ["full", "student"], ["invitation"], ["invitation", "full"]))
    request = OrderRequest(
        [
            HoldTickets(
                hold_id, [TicketRequest(seat, rng.choice(tariffs), HOLDER) for seat in world.holds[hold_id]]
            )
            for hold_id in chosen
        ],
        BUYER,
        locale="kk",
        payment="demo",
        voucher=rng.choice((None, None, None, "HALF", "ALL")),
    )
    key = secrets.token_hex(8)
    world.requests[key] = request
    return _placing(world, key)


def order_again(world: World, rng: Random) -> Call:
    """The same request with the same key, at any time later."""
    return _placing(world, rng.choice(list(world.requests))) if world.requests else nothing


def _placing(world: World, key: str) -> Call:
    request = world.requests[key]

    async def call() -> None:
        try:
            answer = await place_order(world.house.sales, request, key)
        except errors.HoldExpired as refusal:
            world.holds.pop(refusal.data["hold"], None)
            raise
        first = world.placed.setdefault(key, answer)
        bought = [(one.ticket, one.price) for one in answer.tickets]
        if answer.order != first.order or len(bought) != len(first.tickets):
            raise InvariantBroken(f"7 one key made two orders: {first.order} and {answer.order}")
        for listed in request.holds:
            world.holds.pop(listed.hold, None)
        world.saw(answer)

    return call


def _some_order(world: World, rng: Random) -> str:
    # Mostly a recent one: things happen to orders soon.
    orders = list(world.orders)
    return rng.choice(orders[-6:] if rng.random() < 0.7 else orders)


def pay(world: World, rng: Random) -> Call:
    if not world.orders:
        return nothing
    order_id = _some_order(world, rng)
    outcome = rng.choice(("paid", "paid", "paid", "refused"))

    async def call() -> None:
        world.saw(await report_demo_payment(world.house.sales, order_id, outcome, world.orders[order_id]))

    return call


def pay_by_notice(world: World, rng: Random) -> Call:
    """A webhook: another payment of the same order, of this or another sum, on time, late or twice."""
    if not world.orders:
        return nothing
    order_id = _some_order(world, rng)
    wrong = rng.choice((0, 0, 0, 1))
    reference = secrets.token_hex(6)

    async def call() -> None:
        view = await show_order(world.house.sales, order_id, world.orders[order_id])
        money = Money(max(1, view.total.amount - wrong), view.total.currency)
        await take_notice(world.house.sales, PaymentNotice("demo", reference, order_id, "paid", reference, money))

    return call


def cancel(world: World, rng: Random) -> Call:
    if not world.orders:
        return nothing
    order_id = _some_order(world, rng)
    own = [ticket for ticket, of in world.tickets.items() if of == order_id]
    tickets = rng.sample(own, rng.randint(1, len(own))) if own and rng.random() < 0.5 else None

    async def call() -> None:
        world.asked_back.add(order_id)
        world.saw(await cancel_order(world.house.sales, order_id, world.orders[order_id], tickets))

    return call


def exchange(world: World, rng: Random) -> Call:
    """One ticket or several of a screening, for seats of the same or another: cheaper, dearer, with a fee."""
    if not world.tickets:
        return nothing
    # Mostly of an order that has been confirmed: others are refused at once.
    confirmed = [ticket for ticket, of in world.tickets.items() if of in world.confirmed]
    first = rng.choice(confirmed[-12:] if confirmed and rng.random() < 0.9 else list(world.tickets))
    order_id, screening = world.tickets[first], world.screening_of[first]
    beside = [
        ticket
        for ticket, of in world.tickets.items()
        if of == order_id and ticket != first and (world.screening_of[ticket] == screening or rng.random() < 0.1)
    ]
    chosen = [first, *rng.sample(beside, rng.randint(0, min(2, len(beside))))]
    tariff = rng.choice((None, "full", "full", "student", "invitation"))
    wishes = [ExchangeWish(ticket, tariff=tariff) for ticket in chosen]
    to = screening if rng.random() < 0.5 else rng.choice(world.screenings)
    seats = NamedSeats(tuple(rng.sample(world.layout.labels, len(chosen) + (rng.random() < 0.05))))
    held: list[str] = []

    async def call() -> None:
        if not held:
            taken = await hold_seats(world.house.seating, to, seats, "203.0.113.7")
            world.holds[taken.hold] = taken.seats
            held.append(taken.hold)
        after: OrderView = await exchange_tickets(
            world.house.sales, order_id, world.orders[order_id], wishes, hold_id=held[0]
        )
        world.holds.pop(held[0], None)
        world.saw(after)

    return call


def pay_exchange(world: World, rng: Random) -> Call:
    """At the bank's page, or by a notice: on time, late, twice, refused, of a wrong sum."""
    if not world.exchanges:
        return nothing
    charge = rng.choice(list(world.exchanges)[-4:])
    order_id, due = world.exchanges[charge]
    if rng.random() < 0.7:
        outcome = rng.choice(("paid", "paid", "refused"))

        async def call() -> None:
            world.saw(await report_demo_payment(world.house.sales, charge, outcome, world.orders[order_id]))

        return call
    reference, wrong = secrets.token_hex(6), rng.choice((0, 0, 1))
    notice = PaymentNotice("demo", reference, charge, "paid", reference, Money(due.amount + wrong, due.currency))

    async def tell() -> None:
        await take_notice(world.house.sales, notice)

    return tell


def give_up(world: World, rng: Random) -> Call:
    """Think better of an exchange that waits for its payment."""
    if not world.exchanges:
        return nothing
    order_id, _ = world.exchanges[rng.choice(list(world.exchanges)[-4:])]

    async def call() -> None:
        world.saw(await give_up_exchange(world.house.sales, order_id, world.orders[order_id]))

    return call


def transfer(world: World, rng: Random) -> Call:
    if not world.tickets:
        return nothing
    ticket = rng.choice(list(world.tickets))
    order_id = world.tickets[ticket]
    holder = f"{HOLDER} {rng.randrange(9)}"
    email = rng.choice((None, None, "saule@example.org"))

    async def call() -> None:
        secret = world.orders[order_id]
        world.saw(await transfer_ticket(world.house.sales, order_id, secret, ticket, holder=holder, email=email))

    return call


# How often each is done, against the others.
DEEDS: dict[Callable[[World, Random], Call], int] = {
    hold: 30,
    change: 8,
    look_or_extend: 4,
    release: 4,
    order: 24,
    order_again: 4,
    pay: 24,
    pay_by_notice: 4,
    cancel: 6,
    exchange: 12,
    pay_exchange: 8,
    give_up: 2,
    transfer: 3,
    scan: 12,
    scan_late: 6,
    look_offline: 1,
}
WRITING_IN_POSTGRES = (
    order,
    order_again,
    pay,
    pay_by_notice,
    cancel,
    exchange,
    pay_exchange,
    give_up,
    transfer,
    scan,
    scan_late,
)
