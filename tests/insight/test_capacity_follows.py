"""What the organiser reads agrees with what was sold, held and let in."""

from tests.seating.box_office import BoxOffice
from ticketing.insight.capacity import festival_capacity, screening_capacity
from ticketing.kernel.context import Context


async def test_capacity_counts_each_place_once(context: Context) -> None:
    office = await BoxOffice.opened(context)
    await office.sell("A-1", "A-2")
    await office.order(await office.hold("B-1"), tariff="student")
    await office.order(await office.hold("C-1"), tariff="invitation")
    await office.hold("D-1", "D-2", "D-3")
    await context.postgres.execute("update ticket set entries = 1 where seat = 'A-1'")
    capacity = await screening_capacity(office.house.insight, office.screening)
    assert (capacity.total, capacity.free, capacity.held, capacity.reserved, capacity.sold, capacity.admitted) == (
        50, 43, 3, 1, 3, 1,
    )  # fmt: skip
    assert [(money.amount, money.currency) for money in capacity.revenue] == [(700_000, "KZT")]


async def test_capacity_is_known_while_redis_is_empty(context: Context) -> None:
    office = await BoxOffice.opened(context)
    await office.sell("A-1")
    await context.redis.call("FLUSHALL")
    capacity = await screening_capacity(office.house.insight, office.screening)
    assert (capacity.sold, capacity.free) == (1, 49)


async def test_a_festival_sums_its_screenings_up(context: Context) -> None:
    office = await BoxOffice.opened(context)
    festival = await office.fetchval("select festival_id from festival")
    other = await office.factory.screening(festival=festival)
    await office.sell("A-1")
    await office.sell("A-1", "A-2", screening=other)
    capacity = await festival_capacity(office.house.insight, festival, "en")
    assert {line.screening: line.capacity.sold for line in capacity.screenings} == {office.screening: 1, other: 2}
    assert capacity.totals.sold == 3
