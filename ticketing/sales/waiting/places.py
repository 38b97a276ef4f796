"""Where parties can sit: the ranked blocks of a hall, kept once a process, and what is free now."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from ticketing.kernel import errors
from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening
from ticketing.programme.ranking import rank_blocks
from ticketing.programme.shared_cache import SharedCache
from ticketing.sales.desk import Sales
from ticketing.sales.waiting.model import Blocks, Party, best_places

WISHES_CACHED_MAX: Final = 300

# Layouts never change, so what was ranked once holds for good.
_ranked: SharedCache[tuple[str, Party], Blocks] = SharedCache(WISHES_CACHED_MAX, None)


async def ranked_for(layout_id: str, layout: Layout, parties: Iterable[Party]) -> Callable[[Party], Blocks]:
    """The ranked blocks of a layout by party, for these parties."""
    blocks = {party: await _blocks(layout_id, layout, party) for party in dict.fromkeys(parties)}
    return blocks.__getitem__


async def _blocks(layout_id: str, layout: Layout, party: Party) -> Blocks:
    async def rank() -> Blocks:
        return await asyncio.to_thread(rank_blocks, layout, party.people, party.zone, party.wheelchair)

    return await _ranked.get((layout_id, party), rank)


async def check_party(sales: Sales, screening: Screening, party: Party) -> None:
    """Refuse a party that could never be seated here.

    Raises:
        TooManySeats, InvalidField, HallTooSmall
    """
    if party.people > screening.rules.seats_per_hold_max:
        raise errors.TooManySeats(max=screening.rules.seats_per_hold_max)
    if party.wheelchair > party.people:
        raise errors.InvalidField(problem="party.wheelchair is more than party.people", field="wheelchair")
    if party.zone is not None and party.zone not in {zone.zone for zone in screening.zones}:
        raise errors.InvalidField(problem="party.zone: this screening has no such price zone", field="zone")
    layout = await sales.catalogue.layout(screening.layout_id)
    blocks_of = await ranked_for(screening.layout_id, layout, [party])
    if not best_places(layout, party, set(range(layout.capacity)), blocks_of):
        raise errors.HallTooSmall


async def has_seats_for(sales: Sales, screening: Screening, party: Party) -> bool:
    """Could the party be seated together now, in seats that are free to everybody?

    Raises:
        SeatingUnavailable
    """
    _, (_, states, _) = await sales.seating.mirror.run(
        "snapshot", screening.screening_id, [], layout_id=screening.layout_id
    )
    free = {index for index, state in enumerate(states) if state == 102}  # f
    layout = await sales.catalogue.layout(screening.layout_id)
    return bool(best_places(layout, party, free, await ranked_for(screening.layout_id, layout, [party])))
