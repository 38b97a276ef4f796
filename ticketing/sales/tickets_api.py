"""A sold ticket as a picture and as paper. The links open without a header, so the secret may stand in them."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, QueryParameter
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.programme import calendar
from ticketing.sales.api import Bearer, secret_of
from ticketing.sales.calendars import order_calendar
from ticketing.sales.desk import Sales, code_of_ticket, open_order
from ticketing.sales.sheets import sheet_of
from ticketing.staff.guards import PUBLIC
from ticketing.tickets.pdf import PageFormat, render_tickets_pdf
from ticketing.tickets.qr import render_qr_png, render_qr_svg

Secret = FromQuery[Annotated[str, Meta(max_length=100)] | None]
Format = Annotated[
    PageFormat,
    QueryParameter(
        name="format", description="A4 to print, or a page a ticket: for a telephone, or on a roll of 80 mm."
    ),
]
REFUSALS = (
    errors.UnknownOrder,
    errors.UnknownTicket,
    errors.Unauthenticated,
    errors.OrderNotConfirmed,
    errors.NoSigningKey,
)
# A code is a right of entry: no cache on the way may keep it.
HEADERS = {"cache-control": "private, no-store"}


@get(
    "/api/v1/orders/{order:str}/tickets/{ticket:str}/qr.svg",
    opt=PUBLIC,
    summary="The QR code of a ticket, as SVG",
    tags=["orders"],
    responses={200: ResponseSpec(str, media_type="image/svg+xml"), **problems(*REFUSALS)},
)
async def get_qr_svg(
    order: FromPath[str],
    ticket: FromPath[str],
    sales: NamedDependency[Sales],
    secret: Secret = None,
    authorization: Bearer = None,
) -> Response[str]:
    code = await _code(sales, order, ticket, secret or secret_of(authorization))
    return Response(await render_qr_svg(code), media_type="image/svg+xml", headers=HEADERS)


@get(
    "/api/v1/orders/{order:str}/tickets/{ticket:str}/qr.png",
    opt=PUBLIC,
    summary="The QR code of a ticket, as PNG",
    tags=["orders"],
    responses={200: ResponseSpec(bytes, media_type="image/png"), **problems(*REFUSALS)},
)
async def get_qr_png(
    order: FromPath[str],
    ticket: FromPath[str],
    sales: NamedDependency[Sales],
    secret: Secret = None,
    authorization: Bearer = None,
) -> Response[bytes]:
    code = await _code(sales, order, ticket, secret or secret_of(authorization))
    return Response(await render_qr_png(code), media_type="image/png", headers=HEADERS)


@get(
    "/api/v1/orders/{order:str}/tickets.pdf",
    opt=PUBLIC,
    summary="The tickets of an order, to print",
    tags=["orders"],
    responses={
        200: ResponseSpec(bytes, media_type="application/pdf"),
        **problems(
            errors.UnknownOrder,
            errors.Unauthenticated,
            errors.OrderNotConfirmed,
            errors.TooManyTickets,
            errors.NoSigningKey,
        ),
    },
)
async def get_tickets_pdf(
    order: FromPath[str],
    sales: NamedDependency[Sales],
    secret: Secret = None,
    page_format: Format = "a4",
    authorization: Bearer = None,
) -> Response[bytes]:
    facts = await open_order(sales, order, secret or secret_of(authorization))
    pdf = await render_tickets_pdf(await sheet_of(sales, facts), page_format)
    disposition = f'inline; filename="tickets-{facts.order}.pdf"'
    return Response(pdf, media_type="application/pdf", headers={**HEADERS, "content-disposition": disposition})


@get(
    "/api/v1/orders/{order:str}/calendar.ics",
    opt=PUBLIC,
    summary="The dates of an order, for a calendar",
    tags=["orders"],
    responses={
        200: ResponseSpec(bytes, media_type="text/calendar"),
        **problems(errors.UnknownOrder, errors.Unauthenticated, errors.NoSigningKey, errors.TooMany),
    },
)
async def get_order_calendar(
    order: FromPath[str],
    sales: NamedDependency[Sales],
    secret: Secret = None,
    authorization: Bearer = None,
) -> Response[bytes]:
    facts = await open_order(sales, order, secret or secret_of(authorization))
    body = await order_calendar(sales, facts, facts.locale)
    disposition = f'attachment; filename="tickets-{facts.order}.ics"'
    return Response(body, media_type=calendar.MEDIA_TYPE, headers={**HEADERS, "content-disposition": disposition})


async def _code(sales: Sales, order_id: str, ticket_id: str, secret: str) -> str:
    order = await open_order(sales, order_id, secret)
    ticket = next((ticket for ticket in order.tickets if ticket.ticket == ticket_id), None)
    if ticket is None:
        raise errors.UnknownTicket(ticket=ticket_id)
    if ticket.status != "sold":
        raise errors.OrderNotConfirmed(order_status=order.status)
    return await code_of_ticket(sales, ticket)


routes = [get_qr_svg, get_qr_png, get_tickets_pdf, get_order_calendar]
