"""The festival's capacity at once: one statement however many screenings, alerts, and the truth after a rush."""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.factories import Factory, make_layout
from tests.seating.box_office import BoxOffice
from ticketing.insight.capacity import festival_capacity, read_festival
from ticketing.insight.live import EVENTS_WAITING_MAX, WATCHED_AT_ONCE, FestivalLive
from ticketing.insight.model import Alert, FestivalCapacity
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.postgres import Pool
from ticketing.sales.demo_bank import report_demo_payment
from ticketing.sales.model import Buyer, HoldTickets, OrderRequest, TicketRequest
from ticketing.sales.orders import place_order
from ticketing.seating.holds import hold_seats
from ticketing.seating.model import BestSeats
from ticketing.tickets.keys import ensure_key


@contextmanager
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement that the pool is given inside the block."""
    seen: list[str] = []
    with monkeypatch.context() as patch:
        for name in ("fetch", "fetchrow", "fetchval", "execute"):
            usual = getattr(Pool, name)

            def counted(pool: Any, *arguments: Any, _usual: Any = usual, **named: Any) -> Any:
                seen.append(str(arguments[0]))
                return _usual(pool, *arguments, **named)

            patch.setattr(Pool, name, counted)
        yield seen


async def many_screenings(factory: Factory, count: int) -> str:
    """A festival with so many screenings, one a day and hall, of ten films."""
    festival = await factory.festival()
    films = [await factory.film() for _ in range(10)]
    halls = [await factory.hall(layout=make_layout(1, 10)) for _ in range(10)]
    now = factory.context.clock.now()
    for number in range(count):
        film, version = films[number % 10]
        await factory.screening(
            festival=festival,
            hall=halls[number % 10],
            film_id=film,
            version_id=version,
            starts_at=now + timedelta(hours=1 + 3 * (number // 10)),
        )
    return festival


async def test_five_hundred_screenings_cost_one_statement(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = BoxOffice(context, make_layout(1, 10))
    festival = await many_screenings(office.factory, 500)
    live = FestivalLive(office.house.insight)
    watching = [await live.events(festival, language) for language in ("kk", "fr")]
    assert [b"event: snapshot" in await anext(events) for events in watching] == [True, True]
    with statements(monkeypatch) as seen:
        await live.refresh(festival)
    assert len(seen) == 1
    assert "from festival" in seen[0]
    facts = await read_festival(office.house.insight, festival)
    assert len(facts.screenings) == 500


async def test_a_sell_out_of_a_hundred_screenings_is_shown_to_the_seat_and_the_unit(
    context: Context, clock: ShiftedClock
) -> None:
    await ensure_key(context)
    office = BoxOffice(context, make_layout(1, 10))
    festival = await many_screenings(office.factory, 100)
    house = office.house
    screenings = [
        row["screening_id"]
        for row in await context.postgres.fetch("select screening_id from screening order by screening_id")
    ]
    live = FestivalLive(house.insight)
    events = await live.events(festival, "en")
    shown: dict[str, Any] = {}
    totals: dict[str, Any] = {}

    async def look() -> None:
        async for event in events:
            for line in event.split(b"\n"):
                if line.startswith(b"data: "):
                    told = msgspec.json.decode(line[6:], type=FestivalCapacity)
                    totals["now"] = told.totals
                    shown.update({one.screening: one.capacity for one in told.screenings})

    async def buy(number: int) -> None:
        """Two seats of a screening; every third order stays unpaid, every fifth hold is only held."""
        screening = screenings[number % len(screenings)]
        try:
            hold = await hold_seats(house.seating, screening, BestSeats(2), f"203.0.113.{number % 250}")
        except (errors.NotAdjacentAvailable, errors.SalesClosed):
            return
        if (number + number // 100) % 5 == 0:
            return
        tickets = [TicketRequest(seat, "student" if number % 2 else "full") for seat in hold.seats]
        request = OrderRequest([HoldTickets(hold.hold, tickets)], Buyer("a@example.org", "A"), payment="demo")
        order = await place_order(house.sales, request, secrets.token_hex(8))
        if number % 3:
            await report_demo_payment(house.sales, order.order, "paid", order.secret)

    looking = asyncio.create_task(look())
    crowd = asyncio.Semaphore(24)

    async def queued(number: int) -> None:
        async with crowd:
            await buy(number)

    async with asyncio.TaskGroup() as group:
        refreshing = group.create_task(_refresh_until_told(live, festival))
        async with asyncio.TaskGroup() as buyers:
            for number in range(600):
                buyers.create_task(queued(number))
        refreshing.cancel()
    await live.refresh(festival)
    await asyncio.sleep(0.1)
    looking.cancel()
    books = {
        row["screening_id"]: (row["sold"], row["reserved"], row["revenue"])
        for row in await context.postgres.fetch(
            """select screening_id, count(*) filter (where status = 'sold') as sold,
                count(*) filter (where status = 'reserved') as reserved,
                coalesce(sum(price_amount) filter (where status = 'sold'), 0) as revenue
            from ticket where status in ('sold', 'reserved') group by 1"""
        )
    }
    assert len(shown) == 100
    for screening, capacity in shown.items():
        sold, reserved, revenue = books.get(screening, (0, 0, 0))
        assert (capacity.sold, capacity.reserved, capacity.revenue[0].amount) == (sold, reserved, revenue)
        assert capacity.free + capacity.held + capacity.sold + capacity.reserved == capacity.total == 10
        raw = await context.redis.call("GET", "{" + screening + "}:seats")
        assert capacity.held == raw.count(b"h")
    assert totals["now"].sold == sum(sold for sold, _, _ in books.values())
    taken = await context.postgres.fetchval("select sum(amount) from payment")
    assert totals["now"].revenue[0].amount == taken
    assert sum(capacity.free for capacity in shown.values()) == 0


async def _refresh_until_told(live: FestivalLive, festival: str) -> None:
    while True:
        await live.refresh(festival)
        await asyncio.sleep(0.02)


async def test_a_viewer_that_is_too_slow_gets_all_of_it_anew(context: Context) -> None:
    office = await BoxOffice.opened(context)
    festival = await office.fetchval("select festival_id from festival")
    live = FestivalLive(office.house.insight)
    events = await live.events(festival, "en")
    await anext(events)
    other = await office.factory.screening(festival=festival)
    for number in range(EVENTS_WAITING_MAX + 2):
        hold = await office.hold(f"{'ABCDE'[number // 10]}-{number % 10 + 1}")
        await live.refresh(festival)
    kinds = []
    while True:
        try:
            event = await asyncio.wait_for(anext(events), 0.2)
        except TimeoutError:
            break
        kinds.append(event.split(b"\n")[0])
        told = msgspec.json.decode(event.split(b"data: ")[1], type=FestivalCapacity)
        if kinds[-1] == b"event: snapshot":
            assert {line.screening for line in told.screenings} == {office.screening, other}
    assert kinds[0] == b"event: snapshot"
    assert told.totals.held == EVENTS_WAITING_MAX + 2
    assert hold.seats


async def test_who_comes_late_is_told_what_changed_while_they_came(context: Context) -> None:
    """A viewer reads, somebody else is told of a sale, and only then does the viewer begin to listen."""
    office = await BoxOffice.opened(context)
    festival = await office.fetchval("select festival_id from festival")
    live = FestivalLive(office.house.insight)
    first = await live.events(festival, "en")
    await anext(first)
    late = await live.events(festival, "en")
    await office.sell("A-1")
    await live.refresh(festival)
    assert told_sold(await anext(late)) == 1
    await office.sell("A-2")
    await live.refresh(festival)
    assert told_sold(await anext(late)) == 2


async def test_a_connection_ends_so_that_its_sign_in_is_asked_for_again(
    context: Context, clock: ShiftedClock
) -> None:
    office = await BoxOffice.opened(context)
    festival = await office.fetchval("select festival_id from festival")
    live = FestivalLive(office.house.insight)
    events = await live.events(festival, "en")
    await anext(events)
    clock.ahead += WATCHED_AT_ONCE
    await office.sell("A-1")
    await live.refresh(festival)
    assert [event async for event in events] == []


def told_sold(event: bytes) -> int:
    """How many tickets are sold, by an event."""
    return msgspec.json.decode(event.split(b"data: ")[1], type=FestivalCapacity).totals.sold


async def test_seats_kept_back_count_while_redis_is_empty(context: Context) -> None:
    office = await BoxOffice.opened(context)
    festival = await office.fetchval("select festival_id from festival")
    await context.postgres.execute(
        "insert into allotment (screening_id, allotment_id, owner) values ($1, 'press', 'Press')", office.screening
    )
    await context.postgres.execute(
        "insert into allotment_seat (screening_id, allotment_id, seat) select $1, 'press', unnest($2::text[])",
        office.screening,
        ["A-1", "A-2", "A-3"],
    )
    await office.factory.order(office.screening, "A-3")
    (line,) = (await festival_capacity(office.house.insight, festival, "en")).screenings
    assert (line.capacity.blocked, line.capacity.sold, line.capacity.free, line.capacity.mirror) == (
        2,
        1,
        47,
        False,
    )
    await office.reconcile()
    (line,) = (await festival_capacity(office.house.insight, festival, "en")).screenings
    assert (line.capacity.blocked, line.capacity.sold, line.capacity.free, line.capacity.mirror) == (2, 1, 47, True)


@pytest.mark.parametrize(
    ("rules", "minutes", "seats", "status", "expected"),
    [
        ({}, -60, (8, 0), "published", ()),
        ({}, -60, (9, 0), "published", (Alert.FULL,)),
        ({}, -60, (9, 0), "cancelled", ()),
        ({"alert_full_percent": 50}, -60, (5, 0), "published", (Alert.FULL,)),
        ({"alert_full_percent": 100}, -60, (9, 0), "published", ()),
        ({}, 1, (9, 0), "published", (Alert.NOBODY_ENTERING,)),
        ({}, 1, (9, 1), "published", ()),
        ({}, 1, (0, 0), "published", ()),
        ({"alert_nobody_entering_minutes": 10}, 9, (9, 0), "published", ()),
        ({"alert_nobody_entering_minutes": 10}, 10, (9, 0), "published", (Alert.NOBODY_ENTERING,)),
        ({}, 121, (9, 0), "published", ()),
    ],
)
async def test_alerts(
    context: Context,
    *,
    rules: dict[str, Any],
    minutes: int,
    seats: tuple[int, int],
    status: str,
    expected: tuple[Alert, ...],
) -> None:
    sold, admitted = seats
    factory = Factory(context)
    starts_at = context.clock.now() - timedelta(minutes=minutes)
    screening = await factory.screening(layout=make_layout(1, 10), rules=rules, starts_at=starts_at, status=status)
    if sold:
        await factory.order(screening, *(f"A-{seat}" for seat in range(1, sold + 1)))
    await context.postgres.execute(
        "update ticket set entries = 1 where seat = any($1::text[])",
        [f"A-{seat}" for seat in range(1, admitted + 1)],
    )
    festival = await context.postgres.fetchval("select festival_id from festival")
    house = BoxOffice(context, make_layout(1, 10)).house
    (line,) = (await festival_capacity(house.insight, festival, "en")).screenings
    assert line.alerts == expected


async def test_a_festival_without_screenings_is_none_that_is_unknown(context: Context) -> None:
    house = BoxOffice(context, make_layout()).house
    festival = await Factory(context).festival()
    assert (await festival_capacity(house.insight, festival, "en")).screenings == ()
    for unknown in ("nowhere", "a\x00b", "x" * 500):
        with pytest.raises(errors.UnknownFestival):
            await festival_capacity(house.insight, unknown, "en")
