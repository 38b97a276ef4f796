"""What the verbs of this package need, and how an order is shown to its buyer."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.money import Money
from ticketing.kernel.postgres import Connection, Pool, database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.catalogue import Catalogue
from ticketing.sales import links
from ticketing.sales.book import OrderBook
from ticketing.sales.model import (
    ExchangedTicketView,
    ExchangeFacts,
    ExchangeView,
    OrderFacts,
    OrderView,
    PaymentLink,
    TicketFacts,
    TicketLinks,
    TicketView,
)
from ticketing.sales.order_buyer import OrderBuyer
from ticketing.sales.providers import Providers
from ticketing.seating.holds import Seating
from ticketing.tickets.code import TicketFacts as CodeFacts
from ticketing.tickets.keys import SigningKeys
from ticketing.tickets.wallets import wallets_of

SQL = load_queries("sales")


@dataclasses.dataclass(frozen=True, slots=True)
class Sales:
    """What the verbs of this package need."""

    context: Context
    catalogue: Catalogue
    seating: Seating
    keys: SigningKeys
    providers: Providers
    book: OrderBook


async def read_order(source: Pool | Connection, order_id: str) -> OrderFacts:
    """An order's rows.

    Raises:
        UnknownOrder, DatabaseUnavailable
    """
    async with database_errors():
        body = await source.fetchval(SQL.read_order, order_id)
    if body is None:
        raise errors.UnknownOrder
    return msgspec.json.decode(body, type=OrderFacts)


async def open_order(sales: Sales, order_id: str, secret: str) -> OrderFacts:
    """An order's rows, for somebody who knows its secret. Whether the order exists is not told without it.

    Raises:
        UnknownOrder
    """
    if not sales.context.secrets.opens_order(order_id, secret):
        raise errors.UnknownOrder
    return await read_order(sales.context.postgres, order_id)


async def show_order(sales: Sales, order_id: str, secret: str) -> OrderView:
    """An order as its buyer sees it.

    Raises:
        UnknownOrder
    """
    return await view_of(sales, await open_order(sales, order_id, secret))


async def view_of(sales: Sales, order: OrderFacts, *, known_to_caller: bool = True) -> OrderView:
    """An order as its buyer sees it, or, to somebody without its secret, without what the secret protects."""
    secret = sales.context.secrets.order_secret(order.order)
    waiting = order.status == "awaiting_payment"
    exchange = order.exchange if known_to_caller else None
    own = {ticket.ticket for ticket in order.tickets if shown_by_buyer(ticket)} if known_to_caller else set()
    tickets = [
        TicketView(
            ticket=ticket.ticket,
            screening=ticket.screening,
            seat=ticket.seat,
            tariff=ticket.tariff,
            price=Money(ticket.amount, order.currency),
            status=ticket.status,
            holder=ticket.holder if known_to_caller else None,
            code=await code_of_ticket(sales, ticket) if ticket.ticket in own else None,
            links=links_of(sales, order, ticket, secret) if ticket.ticket in own else None,
            holder_email=ticket.holder_email if known_to_caller else None,
        )
        for ticket in order.tickets
    ]
    return OrderView(
        order=order.order,
        secret=secret if known_to_caller else None,
        status=order.status,
        total=Money(order.total, order.currency),
        refunded=Money(order.refunded, order.currency),
        placed_at=order.placed_at,
        expires_at=order.expires_at if waiting else None,
        locale=order.locale,
        buyer=OrderBuyer(order.email, order.name) if known_to_caller else None,
        payment=PaymentLink(
            order.provider, sales.providers.payment_url(order.provider, order.order, secret, order.locale)
        )
        if waiting and known_to_caller
        else None,
        tickets=tuple(tickets),
        paid=Money(order.paid, order.currency),
        fees=Money(order.fees, order.currency),
        exchange=_exchange_view(sales, order, exchange, secret) if exchange and exchange.status != "done" else None,
    )


def shown_by_buyer(ticket: TicketFacts) -> bool:
    """Does the buyer show this ticket at the door? One that was passed on is shown by its holder, nobody else."""
    return ticket.status == "sold" and ticket.holder_email is None


def _exchange_view(sales: Sales, order: OrderFacts, exchange: ExchangeFacts, secret: str) -> ExchangeView:
    link = None
    if exchange.status == "awaiting_payment" and exchange.provider is not None:
        url = sales.providers.payment_url(exchange.provider, exchange.exchange, secret, order.locale)
        link = PaymentLink(exchange.provider, url)
    return ExchangeView(
        exchange=exchange.exchange,
        status=exchange.status,
        due=Money(exchange.due, order.currency),
        fee=Money(exchange.fee, order.currency),
        expires_at=exchange.expires_at if link else None,
        payment=link,
        tickets=tuple(
            ExchangedTicketView(
                place.ticket, place.screening, place.seat, place.tariff, Money(place.amount, order.currency)
            )
            for place in exchange.places
        ),
    )


async def code_of_ticket(sales: Sales, ticket: TicketFacts) -> str:
    """The signed code of a sold ticket."""
    screening = await sales.catalogue.screening(ticket.screening)
    layout = await sales.catalogue.layout(screening.layout_id)
    return await sales.keys.code_of(
        CodeFacts(
            ticket_id=ticket.ticket,
            screening_id=ticket.screening,
            seat_index=layout.index_of[ticket.seat],
            revision=ticket.revision,
            doors_at=screening.doors_at,
            ends_at=screening.ends_at,
        )
    )


def links_of(sales: Sales, order: OrderFacts, ticket: TicketFacts, secret: str) -> TicketLinks:
    """Where a ticket can be seen. The links open without a header, so the secret stands in them."""
    context = sales.context
    base, wallets = context.settings.public_url, wallets_of(context.settings)
    api = f"{base}/api/v1/orders/{order.order}"
    return TicketLinks(
        qr=f"{api}/tickets/{ticket.ticket}/qr.svg?secret={secret}",
        pdf=f"{api}/tickets.pdf?secret={secret}",
        page=f"{base}/{order.locale}/orders/{order.order}/{secret}",
        ticket=links.ticket_page(context, ticket, order.locale),
        calendar=links.ticket_file(context, ticket, "calendar.ics"),
        apple_wallet=links.ticket_file(context, ticket, "apple.pkpass") if wallets.apple else None,
        google_wallet=links.ticket_file(context, ticket, "google") if wallets.google else None,
    )


class SeatNews(NamedTuple):
    """What became of a seat: ``state`` is r (reserved), s (sold) or f (free)."""

    screening: str
    seat: str
    state: str


async def tell_seats(sales: Sales, news: Iterable[SeatNews], holds: Sequence[str] = ()) -> None:
    """Tell the mirrors what became of seats: first what is taken, then what is free."""
    listed = list(news)
    for state in ("s", "r", "f"):
        seats = [(one.screening, one.seat) for one in listed if one.state == state]
        await tell_mirror(sales, seats, state, holds)


async def tell_mirror(
    sales: Sales, seats: Iterable[tuple[str, str]], state: str, holds: Sequence[str] = ()
) -> None:
    """Tell the mirrors the new state (r, s, b or f) of seats, given as pairs of screening and seat.

    Of those that are free, the ones that are kept back for an owner stay so.
    Postgres has decided already; what the mirror misses here, its reconciler finds.
    """
    by_screening: dict[str, list[str]] = {}
    for screening_id, seat in seats:
        by_screening.setdefault(screening_id, []).append(seat)
    for screening_id, labels in by_screening.items():
        screening = await sales.catalogue.screening(screening_id)
        layout = await sales.catalogue.layout(screening.layout_id)
        indices = [layout.index_of[label] for label in labels if label in layout.index_of]
        news = [(indices, state)]
        if state == "f":
            kept = {layout.index_of.get(label) for label in await _kept_back(sales, screening_id, labels)}
            news = [
                ([index for index in indices if index not in kept], "f"),
                ([index for index in indices if index in kept], "b"),
            ]
        ended = [hold for hold in holds if hold.startswith(f"{screening_id}.")]
        told = [(places, became) for places, became in news if places]
        await sales.seating.mirror.settle(screening_id, ended, told, layout_id=screening.layout_id)


async def _kept_back(sales: Sales, screening_id: str, labels: list[str]) -> set[str]:
    """Those that are kept back for an owner; all, where Postgres does not answer: that is put right later."""
    try:
        async with database_errors():
            rows = await sales.context.postgres.fetch(
                SQL.list_kept_back, screening_id, labels, sales.context.clock.now()
            )
    except errors.DatabaseUnavailable:
        return set(labels)
    return {row["seat"] for row in rows}
