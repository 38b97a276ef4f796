"""Cancelling a screening: what it would do, and doing it. Its orders are seen to afterwards, see ``orders.py``."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from ticketing.kernel import errors
from ticketing.kernel.money import Money
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.importing import SQL as IMPORT_SQL
from ticketing.programme.model import Screening, Translated
from ticketing.sales.desk import Sales
from ticketing.staff.accounts import add_audit

SQL = load_queries("screening_changes")

Way = Literal["refund", "choice"]
"""``refund``: every ticket is given back and its money owed. ``choice``: tickets stay until their buyers exchange
or give them back, without a fee and at any time."""


class Concerned(msgspec.Struct, frozen=True):
    """What cancelling concerns: live tickets by state, their orders, what was ``paid`` for them, who waits."""

    sold: int
    reserved: int
    orders: int
    paid: Money
    free_of_charge: int
    passed_on: int
    entered: int
    waiting: int
    kept_back: int


class ScreeningCancellation(msgspec.Struct, frozen=True):
    """A cancellation and how far it is; ``done_at`` is when the last order had been seen to."""

    way: Way
    reason: Translated
    cancelled_at: datetime
    cancelled_by: str
    done_at: datetime | None
    orders_told: int


class CancellationView(msgspec.Struct, frozen=True):
    """A screening before or after it is cancelled: ``concerned`` is what stands now."""

    screening: str
    status: str
    concerned: Concerned
    cancellation: ScreeningCancellation | None


async def look_at_screening(sales: Sales, screening: Screening) -> CancellationView:
    """What cancelling a screening would do now, or how far its cancellation is. Nothing is changed.

    Raises:
        DatabaseUnavailable
    """
    screening_id, context = screening.screening_id, sales.context
    async with database_errors():
        row = await context.postgres.fetchrow(SQL.look_at_screening, screening_id, context.clock.now())
        found = await context.postgres.fetchrow(SQL.get_cancellation, screening_id)
    counts: dict[str, Any] = dict(row) if row else {}
    concerned = Concerned(**(counts | {"paid": Money(counts["paid"], screening.currency)}))
    cancellation = ScreeningCancellation(**dict(found)) if found else None
    return CancellationView(
        screening_id, "cancelled" if cancellation else screening.status, concerned, cancellation
    )


async def cancel_screening(
    sales: Sales, screening: Screening, way: Way, reason: Translated, by: str
) -> CancellationView:
    """Cancel a published screening: it is taken off sale at once, and its orders are seen to by the worker.

    Sent again, it changes nothing. One that an import has cancelled gets what its orders still need.

    Raises:
        ScreeningIsDraft: nobody knows of it: it can be deleted.
        CancelledOtherwise: it was cancelled already, and its orders were promised another way.
        UnknownScreening, DatabaseUnavailable
    """
    screening_id, context = screening.screening_id, sales.context
    now = context.clock.now()
    async with database_errors(), context.postgres.acquire() as connection, connection.transaction():
        # No edit at the desk and no import comes between.
        await connection.execute(IMPORT_SQL.lock_imports)
        status = await connection.fetchval(SQL.lock_screening, screening_id)
        if status is None:
            raise errors.UnknownScreening(screening=screening_id)
        if status == "draft":
            raise errors.ScreeningIsDraft(screening=screening_id)
        await connection.execute(SQL.cancel_screening, screening_id, now)
        on_sale = status != "cancelled"
        begun = await connection.fetchval(SQL.begin_cancellation, screening_id, way, reason, now, by, on_sale)
        if begun is None:
            found = await connection.fetchrow(SQL.get_cancellation, screening_id)
            if found is None or found["way"] != way:
                raise errors.CancelledOtherwise(screening=screening_id)
        else:
            await add_audit(connection, now, by, "screening_cancelled", screening_id, way=way, reason=reason)
    await close_at_once(sales, screening_id)
    return await look_at_screening(sales, await sales.catalogue.screening(screening_id))


async def close_at_once(sales: Sales, screening_id: str) -> None:
    """Bring a changed screening's terms of sale into its mirror now, not with the next reconciliation.

    Where Redis does not answer, that reconciliation is what closes it; Postgres takes no order in either case.
    """
    sales.catalogue.forget()
    try:
        await sales.seating.mirror.reconcile([screening_id])
    except errors.SeatingUnavailable:
        return
