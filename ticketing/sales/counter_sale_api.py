"""The counter's sale over JSON."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.sales.api import IdempotencyKey, key_of
from ticketing.sales.counter_sale import CounterSale, SoldAtCounter, hold_at_counter, sell_at_counter
from ticketing.sales.desk import Sales, read_order
from ticketing.sales.rolls import roll_of
from ticketing.seating.api import HoldRequest, wish_of
from ticketing.seating.model import Hold
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role

BOX_OFFICE = [requires(Role.BOX_OFFICE)]
STAFF = (errors.Unauthenticated, errors.Forbidden)
SALE = (
    errors.SalesClosed,
    errors.ByInvitation,
    errors.SeatsTaken,
    errors.TooManySeats,
    errors.SeatingUnavailable,
    errors.HallChanged,
)


@post(
    "/api/v1/counter/screenings/{screening:str}/holds",
    summary="Keep seats for somebody at the counter",
    description="As the public's, but until the film is over, and as many as one order may have.",
    tags=["counter"],
    status_code=201,
    guards=BOX_OFFICE,
    responses=problems(
        *STAFF,
        *SALE,
        errors.UnknownScreening,
        errors.UnknownSeats,
        errors.WaitingListFirst,
        errors.NotAdjacentAvailable,
        errors.CompanionApart,
    ),
)
async def post_counter_hold(
    request: StaffRequest, screening: FromPath[str], data: JSONBody[HoldRequest], sales: NamedDependency[Sales]
) -> Hold:
    return await hold_at_counter(sales, screening, wish_of(data), request.user)


@post(
    "/api/v1/counter/sales",
    summary="Sell over the counter",
    description="The seats of holds, confirmed and paid at once, and booked to one's open till. In "
    "`immediate_entry` the tickets are admitted with the sale. The same key with the same sale has one effect.",
    tags=["counter"],
    status_code=201,
    guards=BOX_OFFICE,
    responses=problems(
        *STAFF,
        *SALE,
        errors.IdempotencyKeyMissing,
        errors.IdempotencyMismatch,
        errors.NoSigningKey,
        errors.NoOpenShift,
        errors.HoldExpired,
        errors.EntryNotOpen,
        errors.PriceChanged,
        errors.TooLittleGiven,
        errors.TariffNotForZone,
        errors.TicketsDoNotMatchHold,
        errors.CurrenciesMixed,
    ),
)
async def post_sale(
    request: StaffRequest,
    data: JSONBody[CounterSale],
    sales: NamedDependency[Sales],
    idempotency_key: IdempotencyKey = None,
) -> SoldAtCounter:
    return await sell_at_counter(sales, data, key_of(idempotency_key), request.user)


@get(
    "/api/v1/counter/orders/{order:str}/tickets.pdf",
    summary="The tickets of an order for a ticket printer",
    description="80 mm wide, one ticket a page.",
    tags=["counter"],
    guards=BOX_OFFICE,
    responses={
        200: ResponseSpec(bytes, media_type="application/pdf"),
        **problems(
            *STAFF, errors.UnknownOrder, errors.OrderNotConfirmed, errors.TooManyTickets, errors.NoSigningKey
        ),
    },
)
async def get_roll(request: StaffRequest, order: FromPath[str], sales: NamedDependency[Sales]) -> Response[bytes]:
    facts = await read_order(sales.context.postgres, order)
    pdf = await roll_of(sales, facts, request.user)
    headers = {
        # A code is a right of entry: no cache on the way may keep it.
        "cache-control": "private, no-store",
        "content-disposition": f'inline; filename="tickets-{facts.order}.pdf"',
    }
    return Response(pdf, media_type="application/pdf", headers=headers)


routes = [post_counter_hold, post_sale, get_roll]
