"""Capacity in the field's words."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from ticketing.kernel.money import Money
from ticketing.programme.model import Screening
from ticketing.seating.model import Counts


class TicketGroup(msgspec.Struct, frozen=True):
    """Live tickets of one screening, tariff and zone; ``revenue`` in minor units."""

    screening_id: str
    tariff: str
    zone: str
    reserved: int
    sold: int
    admitted: int
    revenue: int


class Share(msgspec.Struct, frozen=True):
    """What one tariff or one zone has of a screening's tickets."""

    reserved: int
    sold: int
    admitted: int
    revenue: Money


class Capacity(msgspec.Struct, frozen=True):
    """How full a screening is. ``free + held + reserved + sold + blocked == total``.

    Tickets are counted in Postgres, held and blocked places in the mirror: while that can't be had,
    ``held`` and ``blocked`` are 0 and ``mirror`` is false. ``waiting`` is how many people are on the waiting list;
    what is kept for them until they are asked counts as blocked.
    """

    total: int
    free: int
    held: int
    reserved: int
    sold: int
    blocked: int
    admitted: int
    revenue: tuple[Money, ...]
    by_tariff: dict[str, Share]
    by_zone: dict[str, Share]
    mirror: bool = True
    waiting: int = 0


class ScreeningCapacity(msgspec.Struct, frozen=True):
    """A line of the festival's capacity. Texts are in the reader's language."""

    screening: str
    title: str
    venue: str
    hall: str
    city: str
    starts_at: datetime
    timezone: str
    status: str
    capacity: Capacity


class Totals(msgspec.Struct, frozen=True):
    """The sum over a festival's screenings; takings by currency."""

    total: int
    free: int
    held: int
    reserved: int
    sold: int
    blocked: int
    admitted: int
    revenue: tuple[Money, ...]


class FestivalCapacity(msgspec.Struct, frozen=True):
    """How full a festival is: its sum, and each of its screenings by start."""

    festival: str
    totals: Totals
    screenings: tuple[ScreeningCapacity, ...]


def capacity_of(
    screening: Screening, groups: Iterable[TicketGroup], counts: Counts | None, waiting: int = 0
) -> Capacity:
    """A screening's capacity from its tickets and its mirror (None: it can't be had)."""
    groups = list(groups)
    reserved = sum(group.reserved for group in groups)
    sold = sum(group.sold for group in groups)
    held = counts.held if counts else 0
    blocked = counts.blocked if counts else 0
    return Capacity(
        total=screening.place_count,
        # The two sources are read a moment apart: what does not add up is taken off the free places.
        free=max(0, screening.place_count - held - reserved - sold - blocked),
        held=held,
        reserved=reserved,
        sold=sold,
        blocked=blocked,
        admitted=sum(group.admitted for group in groups),
        revenue=(Money(sum(group.revenue for group in groups), screening.currency),),
        by_tariff=_shares(groups, "tariff", screening.currency),
        by_zone=_shares(groups, "zone", screening.currency),
        mirror=counts is not None,
        waiting=waiting,
    )


def _shares(groups: list[TicketGroup], field: str, currency: str) -> dict[str, Share]:
    names = sorted({getattr(group, field) for group in groups})
    parts = {name: [group for group in groups if getattr(group, field) == name] for name in names}
    return {
        name: Share(
            reserved=sum(group.reserved for group in part),
            sold=sum(group.sold for group in part),
            admitted=sum(group.admitted for group in part),
            revenue=Money(sum(group.revenue for group in part), currency),
        )
        for name, part in parts.items()
    }


def totals_of(capacities: Iterable[Capacity]) -> Totals:
    """The sum of many capacities."""
    capacities = list(capacities)
    revenue: dict[str, int] = {}
    for capacity in capacities:
        for money in capacity.revenue:
            revenue[money.currency] = revenue.get(money.currency, 0) + money.amount
    return Totals(
        total=sum(capacity.total for capacity in capacities),
        free=sum(capacity.free for capacity in capacities),
        held=sum(capacity.held for capacity in capacities),
        reserved=sum(capacity.reserved for capacity in capacities),
        sold=sum(capacity.sold for capacity in capacities),
        blocked=sum(capacity.blocked for capacity in capacities),
        admitted=sum(capacity.admitted for capacity in capacities),
        revenue=tuple(Money(amount, currency) for currency, amount in sorted(revenue.items())),
    )
