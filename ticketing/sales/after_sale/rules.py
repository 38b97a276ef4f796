"""What the counter may take back, and what needs a supervisor. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from ticketing.kernel import errors
from ticketing.kernel.money import Money
from ticketing.programme.model import Screening
from ticketing.sales.after_sale.model import Beyond, CancellationChoice, CancellationTerms
from ticketing.sales.changes.rules import check_changeable, refund_fee_of, tickets_named
from ticketing.sales.model import OrderFacts, TicketFacts
from ticketing.staff.model import Principal, Role

_RULES: Final[dict[type[errors.TicketingError], Beyond]] = {
    errors.AlreadyUsed: "admitted",
    errors.TicketPassedOn: "passed_on",
    errors.RefundNotAllowed: "not_allowed",
    errors.RefundForfeited: "forfeited",
    errors.TooLateToChange: "too_late",
}
NOTE_PROBLEM: Final = errors.N_("Say in the note what the reason is")


def beyond_of(ticket: TicketFacts, screening: Screening, now: datetime) -> Beyond | None:
    """The first rule by which this ticket is not to be given back any more; None where it may be.

    One that was released as a no-show is past any time for that: whether its money goes back is a rule of its own.
    """
    if ticket.released and screening.status != "cancelled":
        if not screening.rules.no_show_refund:
            return "no_show"
        if ticket.holder_email is not None:
            return "passed_on"
        return None if ticket.refundable else "forfeited"
    try:
        check_changeable(ticket, screening, "refund", now)
    except errors.Conflict as refusal:
        return _RULES[type(refusal)]
    return None


def is_paid_for(ticket: TicketFacts) -> bool:
    """Do the books have its money and its right: is it sold, or released as a no-show?"""
    return ticket.status == "sold" or ticket.released


def terms_at_counter(
    order: OrderFacts, choice: CancellationChoice, screenings: Mapping[str, Screening], now: datetime
) -> CancellationTerms:
    """What giving back the tickets of a confirmed order comes to, and which rules of the public it sets aside.

    Unlike the public, who may repeat themselves, the counter is told of a ticket that is not sold any more:
    somebody else may have paid its money out a moment ago.

    Raises:
        UnknownTicket, OrderNotConfirmed
        TicketsNotSold: given back already, or exchanged for nothing.
    """
    tickets = tickets_named(order, choice.tickets)
    if order.status != "confirmed" and any(ticket.status != "void" or ticket.released for ticket in tickets):
        raise errors.OrderNotConfirmed(order_status=order.status)
    gone = [ticket.ticket for ticket in tickets if not is_paid_for(ticket)]
    if gone:
        raise errors.TicketsNotSold(tickets=gone)
    rules = [beyond_of(ticket, screenings[ticket.screening], now) for ticket in tickets]
    fee = sum(refund_fee_of(ticket, screenings[ticket.screening]) for ticket in tickets)
    waived = choice.waive_fee and fee > 0
    beyond: dict[Beyond, None] = dict.fromkeys(rule for rule in rules if rule is not None)
    if waived:
        fee, beyond = 0, beyond | {"fee_waived": None}
    return CancellationTerms(
        tickets=tuple(ticket.ticket for ticket in tickets),
        refund=Money(sum(ticket.amount for ticket in tickets) - fee, order.currency),
        fee=Money(fee, order.currency),
        beyond=tuple(beyond),
    )


def check_supervisor(beyond: Sequence[Beyond], clerk: Principal, screenings: Iterable[Screening]) -> None:
    """Refuse what goes beyond the public's rules to anybody but a supervisor of all these screenings, those of the
    tickets that are taken back.

    Raises:
        SupervisorNeeded: with the rules.
    """
    supervises = all(clerk.may(Role.SUPERVISOR, festival=one.festival, venue=one.venue.venue) for one in screenings)
    if beyond and not supervises:
        raise errors.SupervisorNeeded(beyond=list(beyond))


def check_explained(reason: str, note: str) -> None:
    """Refuse "other" that is explained by nothing.

    Raises:
        InvalidField
    """
    if reason == "other" and not note.strip():
        raise errors.InvalidField(field="note", problem=NOTE_PROBLEM)
