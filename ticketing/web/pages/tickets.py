"""Tickets in hand: one alone by its own secret, an order's one by one, and what keeps them without a network."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import OrderNotConfirmed, TicketingError, TicketSuperseded, TicketVoid
from ticketing.kernel.i18n import translate
from ticketing.sales import links
from ticketing.sales.desk import Sales, open_order
from ticketing.sales.held_tickets import open_ticket
from ticketing.sales.model import OrderFacts, TicketFacts
from ticketing.sales.sheets import face_of, held_by_buyer
from ticketing.tickets.sheet import (
    TicketFace,
    day_text,
    money_text,
    number_text,
    seat_text,
    time_text,
    zone_text,
)
from ticketing.tickets.wallets import wallets_of
from ticketing.web.pages.checkout import own_address
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import STATIC, page

PUBLIC = {"access": "public"}
WORKER = "js/tickets-worker.js"


class Card(msgspec.Struct, frozen=True):
    """A ticket as it is shown at the door. ``places`` are the words and names of its section, row and seat."""

    face: TicketFace
    number: str
    place: str
    places: tuple[tuple[str, str], ...]
    day: str
    starts: str
    doors: str
    zone: str
    price: str
    qr: str
    pdf: str
    calendar: str
    apple: str
    google: str


@get("/{language:str}/tickets/{ticket:str}/{secret:str}", opt=PUBLIC, include_in_schema=False)
async def show_ticket_page(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    ticket: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """One ticket, for its holder; whoever held it before is told that it is no longer theirs."""
    require_language(language)
    try:
        order, facts = await open_ticket(sales, ticket, secret)
    except (TicketSuperseded, TicketVoid) as error:
        return _gone(request, language, error)
    return await _page(request, sales, language, order, [facts], order_page="")


@get("/{language:str}/orders/{order:str}/{secret:str}/tickets", opt=PUBLIC, include_in_schema=False)
async def show_tickets_one_by_one(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    order: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """The tickets of an order that its buyer holds, one beside the other, the next screening first."""
    require_language(language)
    facts = await open_order(sales, order, secret)
    held = held_by_buyer(facts)
    if not held:
        return _gone(request, language, OrderNotConfirmed(order_status=facts.status))
    address = own_address(sales, links.order_page(sales.context, facts.order, language))
    return await _page(request, sales, language, facts, held, order_page=address)


@get("/tickets-worker.js", opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def get_tickets_worker() -> Response[bytes]:
    """The script that keeps opened tickets. It stands at the root, so that pages may register it for themselves."""
    return Response(
        (STATIC / WORKER).read_bytes(),
        media_type="text/javascript; charset=utf-8",
        headers={"cache-control": "no-cache"},
    )


async def _page(
    request: AnyRequest,
    sales: Sales,
    language: str,
    order: OrderFacts,
    tickets: Sequence[TicketFacts],
    *,
    order_page: str,
) -> Response[Any]:
    cards = [await _card(sales, language, order, ticket) for ticket in tickets]
    cards.sort(key=lambda card: card.face.starts_at)
    festival = await sales.catalogue.festival(order.festival)
    return page(
        request,
        "ticket_page.html",
        language,
        festival=festival,
        organisers=festival.organisers,
        order=order.order,
        order_page=order_page,
        cards=cards,
        keep_until=max(card.face.ends_at for card in cards).isoformat(),
        cart_count=0,
    )


async def _card(sales: Sales, language: str, order: OrderFacts, ticket: TicketFacts) -> Card:
    face = await face_of(sales, order, ticket, language)
    wallets = wallets_of(sales.context.settings)

    def file(name: str) -> str:
        return own_address(sales, links.ticket_file(sales.context, ticket, name))

    places = (
        (translate("Section", language), face.section),
        (translate("Row", language), face.row),
        (translate("Seat", language), face.number),
        (translate("Area", language), face.area),
    )
    return Card(
        face=face,
        number=number_text(face.ticket),
        place=seat_text(face, language),
        places=tuple((name, value) for name, value in places if value),
        day=day_text(face.starts_at, face.timezone, language),
        starts=time_text(face.starts_at, face.timezone),
        doors=time_text(face.doors_at, face.timezone),
        zone=zone_text(face.starts_at, face.timezone),
        price=money_text(face.price, language),
        qr=file("qr.svg"),
        pdf=file("ticket.pdf"),
        calendar=file("calendar.ics"),
        apple=file("apple.pkpass") if wallets.apple else "",
        google=file("google") if wallets.google else "",
    )


def _gone(request: AnyRequest, language: str, error: TicketingError) -> Response[Any]:
    refusal = refusal_of(error, language)
    return page(
        request,
        "ticket_gone.html",
        language,
        status_code=refusal.status,
        festival=None,
        refusal=refusal,
        cart_count=0,
    )


routes = [show_ticket_page, show_tickets_one_by_one]
