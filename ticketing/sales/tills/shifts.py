"""A shift at a till: opened with a float, booked to, closed by a count, and never changed afterwards."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Final

import asyncpg
import msgspec

from ticketing.kernel import errors
from ticketing.kernel.money import Money
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.sales.desk import Sales
from ticketing.sales.tills.model import (
    Booking,
    Coins,
    OpenShift,
    Shift,
    ShiftClosing,
    ShiftOpening,
    ShiftSums,
    TerminalTotal,
    not_counted,
    same_count,
    seen_by_cashier,
)
from ticketing.staff.accounts import add_audit
from ticketing.staff.model import Principal, Role, allows
from ticketing.staff.reach import Reach, require_part, touches, venues_within

SQL = load_queries("tills")
SHIFTS_LISTED_MAX: Final = 100
BOOKINGS_LISTED_MAX: Final = 2000


def no_open_shift(_error: asyncpg.PostgresError) -> errors.TicketingError:
    """What ``booked_to_open_shift`` means: the shift was closed a moment ago."""
    return errors.NoOpenShift()


BOOKING_CONSTRAINTS: Final = {"booked_to_open_shift": no_open_shift}


async def open_shift_of(connection: Connection, login: str) -> OpenShift | None:
    """The shift that somebody has open, in a transaction, during which it can't be closed; None where none is."""
    row = await connection.fetchrow(SQL.find_open_shift, login)
    return OpenShift(row["shift_id"], row["till"], row["venue"]) if row else None


async def require_open_shift(connection: Connection, login: str) -> OpenShift:
    """The shift that somebody has open, as :func:`open_shift_of` finds it: no money passes without one.

    Raises:
        NoOpenShift
    """
    shift = await open_shift_of(connection, login)
    if shift is None:
        raise errors.NoOpenShift
    return shift


async def open_shift(sales: Sales, till: str, opening: ShiftOpening, by: Principal) -> Shift:
    """Open a till. The same shift sent again is the one that was opened.

    Raises:
        UnknownTill: there is no such till in use.
        OutOfReach: it stands at a venue that is not one's own.
        TillTaken: somebody has it open.
        ShiftOpen: one has another till open.
        IdempotencyMismatch: the shift stands under another opening.
        DatabaseUnavailable
    """
    _once_each(opening.float_money, "float")
    now = sales.context.clock.now()
    money = [(coins.currency, coins.amount) for coins in opening.float_money]

    def taken(error: asyncpg.PostgresError) -> errors.TicketingError:
        if error.constraint_name == "till_shift_one_open_per_login":
            return errors.ShiftOpen()
        return errors.TillTaken(till=till)

    constraints = {"till_shift_one_open_per_till": taken, "till_shift_one_open_per_login": taken}
    async with (
        database_errors(constraints),
        sales.context.postgres.acquire() as connection,
        connection.transaction(),
    ):
        known = await connection.fetchrow(SQL.find_till, till)
        if known is None or not known["in_use"]:
            raise errors.UnknownTill(till=till)
        require_part(by.reach, venue=known["venue_id"])
        currencies, amounts = [currency for currency, _ in money], [amount for _, amount in money]
        opened = await connection.fetchval(SQL.open_shift, opening.shift, till, by.login, now, currencies, amounts)
        if opened is not None:
            await add_audit(connection, now, by.login, "shift_opened", str(opening.shift), till=till, **dict(money))
        shift = await _read(connection, opening.shift)
    floats = {one.currency: one.float_amount for one in shift.money if one.float_amount}
    if (shift.till, shift.login, floats) != (till, by.login, {name: amount for name, amount in money if amount}):
        raise errors.IdempotencyMismatch
    return seen_by_cashier(shift)


async def close_shift(sales: Sales, shift_id: uuid.UUID, closing: ShiftClosing, by: Principal) -> Shift:
    """Close a shift with what was counted; what should be there is reckoned now, and stays.

    The same count again changes nothing. A shift is closed by its cashier, or by a supervisor.

    Raises:
        UnknownShift: there is none, or it is somebody else's.
        OutOfReach: it is at a venue that is not one's own.
        CountMissing: a currency that went through the till, or over the terminal, was not counted.
        ShiftClosed: it was closed with another count.
        DatabaseUnavailable
    """
    for coins, field in ((closing.cash, "cash"), (closing.terminal, "terminal")):
        _once_each(coins, field)
    now = sales.context.clock.now()
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(SQL.lock_shift, shift_id)
        if row is None or not (row["login"] == by.login or allows(by.role, Role.SUPERVISOR)):
            raise errors.UnknownShift(shift=str(shift_id))
        _require_shift(by, row["login"], row["venue"])
        if row["closed_at"] is None:
            await _count(connection, shift_id, closing)
            await connection.execute(SQL.close_shift, shift_id, now, by.login, closing.note)
            shift = await _read(connection, shift_id)
            detail = {
                one.currency: (one.cash_difference or 0) + (one.terminal_difference or 0) for one in shift.money
            }
            await add_audit(
                connection,
                now,
                by.login,
                "shift_closed",
                str(shift_id),
                till=shift.till,
                cashier=shift.login,
                **detail,
            )
        else:
            shift = await _read(connection, shift_id)
            if not same_count(shift, closing):
                raise errors.ShiftClosed(closed_at=shift.closed_at)
    return shift


async def show_shift(sales: Sales, shift_id: uuid.UUID, by: Principal) -> Shift:
    """A shift: one's own, and for supervisors any of their venues.

    Raises:
        UnknownShift: there is none, or it is somebody else's.
        OutOfReach: it is at a venue that is not one's own.
        DatabaseUnavailable
    """
    async with database_errors(), sales.context.postgres.acquire() as connection:
        shift = await _read(connection, shift_id)
    if shift.login != by.login and not allows(by.role, Role.SUPERVISOR):
        raise errors.UnknownShift(shift=str(shift_id))
    _require_shift(by, shift.login, shift.venue)
    return shift if supervises(by, shift.venue) else seen_by_cashier(shift)


async def list_bookings(sales: Sales, shift_id: uuid.UUID, by: Principal) -> list[Booking]:
    """What was booked to a shift, by time; at most ``BOOKINGS_LISTED_MAX``. Nothing to a cashier whose shift is
    open: see :func:`seen_by_cashier`.

    Raises:
        UnknownShift, OutOfReach: as of :func:`show_shift`.
        DatabaseUnavailable
    """
    shift = await show_shift(sales, shift_id, by)
    if shift.closed_at is None and not supervises(by, shift.venue):
        return []
    async with database_errors():
        rows = await sales.context.postgres.fetch(SQL.list_bookings, shift_id, BOOKINGS_LISTED_MAX)
    return [Booking(row["order"], Money(row["amount"], row["currency"]), row["method"], row["at"]) for row in rows]


async def shift_of(sales: Sales, by: Principal) -> Shift | None:
    """The shift that one has open, as its cashier sees it.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        found = await open_shift_of(connection, by.login)
        shift = await _read(connection, found.shift) if found else None
    if shift is None or not touches(by.reach, venue=shift.venue):
        return None
    return seen_by_cashier(shift)


def supervises(by: Principal, venue: str) -> bool:
    """Whether somebody supervises at a venue, be it in one festival alone: a till there takes the money of any."""
    reach = by.reach_as(Role.SUPERVISOR)
    return reach is not None and touches(reach, venue=venue)


async def list_shifts(
    sales: Sales,
    by: Principal,
    *,
    till: str | None = None,
    before: tuple[datetime, uuid.UUID] | None = None,
    limit: int = SHIFTS_LISTED_MAX,
) -> list[Shift]:
    """Shifts at one's venues, the latest first; ``before``: those opened before this one. For supervisors.

    Raises:
        DatabaseUnavailable
    """
    at, shift_id = before or (None, None)
    wanted = min(max(limit, 1), SHIFTS_LISTED_MAX)
    async with database_errors():
        rows = await sales.context.postgres.fetch(
            SQL.list_shifts, venues_within(by.reach), till, at, shift_id, wanted
        )
    return [msgspec.json.decode(row[0], type=Shift) for row in rows]


def _require_shift(by: Principal, cashier: str, venue: str) -> None:
    """Go on where it is one's own shift at a venue of one's own, or one supervises there."""
    own = by.reach if cashier == by.login else by.reach_as(Role.SUPERVISOR)
    require_part(own or Reach(frozenset()), venue=venue)


async def _count(connection: Connection, shift_id: uuid.UUID, closing: ShiftClosing) -> None:
    rows = await connection.fetch(SQL.sums_of_shift, shift_id)
    missing = not_counted([msgspec.convert(dict(row), ShiftSums) for row in rows], closing)
    if missing:
        raise errors.CountMissing(currencies=missing)
    cash = {coins.currency: coins.amount for coins in closing.cash}
    terminal = {coins.currency: coins.amount for coins in closing.terminal}
    currencies = sorted(cash.keys() | terminal.keys())
    await connection.execute(
        SQL.count_shift,
        shift_id,
        currencies,
        [cash.get(currency, 0) for currency in currencies],
        [terminal.get(currency) for currency in currencies],
    )


async def _read(connection: Connection, shift_id: uuid.UUID) -> Shift:
    body = await connection.fetchval(SQL.read_shift, shift_id)
    if body is None:
        raise errors.UnknownShift(shift=str(shift_id))
    return msgspec.json.decode(body, type=Shift)


def _once_each(money: Iterable[Coins | TerminalTotal], field: str) -> None:
    currencies = [coins.currency for coins in money]
    if len(set(currencies)) != len(currencies):
        raise errors.InvalidField(problem=f"{field}: a currency is named twice", field=field)
