"""What is offered to those who wait is nobody else's."""

from collections.abc import Sequence

from ticketing.kernel.postgres import Connection, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.sales.desk import Sales

SQL = load_queries("waiting")


async def seats_are_offered(connection: Connection, seats: Sequence[tuple[str, str]]) -> bool:
    """Is one of these seats, each a screening and a label, offered to a party of a waiting list?

    For whoever makes seats live again that had been given up, such as late money. Until the transaction ends
    nothing of these screenings is offered, and who offers then sees the tickets.
    """
    screenings, labels = [screening for screening, _ in seats], [seat for _, seat in seats]
    return await connection.fetchval(SQL.find_offered_seats, screenings, labels) is not None


async def holds_are_offered(sales: Sales, hold_ids: Sequence[str]) -> bool:
    """Is one of these holds an open offer of a waiting list?

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        return await sales.context.postgres.fetchval(SQL.find_entries_of_holds, list(hold_ids)) is not None
