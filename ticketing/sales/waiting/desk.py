"""What the verbs of the waiting list share: reading an entry, showing it, and telling the mirror."""

from collections.abc import Sequence

import msgspec
import structlog

from ticketing.kernel import errors
from ticketing.kernel.ids import ALPHABET, TICKET_ID_LENGTH
from ticketing.kernel.postgres import Connection, Pool, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.model import Screening
from ticketing.sales.desk import Sales
from ticketing.sales.waiting.model import EntryFacts, OfferView, WaitingView
from ticketing.seating.keeping import tend_queue

SQL = load_queries("waiting")

log = structlog.get_logger(__name__)


async def read_entry(source: Pool | Connection, entry_id: str) -> EntryFacts:
    """An entry's rows.

    Raises:
        UnknownWaitingEntry, DatabaseUnavailable
    """
    async with database_errors():
        body = await source.fetchval(SQL.read_entry, entry_id)
    if body is None:
        raise errors.UnknownWaitingEntry
    return msgspec.json.decode(body, type=EntryFacts)


async def open_entry(sales: Sales, entry_id: str, secret: str) -> EntryFacts:
    """An entry, for somebody who knows its secret. Whether it exists is not told without it.

    Raises:
        UnknownWaitingEntry
    """
    could_be_one = len(entry_id) == TICKET_ID_LENGTH and all(sign in ALPHABET for sign in entry_id)
    if not could_be_one or not sales.context.secrets.opens_waiting(entry_id, secret):
        raise errors.UnknownWaitingEntry
    return await read_entry(sales.context.postgres, entry_id)


def view_of(sales: Sales, entry: EntryFacts) -> WaitingView:
    """An entry as its owner sees it."""
    offer = entry.offer
    return WaitingView(
        entry=entry.entry,
        secret=sales.context.secrets.waiting_secret(entry.entry),
        screening=entry.screening,
        status=entry.status,
        party=entry.party,
        place=entry.place,
        locale=entry.locale,
        name=entry.name,
        email=entry.email,
        joined_at=entry.joined_at,
        offer=OfferView(offer.hold, offer.seats, offer.expires_at) if offer and offer.status == "open" else None,
    )


def view_for_strangers(entry: EntryFacts) -> WaitingView:
    """An entry as it is shown to somebody who knows its address and nothing else."""
    return WaitingView(None, None, entry.screening, entry.status, entry.party, entry.place, entry.locale)


def entry_page(sales: Sales, entry: EntryFacts) -> str:
    """The address of an entry's page, for its owner."""
    secret = sales.context.secrets.waiting_secret(entry.entry)
    return f"{sales.context.settings.public_url}/{entry.locale}/waiting/{entry.entry}/{secret}"


async def tell_mirror(sales: Sales, screening: Screening, queue: str, ended_holds: Sequence[str] = ()) -> None:
    """Tell the mirror the word of the list, and that holds of offers are over. What it misses here, the worker's
    next look and the reconciler tell it.
    """
    mirror = sales.seating.mirror
    if ended_holds:
        await mirror.settle(screening.screening_id, ended_holds, [])
    layout = await sales.catalogue.layout(screening.layout_id)
    try:
        await tend_queue(mirror, screening.screening_id, layout, queue, layout_id=screening.layout_id)
    except errors.SeatingUnavailable:
        log.warning("mirror_not_told", screening=screening.screening_id)
