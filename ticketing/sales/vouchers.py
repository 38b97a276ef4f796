"""Vouchers before an order is placed: what one takes off, or why it can't be used.

A look is no promise: whether the last use of a voucher is still there is decided where the order is written.
"""

from collections.abc import Iterable

from ticketing.kernel import errors
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.sales.desk import Sales
from ticketing.sales.model import Voucher

SQL = load_queries("vouchers")


async def look_up_voucher(sales: Sales, name: str, festivals: Iterable[str]) -> Voucher:
    """The voucher of that name (in any letters), good now for one of the festivals.

    Raises:
        VoucherRefused: with ``reason``: ``unknown``, ``elsewhere`` (another festival's), ``past`` (its date),
            ``used_up``.
        DatabaseUnavailable
    """
    voucher = name.strip().upper()
    async with database_errors():
        row = await sales.context.postgres.fetchrow(
            SQL.look_up_voucher, voucher, sorted(set(festivals)), sales.context.clock.now()
        )
    if row is None:
        raise errors.VoucherRefused(voucher=voucher, reason="unknown")
    if row["word"] != "good":
        raise errors.VoucherRefused(voucher=voucher, reason=row["word"])
    return Voucher(voucher, row["festival_id"], row["percent"])
