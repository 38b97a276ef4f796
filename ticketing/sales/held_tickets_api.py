"""One ticket as its holder's picture, paper, calendar entry and pass. The links carry the ticket's own secret."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath
from litestar.response import Redirect

from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.programme import calendar
from ticketing.sales import passes
from ticketing.sales.api import Bearer, secret_of
from ticketing.sales.calendars import ticket_calendar
from ticketing.sales.desk import Sales, code_of_ticket
from ticketing.sales.held_tickets import open_ticket
from ticketing.sales.sheets import ticket_sheet
from ticketing.sales.tickets_api import HEADERS, Format, Secret
from ticketing.staff.guards import PUBLIC
from ticketing.tickets import wallet_apple
from ticketing.tickets.pdf import render_tickets_pdf
from ticketing.tickets.qr import render_qr_svg

REFUSALS = (
    errors.UnknownTicket,
    errors.TicketSuperseded,
    errors.TicketVoid,
    errors.Unauthenticated,
    errors.NoSigningKey,
    errors.TooMany,
)


@get(
    "/api/v1/tickets/{ticket:str}/qr.svg",
    opt=PUBLIC,
    summary="The QR code of a ticket, for its holder",
    tags=["tickets"],
    responses={200: ResponseSpec(str, media_type="image/svg+xml"), **problems(*REFUSALS)},
)
async def get_held_qr_svg(
    ticket: FromPath[str], sales: NamedDependency[Sales], secret: Secret = None, authorization: Bearer = None
) -> Response[str]:
    _, facts = await open_ticket(sales, ticket, secret or secret_of(authorization))
    drawn = await render_qr_svg(await code_of_ticket(sales, facts))
    return Response(drawn, media_type="image/svg+xml", headers=HEADERS)


@get(
    "/api/v1/tickets/{ticket:str}/ticket.pdf",
    opt=PUBLIC,
    summary="A ticket to print, or for the screen of a telephone",
    tags=["tickets"],
    responses={200: ResponseSpec(bytes, media_type="application/pdf"), **problems(*REFUSALS)},
)
async def get_held_pdf(
    ticket: FromPath[str],
    sales: NamedDependency[Sales],
    secret: Secret = None,
    page_format: Format = "a4",
    authorization: Bearer = None,
) -> Response[bytes]:
    order, facts = await open_ticket(sales, ticket, secret or secret_of(authorization))
    pdf = await render_tickets_pdf(await ticket_sheet(sales, order, facts), page_format)
    disposition = f'inline; filename="ticket-{facts.ticket}.pdf"'
    return Response(pdf, media_type="application/pdf", headers={**HEADERS, "content-disposition": disposition})


@get(
    "/api/v1/tickets/{ticket:str}/calendar.ics",
    opt=PUBLIC,
    summary="The date of a ticket, for a calendar",
    tags=["tickets"],
    responses={200: ResponseSpec(bytes, media_type="text/calendar"), **problems(*REFUSALS)},
)
async def get_held_calendar(
    ticket: FromPath[str], sales: NamedDependency[Sales], secret: Secret = None, authorization: Bearer = None
) -> Response[bytes]:
    order, facts = await open_ticket(sales, ticket, secret or secret_of(authorization))
    body = await ticket_calendar(sales, order, facts, order.locale)
    disposition = f'attachment; filename="ticket-{facts.ticket}.ics"'
    return Response(body, media_type=calendar.MEDIA_TYPE, headers={**HEADERS, "content-disposition": disposition})


@get(
    "/api/v1/tickets/{ticket:str}/apple.pkpass",
    opt=PUBLIC,
    summary="A ticket as a pass of Apple Wallet, where this house has keys for it",
    tags=["tickets"],
    responses={
        200: ResponseSpec(bytes, media_type=wallet_apple.MEDIA_TYPE),
        **problems(*REFUSALS, errors.UnknownWallet),
    },
)
async def get_apple_pass(
    ticket: FromPath[str], sales: NamedDependency[Sales], secret: Secret = None, authorization: Bearer = None
) -> Response[bytes]:
    order, facts = await open_ticket(sales, ticket, secret or secret_of(authorization))
    body = await passes.make_apple_pass(sales, order, facts)
    disposition = f'attachment; filename="ticket-{facts.ticket}.pkpass"'
    return Response(
        body, media_type=wallet_apple.MEDIA_TYPE, headers={**HEADERS, "content-disposition": disposition}
    )


@get(
    "/api/v1/tickets/{ticket:str}/google",
    opt=PUBLIC,
    status_code=303,
    summary="To Google Wallet with a ticket, where this house has keys for it",
    tags=["tickets"],
    responses=problems(*REFUSALS, errors.UnknownWallet),
)
async def get_google_link(
    ticket: FromPath[str], sales: NamedDependency[Sales], secret: Secret = None, authorization: Bearer = None
) -> Redirect:
    order, facts = await open_ticket(sales, ticket, secret or secret_of(authorization))
    return Redirect(await passes.make_google_link(sales, order, facts), status_code=303, headers=HEADERS)


routes = [get_held_qr_svg, get_held_pdf, get_held_calendar, get_apple_pass, get_google_link]
