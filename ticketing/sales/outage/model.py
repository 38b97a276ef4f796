"""A stack of paper tickets, and what stands against entering it. Pure."""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from ticketing.kernel.money import Money
from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening, price_of

PAPERS_MAX: Final = 100
AMOUNT_MAX: Final = 1_000_000_000
# So long after the end of a screening its papers can be entered, and so long ago they may have been sold.
ENTERED_DAYS_MAX: Final = 31
CLOCK_AHEAD_MAX: Final = timedelta(minutes=5)

Method = Literal["cash", "card"]
PaperNumber = Annotated[str, Meta(min_length=1, max_length=32, pattern=r"^[0-9A-Za-z][0-9A-Za-z ./-]*$")]
Problem = Literal[
    "seat_unknown",
    "seat_twice",
    "seat_sold",
    "seat_offered",
    "area_full",
    "tariff_not_offered",
    "currency_wrong",
    "paper_twice",
    "paper_known",
    "sold_later",
    "sold_too_long_ago",
    "not_let_in_yet",
]
"""Why a paper can't be entered: no such seat; named by another paper of the stack; sold meanwhile; offered to
somebody who waits; no place left in the area; no such price there; another currency; the number stands on another
paper of the stack, or was entered before; sold after now or after the end; sold too long ago; its doors are
not open yet.
"""


class HandSoldPaper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ticket that was sold by hand. ``paper`` is its number, unique in its screening; ``seat`` may be an area.

    ``money`` is what was paid; left out, what the tariff costs there. ``came_in``: let in with the paper.
    """

    paper: PaperNumber
    seat: Annotated[str, Meta(min_length=1, max_length=64)]
    tariff: Annotated[str, Meta(min_length=1, max_length=63)]
    method: Method
    sold_at: Annotated[datetime, Meta(tz=True)]
    money: Money | None = None
    came_in: bool = False


class HandSoldStack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Papers of one screening. ``batch`` is chosen by who enters them: sent again, it is one.

    ``in_till``: the money lies in the till that one has open, and is booked to it.
    """

    batch: UUID
    papers: Annotated[tuple[HandSoldPaper, ...], Meta(min_length=1, max_length=PAPERS_MAX)]
    in_till: bool = False


class JudgedPaper(msgspec.Struct, frozen=True):
    """A paper as it would be entered, from 1. ``seat`` is the place it gets; ``listed`` what its tariff costs
    there, which may differ from ``money``; ``order`` has the seat or the number already.
    """

    line: int
    paper: str
    seat: str
    zone: str
    tariff: str
    money: Money
    listed: Money | None
    problems: tuple[Problem, ...]
    order: str | None = None


class StackPreview(msgspec.Struct, frozen=True):
    """What would be entered. ``later_entries``: the week's figures are final, so that these rights stand in the
    return of the week in which they are entered.
    """

    papers: tuple[JudgedPaper, ...]
    total: Money
    refused: int
    later_entries: bool


class HandSoldTicket(msgspec.Struct, frozen=True):
    """A ticket that was entered, as it was sold, in an order of its own."""

    paper: str
    order: str
    ticket: str
    seat: str
    tariff: str
    money: Money
    method: Method
    sold_at: datetime
    came_in: bool


class HandSoldBatch(msgspec.Struct, frozen=True):
    """Papers that were entered together."""

    batch: UUID
    screening: str
    at: datetime
    by: str
    tickets: tuple[HandSoldTicket, ...]


class StackFacts(msgspec.Struct, frozen=True):
    """What a stack is judged by: orders by the seat and by the paper that they have, seats that are offered to
    those who wait, and places that somebody is choosing just now.
    """

    taken: Mapping[str, str]
    papers: Mapping[str, str]
    offered: Set[str] = frozenset()
    held: Set[str] = frozenset()


def paper_number(typed: str) -> str:
    """A number as it is kept: in capitals, with single spaces."""
    return " ".join(typed.split()).upper()


def enterable_until(screening: Screening) -> datetime:
    """Until when papers of a screening can be entered."""
    return screening.ends_at + timedelta(days=ENTERED_DAYS_MAX)


def judge_stack(
    papers: Sequence[HandSoldPaper], screening: Screening, layout: Layout, facts: StackFacts, now: datetime
) -> tuple[JudgedPaper, ...]:
    """Each paper with all that stands against it, in the order of the stack.

    A paper for an unnumbered area gets the first place there that nobody has; one that somebody is choosing only
    where no other is left.
    """
    named = [paper.seat for paper in papers if paper.seat in layout.index_of]
    numbers = [paper_number(paper.paper) for paper in papers]
    given: set[str] = set(named)
    judged = []
    for line, (paper, number) in enumerate(zip(papers, numbers, strict=True), start=1):
        seat, zone = _place(paper.seat, layout, facts, given)
        given.add(seat)
        price = price_of(screening, zone, paper.tariff) if zone else None
        listed = Money(price.amount, screening.currency) if price else None
        problems: list[Problem] = []
        if not zone:
            problems.append(
                "area_full" if any(area.area == paper.seat for area in layout.areas) else "seat_unknown"
            )
        elif price is None:
            problems.append("tariff_not_offered")
        if named.count(seat) > 1:
            problems.append("seat_twice")
        if seat in facts.taken:
            problems.append("seat_sold")
        elif seat in facts.offered:
            problems.append("seat_offered")
        if numbers.count(number) > 1:
            problems.append("paper_twice")
        if number in facts.papers:
            problems.append("paper_known")
        problems += _of_money_and_time(paper, screening, now)
        judged.append(
            JudgedPaper(
                line=line,
                paper=number,
                seat=seat,
                zone=zone,
                tariff=paper.tariff,
                money=paper.money or listed or Money(0, screening.currency),
                listed=listed,
                problems=tuple(problems),
                order=facts.taken.get(seat) or facts.papers.get(number),
            )
        )
    return tuple(judged)


def _place(asked: str, layout: Layout, facts: StackFacts, given: Set[str]) -> tuple[str, str]:
    """The label of the place, and its zone; "" where there is none."""
    if asked in layout.index_of:
        return asked, layout.zone_of[layout.index_of[asked]]
    free = [
        label
        for label in layout.labels[len(layout.seats) :]
        if label.partition("#")[0] == asked
        and label not in facts.taken
        and label not in facts.offered
        and label not in given
    ]
    chosen = next((label for label in free if label not in facts.held), free[0] if free else None)
    return (chosen, layout.zone_of[layout.index_of[chosen]]) if chosen else (asked, "")


def _of_money_and_time(paper: HandSoldPaper, screening: Screening, now: datetime) -> Iterator[Problem]:
    if paper.money is not None and paper.money.currency != screening.currency:
        yield "currency_wrong"
    if paper.sold_at > min(now + CLOCK_AHEAD_MAX, screening.ends_at):
        yield "sold_later"
    elif paper.sold_at < now - timedelta(days=ENTERED_DAYS_MAX):
        yield "sold_too_long_ago"
    if paper.came_in and now < screening.doors_at:
        yield "not_let_in_yet"
