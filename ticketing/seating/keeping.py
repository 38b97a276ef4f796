"""Seats for the waiting list: what came free is kept until the list was asked, offered for a while, or released.

While a screening's queue is open (somebody waits, or has an offer), the scripts turn each seat that comes free, and
the free ones beside it, into *kept*: nobody who passes by can hold it. So whoever decides may take its time.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from ticketing.programme.layout import Layout
from ticketing.seating.mirror import Mirror
from ticketing.seating.model import OpenOffer, offers_text

# Until it is extended to the offer's deadline, which is done as soon as the offer is written in Postgres.
FIRST_TERM_MS = 60_000


class Kept(msgspec.Struct, frozen=True):
    """A look at a mirror: ``asked`` numbers the question, ``loose`` is how many offers have no hold, ``states`` are
    empty where nothing is kept.
    """

    asked: str
    loose: int
    states: bytes

    def kept_places(self) -> set[int]:
        """The indices of the places kept for the list."""
        return {index for index, state in enumerate(self.states) if state == 119}  # w

    def open_places(self) -> set[int]:
        """The indices of all places that the list could have: kept ones, and those that are free to everybody."""
        return {index for index, state in enumerate(self.states) if state in b"wf"}


async def tend_queue(
    mirror: Mirror,
    screening_id: str,
    layout: Layout,
    queue: str,
    offers: Sequence[OpenOffer] = (),
    *,
    layout_id: str = "",
    hold_them: bool = False,
) -> Kept:
    """Tell the mirror the word of the waiting list (see ``SeatingFacts.queue``), and look.

    ``hold_them``: hold the seats of ``offers`` that lost their hold, until their deadline. For callers who have the
    list locked; else an offer that ends meanwhile would be held for nobody.

    Raises:
        SeatingUnavailable, UnknownScreening
    """
    arguments: list[str | int] = [queue, offers_text(layout, offers), int(hold_them)]
    _, (asked, loose, states) = await mirror.run("tend_queue", screening_id, arguments, layout_id=layout_id)
    return Kept(asked.decode(), int(loose), states)


async def hold_offer(
    mirror: Mirror, screening_id: str, hold_id: str, indices: Sequence[int], deadline: datetime, *, layout_id: str
) -> bool:
    """Hold seats, kept or free, for a party that waits; False where somebody has one of them, or sales are over.

    The hold ends after a minute, unless :func:`tend_queue` finds the offer in Postgres.

    Raises:
        SeatingUnavailable, UnknownScreening
    """
    arguments: list[str | int] = [hold_id, FIRST_TERM_MS, _milliseconds(deadline), ",".join(map(str, indices))]
    outcome, _ = await mirror.run("hold_offer", screening_id, arguments, layout_id=layout_id)
    return outcome == "ok"


async def end_offer(mirror: Mirror, screening_id: str, hold_id: str, deadline: datetime) -> bool:
    """End the hold of an offer at its deadline; False where an order is being written for it at this moment.

    Raises:
        SeatingUnavailable, UnknownScreening
    """
    outcome, _ = await mirror.run("end_offer", screening_id, [hold_id, _milliseconds(deadline)])
    return outcome == "ok"


async def release_kept(
    mirror: Mirror, screening_id: str, asked: str, indices: Sequence[int], *, layout_id: str
) -> bool:
    """Let everybody have seats that the waiting list has no use for; False where it must be asked again first.

    Raises:
        SeatingUnavailable, UnknownScreening
    """
    arguments = [asked, ",".join(map(str, indices))]
    outcome, _ = await mirror.run("release_kept", screening_id, arguments, layout_id=layout_id)
    return outcome == "ok"


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
