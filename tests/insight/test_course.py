"""How one screening sells and comes in."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import Factory, make_layout
from tests.seating.box_office import BoxOffice
from ticketing.insight.course import Arrivals, Heat, heat_of, screening_course
from ticketing.kernel import errors
from ticketing.kernel.context import Context

START = datetime(2026, 11, 24, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "heat"),
    [
        (timedelta(days=7, seconds=1), Heat.EARLY),
        (timedelta(days=7), Heat.WEEK),
        (timedelta(days=1), Heat.WEEK),
        (timedelta(hours=23, minutes=59), Heat.DAY),
        (timedelta(hours=3), Heat.DAY),
        (timedelta(hours=2, minutes=59), Heat.LATE),
        (timedelta(minutes=-10), Heat.LATE),
    ],
)
def test_how_early_a_seat_was_sold(before: timedelta, heat: Heat) -> None:
    assert heat_of(START - before, START) is heat


async def test_the_curve_the_mean_and_the_door(context: Context) -> None:
    factory = Factory(context)
    house = BoxOffice(context, make_layout(1, 10)).house
    festival, now = await factory.festival(), context.clock.now()
    hall, other_hall = [await factory.hall(layout=make_layout(1, 10)) for _ in range(2)]
    ours = await factory.screening(festival=festival, hall=hall, starts_at=now + timedelta(hours=13))
    other = await factory.screening(festival=festival, hall=other_hall, starts_at=now - timedelta(hours=3))
    await factory.order(ours, "A-1", "A-2", placed_at=now - timedelta(days=20))
    await factory.order(ours, "A-3", placed_at=now - timedelta(hours=1))
    await factory.order(ours, "A-4", status="awaiting_payment")
    await factory.order(other, *(f"A-{seat}" for seat in range(1, 9)), placed_at=now - timedelta(hours=5))
    starts_at = await context.postgres.fetchval("select starts_at from screening where screening_id = $1", other)
    for seat, minutes in (("A-1", -12.5), ("A-2", -12.1), ("A-3", 4)):
        await context.postgres.execute(
            "update ticket set entries = 1, admitted_at = $3 where screening_id = $1 and seat = $2",
            other,
            seat,
            starts_at + timedelta(minutes=minutes),
        )
    course = await screening_course(house.insight, ours)
    (current,) = [point for point in course.curve if point.hours_before % 6]
    curve = {point.hours_before: (point.sold, point.percent, point.mean_percent) for point in course.curve}
    # Two weeks before: two of ten, the other none. Now, 13 hours before the start, is past the step of 18 hours.
    assert curve[336] == (2, 20.0, 10.0)
    assert curve[18] == (2, 20.0, 10.0)
    # What was sold since that step is not kept back until the next: now is a point as well.
    assert current.hours_before == pytest.approx(13, abs=0.02)
    assert (current.sold, current.percent, current.mean_percent) == (3, 30.0, 15.0)
    # What is still ahead of ours is known of the other alone.
    assert curve[12] == (None, None, 0.0)
    assert curve[0] == (None, None, 80.0)
    assert course.seats == {"A-1": Heat.EARLY, "A-2": Heat.EARLY, "A-3": Heat.DAY}
    assert course.arrivals == ()
    course = await screening_course(house.insight, other)
    assert course.arrivals == (Arrivals(-13, 2), Arrivals(4, 1))
    assert course.curve[-1].sold == 8
    assert {point.hours_before % 6 for point in course.curve} == {0}


async def test_what_is_not_there_has_no_course(context: Context) -> None:
    house = BoxOffice(context, make_layout()).house
    for unknown in ("nowhere", "a\x00b", "x" * 500):
        with pytest.raises(errors.UnknownScreening):
            await screening_course(house.insight, unknown)
