"""Orders: placed once, whatever is sent twice, whoever dies in between."""

import asyncio

import asyncpg
import pytest

from tests.seating.box_office import BoxOffice, outcomes
from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.sales.model import OrderView
from ticketing.sales.orders import place_order
from ticketing.seating.holds import release_hold


async def voucher(office: BoxOffice, uses_max: int = 1, percent: int = 50) -> str:
    await office.context.postgres.execute(
        "insert into voucher (festival_id, voucher, percent, uses_max, valid_until)"
        " select festival_id, 'FRIENDS', $1, $2, now() + interval '1 day' from festival",
        percent,
        uses_max,
    )
    return "FRIENDS"


async def test_an_order_reserves_and_a_payment_sells(office: BoxOffice) -> None:
    order = await office.order(await office.hold("A-1", "A-2"))
    assert (order.status, order.total.amount) == ("awaiting_payment", 700_000)
    assert [await office.state("A-1"), await office.holds()] == ["r", {}]
    paid = await office.pay(order)
    assert paid.status == "confirmed"
    assert all(ticket.code for ticket in paid.tickets)
    assert await office.state("A-1") == "s"


async def test_the_same_request_gives_the_same_order_whenever_it_comes(office: BoxOffice) -> None:
    hold = await office.hold("B-2", "A-1", "A-2")
    request = office.request(hold)
    first = await place_order(office.house.sales, request, "key")
    await release_hold(office.house.seating, hold.hold)
    assert await place_order(office.house.sales, request, "key") == first
    with pytest.raises(errors.IdempotencyMismatch):
        await place_order(office.house.sales, office.request(hold, tariff="student"), "key")


async def test_the_same_request_many_times_at_once_makes_one_order(office: BoxOffice) -> None:
    request = office.request(await office.hold("A-1"))
    answers = await outcomes(*(place_order(office.house.sales, request, "key") for _ in range(20)))
    orders = {answer.order for answer in answers if isinstance(answer, OrderView)}
    # One who comes when the hold has ended and the order is not yet seen would be told that it has expired.
    assert len(orders) == 1
    assert [answer for answer in answers if not isinstance(answer, OrderView)] == []
    assert await office.fetchval("select count(*) from ticket") == 1


async def test_a_repeat_is_answered_though_the_first_used_the_voucher_up(
    office: BoxOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = await voucher(office)
    request = office.request(await office.hold("A-1"), voucher=name)

    async def died(*_: object) -> None:
        return None

    with monkeypatch.context() as patch:
        # The mirror does not learn of the order, so the hold is still there when the request is sent again.
        patch.setattr("ticketing.sales.orders.tell_mirror", died)
        first = await place_order(office.house.sales, request, "key")
    assert (await place_order(office.house.sales, request, "key")).order == first.order


async def test_a_voucher_is_not_used_more_often_than_it_was_given_out_for(office: BoxOffice) -> None:
    name = await voucher(office, uses_max=3)
    holds = [await office.hold(f"A-{number}") for number in range(1, 9)]
    answers = await outcomes(*(office.order(hold, voucher=name) for hold in holds))
    assert sum(isinstance(answer, OrderView) for answer in answers) == 3
    assert all(isinstance(answer, OrderView | errors.VoucherRefused) for answer in answers)
    assert await office.fetchval("select uses from voucher") == 3


async def test_two_orders_for_the_same_seats_make_one(office: BoxOffice) -> None:
    # The mirror was lost between the two holds, so both were given.
    first = await office.hold("A-1", "A-2", "A-3")
    await office.context.redis.call("FLUSHALL")
    second = await office.hold("A-3", "A-2", "A-1")
    placed = await office.order(second)
    assert placed.status == "awaiting_payment"
    with pytest.raises(errors.HoldExpired):
        await office.order(first)


async def test_postgres_refuses_what_a_wrong_mirror_has_given(office: BoxOffice) -> None:
    await office.factory.order(office.screening, "A-1")
    hold = await office.hold("B-1")
    await office.factory.order(office.screening, "B-1")
    with pytest.raises(errors.SeatsTaken) as refusal:
        await office.order(hold)
    assert refusal.value.data == {"seats": ["B-1"]}
    assert await office.state("B-1") == "s"


async def test_orders_for_the_same_seats_in_any_sequence_never_deadlock(context: Context) -> None:
    office = await BoxOffice.opened(context, rules={"seats_per_hold_max": 20})
    seats = [f"A-{number}" for number in range(1, 11)]
    for _ in range(5):
        requests = []
        for turn in (seats, seats[::-1], seats[5:] + seats[:5]):
            await context.redis.call("FLUSHALL")
            requests.append(office.request(await office.hold(*turn)))
        # All three holds are alive in the eyes of their orders: only the last is in the mirror.
        answers = await outcomes(*(place_order(office.house.sales, one, str(id(one))) for one in requests))
        assert not [one for one in answers if isinstance(one, errors.DatabaseUnavailable)]
        await context.postgres.execute("update ticket set status = 'void'")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"tariff": "none"}, errors.TariffNotForZone),
        ({"voucher": "NOBODYS"}, errors.VoucherRefused),
    ],
)
async def test_a_refused_order_changes_nothing(
    office: BoxOffice, change: dict[str, str], refusal: type[errors.TicketingError]
) -> None:
    hold = await office.hold("A-1")
    with pytest.raises(refusal):
        await office.order(hold, **change)
    assert await office.fetchval("select count(*) from orders") == 0
    assert await office.state("A-1") == "h"


async def test_several_holds_make_one_order(office: BoxOffice) -> None:
    other = await office.factory.screening(festival=await office.fetchval("select festival_id from festival"))
    holds = [await office.hold("A-1"), await office.hold("A-1", screening=other)]
    order = await office.order(*holds)
    assert {ticket.screening for ticket in order.tickets} == {office.screening, other}
    assert {(await office.states(screening))["A-1"] for screening in (office.screening, other)} == {"r"}


async def test_a_connection_cut_while_an_order_is_written_is_no_lost_and_no_double_order(office: BoxOffice) -> None:
    request = office.request(await office.hold("A-1"))
    # In this test's database only: other tests place orders on the same server meanwhile.
    cut = (
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and query like '%placed as%' and pid <> pg_backend_pid()"
    )

    # A connection of its own: one of the pool would be cut in its turn, for it has asked for "placed as" too.
    cutter = await asyncpg.connect(office.context.settings.database_url)

    async def cut_often() -> None:
        for _ in range(30):
            await cutter.execute(cut)
            await asyncio.sleep(0)

    answers = await outcomes(*(place_order(office.house.sales, request, "key") for _ in range(8)), cut_often())
    await cutter.close()
    unforeseen = [one for one in answers if isinstance(one, Exception) and not isinstance(one, errors.Unavailable)]
    assert not unforeseen
    final = await place_order(office.house.sales, request, "key")
    assert await office.fetchval("select count(*) from orders") == 1
    assert {one.order for one in answers if isinstance(one, OrderView)} <= {final.order}
