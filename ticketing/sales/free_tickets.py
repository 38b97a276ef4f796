"""Tickets that cost nothing: by which tariff, in which zone. Pure."""

from ticketing.programme.layout import Layout, area_of
from ticketing.programme.model import Screening


def free_tariff(screening: Screening, zone: str) -> str | None:
    """The tariff of a ticket that costs nothing in a zone: of the free family, best one that asks no proof."""
    free = [
        price for price in screening.prices if price.zone == zone and price.amount == 0 and price.family == "free"
    ]
    return min(free, key=lambda price: bool(price.proof)).tariff if free else None


def zone_of_place(layout: Layout, index: int) -> str:
    """The price zone of a seat, or of the area that a place is in."""
    if index < len(layout.seats):
        return layout.seats[index].zone
    area = area_of(layout.labels[index])
    return next(one.zone for one in layout.areas if one.area == area)
