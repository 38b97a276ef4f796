"""Finding one's orders again: their links are mailed to the address that ordered, and shown to nobody."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.kernel.throttle import Limit, count_or_refuse
from ticketing.sales.desk import Sales
from ticketing.sales.model import Locale

SQL = load_queries("changes")
ORDERS_TOLD_MAX: Final = 20
# So long after its end a screening is still of interest: for a receipt, or for money that comes back.
TOLD_AFTER_THE_END: Final = timedelta(days=30)
PER_ADDRESS: Final = Limit("find-order-address", counted_max=3, window_s=3600)
# Whole houses share an address behind a mobile router.
PER_CLIENT: Final = Limit("find-order-client", counted_max=30, window_s=3600)


class FoundOrder(msgspec.Struct, frozen=True):
    """An order of an address, with the first of its screenings that is not long over."""

    order: str
    festival: str
    status: str
    screening: str
    placed_at: datetime


async def find_orders(sales: Sales, email: str, locale: Locale, client: str) -> None:
    """Have the links of an address's orders mailed to it. The answer is the same whether it has any.

    ``client`` is the address that asks. Where there is no order, nothing is mailed.

    Raises:
        TooMany: too often for this mail address, or from this client; with ``retry_after_s``.
        DatabaseUnavailable
    """
    await count_or_refuse(sales.context, PER_CLIENT, client)
    await count_or_refuse(sales.context, PER_ADDRESS, email.lower())
    async with database_errors():
        await sales.context.postgres.execute(SQL.ask_for_links, email, locale, sales.context.clock.now())


async def orders_of(sales: Sales, email: str) -> list[FoundOrder]:
    """The latest orders of an address that are still of interest, at most ``ORDERS_TOLD_MAX``.

    Raises:
        DatabaseUnavailable
    """
    since = sales.context.clock.now() - TOLD_AFTER_THE_END
    async with database_errors():
        rows = await sales.context.postgres.fetch(SQL.find_orders_of_buyer, email, since, ORDERS_TOLD_MAX)
    return [FoundOrder(*row) for row in rows]
