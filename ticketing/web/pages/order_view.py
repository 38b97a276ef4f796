"""What the pages of an order tell of its tickets: where, what for, and what can be done with them until when."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from ticketing.kernel.i18n import pick
from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening
from ticketing.sales.changes.rules import Change, can_change, changeable_until
from ticketing.sales.desk import Sales, view_of
from ticketing.sales.model import ExchangedTicketView, OrderFacts, OrderView, TicketFacts, TicketView
from ticketing.web.pages.checkout import own_address
from ticketing.web.pages.formatting import place_text
from ticketing.web.pages.screening_view import names_of_areas, names_of_sections


class ShownTicket(msgspec.Struct, frozen=True):
    """A ticket with what its holder needs to know. ``can`` names the changes that would be let through now."""

    ticket: TicketView
    screening: Screening
    place: str
    tariff: str
    proof: str
    qr: str
    pdf: str
    can: frozenset[Change]


class ShownPlace(msgspec.Struct, frozen=True):
    """The place that a ticket gets by an exchange."""

    place: ExchangedTicketView
    screening: Screening
    words: str
    tariff: str


class Deadlines(msgspec.Struct, frozen=True):
    """Until when tickets of a screening can be changed; None where that is not allowed, or the time is over."""

    screening: Screening
    refund: datetime | None
    exchange: datetime | None
    transfer: datetime | None


class ShownOrder(msgspec.Struct, frozen=True):
    """An order as its pages show it: tickets that count first, the next screening before the others."""

    facts: OrderFacts
    view: OrderView
    tickets: tuple[ShownTicket, ...]
    exchange: tuple[ShownPlace, ...]

    @property
    def first(self) -> Screening:
        """The screening whose festival and clock the page goes by."""
        return self.tickets[0].screening

    def that_can(self, change: Change) -> list[ShownTicket]:
        """The tickets with which that can be done now."""
        return [shown for shown in self.tickets if change in shown.can]


async def shown_order(sales: Sales, order: OrderFacts, language: str) -> ShownOrder:
    """An order with its tickets in words."""
    view = await view_of(sales, order)
    now = sales.context.clock.now()
    tickets = []
    for facts, ticket in zip(order.tickets, view.tickets, strict=True):
        screening = await sales.catalogue.screening(facts.screening)
        layout = await sales.catalogue.layout(screening.layout_id)
        price = next((price for price in screening.prices if price.tariff == facts.tariff), None)
        tickets.append(
            ShownTicket(
                ticket=ticket,
                screening=screening,
                place=place_words(facts.seat, screening, layout, language),
                tariff=tariff_words(facts.tariff, screening, language),
                proof=pick(price.proof, language) if price else "",
                qr=own_address(sales, ticket.links.qr) if ticket.links else "",
                pdf=own_address(sales, ticket.links.pdf) if ticket.links else "",
                can=_changes(order, facts, screening, now),
            )
        )
    tickets.sort(key=lambda shown: (shown.ticket.status == "void", shown.screening.starts_at))
    exchange = []
    for place in view.exchange.tickets if view.exchange else ():
        screening = await sales.catalogue.screening(place.screening)
        layout = await sales.catalogue.layout(screening.layout_id)
        words = place_words(place.seat, screening, layout, language)
        exchange.append(ShownPlace(place, screening, words, tariff_words(place.tariff, screening, language)))
    return ShownOrder(order, view, tuple(tickets), tuple(exchange))


def _changes(order: OrderFacts, ticket: TicketFacts, screening: Screening, now: datetime) -> frozenset[Change]:
    if order.status != "confirmed":
        return frozenset()
    waiting = order.waiting_exchange
    # A second exchange would have to wait for the first; a ticket at the bank is not passed on.
    blocked: set[Change] = {"exchange"} if waiting else set()
    if waiting is not None and ticket.ticket in waiting.tickets:
        blocked.add("transfer")
    changes: tuple[Change, ...] = ("refund", "exchange", "transfer")
    return frozenset(
        change for change in changes if change not in blocked and can_change(ticket, screening, change, now)
    )


def deadlines_of(tickets: Iterable[ShownTicket], now: datetime) -> list[Deadlines]:
    """What can be done with the tickets that count, a line a screening, the next one first."""
    screenings: Mapping[str, Screening] = {
        shown.screening.screening_id: shown.screening for shown in tickets if shown.ticket.status == "sold"
    }

    def ahead(screening: Screening, change: Change) -> datetime | None:
        until = changeable_until(screening, change)
        return until if until is not None and until > now else None

    return [
        Deadlines(shown, ahead(shown, "refund"), ahead(shown, "exchange"), ahead(shown, "transfer"))
        for shown in sorted(screenings.values(), key=lambda one: one.starts_at)
        if shown.status != "cancelled"
    ]


def place_words(seat: str, screening: Screening, layout: Layout, language: str) -> str:
    """A place in words."""
    return place_text(
        seat, names_of_sections(layout, language), names_of_areas(screening, layout, language), language
    )


def tariff_words(tariff: str, screening: Screening, language: str) -> str:
    """A tariff by its name; by its id where its festival no longer has it."""
    price = next((price for price in screening.prices if price.tariff == tariff), None)
    return pick(price.name, language) if price else tariff
