"""Everybody at once. Each test is a race that a shop without locks, or with too many, loses."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
import pytest

from tests.factories import make_layout
from tests.seating.box_office import BoxOffice, outcomes
from ticketing.kernel import errors
from ticketing.kernel.context import Context, open_context
from ticketing.kernel.redis import Script
from ticketing.kernel.settings import Settings
from ticketing.programme.layout import Layout, SeatKind
from ticketing.programme.ranking import rank_blocks
from ticketing.sales.model import OrderView
from ticketing.seating import scripts
from ticketing.seating.holds import release_hold
from ticketing.seating.model import BestSeats, Hold, NamedSeats

BUYERS_AT_ONE_SEAT = 200
BUYERS = 300
PARTY_MAX = 7


@pytest.fixture
async def two_processes(context: Context, settings: Settings) -> AsyncIterator[tuple[BoxOffice, BoxOffice]]:
    """The same box office twice, with connections of their own as two web processes have them."""
    first = await BoxOffice.opened(context, hall_of_500())
    async with open_context(settings) as other:
        second = BoxOffice(other, first.layout)
        second.screening = first.screening
        yield first, second


def hall_of_500() -> Layout:
    """20 rows of 25 with an aisle after the fifth seat; four wheelchair places with companions in the first row."""
    plain = make_layout(rows=20, seats=25)
    seats = list(plain.seats)
    for index in (0, 2, 4, 6):
        seats[index] = msgspec.structs.replace(seats[index], kind=SeatKind.WHEELCHAIR)
        seats[index + 1] = msgspec.structs.replace(
            seats[index + 1], kind=SeatKind.COMPANION, companion_of=seats[index].seat
        )
    runs = tuple(run for row in range(20) for run in ((row * 25, 5), (row * 25 + 5, 20)))
    return msgspec.structs.replace(plain, seats=tuple(seats), runs=runs)


async def test_200_buyers_at_one_seat_are_given_one_hold(two_processes: tuple[BoxOffice, BoxOffice]) -> None:
    answers = await outcomes(
        *(two_processes[buyer % 2].wish(NamedSeats(("K-13", "K-14"))) for buyer in range(BUYERS_AT_ONE_SEAT))
    )
    assert Counter(type(answer) for answer in answers) == {Hold: 1, errors.SeatsTaken: BUYERS_AT_ONE_SEAT - 1}
    assert len(await two_processes[0].holds()) == 1


async def test_200_orders_for_one_hold_make_one_order(two_processes: tuple[BoxOffice, BoxOffice]) -> None:
    hold = await two_processes[0].hold("K-13", "K-14")
    answers = await outcomes(*(two_processes[buyer % 2].order(hold) for buyer in range(BUYERS_AT_ONE_SEAT)))
    placed = [answer for answer in answers if isinstance(answer, OrderView)]
    assert len(placed) == 1
    assert {type(answer) for answer in answers} <= {OrderView, errors.SeatsTaken, errors.HoldExpired}
    assert await two_processes[0].fetchval("select count(*) from ticket") == 2


class Refusals:
    """The state of the hall at the very moment of each refusal of a best-available request."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[tuple[int, bytes]] = []
        original = scripts.script("hold_best")
        telling = original.body.replace("return { 'none' }", "return { 'none', map }")
        assert telling != original.body
        told = Script("hold_best", telling)
        plain = scripts.script
        monkeypatch.setattr(scripts, "script", lambda name: told if name == "hold_best" else plain(name))

    def listen(self, office: BoxOffice, monkeypatch: pytest.MonkeyPatch) -> None:
        run = office.house.mirror.run

        async def recording(
            name: str, screening: str, arguments: Sequence[Any], keys: Sequence[str] = (), *, layout_id: str = ""
        ) -> Any:
            outcome, rest = await run(name, screening, arguments, keys, layout_id=layout_id)
            if outcome == "none" and name == "hold_best":
                self.seen.append((int(arguments[3]), rest[0]))
            return outcome, rest

        monkeypatch.setattr(office.house.mirror, "run", recording)


async def buy_until_sold_out(office: BoxOffice, party: random.Random) -> None:
    """A buyer: holds the best seats for a party, pays, gives up or hesitates; ends when no single seat is left."""
    count = party.randint(1, PARTY_MAX)
    while True:
        try:
            hold = await office.wish(BestSeats(count))
        except errors.NotAdjacentAvailable:
            if count == 1:
                return
            count -= 1
            continue
        match party.randrange(6):
            case 0:
                await release_hold(office.house.seating, hold.hold)
            case 1:
                await office.order(hold, tariff="invitation")
            case _:
                await office.pay(await office.order(hold))
        count = party.randint(1, PARTY_MAX)


@pytest.mark.parametrize("seed", [1, 2])
async def test_300_buyers_sell_a_hall_of_500_out(
    two_processes: tuple[BoxOffice, BoxOffice], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, other = two_processes
    refusals = Refusals(monkeypatch)
    for one in two_processes:
        refusals.listen(one, monkeypatch)
    # Prices of nothing for a part of the buyers, so that orders are confirmed at once as well as by a payment.
    await office.context.postgres.execute("update tariff set public = true where tariff_id = 'invitation'")
    answers = await outcomes(
        *(
            buy_until_sold_out((office, other)[buyer % 2], random.Random(seed * 1000 + buyer))
            for buyer in range(BUYERS)
        )
    )
    assert [answer for answer in answers if answer is not None] == []

    general = {seat.seat for seat in office.layout.seats if seat.kind is SeatKind.STANDARD}
    sold = await office.context.postgres.fetch("select seat, count(*) from ticket where status = 'sold' group by 1")
    assert {row["seat"]: row["count"] for row in sold} == dict.fromkeys(general, 1)
    states = await office.states()
    assert {seat for seat, state in states.items() if state == "s"} == general
    assert Counter(states.values()) == {"s": 492, "f": 8}
    assert await office.holds() == {}
    assert await office.reconcile() == 0

    assert refusals.seen
    blocks = {count: rank_blocks(office.layout, count, None, 0) for count in range(1, PARTY_MAX + 1)}
    for count, states_then in refusals.seen:
        possible = [block for block in blocks[count] if all(states_then[index] == ord("f") for index in block)]
        assert possible == [], f"a party of {count} was refused although {possible[0]} were free"
