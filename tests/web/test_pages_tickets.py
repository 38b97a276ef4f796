"""A ticket in hand: its own page and its order's, files of it, and what those see whose ticket it is no longer."""

import re

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from tests.factories import Factory, make_layout
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context
from ticketing.programme.layout import Layout

STRANGE = "<script>alert(1)</script> \u202eمرحبا 🎬 " + "Ä" * 120


async def sold(factory: Factory, *seats: str, layout: Layout | None = None, **columns: object) -> tuple[str, str]:
    """A confirmed order, and the ticket of its first seat."""
    screening = await factory.screening(layout=layout)
    order = await factory.order(screening, *(seats or ("B-7",)), **columns)  # type: ignore[arg-type]
    return order.order_id, next(iter(order.tickets.values()))


def page_of(context: Context, ticket: str, revision: int = 1, language: str = "en") -> str:
    return f"/{language}/tickets/{ticket}/{context.secrets.ticket_secret(ticket, revision)}"


def file_of(context: Context, ticket: str, name: str, revision: int = 1) -> str:
    return f"/api/v1/tickets/{ticket}/{name}?secret={context.secrets.ticket_secret(ticket, revision)}"


@pytest.mark.parametrize("language", ["kk", "ru", "fr", "en"])
async def test_a_ticket_alone_shows_its_code_and_seat(
    visitor: Visitor, factory: Factory, context: Context, language: str
) -> None:
    _, ticket = await sold(factory)
    answer = await visitor.open(page_of(context, ticket, language=language))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    assert re.search(r"<dd[^>]*>B</dd>.*<dd[^>]*>7</dd>", answer.text, re.DOTALL)
    drawn = await visitor.client.get(
        f"/api/v1/tickets/{ticket}/qr.svg{answer.text.split('/qr.svg')[1].split(chr(34))[0]}"
    )
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "Wallet" not in answer.text, "no button without keys"


async def test_the_first_holders_link_ends_when_the_ticket_is_passed_on(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    _, ticket = await sold(factory)
    await context.postgres.execute("update ticket set revision = 2, holder = 'Dana' where ticket_id = $1", ticket)
    first = await visitor.open(page_of(context, ticket))
    assert first.status_code == 410
    assert "passed on" in visitor.text()
    assert "data-keep-until" not in first.text
    for name in ("qr.svg", "ticket.pdf", "calendar.ics", "apple.pkpass", "google"):
        refused = await visitor.client.get(file_of(context, ticket, name))
        assert (refused.status_code, refused.json()["code"]) == (410, "ticket_superseded"), name
    second = await visitor.open(page_of(context, ticket, revision=2))
    assert second.status_code == 200
    assert "Dana" in second.text


async def test_a_ticket_given_back_says_so(visitor: Visitor, factory: Factory, context: Context) -> None:
    _, ticket = await sold(factory)
    await context.postgres.execute("update ticket set status = 'void' where ticket_id = $1", ticket)
    answer = await visitor.open(page_of(context, ticket, language="fr"))
    assert answer.status_code == 410
    assert "rendu" in visitor.text()
    assert (await visitor.client.get(file_of(context, ticket, "qr.svg"))).json()["code"] == "ticket_void"


@pytest.mark.parametrize("secret", ["x", "A" * 22, "%00", "ключ", "..%2f..", "A" * 5000])
async def test_a_wrong_secret_opens_nothing(
    visitor: Visitor, factory: Factory, context: Context, secret: str
) -> None:
    order, ticket = await sold(factory)
    assert (await visitor.open(f"/en/tickets/{ticket}/{secret}")).status_code == 404
    assert (await visitor.client.get(f"/api/v1/tickets/{ticket}/qr.svg?secret={secret}")).status_code in (
        400,
        404,
        422,
    )
    # Nor does the order's secret open one of its tickets, or a ticket's its order.
    assert (await visitor.open(f"/en/tickets/{ticket}/{context.secrets.order_secret(order)}")).status_code == 404
    own = context.secrets.ticket_secret(ticket, 1)
    assert (await visitor.open(f"/en/orders/{order}/{own}/tickets")).status_code == 404
    assert (await visitor.open("/en/tickets/NOSUCHTICKET/x")).status_code == 404


async def test_strange_names_stay_names(visitor: Visitor, factory: Factory, context: Context) -> None:
    _, ticket = await sold(factory)
    await context.postgres.execute("update ticket set holder = $2 where ticket_id = $1", ticket, STRANGE)
    answer = await visitor.open(page_of(context, ticket))
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text
    for query in ("", "&format=phone"):
        pdf = await visitor.client.get(file_of(context, ticket, "ticket.pdf") + query)
        assert pdf.content.startswith(b"%PDF")


async def test_an_unknown_format_is_a_clear_problem(visitor: Visitor, factory: Factory, context: Context) -> None:
    order, ticket = await sold(factory)
    secret = context.secrets.order_secret(order)
    for address in (
        file_of(context, ticket, "ticket.pdf"),
        f"/api/v1/orders/{order}/tickets.pdf?secret={secret}",
    ):
        refused = await visitor.client.get(f"{address}&format=a5")
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.status_code == 422


async def test_an_orders_tickets_one_by_one(visitor: Visitor, factory: Factory, context: Context) -> None:
    order, _ = await sold(factory, "B-7", "B-8", "parterre#3", layout=make_layout(area_capacity=10))
    secret = context.secrets.order_secret(order)
    answer = await visitor.open(f"/en/orders/{order}/{secret}/tickets")
    assert answer.text.count('<article class="pass"') == 3
    assert "Ticket 3 of 3" in answer.text
    assert "data-keep-until" in answer.text
    await context.postgres.execute("update ticket set status = 'void' where seat = 'B-7'")
    assert (await visitor.open(f"/en/orders/{order}/{secret}/tickets")).text.count('<article class="pass"') == 2
    await context.postgres.execute("update ticket set status = 'void'")
    gone = await visitor.open(f"/en/orders/{order}/{secret}/tickets")
    assert gone.status_code == 409
    assert "data-keep-until" not in gone.text


async def test_an_order_links_what_can_be_done_with_it(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    order, ticket = await sold(factory)
    secret = context.secrets.order_secret(order)
    answer = await visitor.open(f"/en/orders/{order}/{secret}")
    for address in (
        page_of(context, ticket),
        f"/en/orders/{order}/{secret}/tickets",
        f"/api/v1/orders/{order}/calendar.ics?secret={secret}",
    ):
        assert address in answer.text
        assert (await visitor.client.get(address)).status_code == 200


async def test_the_worker_is_fetched_anew(visitor: Visitor) -> None:
    answer = await visitor.client.get("/tickets-worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"


async def test_the_phones_pdf_holds_the_code(visitor: Visitor, factory: Factory, context: Context) -> None:
    _, ticket = await sold(factory)
    pdf = await visitor.client.get(file_of(context, ticket, "ticket.pdf") + "&format=phone")
    with pypdfium2.PdfDocument(pdf.content) as document:
        [page] = list(document)
        picture: Image.Image = page.render(scale=110 / 72, grayscale=True).to_pil()
        assert page.get_width() < page.get_height()
    [symbol] = zxingcpp.read_barcodes(picture)
    shown = await visitor.open(page_of(context, ticket))
    assert symbol.text in shown.text.replace("&#39;", "'").replace("&amp;", "&")
