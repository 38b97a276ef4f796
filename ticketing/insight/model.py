"""Capacity in the field's words."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from ticketing.kernel.i18n import pick
from ticketing.kernel.money import Money
from ticketing.programme.festival_rules import FestivalRules
from ticketing.programme.model import Screening, Translated, Version, places_for_badges
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

    Tickets are counted in Postgres, held and blocked places in the mirror: while that can't be had, ``held`` is 0,
    ``blocked`` what Postgres keeps back (0 for a single screening), and ``mirror`` is false. ``waiting`` is how
    many people are on the waiting list; what is kept for them until they are asked counts as blocked. ``badges`` is
    how many of the ``badge_places`` are taken by people who came with a badge, and are none of the others.
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
    badges: int = 0
    badge_places: int = 0


class Alert(StrEnum):
    """What asks for somebody's attention; see :func:`alerts_of`."""

    FULL = "full"
    NOBODY_ENTERING = "nobody_entering"


class ScreeningCapacity(msgspec.Struct, frozen=True):
    """A line of the festival's capacity. Texts are in the reader's language.

    ``fill_percent`` is how much of what can be sold is sold or reserved, rounded down: only a full house has 100.
    """

    screening: str
    title: str
    venue: str
    hall: str
    city: str
    city_id: str
    film: str | None
    film_title: str
    version: Version | None
    starts_at: datetime
    ends_at: datetime
    timezone: str
    status: str
    capacity: Capacity
    fill_percent: int
    alerts: tuple[Alert, ...]


class Totals(msgspec.Struct, frozen=True):
    """The sum over a festival's screenings; takings by currency."""

    total: int
    free: int
    held: int
    reserved: int
    sold: int
    blocked: int
    admitted: int
    badges: int
    badge_places: int
    revenue: tuple[Money, ...]


class FestivalCapacity(msgspec.Struct, frozen=True):
    """How full a festival is: its sum, and each of its screenings by start."""

    festival: str
    totals: Totals
    screenings: tuple[ScreeningCapacity, ...]


class ScreeningFacts(msgspec.Struct, frozen=True):
    """What Postgres and the mirror know of a screening at one moment. Texts are in all their languages.

    ``kept_back`` counts seats of allotments and broken ones; it stands in for the mirror (``counts``) where that
    can't be had, or where nothing can be held any more.
    """

    screening: str
    title: Translated
    film: str | None
    film_title: Translated
    version: Version | None
    venue_id: str
    venue: Translated
    hall: Translated
    city: str
    city_name: Translated
    timezone: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    currency: str
    place_count: int
    groups: tuple[TicketGroup, ...]
    kept_back: int
    waiting: int
    accredited_places: int | None = None
    badges: int = 0
    counts: Counts | None = None


class FestivalFacts(msgspec.Struct, frozen=True):
    """A festival's screenings at the moment ``at``, and the rules that its alerts go by."""

    festival: str
    rules: FestivalRules
    at: datetime
    screenings: tuple[ScreeningFacts, ...]


def fill_percent_of(capacity: Capacity) -> int:
    """How much of what can be sold, so is not kept back, is sold or reserved: whole percent, rounded down."""
    for_sale = max(capacity.total - capacity.blocked, capacity.sold + capacity.reserved)
    return 100 * (capacity.sold + capacity.reserved) // for_sale if for_sale else 0


def alerts_of(facts: ScreeningFacts, capacity: Capacity, rules: FestivalRules, now: datetime) -> tuple[Alert, ...]:
    """What asks for attention: the house is nearly full while it is ahead, or nobody is let in although it began.

    The festival's rules say how full is nearly full, and how long after the start somebody should have come. What
    is cancelled or over alerts nobody.
    """
    if facts.cancelled or now >= facts.ends_at:
        return ()
    alerts = []
    if now < facts.starts_at and fill_percent_of(capacity) >= rules.alert_full_percent:
        alerts.append(Alert.FULL)
    late = now >= facts.starts_at + timedelta(minutes=rules.alert_nobody_entering_minutes)
    if late and capacity.sold and not capacity.admitted:
        alerts.append(Alert.NOBODY_ENTERING)
    return tuple(alerts)


def told_in(facts: FestivalFacts, locale: str, venues: frozenset[str] | None = None) -> FestivalCapacity:
    """A festival's capacity with its texts in a language; that of ``venues`` alone, where they are named."""
    lines = tuple(
        _line(screening, facts.rules, facts.at, locale)
        for screening in facts.screenings
        if venues is None or screening.venue_id in venues
    )
    return FestivalCapacity(facts.festival, totals_of(line.capacity for line in lines), lines)


def _line(facts: ScreeningFacts, rules: FestivalRules, now: datetime, locale: str) -> ScreeningCapacity:
    capacity = capacity_from(
        facts.place_count,
        facts.currency,
        facts.groups,
        facts.counts,
        waiting=facts.waiting,
        kept_back=facts.kept_back,
    )
    places = places_for_badges(facts.place_count, facts.accredited_places, rules, capacity.sold)
    capacity = msgspec.structs.replace(capacity, badges=facts.badges, badge_places=places)
    return ScreeningCapacity(
        screening=facts.screening,
        title=pick(facts.title, locale),
        venue=pick(facts.venue, locale),
        hall=pick(facts.hall, locale),
        city=pick(facts.city_name, locale),
        city_id=facts.city,
        film=facts.film,
        film_title=pick(facts.film_title, locale) if facts.film else "",
        version=facts.version,
        starts_at=facts.starts_at,
        ends_at=facts.ends_at,
        timezone=facts.timezone,
        status="cancelled" if facts.cancelled else "ended" if now >= facts.ends_at else "scheduled",
        capacity=capacity,
        fill_percent=fill_percent_of(capacity),
        alerts=alerts_of(facts, capacity, rules, now),
    )


def capacity_of(
    screening: Screening, groups: Iterable[TicketGroup], counts: Counts | None, waiting: int = 0, badges: int = 0
) -> Capacity:
    """A screening's capacity from its tickets, its mirror (None: it can't be had) and its badges."""
    capacity = capacity_from(screening.place_count, screening.currency, groups, counts, waiting=waiting)
    places = places_for_badges(screening.place_count, screening.accredited_places, screening.rules, capacity.sold)
    return msgspec.structs.replace(capacity, badges=badges, badge_places=places)


def capacity_from(
    place_count: int,
    currency: str,
    groups: Iterable[TicketGroup],
    counts: Counts | None,
    *,
    waiting: int,
    kept_back: int = 0,
) -> Capacity:
    """The same from bare figures; ``kept_back`` counts where the mirror can't be had."""
    groups = list(groups)
    reserved = sum(group.reserved for group in groups)
    sold = sum(group.sold for group in groups)
    held = counts.held if counts else 0
    blocked = counts.blocked if counts else kept_back
    return Capacity(
        total=place_count,
        # The two sources are read a moment apart: what does not add up is taken off the free places.
        free=max(0, place_count - held - reserved - sold - blocked),
        held=held,
        reserved=reserved,
        sold=sold,
        blocked=blocked,
        admitted=sum(group.admitted for group in groups),
        revenue=(Money(sum(group.revenue for group in groups), currency),),
        by_tariff=_shares(groups, "tariff", currency),
        by_zone=_shares(groups, "zone", currency),
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
        badges=sum(capacity.badges for capacity in capacities),
        badge_places=sum(capacity.badge_places for capacity in capacities),
        revenue=tuple(Money(amount, currency) for currency, amount in sorted(revenue.items())),
    )
