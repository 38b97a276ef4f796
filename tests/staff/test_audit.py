"""The audit, read: narrowed, in pages, never changed."""

from datetime import timedelta

import asyncpg
import pytest

from tests.factories import Factory
from ticketing.kernel.context import Context
from ticketing.kernel.errors import InvalidField
from ticketing.staff.accounts import add_audit
from ticketing.staff.audit import AuditWish, read_audit
from ticketing.staff.model import Role

HOUR = timedelta(hours=1)


@pytest.fixture
async def evening(context: Context) -> None:
    """Ten acts, an hour apart, the last one now."""
    now = context.clock.now()
    for number in range(10):
        await add_audit(
            context.postgres,
            now - (9 - number) * HOUR,
            ("dana", "erlan")[number % 2],
            ("seat_broken", "seat_repaired")[number // 5],
            f"week-1-s-{number}",
            seat=f"A-{number}",
        )


@pytest.mark.usefixtures("evening")
@pytest.mark.parametrize(
    ("wish", "found"),
    [
        (AuditWish(), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
        (AuditWish(login="dana"), [8, 6, 4, 2, 0]),
        (AuditWish(act="seat_broken"), [4, 3, 2, 1, 0]),
        (AuditWish(login="erlan", act="seat_broken"), [3, 1]),
        (AuditWish(subject="week-1-s-7"), [7]),
        (AuditWish(subject="week-1-"), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
        (AuditWish(subject="%"), []),
        (AuditWish(subject="week_1"), []),
        (AuditWish(words="A-7"), [7]),
        (AuditWish(words="a-7 WEEK-1"), [7]),
        (AuditWish(words="wee"), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
        (AuditWish(words="wee A-8 A-7"), []),
        (AuditWish(words="week' | 'B:* & !x ("), []),
        (AuditWish(login="nobody"), []),
        (AuditWish(login="' or true --"), []),
    ],
)
async def test_it_is_narrowed(context: Context, wish: AuditWish, found: list[int]) -> None:
    page = await read_audit(context, wish, 50)
    assert [int(line.subject[-1]) for line in page.lines] == found
    assert all(line.detail == {"seat": f"A-{line.subject[-1]}"} for line in page.lines)
    assert page.next is None


@pytest.mark.usefixtures("evening")
async def test_it_is_narrowed_by_time(context: Context) -> None:
    now = context.clock.now()
    wish = AuditWish(since=now - 4.5 * HOUR, until=now - 1.5 * HOUR)
    assert [line.subject[-1] for line in (await read_audit(context, wish, 50)).lines] == ["7", "6", "5"]
    with pytest.raises(InvalidField):
        await read_audit(context, AuditWish(since=now, until=now - HOUR), 50)


@pytest.mark.usefixtures("evening")
async def test_it_comes_in_pages_and_new_lines_shift_nothing(context: Context) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        page = await read_audit(context, AuditWish(), 4, cursor)
        seen += [line.subject[-1] for line in page.lines]
        await add_audit(context.postgres, context.clock.now(), "dana", "seat_broken", "later")
        cursor = page.next
        if cursor is None:
            break
    assert seen == list("9876543210")
    assert len((await read_audit(context, AuditWish(), 10**9)).lines) <= 200


async def test_nobody_changes_a_line(context: Context) -> None:
    await Factory(context).staff(Role.DOOR)
    for statement in ("update audit set login = 'x'", "delete from audit"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await context.postgres.execute(statement)


@pytest.mark.usefixtures("evening")
async def test_words_are_found_by_their_index(context: Context) -> None:
    for wrong in ("' & |", "one two three four five six seven eight nine"):
        with pytest.raises(InvalidField):
            await read_audit(context, AuditWish(words=wrong), 50)
    async with context.postgres.acquire() as connection, connection.transaction():
        await connection.execute("set local enable_seqscan = off")
        plan = await connection.fetch(
            "explain select from audit where audit_words(subject, detail) @@ to_tsquery('simple', 'week:*')"
        )
    assert "audit_by_words" in str(plan)
