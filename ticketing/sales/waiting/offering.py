"""What the worker does with seats that came free while somebody waits: offers, first come, first served."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Final

import msgspec

from ticketing.kernel import errors
from ticketing.kernel.ids import new_hold_id
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.programme.model import Screening
from ticketing.sales.desk import Sales
from ticketing.sales.waiting.desk import SQL
from ticketing.sales.waiting.ending import Settled, settle_offers
from ticketing.sales.waiting.model import (
    ENTRIES_PER_SCREENING_MAX,
    InLine,
    Party,
    decide_offers,
    is_over,
    offer_deadline,
)
from ticketing.sales.waiting.places import ranked_for
from ticketing.seating.keeping import Kept, hold_offer, release_kept, tend_queue
from ticketing.seating.model import OpenOffer

LISTS_MAX: Final = 1000


class Round(msgspec.Struct):
    """One go at a list: the holds that were placed for offers, and what is left for everybody."""

    settled: Settled
    offered: int = 0
    closed: int = 0
    holds: list[str] = []
    released: list[int] = []
    asked: str = ""

    @property
    def done(self) -> int:
        """How much was done; nothing, and the worker may rest."""
        return self.settled.ended + self.offered + self.closed + len(self.released)


async def offer_seats(sales: Sales) -> int:
    """Offer what has come free to those who wait, and end what is over; how much was done.

    Where nobody waits this is one query that finds nothing. A list in which nothing has come free costs one more
    call to Redis, which leaves together with those of the other lists.

    Raises:
        SeatingUnavailable, DatabaseUnavailable
    """
    now = sales.context.clock.now()
    async with database_errors():
        rows = await sales.context.postgres.fetch(SQL.list_open_queues, now, LISTS_MAX)
    screenings = [await sales.catalogue.screening(row["screening_id"]) for row in rows]
    looks = await asyncio.gather(
        *(
            _look(sales, screening, row["queue"], msgspec.convert(row["offers"], tuple[OpenOffer, ...]))
            for screening, row in zip(screenings, rows, strict=True)
        )
    )
    done = 0
    for screening, row, look in zip(screenings, rows, looks, strict=True):
        if look.states or row["due"] or is_over(screening, now):
            done += await _attend(sales, screening)
        if look.loose:
            await hold_offers(sales, screening)
    return done


async def hold_offers(sales: Sales, screening: Screening) -> None:
    """See that the seats of a list's open offers are held until their deadlines, and tell the mirror its word.

    Under the list's lock: nobody can decline meanwhile an offer that is then held for nobody.

    Raises:
        SeatingUnavailable, DatabaseUnavailable
    """
    screening_id, now = screening.screening_id, sales.context.clock.now()
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        list_ = await connection.fetchrow(SQL.lock_queue, screening_id)
        rows = await connection.fetch(SQL.list_held_offers, screening_id, now)
        offers = [OpenOffer(row["hold_id"], row["expires_at"], tuple(row["seats"])) for row in rows]
        if list_ is not None:
            queue = f"{list_['version']}:{int(list_['open'])}"
            await _look(sales, screening, queue, offers, hold_them=True)


async def _attend(sales: Sales, screening: Screening) -> int:
    """Go through one list, in one transaction, as the only one who does."""
    screening_id = screening.screening_id
    now = sales.context.clock.now()
    this = Round(Settled())
    try:
        async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
            list_ = await connection.fetchrow(SQL.lock_queue_unless_busy, screening_id)
            if list_ is None:
                return 0
            this.settled = await settle_offers(sales, connection, screening, now)
            if is_over(screening, now):
                this.closed = len(await connection.fetch(SQL.close_list, screening_id, now))
            else:
                # The word as it is committed: what this transaction makes of it may come to nothing.
                queue = f"{list_['version']}:{int(list_['open'])}"
                look = await _look(sales, screening, queue)
                await _make_offers(sales, connection, screening, look, this)
            await connection.fetchval(SQL.settle_queue, screening_id, this.settled.waits_again)
    except BaseException:
        # Their offers were not written: the seats are the list's again.
        with contextlib.suppress(errors.Unavailable):
            await sales.seating.mirror.settle(screening_id, this.holds, [])
        raise
    await _tell(sales, screening, this)
    return this.done


async def _make_offers(sales: Sales, connection: Connection, screening: Screening, look: Kept, this: Round) -> None:
    """Hold seats for whoever comes first, and write the offers down."""
    if not look.states:
        return
    now = sales.context.clock.now()
    layout = await sales.catalogue.layout(screening.layout_id)
    screening_id, kept = screening.screening_id, look.kept_places()
    labels = [layout.labels[place] for place in look.open_places()]
    # Postgres decides, whatever the mirror believes.
    not_ours = {
        layout.index_of[row["seat"]]
        for row in await connection.fetch(SQL.find_seats_not_to_offer, screening_id, labels)
    }
    deadline = offer_deadline(screening, now)
    rows = await connection.fetch(SQL.list_line, screening_id, ENTRIES_PER_SCREENING_MAX) if deadline else []
    line = [InLine(row["entry_id"], Party(row["people"], row["wheelchair"], row["zone"])) for row in rows]
    blocks_of = await ranked_for(screening.layout_id, layout, [waiting.party for waiting in line])
    decided = decide_offers(layout, line, look.open_places() - not_ours, blocks_of)
    for seating in decided:
        hold_id = new_hold_id(screening_id)
        # Noted first: whether an answer that is lost was a yes, is not known.
        this.holds.append(hold_id)
        if deadline is None or not await hold_offer(
            sales.seating.mirror,
            screening_id,
            hold_id,
            seating.places,
            deadline,
            layout_id=screening.layout_id,
        ):
            # Somebody took one of them in between, so the list is asked again before anything is released.
            return
        seats = [layout.labels[place] for place in seating.places]
        await connection.fetchval(SQL.make_offer, seating.entry, hold_id, seats, now, deadline)
        this.offered += 1
        kept.difference_update(seating.places)
    this.asked, this.released = look.asked, sorted(kept - not_ours)


async def _tell(sales: Sales, screening: Screening, this: Round) -> None:
    """What is committed is told to the mirror; what it misses is made good by the next look."""
    mirror, layout_id = sales.seating.mirror, screening.layout_id
    if this.released and not await release_kept(
        mirror, screening.screening_id, this.asked, this.released, layout_id=layout_id
    ):
        this.released = []
    if this.settled.holds:
        await mirror.settle(screening.screening_id, this.settled.holds, [])
    if this.done:
        await hold_offers(sales, screening)


async def _look(
    sales: Sales, screening: Screening, queue: str, offers: Sequence[OpenOffer] = (), *, hold_them: bool = False
) -> Kept:
    layout = await sales.catalogue.layout(screening.layout_id)
    return await tend_queue(
        sales.seating.mirror,
        screening.screening_id,
        layout,
        queue,
        offers,
        layout_id=screening.layout_id,
        hold_them=hold_them,
    )
