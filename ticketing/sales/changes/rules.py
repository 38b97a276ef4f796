"""What may be changed, until when, and what it comes to: the rules of festivals. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from ticketing.kernel import errors
from ticketing.kernel.money import percent_of, percent_off
from ticketing.programme.festival_rules import FestivalRules
from ticketing.programme.model import Screening, price_of
from ticketing.sales.model import ExchangedPlace, OrderFacts, TicketFacts
from ticketing.seating.holds import Claim

Change = Literal["refund", "exchange", "transfer"]


class Cancellation(msgspec.Struct, frozen=True):
    """What giving tickets back comes to: ``refund`` goes to the buyer, ``fee`` stays; minor units."""

    tickets: tuple[TicketFacts, ...]
    refund: int
    fee: int


class ExchangeWish(msgspec.Struct, frozen=True):
    """A ticket to be exchanged. ``seat`` None: the next one of the hold; ``tariff`` None: it keeps its own."""

    ticket: str
    seat: str | None = None
    tariff: str | None = None


class ExchangeTerms(msgspec.Struct, frozen=True):
    """What an exchange comes to, in minor units. ``due`` is what the buyer pays, the ``fee`` included; below zero,
    what comes back.
    """

    places: tuple[ExchangedPlace, ...]
    fee: int
    due: int


def minutes_before(rules: FestivalRules, change: Change) -> int | None:
    """How long before the start a change must be made; None where the festival does not allow it at all."""
    match change:
        case "refund":
            return rules.refund_until_minutes if rules.refund else None
        case "exchange":
            return rules.exchange_until_minutes if rules.exchange else None
        case "transfer":
            return rules.transfer_until_minutes if rules.transfer else None


def changeable_until(screening: Screening, change: Change) -> datetime | None:
    """Until when tickets of a screening can be changed so; None where that is not allowed at all."""
    minutes = minutes_before(screening.rules, change)
    return None if minutes is None else screening.starts_at - timedelta(minutes=minutes)


def check_changeable(ticket: TicketFacts, screening: Screening, change: Change, now: datetime) -> None:
    """Refuse to change a ticket that was used or passed on, or that the festival's rules do not let go.

    Tickets of a cancelled screening can always be given back; they can be exchanged for another one whenever the
    festival allows exchanges, and never be passed on.

    Raises:
        AlreadyUsed, TicketPassedOn, RefundNotAllowed, RefundForfeited, ExchangeNotAllowed, TransferNotAllowed,
        TooLateToChange
    """
    cancelled = screening.status == "cancelled"
    if cancelled and change == "refund":
        return
    if ticket.entries > 0:
        raise errors.AlreadyUsed(ticket=ticket.ticket)
    if ticket.holder_email is not None and change != "transfer":
        raise errors.TicketPassedOn(ticket=ticket.ticket)
    until = changeable_until(screening, change)
    if until is None:
        raise _NOT_ALLOWED[change]
    if change == "refund" and not ticket.refundable:
        raise errors.RefundForfeited(ticket=ticket.ticket)
    if cancelled and change == "exchange":
        return
    if now >= until or cancelled:
        raise errors.TooLateToChange(ticket=ticket.ticket, until=until)


_NOT_ALLOWED: dict[Change, type[errors.Conflict]] = {
    "refund": errors.RefundNotAllowed,
    "exchange": errors.ExchangeNotAllowed,
    "transfer": errors.TransferNotAllowed,
}


def can_change(ticket: TicketFacts, screening: Screening, change: Change, now: datetime) -> bool:
    """Would a change be let through? For pages, which offer only what can be done."""
    if ticket.status != "sold":
        return False
    try:
        check_changeable(ticket, screening, change, now)
    except errors.Conflict:
        return False
    return True


def refund_fee_of(ticket: TicketFacts, screening: Screening) -> int:
    """What is kept of a ticket that is given back, in minor units: never more than was paid for it, and nothing
    where its screening was cancelled.
    """
    if screening.status == "cancelled":
        return 0
    rules = screening.rules
    return min(ticket.amount, percent_of(ticket.amount, rules.refund_fee_percent) + rules.refund_fee)


def exchange_fee_of(ticket: TicketFacts, screening: Screening) -> int:
    """What exchanging a ticket costs, in minor units: nothing where it was free, or its screening is cancelled."""
    return 0 if ticket.amount == 0 or screening.status == "cancelled" else screening.rules.exchange_fee


def tickets_named(order: OrderFacts, chosen: Iterable[str]) -> list[TicketFacts]:
    """The tickets of those ids, each once, in the order they are named.

    Raises:
        UnknownTicket
    """
    by_id = {ticket.ticket: ticket for ticket in order.tickets}
    named = list(dict.fromkeys(chosen))
    for ticket_id in named:
        if ticket_id not in by_id:
            raise errors.UnknownTicket(ticket=ticket_id)
    return [by_id[ticket_id] for ticket_id in named]


def cancellation_of(
    order: OrderFacts, chosen: Iterable[str] | None, screenings: Mapping[str, Screening], now: datetime
) -> Cancellation:
    """What giving back the ``chosen`` tickets (None: all that are live) comes to.

    Tickets that were given back already are left out, so that a repeated request changes nothing. An unpaid
    order is given back whole, without fee and at any time.

    Raises:
        UnknownTicket, AlreadyUsed, TicketPassedOn, RefundNotAllowed, RefundForfeited, TooLateToChange
    """
    wanted = order.tickets if chosen is None else tickets_named(order, chosen)
    live = tuple(ticket for ticket in wanted if ticket.status != "void")
    if order.status != "confirmed":
        return Cancellation(live, 0, 0)
    for ticket in live:
        check_changeable(ticket, screenings[ticket.screening], "refund", now)
    fee = sum(refund_fee_of(ticket, screenings[ticket.screening]) for ticket in live)
    return Cancellation(live, sum(ticket.amount for ticket in live) - fee, fee)


def check_exchangeable(order: OrderFacts, tickets: Sequence[TicketFacts], before: Screening, now: datetime) -> None:
    """Refuse to exchange tickets that are not all sold, of the screening ``before``, and free to be changed.

    Raises:
        OrderNotConfirmed, ScreeningsMixed, AlreadyUsed, TicketPassedOn, ExchangeNotAllowed, TooLateToChange
    """
    for ticket in tickets:
        if order.status != "confirmed" or ticket.status != "sold":
            raise errors.OrderNotConfirmed(order_status=order.status)
        if ticket.screening != before.screening_id:
            raise errors.ScreeningsMixed
        check_changeable(ticket, before, "exchange", now)


def terms_of_exchange(
    tickets: Sequence[TicketFacts],
    wishes: Sequence[ExchangeWish],
    claim: Claim,
    before: Screening,
    *,
    percent: int,
    now: datetime,
) -> ExchangeTerms:
    """What exchanging ``tickets`` of the screening ``before`` for the seats of a hold comes to.

    What counts is what was paid for them. ``percent`` is what the order's voucher takes off in their festival: it
    goes on being taken off. A ticket that can't be given back any more at ``now`` stays so.

    Raises:
        CurrenciesMixed, AnotherFestival, TicketsDoNotMatchHold, TariffNotForZone
    """
    after = claim.screening
    if after.currency != before.currency:
        raise errors.CurrenciesMixed(currencies=sorted({after.currency, before.currency}))
    if after.festival != before.festival:
        raise errors.AnotherFestival
    places = []
    for ticket, wish, seat in zip(tickets, wishes, _seats_for(wishes, claim.seats), strict=True):
        zone = claim.layout.zone_of[claim.layout.index_of[seat]]
        tariff = wish.tariff or ticket.tariff
        price = price_of(after, zone, tariff)
        if price is None or not price.public:
            raise errors.TariffNotForZone(tariff=tariff, seat=seat, zone=zone)
        amount = percent_off(price.amount, percent)
        places.append(
            ExchangedPlace(
                ticket.ticket,
                ticket.revision,
                after.screening_id,
                seat,
                zone,
                tariff,
                amount,
                refundable=not _is_forfeited(ticket, before, now),
            )
        )
    fee = sum(exchange_fee_of(ticket, before) for ticket in tickets)
    due = sum(place.amount for place in places) + fee - sum(ticket.amount for ticket in tickets)
    return ExchangeTerms(tuple(places), fee, due)


def check_money_back(
    terms: ExchangeTerms, tickets: Sequence[TicketFacts], before: Screening, now: datetime
) -> None:
    """Refuse an exchange that pays money back for tickets that could not be given back for it.

    Raises:
        NothingPaidBack
    """
    if terms.due < 0 and not all(can_change(ticket, before, "refund", now) for ticket in tickets):
        raise errors.NothingPaidBack


def _is_forfeited(ticket: TicketFacts, before: Screening, now: datetime) -> bool:
    """Is the time to give it back over? Festivals that take nothing back have none, and may come to do so later."""
    return before.rules.refund and not can_change(ticket, before, "refund", now)


def _seats_for(wishes: Sequence[ExchangeWish], seats: Sequence[str]) -> list[str]:
    """The seat of each wish: the one it names, else the next that no other names. Every seat is used once."""
    named = [wish.seat for wish in wishes if wish.seat is not None]
    rest = [seat for seat in seats if seat not in named]
    unknown = [seat for seat in named if seat not in seats or named.count(seat) > 1]
    if unknown or len(seats) != len(wishes):
        raise errors.TicketsDoNotMatchHold(seats=unknown or list(seats))
    return [wish.seat if wish.seat is not None else rest.pop(0) for wish in wishes]
