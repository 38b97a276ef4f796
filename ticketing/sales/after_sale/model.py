"""An order as the counter sees it, and the acts of the counter upon it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from ticketing.kernel.money import Money
from ticketing.sales.model import TICKETS_PER_ORDER_MAX, OrderStatus, TicketStatus

NOTE_SIGNS_MAX = 200
# What a hand-held scanner types: a code of 138 signs, or a number; more is no ticket of ours.
TYPED_SIGNS_MAX = 500

CancellationReason = Literal[
    "plans_changed", "illness", "wrong_sale", "technical_fault", "programme_changed", "goodwill", "other"
]
ReprintReason = Literal["lost", "damaged", "unreadable", "not_received", "for_paper", "other"]
Beyond = Literal["admitted", "passed_on", "not_allowed", "forfeited", "too_late", "no_show", "fee_waived"]
"""A rule of the public that a supervisor sets aside: somebody has entered with the ticket; it was passed on; the
festival takes none back; it was exchanged too late; the time to give it back is over; nobody came with it, and its
place was released; no fee is kept.
"""
WayBack = Literal["cash", "card", "transfer"]
Note = Annotated[str, Meta(max_length=NOTE_SIGNS_MAX, pattern=r"^[^\x00-\x1f\x7f]*$")]
TicketNumber = Annotated[str, Meta(min_length=1, max_length=64)]


class Typed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody shows at the counter: the number of an order or a ticket, or the code of a ticket."""

    typed: Annotated[str, Meta(min_length=1, max_length=TYPED_SIGNS_MAX)]


class CancellationChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tickets to be given back. ``waive_fee``: none is kept, whatever the festival's rules say."""

    tickets: Annotated[tuple[TicketNumber, ...], Meta(min_length=1, max_length=TICKETS_PER_ORDER_MAX)]
    waive_fee: bool = False


class CancellationWish(CancellationChoice, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tickets given back over the counter, for a reason; "other" needs a note.

    ``cancellation`` is chosen by who asks: sent again, it is one. ``money`` is the sum that the buyer was told.
    ``hand_out``: the buyer stands here and gets at once what a person hands out; else it waits in the list.
    """

    cancellation: UUID
    reason: CancellationReason
    money: Money
    note: Note = ""
    hand_out: bool = True


class CancellationTerms(msgspec.Struct, frozen=True):
    """What giving tickets back comes to: ``refund`` goes back, ``fee`` stays.

    ``beyond`` names the rules of the public that it sets aside: with any, only a supervisor may do it.
    """

    tickets: tuple[str, ...]
    refund: Money
    fee: Money
    beyond: tuple[Beyond, ...]


class MoneyBack(msgspec.Struct, frozen=True):
    """A refund and its way: the one it came. ``method`` is null where it was not paid at a counter, nor handed out;
    ``settled``: it was handed out, or its provider has sent it.
    """

    refund: int
    provider: str
    method: WayBack | None
    money: Money
    settled: bool


class CounterCancellation(msgspec.Struct, frozen=True):
    """Tickets that were given back at the counter, and where their money goes."""

    cancellation: UUID
    order: str
    tickets: tuple[str, ...]
    refund: Money
    fee: Money
    reason: CancellationReason
    note: str
    beyond: tuple[Beyond, ...]
    ways: tuple[MoneyBack, ...]
    at: datetime
    by: str


class ReprintWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ticket printed anew, or mailed; "other" needs a note. ``reprint``, chosen by who asks, makes it one."""

    reprint: UUID
    reason: ReprintReason
    note: Note = ""
    way: Literal["print", "mail"] = "print"


class Reprint(msgspec.Struct, frozen=True):
    """A ticket that has another code, of ``revision``: every earlier one is superseded."""

    reprint: UUID
    order: str
    ticket: str
    revision: int
    reason: ReprintReason
    note: str
    way: Literal["print", "mail"]
    at: datetime
    by: str


class TicketPresence(msgspec.Struct, frozen=True):
    """Whether somebody came with a ticket, and when it ceased to count. ``released_at``: nobody came in time.
    ``paper``: it was sold by hand during an outage, under this number.
    """

    ticket: str
    inside: bool
    admitted_at: datetime | None
    admitted_gate: str | None
    released_at: datetime | None
    voided_at: datetime | None
    paper: str | None = None


class PaymentLine(msgspec.Struct, frozen=True):
    """Money that came in. ``method`` and ``by`` where a person took it."""

    charge: str
    provider: str
    method: Literal["cash", "card"] | None
    money: Money
    at: datetime
    by: str | None


class RefundLine(msgspec.Struct, frozen=True):
    """Money that goes back, or went. ``by`` where a person handed it out."""

    refund: int
    provider: str
    method: WayBack | None
    money: Money
    reason: str
    owed_at: datetime
    settled_at: datetime | None
    by: str | None
    sent_in_vain: bool


class CancellationLine(msgspec.Struct, frozen=True):
    """Tickets given back at the counter, as they stand in an order's history, by the refunds that they made."""

    cancellation: UUID
    tickets: tuple[str, ...]
    refund: Money
    reason: CancellationReason
    note: str
    beyond: tuple[Beyond, ...]
    refunds: tuple[int, ...]
    at: datetime
    by: str


class ReprintLine(msgspec.Struct, frozen=True):
    """A ticket printed anew, as it stands in an order's history."""

    reprint: UUID
    ticket: str
    revision: int
    reason: ReprintReason
    note: str
    way: Literal["print", "mail"]
    at: datetime
    by: str


class ScanLine(msgspec.Struct, frozen=True):
    """A ticket shown at a gate."""

    ticket: str
    verdict: str
    direction: Literal["in", "out"]
    gate: str
    at: datetime
    by: str
    late: bool
    conflict: bool


class OrderHistory(msgspec.Struct, frozen=True):
    """What has happened to an order, each list the oldest first; of scans the latest."""

    channel: str
    tickets: tuple[TicketPresence, ...]
    payments: tuple[PaymentLine, ...]
    refunds: tuple[RefundLine, ...]
    cancellations: tuple[CancellationLine, ...]
    reprints: tuple[ReprintLine, ...]
    scans: tuple[ScanLine, ...]


class CounterTicket(msgspec.Struct, frozen=True):
    """A ticket as the counter sees it. ``given_back``: what it would come to to take it back now; null where it
    can't be. ``fee`` is part of the price and stays.
    """

    ticket: str
    screening: str
    seat: str
    tariff: str
    price: Money
    status: TicketStatus
    revision: int
    entries: int
    presence: TicketPresence
    holder: str | None
    holder_email: str | None
    fee: Money | None
    beyond: tuple[Beyond, ...]


class CounterOrder(msgspec.Struct, frozen=True):
    """An order as the counter sees it, with its history.

    ``sought`` is the ticket whose number or code was shown; ``superseded``: that code is an earlier one.
    """

    order: str
    festival: str
    status: OrderStatus
    placed_at: datetime
    name: str
    email: str
    total: Money
    paid: Money
    refunded: Money
    fees: Money
    tickets: tuple[CounterTicket, ...]
    history: OrderHistory
    sought: str | None = None
    superseded: bool = False
