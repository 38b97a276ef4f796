"""Orders without their ledger, for the benchmark alone: what the ledger costs is measured against them."""

from collections.abc import Sequence

from ticketing.bench.stage import SQL
from ticketing.kernel.postgres import Pool
from ticketing.sales.book import OrderBook, OrderEntry, TicketEntry, write_orders


class UnrecordedBook(OrderBook):
    """Writes orders with the same statement but for the ledger's rows.

    No setting leads here: the server of the benchmark makes one, beside the book of its application.
    """

    def __init__(self, postgres: Pool) -> None:
        super().__init__(postgres)
        self._pool = postgres

    async def _write(self, asked: Sequence[tuple[OrderEntry, Sequence[TicketEntry]]]) -> list[bool]:
        return await write_orders(self._pool, asked, SQL.place_orders_unrecorded)
