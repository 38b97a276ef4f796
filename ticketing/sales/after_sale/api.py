"""What the counter does after a sale, over JSON."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.sales.after_sale.cancelling import cancel_at_counter, look_at_counter_cancellation
from ticketing.sales.after_sale.finding import find_at_counter, show_at_counter
from ticketing.sales.after_sale.model import (
    CancellationChoice,
    CancellationTerms,
    CancellationWish,
    CounterCancellation,
    CounterOrder,
    Reprint,
    ReprintWish,
    Typed,
)
from ticketing.sales.after_sale.reprinting import reprint_ticket, sheet_of_reprint
from ticketing.sales.desk import Sales
from ticketing.sales.tickets_api import HEADERS
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.tickets.pdf import PageFormat, render_tickets_pdf

COUNTER = [requires(Role.BOX_OFFICE)]
STAFF = (errors.Unauthenticated, errors.Forbidden, errors.OutOfReach)
Format = Annotated[
    PageFormat, QueryParameter(name="format", description="A4, a telephone's shape, or a roll of 80 mm.")
]


@post(
    "/api/v1/counter/search",
    guards=COUNTER,
    status_code=200,
    summary="The order of whatever is shown at the counter",
    description="`typed` is the number of an order or a ticket, or the code of a ticket as a scanner types it.",
    tags=["counter"],
    responses=problems(*STAFF, errors.UnknownOrder),
)
async def post_search(request: StaffRequest, data: JSONBody[Typed], sales: NamedDependency[Sales]) -> CounterOrder:
    return await find_at_counter(sales, data.typed, request.user)


@get(
    "/api/v1/counter/orders/{order:str}",
    guards=COUNTER,
    summary="An order with its tickets, money, scans and what the counter has done",
    tags=["counter"],
    responses=problems(*STAFF, errors.UnknownOrder),
)
async def get_counter_order(
    request: StaffRequest, order: FromPath[str], sales: NamedDependency[Sales]
) -> CounterOrder:
    return await show_at_counter(sales, order, request.user)


@post(
    "/api/v1/counter/orders/{order:str}/cancellation-terms",
    guards=COUNTER,
    status_code=200,
    summary="What giving tickets back would come to",
    description="Nothing is changed. With anything in `beyond`, only a supervisor may do it.",
    tags=["counter"],
    responses=problems(
        *STAFF, errors.UnknownOrder, errors.UnknownTicket, errors.OrderNotConfirmed, errors.TicketsNotSold
    ),
)
async def post_cancellation_terms(
    request: StaffRequest,
    order: FromPath[str],
    data: JSONBody[CancellationChoice],
    sales: NamedDependency[Sales],
) -> CancellationTerms:
    return await look_at_counter_cancellation(sales, order, data, request.user)


@post(
    "/api/v1/counter/orders/{order:str}/cancellation",
    guards=COUNTER,
    status_code=200,
    summary="Give tickets back over the counter",
    description="`cancellation` names this act: the same one again changes nothing. `money` is the sum that the "
    "buyer was told. What was paid in cash or at the terminal is handed out at once, unless `hand_out` is false.",
    tags=["counter"],
    responses=problems(
        *STAFF,
        errors.SupervisorNeeded,
        errors.UnknownOrder,
        errors.UnknownTicket,
        errors.OrderNotConfirmed,
        errors.TicketsNotSold,
        errors.NoOpenShift,
        errors.PriceChanged,
        errors.IdempotencyMismatch,
    ),
)
async def post_counter_cancellation(
    request: StaffRequest,
    order: FromPath[str],
    data: JSONBody[CancellationWish],
    sales: NamedDependency[Sales],
) -> CounterCancellation:
    return await cancel_at_counter(sales, order, data, request.user)


@post(
    "/api/v1/counter/tickets/{ticket:str}/reprint",
    guards=COUNTER,
    status_code=200,
    summary="Print a ticket anew, or mail it",
    description="Every earlier code of it is superseded. `reprint` names this act: sent again, it is one.",
    tags=["counter"],
    responses=problems(
        *STAFF,
        errors.UnknownTicket,
        errors.TicketsNotSold,
        errors.ExchangePending,
        errors.NoAddress,
        errors.IdempotencyMismatch,
    ),
)
async def post_reprint(
    request: StaffRequest, ticket: FromPath[str], data: JSONBody[ReprintWish], sales: NamedDependency[Sales]
) -> Reprint:
    return await reprint_ticket(sales, ticket, data, request.user)


@get(
    "/api/v1/counter/reprints/{reprint:uuid}/ticket.pdf",
    guards=COUNTER,
    summary="The ticket of a reprint, to print",
    description="As long as its code counts.",
    tags=["counter"],
    responses={
        200: ResponseSpec(bytes, media_type="application/pdf"),
        **problems(
            *STAFF, errors.UnknownReprint, errors.TicketsNotSold, errors.TicketSuperseded, errors.NoSigningKey
        ),
    },
)
async def get_reprint_pdf(
    request: StaffRequest, reprint: FromPath[UUID], sales: NamedDependency[Sales], page_format: Format = "a4"
) -> Response[bytes]:
    sheet = await sheet_of_reprint(sales, reprint, request.user)
    pdf = await render_tickets_pdf(sheet, page_format)
    return Response(
        pdf,
        media_type="application/pdf",
        headers={**HEADERS, "content-disposition": f'inline; filename="ticket-{sheet.tickets[0].ticket}.pdf"'},
    )


routes = [
    post_search,
    get_counter_order,
    post_cancellation_terms,
    post_counter_cancellation,
    post_reprint,
    get_reprint_pdf,
]
