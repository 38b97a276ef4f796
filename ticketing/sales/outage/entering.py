"""Entering tickets that were sold by hand: the whole stack, or nothing of it."""

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from ticketing.kernel import errors
from ticketing.kernel.ids import new_order_id, new_ticket_id
from ticketing.kernel.money import Money
from ticketing.kernel.postgres import Connection, Pool, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening
from ticketing.sales.desk import Sales, SeatNews, tell_seats
from ticketing.sales.orders import SEAT_CONSTRAINTS
from ticketing.sales.outage.model import (
    AMOUNT_MAX,
    ENTERED_DAYS_MAX,
    HandSoldBatch,
    HandSoldPaper,
    HandSoldStack,
    JudgedPaper,
    StackFacts,
    StackPreview,
    enterable_until,
    judge_stack,
    paper_number,
)
from ticketing.sales.tills.shifts import BOOKING_CONSTRAINTS, require_open_shift
from ticketing.sales.waiting.offered import SQL as WAITING_SQL
from ticketing.staff.model import Principal
from ticketing.staff.reach import places_in_sql, require_reach

SQL = load_queries("outage")
ATTEMPTS_MAX: Final = 5
BATCHES_TOLD_MAX: Final = 50
SCREENINGS_TOLD_MAX: Final = 200
AMOUNT_PROBLEM: Final = errors.N_("A price is out of bounds")


class _ChangedMeanwhile(errors.TicketingError):
    """A seat or a number was taken between the look at the stack and its entry: it is looked at once more."""

    code = "changed_meanwhile"


def _changed(_error: asyncpg.PostgresError) -> errors.TicketingError:
    return _ChangedMeanwhile()


_CONSTRAINTS: Final[dict[str, Callable[[asyncpg.PostgresError], errors.TicketingError]]] = {
    **dict.fromkeys((*SEAT_CONSTRAINTS, "hand_sold_paper_once", "hand_sold_batch_pkey"), _changed),
    **BOOKING_CONSTRAINTS,
}


class BatchListed(msgspec.Struct, frozen=True):
    """Papers that were entered together, and how many."""

    batch: UUID
    at: datetime
    by: str
    tickets: int


class _Table(NamedTuple):
    """What lies before the clerk. ``held``: places that somebody is choosing."""

    screening: Screening
    layout: Layout
    papers: Sequence[HandSoldPaper]
    held: frozenset[str]


class _Entry(NamedTuple):
    table: _Table
    stack: HandSoldStack
    fingerprint: bytes
    locale: str
    login: str


async def look_at_stack(
    sales: Sales, screening_id: str, papers: Sequence[HandSoldPaper], clerk: Principal
) -> StackPreview:
    """What entering these papers would do, each with all that stands against it. Nothing is changed.

    Raises:
        UnknownScreening, OutOfReach
        HandSoldTooLate: the screening is over for too long.
        InvalidField: a price is out of bounds.
        DatabaseUnavailable
    """
    table = await _lay_out(sales, screening_id, papers, clerk)
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        judged = await _judge(sales, connection, table)
        closed = await connection.fetchval(SQL.week_is_closed, screening_id)
    return StackPreview(
        papers=judged,
        total=Money(sum(one.money.amount for one in judged), table.screening.currency),
        refused=sum(bool(one.problems) for one in judged),
        later_entries=closed,
    )


async def enter_stack(
    sales: Sales, screening_id: str, stack: HandSoldStack, locale: str, clerk: Principal
) -> HandSoldBatch:
    """Enter tickets that were sold by hand: all of them, or, where anything stands against one, none.

    None, so that nobody is left with a stack of which some are entered: each refused paper is money that somebody
    has paid, and it takes a decision (another seat, or the money back) before the rest is put away. Each paper is
    an order of its own that names nobody. The same stack again changes nothing.

    Raises:
        UnknownScreening, OutOfReach, HandSoldTooLate, InvalidField
        HandSoldRefused: with every paper that can't be entered, and why.
        NoOpenShift: the money lies in one's till, and none is open.
        IdempotencyMismatch: ``batch`` stands for another stack.
        DatabaseUnavailable: it may or may not be entered: send the same again.
    """
    fingerprint = hashlib.sha256(msgspec.json.encode([screening_id, stack])).digest()
    for _ in range(ATTEMPTS_MAX):
        table = await _lay_out(sales, screening_id, stack.papers, clerk)
        entry = _Entry(table, stack, fingerprint, locale, clerk.login)
        try:
            async with (
                database_errors(_CONSTRAINTS),
                sales.context.postgres.acquire() as connection,
                connection.transaction(),
            ):
                seats = await _enter(sales, connection, entry)
                batch = await _read(connection, stack.batch)
        except _ChangedMeanwhile:
            # Perhaps the screening has moved to another layout, in which a seat is no more.
            sales.catalogue.forget()
            continue
        await tell_seats(sales, [SeatNews(screening_id, seat, "s") for seat in seats])
        return batch
    raise errors.DatabaseUnavailable


async def show_batch(sales: Sales, batch: UUID, clerk: Principal) -> HandSoldBatch:
    """What was entered together.

    Raises:
        UnknownBatch, OutOfReach, DatabaseUnavailable
    """
    async with database_errors():
        found = await _read(sales.context.postgres, batch)
    screening = await sales.catalogue.screening(found.screening)
    require_reach(clerk.reach, festival=screening.festival, venue=screening.venue.venue)
    return found


async def list_batches(sales: Sales, screening_id: str) -> list[BatchListed]:
    """What was entered for a screening, the latest first.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        rows = await sales.context.postgres.fetch(SQL.list_hand_sold_batches, screening_id, BATCHES_TOLD_MAX)
    return [BatchListed(*row) for row in rows]


async def list_enterable(sales: Sales, clerk: Principal) -> list[Screening]:
    """The screenings for which papers can be entered now, where the clerk works; the nearest in time first.

    Raises:
        DatabaseUnavailable
    """
    now = sales.context.clock.now()
    async with database_errors():
        rows = await sales.context.postgres.fetch(
            SQL.list_screenings_to_enter,
            now - timedelta(days=ENTERED_DAYS_MAX),
            now,
            places_in_sql(clerk.reach),
            SCREENINGS_TOLD_MAX,
        )
    return [await sales.catalogue.screening(row["screening_id"]) for row in rows]


async def _lay_out(sales: Sales, screening_id: str, papers: Sequence[HandSoldPaper], clerk: Principal) -> _Table:
    screening = await sales.catalogue.screening(screening_id)
    require_reach(clerk.reach, festival=screening.festival, venue=screening.venue.venue)
    if screening.status == "draft":
        raise errors.UnknownScreening(screening=screening_id)
    now = sales.context.clock.now()
    if now > enterable_until(screening):
        raise errors.HandSoldTooLate(until=enterable_until(screening))
    if any(paper.money and not 0 <= paper.money.amount <= AMOUNT_MAX for paper in papers):
        raise errors.InvalidField(field="money", problem=AMOUNT_PROBLEM)
    layout = await sales.catalogue.layout(screening.layout_id)
    held: frozenset[str] = frozenset()
    if layout.areas and now < screening.ends_at:
        # A paper takes a place of its area that nobody is choosing. Without Redis it takes any: Postgres decides.
        with contextlib.suppress(errors.Unavailable):
            _, (_revision, states, _layout) = await sales.seating.mirror.run(
                "snapshot", screening_id, [], layout_id=screening.layout_id
            )
            held = frozenset(
                label for label, state in zip(layout.labels, bytes(states), strict=True) if state == ord("h")
            )
    return _Table(screening, layout, papers, held)


async def _judge(sales: Sales, connection: Connection, table: _Table) -> tuple[JudgedPaper, ...]:
    screening, layout, papers, held = table
    # Until this transaction ends nothing of the screening is offered to those who wait.
    screenings = [screening.screening_id] * len(layout.labels)
    offered = await connection.fetch(WAITING_SQL.find_offered_seats, screenings, list(layout.labels))
    body = await connection.fetchval(
        SQL.read_hand_sold_facts, screening.screening_id, [paper_number(paper.paper) for paper in papers]
    )
    facts = msgspec.structs.replace(
        msgspec.json.decode(body, type=StackFacts),
        offered=frozenset(row["seat"] for row in offered),
        held=held,
    )
    return judge_stack(papers, screening, layout, facts, sales.context.clock.now())


async def _enter(sales: Sales, connection: Connection, entry: _Entry) -> list[str]:
    screening, stack = entry.table.screening, entry.stack
    await connection.fetchval(SQL.take_turn_to_enter, screening.screening_id)
    known = await connection.fetchrow(SQL.find_hand_sold_batch, stack.batch)
    if known is not None:
        if (known["screening_id"], known["fingerprint"]) != (screening.screening_id, entry.fingerprint):
            raise errors.IdempotencyMismatch
        return []
    now = sales.context.clock.now()
    judged = await _judge(sales, connection, entry.table)
    refused = [one for one in judged if one.problems]
    if refused:
        raise errors.HandSoldRefused(count=len(refused), papers=[msgspec.to_builtins(one) for one in refused])
    shift = await require_open_shift(connection, entry.login) if stack.in_till else None
    sold_at = [min(paper.sold_at, now) for paper in stack.papers]
    await connection.execute(
        SQL.enter_hand_sold,
        stack.batch,
        screening.screening_id,
        entry.fingerprint,
        now,
        entry.login,
        screening.festival,
        entry.locale,
        screening.currency,
        [new_order_id() for _ in judged],
        [new_ticket_id() for _ in judged],
        [one.paper for one in judged],
        [one.seat for one in judged],
        [one.zone for one in judged],
        [one.tariff for one in judged],
        [one.money.amount for one in judged],
        [paper.method for paper in stack.papers],
        sold_at,
        [paper.came_in for paper in stack.papers],
        [max(at, screening.doors_at) for at in sold_at],
        shift.shift if shift else None,
    )
    await connection.execute(SQL.reopen_cancellation, screening.screening_id)
    return [one.seat for one in judged]


async def _read(source: Pool | Connection, batch: UUID) -> HandSoldBatch:
    body = await source.fetchval(SQL.read_hand_sold_batch, batch)
    if body is None:
        raise errors.UnknownBatch
    return msgspec.json.decode(body, type=HandSoldBatch)
