"""Tills and shifts in the box office's words. Pure."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from ticketing.kernel.money import Money

CURRENCIES_MAX: Final = 10
AMOUNT_MAX: Final = 10**12
NAME_SIGNS_MAX: Final = 80
NOTE_SIGNS_MAX: Final = 500

TillName = Annotated[
    str, Meta(min_length=1, max_length=NAME_SIGNS_MAX, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")
]
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Note = Annotated[str, Meta(max_length=NOTE_SIGNS_MAX, pattern=r"^[^\x00]*$")]


class Coins(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money that somebody counted, in minor units of a currency."""

    amount: Annotated[int, Meta(ge=0, le=AMOUNT_MAX)]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]


CountedMoney = Annotated[tuple[Coins, ...], Meta(max_length=CURRENCIES_MAX)]


class TerminalTotal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a card terminal says, in minor units: below zero where it sent back more than it took."""

    amount: Annotated[int, Meta(ge=-AMOUNT_MAX, le=AMOUNT_MAX)]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]


TerminalTotals = Annotated[tuple[TerminalTotal, ...], Meta(max_length=CURRENCIES_MAX)]


class TillTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A till as a supervisor sets it: where it stands, and what people call it."""

    venue: Slug
    name: TillName
    in_use: bool = True


class Till(msgspec.Struct, frozen=True):
    """A till, and who has it open: then ``shift``, ``login`` and ``opened_at`` are there."""

    till: str
    venue: str
    name: str
    in_use: bool
    shift: str | None
    login: str | None
    opened_at: datetime | None


class ShiftOpening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``shift`` is chosen by who opens: sent again, it is the same one. ``float``: what lies in the till."""

    shift: uuid.UUID
    float_money: CountedMoney = msgspec.field(name="float", default=())


class ShiftClosing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was counted: the cash by currency, and what the card terminal says it took less what it sent back."""

    cash: CountedMoney = ()
    terminal: TerminalTotals = ()
    note: Note = ""


class OpenShift(msgspec.Struct, frozen=True):
    """The shift to which somebody's takings are booked."""

    shift: uuid.UUID
    till: str
    venue: str


class ShiftSums(msgspec.Struct, frozen=True):
    """What was booked to a shift in one currency, in minor units, beside the float that it began with."""

    currency: str
    float_amount: int
    cash_taken: int
    cash_handed_out: int
    card_taken: int
    card_sent_back: int

    @property
    def cash_expected(self) -> int:
        """What should lie in the till."""
        return self.float_amount + self.cash_taken - self.cash_handed_out

    @property
    def card_expected(self) -> int:
        """What the terminal should say."""
        return self.card_taken - self.card_sent_back


class ShiftMoney(ShiftSums, frozen=True):
    """The sums of a currency, and what was counted of it: null while the shift is open, and the terminal's total
    where it was not used. A difference is what is there less what should be: below zero something is missing.
    """

    cash_counted: int | None = None
    cash_difference: int | None = None
    terminal_total: int | None = None
    terminal_difference: int | None = None

    @property
    def differs(self) -> bool:
        """Is there more or less than there should be?"""
        return bool(self.cash_difference or self.terminal_difference)


class Shift(msgspec.Struct, frozen=True):
    """A shift: how many sales with how many tickets, payments and refunds were booked to it. ``note`` is what was
    said of a difference, ``timezone`` the venue's.
    """

    shift: str
    till: str
    till_name: str
    venue: str
    timezone: str
    login: str
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    note: str
    sales: int
    tickets: int
    payments: int
    refunds: int
    money: tuple[ShiftMoney, ...]

    @property
    def zone(self) -> ZoneInfo:
        """The venue's zone, in which its times are shown."""
        return ZoneInfo(self.timezone)


class Booking(msgspec.Struct, frozen=True):
    """Money that was booked to a shift, below zero where it was handed out, and the order it was for."""

    order: str
    money: Money
    method: Literal["cash", "card"]
    at: datetime


def seen_by_cashier(shift: Shift) -> Shift:
    """An open shift as its own cashier sees it: the float alone.

    Whoever counts a till counts what is there, and learns afterwards what should be.
    """
    if shift.closed_at is not None:
        return shift
    blind = tuple(ShiftMoney(one.currency, one.float_amount, 0, 0, 0, 0) for one in shift.money if one.float_amount)
    return msgspec.structs.replace(shift, sales=0, tickets=0, payments=0, refunds=0, money=blind)


def not_counted(sums: Sequence[ShiftSums], closing: ShiftClosing) -> list[str]:
    """The currencies that were in the till, or went over the terminal, and that a count leaves out."""
    cash = {coins.currency for coins in closing.cash}
    terminal = {coins.currency for coins in closing.terminal}
    return sorted(
        {
            one.currency
            for one in sums
            if (one.currency not in cash and (one.float_amount or one.cash_taken or one.cash_handed_out))
            or (one.currency not in terminal and (one.card_taken or one.card_sent_back))
        }
    )


def same_count(shift: Shift, closing: ShiftClosing) -> bool:
    """Is this the count with which the shift was closed?"""
    cash = {one.currency: one.cash_counted for one in shift.money if one.cash_counted}
    terminal = {one.currency: one.terminal_total for one in shift.money if one.terminal_total is not None}
    return (
        cash == {coins.currency: coins.amount for coins in closing.cash if coins.amount}
        and terminal == {coins.currency: coins.amount for coins in closing.terminal}
        and shift.note == closing.note
    )
