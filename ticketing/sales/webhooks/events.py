"""What happened, found for those who are to be told: read from the ledger and the programme, shortly after.

Orders know nothing of webhooks and take no longer for them. The ledger's seals have an order without gaps, so what
lies behind a webhook's last one is all that it has not been told of rights. Screenings have the time of their
change alone: what was written late is looked for again, and told once all the same.
"""

import uuid
from datetime import timedelta
from typing import Any, Final

import msgspec

from ticketing.kernel.context import Context
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.sales.webhooks.model import TICKETS_TOLD_MAX, Kind, Told

SQL = load_queries("webhooks")
SEALS_AT_ONCE_MAX: Final = 500
LATE_MAX: Final = timedelta(minutes=5)
"""Longer than any transaction that changes a screening lasts."""
NOTED_EVERY: Final = timedelta(minutes=1)
"""Where nothing is new, so that a quiet webhook writes no row every other second."""
OF_RIGHTS: Final[dict[str, Kind]] = {"issued": "order.confirmed", "cancelled": "order.cancelled"}


async def note_events(context: Context) -> int:
    """Write down what each webhook is to be told; how many steps were taken, 0 where nothing is new.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        webhooks = await context.postgres.fetch(SQL.list_active)
    steps = 0
    for row in webhooks:
        async with database_errors(), context.postgres.acquire() as connection, connection.transaction():
            steps += await _note_for(context, connection, row["webhook_id"])
    return steps


async def _note_for(context: Context, connection: Connection, webhook: uuid.UUID) -> bool:
    """Whether the ledger had something new; another worker may be at it."""
    hook = await connection.fetchrow(SQL.take_webhook, webhook)
    if hook is None:
        return False
    now = context.clock.now()
    end = await connection.fetchval(SQL.next_position, hook["last_position"], SEALS_AT_ONCE_MAX)
    told: list[tuple[str, Told]] = []
    if end is not None:
        rows = await connection.fetch(
            SQL.list_rights, hook["festival_id"], hook["last_position"], end, TICKETS_TOLD_MAX
        )
        told += [(row["order_id"], _of_order(hook["festival_id"], row)) for row in rows]
    since = max(hook["screenings_until"] - LATE_MAX, hook["made_at"])
    for row in await connection.fetch(SQL.list_changed_screenings, hook["festival_id"], since):
        changed = Told("screening.changed", row["changed_at"], msgspec.json.decode(row["body"]))
        told.append((row["screening_id"], changed))
    await connection.executemany(
        SQL.add_delivery,
        [
            (uuid.uuid4(), webhook, one.type, subject, one.timestamp, msgspec.json.encode(one).decode(), now)
            for subject, one in told
            if one.type in hook["kinds"]
        ],
    )
    if end is not None or now - hook["screenings_until"] > NOTED_EVERY:
        await connection.execute(SQL.note_told, webhook, hook["last_position"] if end is None else end, now)
    return end is not None


def _of_order(festival: str, row: Any) -> Told:
    data = {
        "festival": festival,
        "order": row["order_id"],
        "order_status": row["status"],
        "channel": row["channel"],
        "currency": row["currency"],
        "amount": row["amount"],
        "ticket_count": row["tickets"],
        "tickets": msgspec.json.decode(row["listed"]),
    }
    return Told(OF_RIGHTS[row["kind"]], row["at"], data)
