"""Orders in the field's words, and the pure rules of prices, payments and refunds."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.money import Money, percent_of, percent_off
from ticketing.programme.model import Screening, price_of
from ticketing.seating.holds import Claim
from ticketing.tickets.pdf import TICKETS_PER_PDF_MAX

HOLDS_PER_ORDER_MAX = 20
# What one PDF holds.
TICKETS_PER_ORDER_MAX = TICKETS_PER_PDF_MAX

OrderStatus = Literal["awaiting_payment", "confirmed", "refused", "expired", "cancelled"]
TicketStatus = Literal["reserved", "sold", "void"]
Locale = Literal["kk", "ru", "fr", "en"]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
# RFC 5321 bounds an address at 254 signs; whether it exists only the mail shows.
Email = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+$")]


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
    """Addresses of one ticket's QR code, of its order's PDF, and of the page that shows both."""

    qr: str
    pdf: str
    page: str


class TicketView(msgspec.Struct, frozen=True):
    """A ticket as its buyer sees it; ``code`` and ``links`` once it is sold."""

    ticket: str
    screening: str
    seat: str
    tariff: str
    price: Money
    status: TicketStatus
    holder: str | None = None
    code: str | None = None
    links: TicketLinks | None = None


class OrderView(msgspec.Struct, frozen=True):
    """An order as its buyer sees it. Without ``secret`` it was shown to somebody who does not know it."""

    order: str
    secret: str | None
    status: OrderStatus
    total: Money
    refunded: Money
    placed_at: datetime
    expires_at: datetime | None
    locale: Locale
    buyer: Buyer | None
    payment: PaymentLink | None
    tickets: tuple[TicketView, ...]


class TicketFacts(msgspec.Struct, frozen=True):
    """A ticket's row. ``exchange_hold`` is the hold that its seat was last exchanged for."""

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
    exchange_hold: str | None = None


class OrderFacts(msgspec.Struct, frozen=True):
    """An order's row with its tickets; amounts in minor units of ``currency``."""

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


def price_tickets(claims: Sequence[Claim], request: OrderRequest, voucher: Voucher | None) -> list[PricedTicket]:
    """The tickets of an order with their prices, in the order of the request.

    Each seat of each hold gets exactly one ticket. A seat of an unnumbered area may also be named by the area
    alone (``parterre``): then the hold's places in it are given out in turn.

    Raises:
        TicketsDoNotMatchHold, TariffNotForZone, CurrenciesMixed, TooManySeats
    """
    if sum(len(hold.tickets) for hold in request.holds) > TICKETS_PER_ORDER_MAX:
        raise errors.TooManySeats(max=TICKETS_PER_ORDER_MAX)
    currencies = {claim.screening.currency for claim in claims}
    if len(currencies) > 1:
        raise errors.CurrenciesMixed(currencies=sorted(currencies))
    priced: list[PricedTicket] = []
    for claim, wanted in zip(claims, request.holds, strict=True):
        seats = _seats_meant(claim, [ticket.seat for ticket in wanted.tickets])
        for seat, ticket in zip(seats, wanted.tickets, strict=True):
            zone = claim.layout.zone_of[claim.layout.index_of[seat]]
            price = price_of(claim.screening, zone, ticket.tariff)
            if price is None or not price.public:
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


class Cancellation(msgspec.Struct, frozen=True):
    """What giving tickets back comes to: ``refund`` goes to the buyer, ``fee`` stays; minor units."""

    tickets: tuple[TicketFacts, ...]
    refund: int
    fee: int


def changeable_until(screening: Screening, minutes: int) -> datetime:
    """Until when tickets of a screening can be changed, ``minutes`` before its start."""
    return screening.starts_at - timedelta(minutes=minutes)


def cancellation_of(
    order: OrderFacts, chosen: Iterable[str] | None, screenings: dict[str, Screening], now: datetime
) -> Cancellation:
    """What giving back the ``chosen`` tickets (None: all that are live) comes to.

    Tickets that were given back already are left out, so that a repeated request changes nothing. An unpaid
    order is given back without fee and at any time.

    Raises:
        UnknownTicket, AlreadyUsed, TooLateToChange
    """
    by_id = {ticket.ticket: ticket for ticket in order.tickets}
    wanted = list(by_id) if chosen is None else list(dict.fromkeys(chosen))
    for ticket_id in wanted:
        if ticket_id not in by_id:
            raise errors.UnknownTicket(ticket=ticket_id)
    live = [by_id[ticket_id] for ticket_id in wanted if by_id[ticket_id].status != "void"]
    if order.status != "confirmed":
        return Cancellation(tuple(live), 0, 0)
    fee = 0
    for ticket in live:
        screening = screenings[ticket.screening]
        check_changeable(ticket, screening, screening.rules.refund_until_minutes, now)
        fee += percent_of(ticket.amount, screening.rules.refund_fee_percent)
    return Cancellation(tuple(live), sum(ticket.amount for ticket in live) - fee, fee)


def check_changeable(ticket: TicketFacts, screening: Screening, minutes: int, now: datetime) -> None:
    """Refuse to change a ticket that was used, or whose time for changes is over. A cancelled screening's tickets
    can always be given back.

    Raises:
        AlreadyUsed, TooLateToChange
    """
    if ticket.entries > 0:
        raise errors.AlreadyUsed(ticket=ticket.ticket)
    until = changeable_until(screening, minutes)
    if now >= until and screening.status != "cancelled":
        raise errors.TooLateToChange(ticket=ticket.ticket, until=until)
