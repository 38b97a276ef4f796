"""Screenings to which an import gives another start, and who is told of it. Pure but for the kind of what tells."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from ticketing.kernel.postgres import Connection


class Move(msgspec.Struct, frozen=True):
    """The start of a screening before and after: what a ticket says and its holder must know. Doors and the end
    follow from it.
    """

    screening: str
    was: datetime
    starts_at: datetime


class ToldMove(Move, frozen=True):
    """A move of which people are told: how many tickets there are, and how many guests without one."""

    tickets: int
    guests: int


# Within the transaction of an import, once all its rules are kept; answers the moves of which somebody is told.
AfterImport = Callable[[Connection, Sequence[Move]], Awaitable[tuple[ToldMove, ...]]]


def moves_between(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> tuple[Move, ...]:
    """The moves among the screenings that an import writes. Of one that it cancels nobody comes to the new time."""
    return tuple(_moves(before, after))


def _moves(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> Iterator[Move]:
    started = {facts["screening_id"]: datetime.fromisoformat(facts["starts_at"]) for facts in before}
    for record in after:
        was = started.get(record["screening_id"])
        if was is not None and was != record["starts_at"] and record["status"] != "cancelled":
            yield Move(record["screening_id"], was, record["starts_at"])
