"""How a wait ends: seats taken, an offer let pass, the end of sales, and at last being forgotten."""

from datetime import datetime, timedelta

import asyncpg
import msgspec
from prometheus_client import Gauge

from ticketing.kernel.context import Context
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.programme.model import Screening
from ticketing.sales.desk import Sales
from ticketing.sales.waiting.desk import SQL
from ticketing.sales.waiting.model import KEPT_AFTER_SCREENING_DAYS, is_over
from ticketing.seating.keeping import end_offer

FORGOTTEN_AT_ONCE_MAX = 500

PARTIES = Gauge("ticketing_waiting_parties", "Parties on waiting lists", multiprocess_mode="max")
PEOPLE = Gauge("ticketing_waiting_people", "People on waiting lists", multiprocess_mode="max")


class Settled(msgspec.Struct):
    """What became of a list's offers: how many ended, whether somebody waits again, holds that are over."""

    ended: int = 0
    waits_again: bool = False
    holds: list[str] = []


async def settle_offers(sales: Sales, connection: Connection, screening: Screening, now: datetime) -> Settled:
    """End the offers of a list that are taken, or over; the list is locked by the caller.

    Seats with a sold ticket: the party is served. With a reserved one: its order waits for the payment, and as long
    the offer is not over. Any live ticket on an offered seat is the party's: nobody else can hold it.

    Raises:
        SeatingUnavailable
    """
    settled = Settled()
    over = is_over(screening, now)
    for offer in await connection.fetch(SQL.list_offers, screening.screening_id):
        if offer["sold"]:
            await connection.execute(SQL.end_offer, offer["offer_id"], "taken", now)
            await connection.execute(SQL.end_entry, offer["entry_id"], "served", now)
        elif offer["live"]:
            await connection.execute(SQL.note_order, offer["offer_id"])
            continue
        elif _goes_on(offer, over=over, now=now) or not await _is_free_again(sales, connection, screening, offer):
            continue
        elif over:
            await connection.execute(SQL.end_offer, offer["offer_id"], "withdrawn", now)
            await connection.execute(SQL.end_entry, offer["entry_id"], "closed", now)
            await connection.execute(SQL.queue_ended_letter, offer["entry_id"], now)
        else:
            await connection.execute(SQL.end_offer, offer["offer_id"], "lapsed", now)
            settled.waits_again |= await let_pass(connection, screening, offer["entry_id"], now, "lapsed")
        settled.ended += 1
        settled.holds.append(offer["hold_id"])
    return settled


async def let_pass(connection: Connection, screening: Screening, entry_id: str, now: datetime, status: str) -> bool:
    """Somebody let an offer pass: they go to the end of the line (True), or leave the list, as the festival's rule
    says. Who did not say so themselves (``lapsed``) is told by a letter.
    """
    entry = await connection.fetchrow(SQL.count_offers, entry_id)
    if entry is not None and entry["offers"] < screening.rules.waiting_offers_max:
        await connection.execute(SQL.move_to_the_end, entry_id)
        return True
    await connection.execute(SQL.end_entry, entry_id, status, now)
    if status == "lapsed":
        await connection.execute(SQL.queue_ended_letter, entry_id, now)
    return False


def _goes_on(offer: asyncpg.Record, *, over: bool, now: datetime) -> bool:
    return not over and offer["status"] == "open" and offer["expires_at"] > now


async def _is_free_again(sales: Sales, connection: Connection, screening: Screening, offer: asyncpg.Record) -> bool:
    """End the hold of an offer, unless an order is being written for it: then it is not over yet.

    Only when the hold is gone, and no order can come any more, the tickets are looked at: in the other order one
    could be written in between.
    """
    hold_id, deadline = offer["hold_id"], offer["expires_at"]
    if not await end_offer(sales.seating.mirror, screening.screening_id, hold_id, deadline):
        return False
    return not await connection.fetchval(SQL.has_live_tickets, screening.screening_id, offer["seats"])


async def forget_lists(sales: Sales) -> int:
    """Forget the lists of screenings that ended a week ago, with every name and address; how many entries went."""
    until = sales.context.clock.now() - timedelta(days=KEPT_AFTER_SCREENING_DAYS)
    async with database_errors():
        return len(await sales.context.postgres.fetch(SQL.forget_lists, until, FORGOTTEN_AT_ONCE_MAX))


async def count_waiting(context: Context) -> None:
    """Put how many wait into the metrics."""
    async with database_errors():
        row = await context.postgres.fetchrow(SQL.count_waiting)
    if row is not None:
        PARTIES.set(row["parties"])
        PEOPLE.set(row["people"])
