"""Holds and availability in the field's words, and the pure rules over them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from ticketing.programme.layout import Layout, SeatKind


class SeatState(StrEnum):
    """What a place of a screening is. ``blocked`` is kept back for an owner."""

    FREE = "free"
    HELD = "held"
    RESERVED = "reserved"
    SOLD = "sold"
    BLOCKED = "blocked"


STATE_OF_BYTE = {
    ord("f"): SeatState.FREE,
    ord("h"): SeatState.HELD,
    ord("r"): SeatState.RESERVED,
    ord("s"): SeatState.SOLD,
    ord("b"): SeatState.BLOCKED,
    # Came free while somebody waits: kept for the waiting list until it was asked.
    ord("w"): SeatState.BLOCKED,
}


class NamedSeats(msgspec.Struct, frozen=True):
    """These very seats, all or none."""

    seats: tuple[str, ...]


class BestSeats(msgspec.Struct, frozen=True):
    """The best ``count`` seats side by side, ``wheelchair`` of them wheelchair places, in a zone or anywhere."""

    count: int
    zone: str | None = None
    wheelchair: int = 0


class AreaPlaces(msgspec.Struct, frozen=True):
    """``count`` places of an unnumbered area."""

    area: str
    count: int


Wish = NamedSeats | BestSeats | AreaPlaces


class Hold(msgspec.Struct, frozen=True):
    """Seats kept for one buyer until ``expires_at``; extensions reach ``extendable_until`` at most.

    ``hold`` is the capability: who knows it, owns the hold.
    """

    hold: str
    screening: str
    seats: tuple[str, ...]
    expires_at: datetime
    extendable_until: datetime


class Counts(msgspec.Struct, frozen=True):
    """How many places of a screening are in each state; ``total`` is their sum."""

    total: int
    free: int
    held: int
    reserved: int
    sold: int
    blocked: int


class AreaFree(msgspec.Struct, frozen=True):
    """How many places of an unnumbered area are free."""

    free: int


class Availability(msgspec.Struct, frozen=True):
    """What is free at a revision. ``seats`` names only those that are not."""

    revision: int
    counts: Counts
    seats: dict[str, SeatState]
    areas: dict[str, AreaFree]


def availability_of(layout: Layout, revision: int, states: bytes | bytearray) -> Availability:
    """The availability that a mirror's ``states`` (one byte a place) mean for a layout."""
    seat_count = len(layout.seats)
    seats = {
        layout.seats[index].seat: STATE_OF_BYTE[byte]
        for index, byte in enumerate(states[:seat_count])
        if byte != 102  # f
    }
    areas = {
        area: AreaFree(states.count(b"f", places.start, places.stop)) for area, places in layout.area_ranges.items()
    }
    return Availability(revision, counts_of(states), seats, areas)


def counts_of(states: bytes | bytearray) -> Counts:
    """How many of ``states`` (one byte a place) are in each state."""
    return Counts(
        total=len(states),
        free=states.count(b"f"),
        held=states.count(b"h"),
        reserved=states.count(b"r"),
        sold=states.count(b"s"),
        blocked=states.count(b"b") + states.count(b"w"),
    )


def unknown_seats(layout: Layout, labels: Iterable[str]) -> list[str]:
    """Those of ``labels`` that the layout does not have, in their order."""
    return [label for label in labels if label not in layout.index_of]


def companions_apart(layout: Layout, labels: Sequence[str]) -> list[str]:
    """Companion seats among ``labels`` whose wheelchair place is not: they are never sold apart from it."""
    together = set(labels)
    places = (
        layout.seats[index] for index in map(layout.index_of.__getitem__, labels) if index < len(layout.seats)
    )
    return [
        place.seat for place in places if place.kind is SeatKind.COMPANION and place.companion_of not in together
    ]


class OpenOffer(msgspec.Struct, frozen=True):
    """Seats that a party of the waiting list is offered, held for it until ``expires_at``."""

    hold: str
    expires_at: datetime
    seats: tuple[str, ...]


class SeatingFacts(msgspec.Struct, frozen=True):
    """What Postgres knows of a screening's seats.

    ``queue`` is the word for the mirror: the version of the waiting list, and ``:1`` while somebody waits or has an
    offer, else ``:0``.
    """

    reserved: Sequence[str] = ()
    sold: Sequence[str] = ()
    blocked: Sequence[str] = ()
    queue: str = "0:0"
    offers: Sequence[OpenOffer] = ()

    @property
    def somebody_waits(self) -> bool:
        """Does what comes free go to the waiting list first?"""
        return self.queue.endswith(":1")


def states_from_facts(layout: Layout, facts: SeatingFacts) -> bytearray:
    """The states, one byte a place, that Postgres asks for. A ticket outranks a seat kept back, or offered.

    Labels that the layout lacks are left out: they can't be offered anyway.
    """
    states = bytearray(b"f" * layout.capacity)
    offered = [seat for offer in facts.offers for seat in offer.seats]
    for labels, byte in ((offered, "w"), (facts.blocked, "b"), (facts.reserved, "r"), (facts.sold, "s")):
        for label in labels:
            index = layout.index_of.get(label)
            if index is not None:
                states[index] = ord(byte)
    return states


def differences(
    mirror: bytes, truth: bytes | bytearray, *, somebody_waits: bool = False
) -> list[tuple[int, str, str]]:
    """Places where the mirror contradicts Postgres: index, state seen, state due.

    Held is no contradiction of free, nor of offered: holds live in Redis alone. While somebody waits, kept is none
    of free: the list is to be asked yet.
    """
    agreeing = {(104, 102), (104, 119)}  # h over f, h over w
    if somebody_waits:
        agreeing.add((119, 102))  # w over f
    return [
        (index, chr(seen), chr(due))
        for index, (seen, due) in enumerate(zip(mirror, truth, strict=True))
        if seen != due and (seen, due) not in agreeing
    ]


def offers_text(layout: Layout, offers: Iterable[OpenOffer]) -> str:
    """Offers as the scripts read them: ``hold|expires in ms|index,index;…``."""
    texts = []
    for offer in offers:
        indices = [str(layout.index_of[seat]) for seat in offer.seats if seat in layout.index_of]
        texts.append(f"{offer.hold}|{int(offer.expires_at.timestamp() * 1000)}|{','.join(indices)}")
    return ";".join(texts)


def places_moved(before: Layout, after: Layout) -> str:
    """The place that each place of ``before`` has in ``after``, by its label, as scripts read it: ``4,-,5``."""
    return ",".join(str(after.index_of.get(label, "-")) for label in before.labels)


def labels_of(layout: Layout, indices: str) -> tuple[str, ...]:
    """The labels of comma-separated place indices."""
    return tuple(layout.labels[int(index)] for index in indices.split(",")) if indices else ()
