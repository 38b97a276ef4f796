"""A screening moves to its hall's new layout with all that is sold and held; or stays, and says why."""

import asyncio
import random
from typing import Any

import msgspec
import pytest

from tests.factories import make_layout
from tests.seating.box_office import BoxOffice
from ticketing.kernel import errors
from ticketing.kernel.context import Context, open_context
from ticketing.programme.desk.writing import writing
from ticketing.programme.layout import Layout, layout_body, layout_id
from ticketing.sales.allotments import AllotmentTerms, set_allotment
from ticketing.sales.hall_moves import HallMove, move_screening, plan_move, preview_move
from ticketing.seating.holds import claim_hold, show_hold
from ticketing.seating.scripts import keys_of
from ticketing.web.house import build_house


def redrawn(layout: Layout, *, without: frozenset[str] = frozenset(), zone: str = "stalls") -> Layout:
    """The hall turned back to front: every place has another index; some seats are gone, the first is rezoned."""
    seats = [
        msgspec.structs.replace(seat, x=seat.x + 20.0) for seat in layout.seats[::-1] if seat.seat not in without
    ]
    seats[-1] = msgspec.structs.replace(seats[-1], zone=zone)
    return msgspec.structs.replace(
        layout, seats=tuple(seats), runs=tuple((place, 1) for place in range(len(seats)))
    )


async def draw(office: BoxOffice, layout: Layout) -> str:
    """The hall of the screening has another layout from now on."""
    identity = layout_id(layout)
    await office.context.postgres.execute(
        "insert into layout values ($1, $2, $3) on conflict do nothing",
        identity,
        msgspec.Raw(layout_body(layout)),
        layout.capacity,
    )
    await office.context.postgres.execute("update hall set layout_id = $1", identity)
    return identity


async def move(office: BoxOffice, layout: Layout) -> HallMove:
    plan = await move_screening(office.house.sales, office.screening, await draw(office, layout), "olga")
    office.layout = layout
    return plan


@pytest.fixture
async def office(context: Context) -> BoxOffice:
    return await BoxOffice.opened(context, make_layout(rows=3, seats=6, area_capacity=4))


async def test_tickets_and_holds_move_seat_by_seat(office: BoxOffice, context: Context) -> None:
    sold = await office.sell("A-1", "A-2")
    waiting = await office.order(await office.hold("B-1"))
    held = await office.hold("C-3", "C-4")
    lost = await office.hold("B-5", "B-6")
    place = await office.hold("parterre#2")
    after = redrawn(office.layout, without=frozenset({"B-6"}), zone="premium")
    plan = await move(office, after)
    assert {one.seat: one.used for one in plan.in_use} == {"A-1": "sold", "A-2": "sold", "B-1": "reserved"}
    assert (plan.vanishing, plan.rezoned, plan.unpriced) == ((), ("A-1",), ("premium",))
    assert plan.elsewhere == ("A-1", "A-2", "B-1")
    assert plan.differences.gone == ("B-6",)
    states = await office.states()
    taken = {seat: state for seat, state in states.items() if state != "f"}
    assert taken == {"A-1": "s", "A-2": "s", "B-1": "r", "C-3": "h", "C-4": "h", "parterre#2": "h"}
    # Holds are their owners' still, under the same names; one that lost a seat is over as a whole.
    assert (await show_hold(office.house.seating, held.hold)).seats == ("C-3", "C-4")
    assert (await show_hold(office.house.seating, place.hold)).seats == ("parterre#2",)
    with pytest.raises(errors.UnknownHold):
        await show_hold(office.house.seating, lost.hold)
    assert await office.reconcile() == 0
    # Everything goes on: what was held is bought, what waited is paid, what is gone is unknown.
    await office.pay(await office.order(held))
    await office.pay(waiting)
    with pytest.raises(errors.UnknownSeats):
        await office.hold("B-6")
    assert (await office.state("C-3"), await office.state("B-1")) == ("s", "s")
    view = await office.order(await office.hold("B-5"))
    assert [ticket.seat for ticket in view.tickets] == ["B-5"]
    assert sold.status == "awaiting_payment"
    acts = await context.postgres.fetch("select act, subject from audit where act like 'screening_moved%'")
    assert [tuple(row) for row in acts] == [("screening_moved_to_layout", office.screening)]
    # Once more it is as it was, and back again as well.
    assert (await move_screening(office.house.sales, office.screening, plan.layout, "olga")).vanishing == ()
    await move(office, make_layout(rows=3, seats=6, area_capacity=4))
    assert (await office.hold("B-6")).seats == ("B-6",)


@pytest.mark.parametrize("used", ["sold", "reserved", "kept_back", "offered", "broken"])
async def test_a_seat_that_somebody_has_does_not_vanish(office: BoxOffice, used: str) -> None:
    before = office.layout
    if used == "sold":
        await office.sell("A-1")
    elif used == "reserved":
        await office.order(await office.hold("A-1"))
    elif used == "kept_back":
        screening = await office.house.catalogue.screening(office.screening)
        await set_allotment(office.house.sales, screening, "jury", AllotmentTerms("Jury", ("A-1",)), "olga")
    elif used == "broken":
        await office.context.postgres.execute(
            "insert into broken_seat (screening_id, seat, note, reported_at, reported_by)"
            " values ($1, 'A-1', '', now(), 'olga')",
            office.screening,
        )
    else:
        await offer(office, "A-1")
    await office.hold("C-1")
    after = redrawn(before, without=frozenset({"A-1"}))
    assert [one.used for one in (await preview_move(office.house.sales, office.screening)).vanishing] == []
    identity = await draw(office, after)
    plan = await preview_move(office.house.sales, office.screening)
    assert [(one.seat, one.used) for one in plan.vanishing] == [("A-1", used)]
    with pytest.raises(errors.SeatsWouldVanish) as refused:
        await move_screening(office.house.sales, office.screening, identity, "olga")
    assert refused.value.data["uses"] == {"A-1": used}
    assert (await office.house.catalogue.fresh_screening(office.screening)).layout_id == layout_id(before)
    assert (await office.states())["C-1"] == "h"


async def offer(office: BoxOffice, seat: str) -> None:
    """Somebody waits and is offered this seat, straight into the tables."""
    row: dict[str, Any] = {"s": office.screening, "seat": seat}
    postgres = office.context.postgres
    columns = await postgres.fetch(
        "select column_name from information_schema.columns where table_name = 'waiting_offer_seat'"
    )
    assert {column["column_name"] for column in columns} >= {"screening_id", "seat", "offer_id"}
    async with postgres.acquire() as connection, connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(
            "insert into waiting_offer_seat (screening_id, seat, offer_id) values ($1, $2, 1)",
            row["s"],
            row["seat"],
        )


async def test_the_database_keeps_it_too(office: BoxOffice) -> None:
    """Whatever writes: a ticket, or a seat that comes back to life, on a place that is gone is refused."""
    await office.factory.order(office.screening, "A-1", status="cancelled")
    claimed = await office.hold("B-6")
    claim = await claim_hold(office.house.seating, claimed.hold, 30_000)
    await move(office, redrawn(office.layout, without=frozenset({"A-1", "B-6"})))
    assert claim.seats == ("B-6",)
    with pytest.raises(Exception, match="withdrawn"):
        await office.factory.order(office.screening, "B-6")
    with pytest.raises(Exception, match="withdrawn"):
        await office.context.postgres.execute("update ticket set status = 'sold' where seat = 'A-1'")
    await office.factory.order(office.screening, "B-5")
    with pytest.raises(Exception, match="withdrawn"):
        await office.context.postgres.execute("update ticket set seat = 'B-6' where seat = 'B-5'")
    # And the other way round, for whoever changes the layout past this module.
    with pytest.raises(Exception, match="would vanish"):
        await office.context.postgres.execute(
            "update screening set layout_id = $1",
            await draw(office, redrawn(office.layout, without=frozenset({"B-5"}))),
        )


@pytest.mark.parametrize("used", ["kept_back", "offered"])
async def test_the_database_keeps_what_is_kept_for_somebody(
    office: BoxOffice, monkeypatch: pytest.MonkeyPatch, used: str
) -> None:
    """Whoever changes the layout, and has not looked: an import did not, and a move may look too early."""
    if used == "kept_back":
        screening = await office.house.catalogue.screening(office.screening)
        await set_allotment(office.house.sales, screening, "jury", AllotmentTerms("Jury", ("A-1",)), "olga")
    else:
        await offer(office, "A-1")
    identity = await draw(office, redrawn(office.layout, without=frozenset({"A-1"})))

    def blind(*arguments: Any) -> HallMove:
        return msgspec.structs.replace(plan_move(*arguments), vanishing=())

    monkeypatch.setattr("ticketing.sales.hall_moves.plan_move", blind)
    with pytest.raises(errors.SeatsWouldVanish) as refused:
        await move_screening(office.house.sales, office.screening, identity, "olga")
    assert refused.value.data["uses"] == {"A-1": used}
    await office.context.postgres.execute("update allotment set released_at = now()")
    await office.context.postgres.execute("delete from waiting_offer_seat")
    assert (await move_screening(office.house.sales, office.screening, identity, "olga")).layout == identity


async def test_another_process_that_knows_the_old_layout_holds_no_other_seat(office: BoxOffice) -> None:
    """Its catalogue is some seconds old; were it believed, it would hold by index what it names by label."""
    elsewhere = BoxOffice(office.context, office.layout)
    elsewhere.screening = office.screening
    held = await elsewhere.hold("A-2")
    await move(office, redrawn(office.layout, without=frozenset({"B-6"})))
    with pytest.raises(errors.HallChanged):
        await elsewhere.hold("A-1")
    assert (await elsewhere.hold("A-1")).seats == ("A-1",)
    assert (await show_hold(elsewhere.house.seating, held.hold)).seats == ("A-2",)
    assert {seat for seat, state in (await office.states()).items() if state == "h"} == {"A-1", "A-2"}


async def test_a_move_whose_mirror_was_not_told_is_found_by_whoever_comes(
    office: BoxOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = await office.hold("C-3")

    async def died(*_: object) -> None:
        return None

    monkeypatch.setattr("ticketing.sales.hall_moves._tell", died)
    await move(office, redrawn(office.layout))
    office.house = build_house(office.context)
    await office.reconcile()
    assert {seat for seat, state in (await office.states()).items() if state == "h"} == {"C-3"}
    assert (await show_hold(office.house.seating, held.hold)).seats == ("C-3",)
    layout = await office.context.redis.call("HGET", keys_of(office.screening).shared()[0], "layout")
    assert layout.decode() == layout_id(office.layout)


async def test_what_is_paid_by_the_old_layout_during_the_rebuild_is_sold_in_the_new_one(office: BoxOffice) -> None:
    """The old mirror is open still to a process that knows the old layout, and is replaced a moment later."""
    elsewhere = BoxOffice(office.context, office.layout)
    elsewhere.screening = office.screening
    order = await elsewhere.order(await elsewhere.hold("A-1", "C-2"))
    mirror = office.house.mirror
    original = mirror._read

    async def slow_read(screenings: list[str]) -> object:
        facts = await original(screenings)
        await elsewhere.pay(order)
        return facts

    mirror._read = slow_read  # type: ignore[assignment,method-assign]  # a pause at the one point that matters
    await move(office, redrawn(office.layout, without=frozenset({"B-6"})))
    assert {seat for seat, state in (await office.states()).items() if state != "f"} == {"A-1", "C-2"}
    assert (await office.state("A-1"), await office.state("C-2")) == ("s", "s")


@pytest.mark.parametrize("seed", range(4))
async def test_orders_at_the_moment_of_the_move(context: Context, seed: int) -> None:
    """Whichever comes first: each order stands on a seat that is there, or was refused; nobody has another's."""
    rng = random.Random(seed)
    office = await BoxOffice.opened(context, make_layout(rows=4, seats=8))
    other = build_house(context)
    gone = frozenset({"D-7", "D-8"})
    holds = [await office.hold(label) for label in rng.sample(office.layout.labels, 24)]
    identity = await draw(office, redrawn(office.layout, without=gone))

    async def buy(place: int) -> Any:
        await asyncio.sleep(rng.random() / 50)
        office.house = other if place % 2 else office.house
        return await office.order(holds[place], tariff="invitation")

    async def moved() -> Any:
        await asyncio.sleep(rng.random() / 50)
        return await move_screening(other.sales, office.screening, identity, "olga")

    done = await asyncio.gather(*map(buy, range(len(holds))), moved(), return_exceptions=True)
    layout = await context.postgres.fetchval("select layout_id from screening")
    pinned = await other.catalogue.layout(layout)
    tickets = [row["seat"] for row in await context.postgres.fetch("select seat from ticket where status = 'sold'")]
    assert len(set(tickets)) == len(tickets)
    assert set(tickets) <= pinned.index_of.keys()
    refusals = (errors.SeatsTaken, errors.HoldExpired, errors.HallChanged, errors.SeatsWouldVanish)
    for hold, answer in zip(holds, done[:-1], strict=True):
        if isinstance(answer, BaseException):
            assert isinstance(answer, refusals), answer
        else:
            assert {ticket.seat for ticket in answer.tickets} == set(hold.seats) <= set(tickets)
    assert layout == identity or isinstance(done[-1], errors.SeatsWouldVanish)
    office.layout = pinned
    await build_house(context).mirror.reconcile([office.screening])
    states = await office.states()
    assert {seat for seat, state in states.items() if state == "s"} == set(tickets)


async def test_a_move_waits_for_whoever_edits_the_programme(office: BoxOffice) -> None:
    """An edit writes back the whole row that it has read: a move in between would be undone by it."""
    identity = await draw(office, redrawn(office.layout))
    async with writing(office.context) as connection:
        pinned = await connection.fetchval("select layout_id from screening")
        move_it = asyncio.create_task(move_screening(office.house.sales, office.screening, identity, "olga"))
        await asyncio.wait([move_it], timeout=0.2)
        assert not move_it.done()
        await connection.execute("update screening set layout_id = $1, audience = 'invitation'", pinned)
    assert (await move_it).layout == identity
    row = await office.context.postgres.fetchrow("select layout_id, audience from screening")
    assert row is not None
    assert tuple(row) == (identity, "invitation")


async def test_moves_of_one_screening_with_a_single_connection(office: BoxOffice) -> None:
    """Reading a layout under the locks needed a second connection, and those who waited for them had it."""
    identity = await draw(office, redrawn(office.layout))
    narrow = msgspec.structs.replace(office.context.settings, postgres_connections_max=1)
    async with open_context(narrow, office.context.clock) as context, asyncio.timeout(10):
        houses = [build_house(context), build_house(context), build_house(office.context)]
        plans = await asyncio.gather(
            *(move_screening(house.sales, office.screening, identity, "olga") for house in houses)
        )
    assert {plan.layout for plan in plans} == {identity}
    assert await office.fetchval("select count(*) from audit where act = 'screening_moved_to_layout'") == 1


async def test_what_can_t_move(office: BoxOffice, context: Context) -> None:
    identity = await draw(office, redrawn(office.layout))
    for refusal, screening, layout in (
        (errors.UnknownScreening, "nowhere", identity),
        (errors.HallSavedMeanwhile, office.screening, layout_id(office.layout)),
    ):
        with pytest.raises(refusal):
            await move_screening(office.house.sales, screening, layout, "olga")
    await context.postgres.execute(
        "update screening set starts_at = now() - interval '5 hours', ends_at = now() - interval '3 hours',"
        " doors_at = now() - interval '6 hours'"
    )
    with pytest.raises(errors.InvalidField):
        await move_screening(office.house.sales, office.screening, identity, "olga")
