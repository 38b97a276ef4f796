"""Where else the same film is shown, for whoever finds a screening sold out, over or cancelled."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from ticketing.kernel.errors import TicketingError
from ticketing.programme.catalogue import Catalogue, ProgrammeFilters
from ticketing.programme.model import Screening, SeatCounts, on_sale

OTHERS_MAX: Final = 4
LOOKED_AT_MAX: Final = 40


class OtherScreening(msgspec.Struct, frozen=True):
    """Another screening of the film that has ``free`` places."""

    screening: Screening
    free: int


async def other_screenings(
    catalogue: Catalogue, counts: SeatCounts, screening: Screening, now: datetime
) -> list[OtherScreening]:
    """Other screenings of the film on sale with places left, nearest first. None while that can't be known."""
    if screening.film is None:
        return []
    filters = ProgrammeFilters(festival=screening.festival, film=screening.film.film)
    try:
        found, _ = await catalogue.programme(filters, now=now, limit=LOOKED_AT_MAX)
        free = await counts.free_places([other.screening_id for other in found])
    except TicketingError:
        return []
    return nearest_with_places(screening, found, free, now)


def nearest_with_places(
    screening: Screening, others: Iterable[Screening], free: Mapping[str, int], now: datetime
) -> list[OtherScreening]:
    """Those of ``others`` that can be had: in the same city first, then by their distance in time."""
    offered = [
        OtherScreening(other, free[other.screening_id])
        for other in others
        if other.screening_id != screening.screening_id
        and on_sale(other, now)
        and free.get(other.screening_id, 0) > 0
    ]

    def order(other: OtherScreening) -> tuple[bool, float]:
        shown = other.screening
        away = abs((shown.starts_at - screening.starts_at).total_seconds())
        return shown.venue.city != screening.venue.city, away

    return sorted(offered, key=order)[:OTHERS_MAX]
