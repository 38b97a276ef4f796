"""Which places of a screening are open at this moment, as its mirror knows them."""

from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening
from ticketing.programme.ranking import rank_blocks
from ticketing.sales.desk import Sales


async def states_of_places(sales: Sales, screening: Screening) -> bytes:
    """One byte a place: see ``seating.model.STATE_OF_BYTE``.

    Raises:
        SeatingUnavailable, UnknownScreening
    """
    _, (_revision, states, _layout) = await sales.seating.mirror.run(
        "snapshot", screening.screening_id, [], layout_id=screening.layout_id
    )
    return bytes(states)


def free_places(states: bytes) -> set[int]:
    """The indices of the places that are free to everybody."""
    return {index for index, state in enumerate(states) if state == ord("f")}


def best_place(layout: Layout, free: set[int]) -> int | None:
    """The best free seat, else the first free unnumbered place. A wheelchair place is never given by the way."""
    seat = next((block[0] for block in rank_blocks(layout, 1, None, 0) if block[0] in free), None)
    if seat is not None:
        return seat
    return min((index for index in free if index >= len(layout.seats)), default=None)
