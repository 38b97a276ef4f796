"""The migration that names the payment of each refund: what was in the books stays there, to the minor unit."""

import shutil
from pathlib import Path

import asyncpg
import pytest

from ticketing.kernel.migrations import migrate
from ticketing.kernel.queries import sql_root

BEFORE = 4
ORDER = (
    "insert into orders (order_id, festival_id, status, buyer_email, buyer_name, locale, currency, total_amount,"
    " payment_provider, idempotency_key, request_fingerprint, placed_at)"
    " values ($1, 'week', 'confirmed', 'a@example.kz', 'A', 'kk', 'KZT', 700, 'demo', $1, '', now())"
)
PAYMENT = (
    "insert into payment (order_id, provider, provider_reference, amount, currency, paid_at)"
    " values ($1, 'demo', $2, $3, $4, timestamptz '2025-01-01' + make_interval(mins => $5))"
)
REFUND = (
    "insert into refund (order_id, amount, currency, reason, owed_at, settled_at)"
    " values ($1, $2, $3, 'cancelled', now(), $4)"
)


@pytest.fixture
async def old_books(database_url: str, tmp_path: Path) -> tuple[str, "asyncpg.Connection[asyncpg.Record]"]:
    """A database as it was before, with two orders in it."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for path in sorted((sql_root() / "migrations").glob("*.sql"))[:BEFORE]:
        shutil.copy(path, folder)
    connection = await asyncpg.connect(database_url)
    await connection.execute("drop schema public cascade; create schema public")
    await migrate(database_url, folder)
    for order in ("AAAAAAAA", "BBBBBBBB"):
        await connection.execute(ORDER, order)
    return database_url, connection


async def test_each_refund_gets_the_payments_it_came_from(
    old_books: tuple[str, "asyncpg.Connection[asyncpg.Record]"],
) -> None:
    url, connection = old_books
    for order, reference, amount, currency, minute in (
        ("AAAAAAAA", "first", 500, "KZT", 1),
        ("AAAAAAAA", "second", 200, "KZT", 2),
        ("AAAAAAAA", "foreign", 900, "EUR", 3),
        ("BBBBBBBB", "only", 700, "KZT", 1),
    ):
        await connection.execute(PAYMENT, order, reference, amount, currency, minute)
    settled = await connection.fetchval("select timestamptz '2025-02-02'")
    for order, amount, currency, at in (
        ("AAAAAAAA", 300, "KZT", settled),  # more than the newest payment was
        ("AAAAAAAA", 400, "KZT", None),
        ("AAAAAAAA", 900, "EUR", None),
        ("BBBBBBBB", 100, "KZT", None),
    ):
        await connection.execute(REFUND, order, amount, currency, at)
    await migrate(url)
    rows = await connection.fetch(
        "select provider_reference, refund.amount, settled_at is not null as settled"
        " from refund join payment using (payment_id) order by refund_id"
    )
    assert sorted(tuple(row) for row in rows) == [
        ("first", 100, True),
        ("first", 400, False),
        ("foreign", 900, False),
        ("only", 100, False),
        ("second", 200, True),
    ]
    kept = await connection.fetch(
        "select provider_reference, charge, refunded_amount from payment order by payment_id"
    )
    assert [tuple(row) for row in kept] == [
        ("first", "AAAAAAAA", 500),
        ("second", "AAAAAAAA", 200),
        ("foreign", "AAAAAAAA", 900),
        ("only", "BBBBBBBB", 100),
    ]
    await connection.close()


async def test_books_that_never_added_up_are_not_carried_over(
    old_books: tuple[str, "asyncpg.Connection[asyncpg.Record]"],
) -> None:
    url, connection = old_books
    await connection.execute(PAYMENT, "AAAAAAAA", "only", 500, "KZT", 1)
    await connection.execute(REFUND, "AAAAAAAA", 501, "KZT", None)
    with pytest.raises(asyncpg.RaiseError, match="not covered"):
        await migrate(url)
    assert await connection.fetchval("select amount from refund") == 501
    assert await connection.fetchval("select max(number) from migration") == BEFORE
    await connection.close()
