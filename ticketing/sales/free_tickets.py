"""Tickets that nobody chose the tariff of: free ones, and those of seats kept back. Pure."""

from collections.abc import Sequence

from ticketing.programme.layout import Layout, area_of
from ticketing.programme.model import Screening, TariffPrice


def free_tariff(screening: Screening, zone: str) -> str | None:
    """The tariff of a ticket that costs nothing in a zone: of the free family, best one that asks no proof."""
    free = [
        price for price in screening.prices if price.zone == zone and price.amount == 0 and price.family == "free"
    ]
    return min(free, key=lambda price: bool(price.proof)).tariff if free else None


def price_of_kept_seat(screening: Screening, zone: str, tariffs: Sequence[str]) -> TariffPrice | None:
    """What a seat of an allotment costs in a zone: by the first of its tariffs with a price there; free without."""
    wanted = tariffs or [one for one in (free_tariff(screening, zone),) if one is not None]
    prices = {price.tariff: price for price in screening.prices if price.zone == zone}
    return next((prices[tariff] for tariff in wanted if tariff in prices), None)


def zone_of_place(layout: Layout, index: int) -> str:
    """The price zone of a seat, or of the area that a place is in."""
    if index < len(layout.seats):
        return layout.seats[index].zone
    area = area_of(layout.labels[index])
    return next(one.zone for one in layout.areas if one.area == area)
