"""The ground that every other test stands on."""

from datetime import timedelta

import pytest

from ticketing.kernel.clock import ShiftedClock, SystemClock
from ticketing.kernel.context import Context


@pytest.mark.parametrize("turn", range(3))
async def test_each_test_has_an_empty_database_and_an_empty_redis(context: Context, turn: int) -> None:
    assert await context.postgres.fetchval("select count(*) from festival") == 0
    assert await context.redis.call("DBSIZE") == 0
    await context.postgres.execute("insert into staff (login, password_hash) values ('ann', 'x')")
    await context.redis.call("SET", "left", str(turn))
    assert await context.postgres.fetchval("select count(*) from staff") == 1


def test_the_clock_of_a_test_can_be_moved(clock: ShiftedClock) -> None:
    clock.ahead = timedelta(days=3)
    assert timedelta(days=2) < clock.now() - SystemClock().now() <= timedelta(days=3)
