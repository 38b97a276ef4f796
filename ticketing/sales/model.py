"""Orders in the field's words, and the pure rules of prices, payments and refunds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ticketing.kernel import errors, i18n, mail
from ticketing.kernel.money import Money, percent_off
from ticketing.programme.model import price_of
from ticketing.sales.order_buyer import OrderBuyer
from ticketing.seating.holds import Claim
from ticketing.tickets.pdf import TICKETS_PER_PDF_MAX

HOLDS_PER_ORDER_MAX = 20
# What one PDF holds.
TICKETS_PER_ORDER_MAX = TICKETS_PER_PDF_MAX

OrderStatus = Literal["awaiting_payment", "confirmed", "refused", "expired", "cancelled"]
TicketStatus = Literal["reserved", "sold", "void"]
ExchangeStatus = Literal["awaiting_payment", "done", "refused", "expired", "withdrawn"]
Locale = i18n.Locale
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
Email = mail.Email


class TicketRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ticket of an order: which seat of the hold, at which tariff, for whom (if they wish to be named)."""

    seat: Annotated[str, Meta(min_length=1, max_length=64)]
    tariff: Annotated[str, Meta(min_length=1, max_length=63)]
    holder: Name | None = None


class HoldTickets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tickets for the seats of one hold: each seat once."""

    hold: Annotated[str, Meta(min_length=1, max_length=128)]
    tickets: Annotated[list[TicketRequest], Meta(min_length=1, max_length=TICKETS_PER_ORDER_MAX)]


class Buyer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who orders, and where the tickets are sent."""

    email: Email
    name: Name


class OrderRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order for the seats of one or several holds. ``payment`` may be left out where nothing is to pay."""

    holds: Annotated[list[HoldTickets], Meta(min_length=1, max_length=HOLDS_PER_ORDER_MAX)]
    buyer: Buyer
    locale: Locale = "en"
    payment: Annotated[str, Meta(max_length=40)] | None = None
    voucher: Annotated[str, Meta(max_length=40)] | None = None


class PricedTicket(msgspec.Struct, frozen=True):
    """A ticket about to be written; ``amount`` in minor units, after any voucher."""

    screening: str
    seat: str
    zone: str
    tariff: str
    amount: int
    holder: str | None


class Voucher(msgspec.Struct, frozen=True):
    """A discount of ``percent`` on the tickets of one festival."""

    voucher: str
    festival: str
    percent: int


class PaymentLink(msgspec.Struct, frozen=True):
    """Where the buyer pays."""

    provider: str
    url: str


class TicketLinks(msgspec.Struct, frozen=True):
    """Addresses of one ticket's QR code, of its order's PDF, of the page that shows both, of the page that shows
    the ticket alone, and of its date; and of its passes, where this house makes any.
    """

    qr: str
    pdf: str
    page: str
    ticket: str
    calendar: str
    apple_wallet: str | None = None
    google_wallet: str | None = None


class TicketView(msgspec.Struct, frozen=True):
    """A ticket as its buyer sees it; ``code`` and ``links`` once it is sold, while it is the buyer who shows it.
    With ``holder_email`` it was passed on, and sent there.
    """

    ticket: str
    screening: str
    seat: str
    tariff: str
    price: Money
    status: TicketStatus
    holder: str | None = None
    code: str | None = None
    links: TicketLinks | None = None
    holder_email: str | None = None


class ExchangedTicketView(msgspec.Struct, frozen=True):
    """A ticket of an exchange, and the place that it gets by it."""

    ticket: str
    screening: str
    seat: str
    tariff: str
    price: Money


class ExchangeView(msgspec.Struct, frozen=True):
    """An exchange that waits for its payment, or came to nothing. ``due`` is to be paid, ``fee`` part of it."""

    exchange: str
    status: ExchangeStatus
    due: Money
    fee: Money
    expires_at: datetime | None
    payment: PaymentLink | None
    tickets: tuple[ExchangedTicketView, ...]


class OrderView(msgspec.Struct, frozen=True):
    """An order as its buyer sees it. Without ``secret`` it was shown to somebody who does not know it.

    ``total`` is what the order came to when it was placed; ``paid``, ``refunded`` and ``fees`` are what was taken,
    is on its way back, and stays with the organiser since. ``exchange`` is the latest one, unless it was done.
    """

    order: str
    secret: str | None
    status: OrderStatus
    total: Money
    refunded: Money
    placed_at: datetime
    expires_at: datetime | None
    locale: Locale
    buyer: OrderBuyer | None
    payment: PaymentLink | None
    tickets: tuple[TicketView, ...]
    paid: Money | None = None
    fees: Money | None = None
    exchange: ExchangeView | None = None


class TicketFacts(msgspec.Struct, frozen=True):
    """A ticket's row. With ``holder_email`` it was passed on, and is shown by whoever reads that mail. What was
    exchanged too late to be given back is not ``refundable``; ``released`` is void since nobody had come with it.
    """

    ticket: str
    screening: str
    seat: str
    zone: str
    tariff: str
    amount: int
    holder: str | None
    status: TicketStatus
    revision: int
    entries: int
    holder_email: str | None = None
    refundable: bool = True
    released: bool = False


class ExchangedPlace(msgspec.Struct, frozen=True):
    """The place that a ticket, as it is in a ``revision``, gets by an exchange; ``amount`` after any voucher.

    ``refundable`` says whether the ticket can be given back afterwards, as far as the festival allows it.
    """

    ticket: str
    revision: int
    screening: str
    seat: str
    zone: str
    tariff: str
    amount: int
    refundable: bool = True


class ExchangeFacts(msgspec.Struct, frozen=True):
    """An exchange's row with its places; amounts in minor units of its order's currency."""

    exchange: str
    hold: str
    status: ExchangeStatus
    due: int
    fee: int
    provider: str | None
    asked_at: datetime
    expires_at: datetime | None
    places: tuple[ExchangedPlace, ...]

    @property
    def tickets(self) -> frozenset[str]:
        """The tickets that are exchanged."""
        return frozenset(place.ticket for place in self.places)


class OrderFacts(msgspec.Struct, frozen=True):
    """An order's row with its tickets; amounts in minor units of ``currency``. ``exchange`` is the one that waits
    for its payment, else the latest.
    """

    order: str
    festival: str
    status: OrderStatus
    email: str
    name: str
    locale: Locale
    currency: str
    total: int
    provider: str
    voucher: str | None
    fingerprint: str
    placed_at: datetime
    expires_at: datetime | None
    refunded: int
    tickets: tuple[TicketFacts, ...]
    paid: int = 0
    fees: int = 0
    exchange: ExchangeFacts | None = None

    @property
    def waiting_exchange(self) -> ExchangeFacts | None:
        """The exchange that waits for its payment."""
        waits = self.exchange is not None and self.exchange.status == "awaiting_payment"
        return self.exchange if waits else None


def price_tickets(
    claims: Sequence[Claim], holds: Sequence[HoldTickets], voucher: Voucher | None, *, at_counter: bool = False
) -> list[PricedTicket]:
    """The tickets of an order with their prices, in the order in which ``holds`` ask for them.

    Each seat of each hold gets exactly one ticket. A seat of an unnumbered area may also be named by the area
    alone (``parterre``): then the hold's places in it are given out in turn. The counter sells tariffs that are not
    public too.

    Raises:
        TicketsDoNotMatchHold, TariffNotForZone, CurrenciesMixed, TooManySeats
    """
    if sum(len(hold.tickets) for hold in holds) > TICKETS_PER_ORDER_MAX:
        raise errors.TooManySeats(max=TICKETS_PER_ORDER_MAX)
    currencies = {claim.screening.currency for claim in claims}
    if len(currencies) > 1:
        raise errors.CurrenciesMixed(currencies=sorted(currencies))
    priced: list[PricedTicket] = []
    for claim, wanted in zip(claims, holds, strict=True):
        seats = _seats_meant(claim, [ticket.seat for ticket in wanted.tickets])
        for seat, ticket in zip(seats, wanted.tickets, strict=True):
            zone = claim.layout.zone_of[claim.layout.index_of[seat]]
            price = price_of(claim.screening, zone, ticket.tariff)
            if price is None or not (price.public or at_counter):
                raise errors.TariffNotForZone(tariff=ticket.tariff, seat=seat, zone=zone)
            amount = price.amount
            if voucher is not None and claim.screening.festival == voucher.festival:
                amount = percent_off(amount, voucher.percent)
            priced.append(
                PricedTicket(claim.screening.screening_id, seat, zone, ticket.tariff, amount, ticket.holder)
            )
    return priced


def _seats_meant(claim: Claim, named: list[str]) -> list[str]:
    left = list(claim.seats)
    meant: list[str] = []
    for seat in named:
        found = seat if seat in left else next((slot for slot in left if slot.partition("#")[0] == seat), None)
        if found is None or ("#" not in found and found != seat):
            raise errors.TicketsDoNotMatchHold(seats=[seat])
        left.remove(found)
        meant.append(found)
    if left:
        raise errors.TicketsDoNotMatchHold(seats=left)
    return meant


class PaymentEffect(msgspec.Struct, frozen=True):
    """What a provider's notice does to an order; money that was paid is in the books in any case.

    ``sell``: the order's tickets are to be live; where a late payment finds its seats gone, it is refunded instead.
    ``refund``: the money goes back, for this reason. ``close``: the order is refused and its seats are free again.
    """

    sell: bool = False
    refund: Literal["paid_too_late", "paid_twice"] | None = None
    close: bool = False


def payment_effect(status: OrderStatus, *, paid: bool, amount_fits: bool) -> PaymentEffect:
    """What follows from a notice, by the order's status. One line of the table each.

    A payment of another sum than the order's is taken and sent back: it can't buy these tickets.
    """
    if not paid:
        return PaymentEffect(close=status == "awaiting_payment")
    if status == "confirmed":
        return PaymentEffect(refund="paid_twice")
    if not amount_fits or status == "cancelled":
        return PaymentEffect(refund="paid_too_late")
    return PaymentEffect(sell=True)
