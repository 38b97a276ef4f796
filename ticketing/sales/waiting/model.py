"""A waiting list in the field's words, and the pure rules of who is offered what."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening
from ticketing.sales.model import Email, Locale, Name

PEOPLE_MAX: Final = 100
ENTRIES_PER_SCREENING_MAX: Final = 500
ENTRIES_PER_ADDRESS_MAX: Final = 10
KEPT_AFTER_SCREENING_DAYS: Final = 7
"""So long after a screening its list is forgotten, with all names and addresses in it."""
OFFER_S_MIN: Final = 120
"""Shorter offers are none: nobody could take them."""
NIGHT_FROM_HOUR: Final = 22
NIGHT_TO_HOUR: Final = 8

WaitingStatus = Literal["waiting", "offered", "served", "left", "lapsed", "closed"]
People = Annotated[int, Meta(ge=1, le=PEOPLE_MAX)]
Wheelchairs = Annotated[int, Meta(ge=0, le=PEOPLE_MAX)]
Zone = Annotated[str, Meta(min_length=1, max_length=40)]
Blocks = Sequence[tuple[int, ...]]


class Party(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``people`` together, ``wheelchair`` of them in wheelchair places, in a price zone or (None) anywhere."""

    people: People
    wheelchair: Wheelchairs = 0
    zone: Zone | None = None


class JoinRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who wants to wait. Without ``consent`` to be written to, nobody is."""

    party: Party
    email: Email
    name: Name
    consent: bool
    locale: Locale = "en"


class WaitingChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What changes of a place in the list; what is left out stays."""

    party: Party | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET


class OfferView(msgspec.Struct, frozen=True):
    """Seats held for the party until ``expires_at``: to be ordered by their ``hold``, as any hold is."""

    hold: str
    seats: tuple[str, ...]
    expires_at: datetime


class WaitingView(msgspec.Struct, frozen=True):
    """A place in a waiting list, as its owner sees it.

    ``place`` is 1 for who is next; None once the wait has ended, and while seats are offered. Without ``secret`` it
    is shown to somebody who joined with an address that waits already: the link goes to that address alone.
    """

    entry: str | None
    secret: str | None
    screening: str
    status: WaitingStatus
    party: Party
    place: int | None
    locale: Locale
    name: str | None = None
    email: str | None = None
    joined_at: datetime | None = None
    offer: OfferView | None = None


class OfferFacts(msgspec.Struct, frozen=True):
    """An offer's row; ``status`` is open until an order is placed, then ordered until that one is paid or over."""

    hold: str
    seats: tuple[str, ...]
    expires_at: datetime
    status: Literal["open", "ordered"]


class EntryFacts(msgspec.Struct, frozen=True):
    """An entry's row, with the place it has now and the offer that it has now, if any."""

    entry: str
    screening: str
    party: Party
    email: str
    name: str
    locale: Locale
    status: WaitingStatus
    offers: int
    joined_at: datetime
    place: int | None = None
    offer: OfferFacts | None = None


class InLine(msgspec.Struct, frozen=True):
    """Somebody who waits, as far as deciding goes."""

    entry: str
    party: Party


class Seating(msgspec.Struct, frozen=True):
    """Places, as indices of the layout, that an entry is to be offered."""

    entry: str
    places: tuple[int, ...]


def decide_offers(
    layout: Layout, line: Iterable[InLine], open_places: AbstractSet[int], blocks_of: Callable[[Party], Blocks]
) -> list[Seating]:
    """Who is offered what: from the first in ``line`` to the last, each the best places where the whole party sits
    together, of those that are still open. Who can't be seated so is passed over, and keeps the place in the line.

    ``blocks_of`` gives the ranked blocks of a layout for a party (``programme.ranking.rank_blocks``).
    """
    left = set(open_places)
    offers: list[Seating] = []
    # What is left only shrinks: what one party could not have, no later one of the same wish can.
    hopeless: set[Party] = set()
    for waiting in line:
        if not left:
            break
        if waiting.party in hopeless or waiting.party.people > len(left):
            continue
        places = best_places(layout, waiting.party, left, blocks_of)
        if places:
            offers.append(Seating(waiting.entry, places))
            left.difference_update(places)
        else:
            hopeless.add(waiting.party)
    return offers


def best_places(
    layout: Layout, party: Party, open_places: AbstractSet[int], blocks_of: Callable[[Party], Blocks]
) -> tuple[int, ...]:
    """The best open places for a party, empty where it can't sit together: the rule of ``lua/hold_best.lua``.

    The first open block that leaves no single seat over, else the first open one; else places of one unnumbered
    area, which has no wheelchair places.
    """
    first: tuple[int, ...] = ()
    for block in blocks_of(party):
        if all(place in open_places for place in block):
            first = first or block
            if not leaves_single(layout, block, open_places):
                return block
    if first or party.wheelchair:
        return first
    for area in layout.area_ranges.values():
        if party.zone is None or layout.zone_of[area.start] == party.zone:
            free = [place for place in area if place in open_places]
            if len(free) >= party.people:
                return tuple(free[: party.people])
    return ()


def leaves_single(layout: Layout, block: Sequence[int], open_places: AbstractSet[int]) -> bool:
    """Would taking ``block`` leave an open seat beside it alone, with nobody's seat open on its other side?"""
    rest = open_places - set(block)
    return any(
        beside in rest and rest.isdisjoint(layout.neighbours[beside])
        for place in block
        for beside in layout.neighbours[place]
    )


def offer_deadline(screening: Screening, now: datetime) -> datetime | None:
    """Until when seats offered ``now`` are held; None where there is no time left for an offer.

    Nobody is asked to answer at night: an offer made between 22:00 and 8:00 at the venue stands until 8:00 and the
    festival's term, where that leaves the next in line their turn. It never lasts beyond the end of sales.
    """
    term = timedelta(seconds=screening.rules.waiting_offer_ttl_s)
    local = now.astimezone(screening.timezone)
    deadline = now + term
    if local.hour >= NIGHT_FROM_HOUR or local.hour < NIGHT_TO_HOUR:
        day = local.date() + timedelta(days=local.hour >= NIGHT_FROM_HOUR)
        morning = datetime(day.year, day.month, day.day, NIGHT_TO_HOUR, tzinfo=screening.timezone)
        if morning + 2 * term <= screening.sales_close_at:
            deadline = max(deadline, (morning + term).astimezone(now.tzinfo))
    deadline = min(deadline, screening.sales_close_at)
    return deadline if deadline - now >= timedelta(seconds=OFFER_S_MIN) else None


def may_join(screening: Screening, now: datetime) -> bool:
    """Can somebody begin to wait at ``now``? While seats are sold to the public, where the festival has lists."""
    return (
        screening.rules.waiting_list
        and screening.status == "published"
        and screening.audience != "invitation"
        and screening.sales_open_at <= now < screening.sales_close_at
    )


def is_over(screening: Screening, now: datetime) -> bool:
    """Has waiting for it become pointless? Once it is cancelled or taken off sale, and when sales close."""
    return screening.status != "published" or screening.audience == "invitation" or now >= screening.sales_close_at
