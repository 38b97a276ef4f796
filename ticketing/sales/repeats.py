"""An order that stands already, found again by the key it was placed with."""

from ticketing.kernel.postgres import database_errors
from ticketing.sales.desk import SQL, Sales, read_order, view_of
from ticketing.sales.model import OrderView


async def find_placed_order(sales: Sales, idempotency_key: str) -> OrderView | None:
    """The order that this key made, as its buyer sees it; None where there is none.

    Only for callers whose key nobody else can know: it opens the order without its secret.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        row = await sales.context.postgres.fetchrow(SQL.find_order_by_key, idempotency_key)
    return await view_of(sales, await read_order(sales.context.postgres, row["order_id"])) if row else None
