"""Orders and payments over JSON."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.sales.changes import cancel_order, exchange_ticket, transfer_ticket
from ticketing.sales.desk import Sales, show_order
from ticketing.sales.model import TICKETS_PER_ORDER_MAX, Name, OrderRequest, OrderView
from ticketing.sales.orders import place_order
from ticketing.sales.payments import report_demo_payment, take_notice
from ticketing.staff.guards import PUBLIC

IDEMPOTENCY_KEY_SIGNS_MAX = 255

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="New for each order, 1 to 255 signs; the same key with the same body gives the same order",
        required=False,
    ),
]
Bearer = Annotated[
    str | None, HeaderParameter(name="Authorization", description="`Bearer` and the order's secret", required=False)
]
TicketId = Annotated[str, Meta(min_length=1, max_length=64)]


class CancellationRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which tickets to give back; null gives back all."""

    tickets: Annotated[list[TicketId], Meta(min_length=1, max_length=TICKETS_PER_ORDER_MAX)] | None = None


class ExchangeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ticket, and a hold of the one seat that it is to be exchanged for; null keeps the tariff."""

    ticket: TicketId
    hold: Annotated[str, Meta(min_length=1, max_length=128)]
    tariff: Annotated[str, Meta(min_length=1, max_length=63)] | None = None


class TransferRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom the ticket is passed on to."""

    holder: Name


class DemoPayment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the demo bank is to say."""

    outcome: Literal["paid", "refused"]


class Received(msgspec.Struct, frozen=True):
    """The notice is safe."""

    received: bool = True


def secret_of(authorization: str | None) -> str:
    """The order's secret from an ``Authorization`` header.

    Raises:
        Unauthenticated: there is none.
    """
    scheme, _, secret = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise errors.Unauthenticated
    return secret.strip()


@post(
    "/api/v1/orders",
    opt=PUBLIC,
    summary="Order the seats of one or several holds",
    tags=["orders"],
    responses=problems(
        errors.IdempotencyKeyMissing,
        errors.NoSigningKey,
        errors.IdempotencyMismatch,
        errors.HoldExpired,
        errors.SalesClosed,
        errors.SeatsTaken,
        errors.TariffNotForZone,
        errors.TicketsDoNotMatchHold,
        errors.TooManySeats,
        errors.CurrenciesMixed,
        errors.VoucherRefused,
        errors.PaymentProviderUnknown,
        errors.SeatingUnavailable,
    ),
)
async def post_order(
    data: JSONBody[OrderRequest], sales: NamedDependency[Sales], idempotency_key: IdempotencyKey = None
) -> OrderView:
    if not idempotency_key or len(idempotency_key) > IDEMPOTENCY_KEY_SIGNS_MAX:
        raise errors.IdempotencyKeyMissing
    return await place_order(sales, data, idempotency_key)


@get(
    "/api/v1/orders/{order:str}",
    opt=PUBLIC,
    summary="An order, for whoever knows its secret",
    tags=["orders"],
    responses=problems(errors.UnknownOrder, errors.Unauthenticated, errors.NoSigningKey),
)
async def get_order(order: FromPath[str], sales: NamedDependency[Sales], authorization: Bearer = None) -> OrderView:
    return await show_order(sales, order, secret_of(authorization))


@post(
    "/api/v1/orders/{order:str}/cancellation",
    opt=PUBLIC,
    status_code=200,
    summary="Give tickets back",
    tags=["orders"],
    responses=problems(
        errors.NoSigningKey,
        errors.UnknownOrder,
        errors.UnknownTicket,
        errors.Unauthenticated,
        errors.AlreadyUsed,
        errors.TooLateToChange,
    ),
)
async def post_cancellation(
    order: FromPath[str],
    sales: NamedDependency[Sales],
    data: JSONBody[CancellationRequest | None] = None,
    authorization: Bearer = None,
) -> OrderView:
    return await cancel_order(sales, order, secret_of(authorization), data.tickets if data else None)


@post(
    "/api/v1/orders/{order:str}/exchange",
    opt=PUBLIC,
    status_code=200,
    summary="Exchange a ticket for another seat",
    tags=["orders"],
    responses=problems(
        errors.NoSigningKey,
        errors.UnknownOrder,
        errors.UnknownTicket,
        errors.Unauthenticated,
        errors.OrderNotConfirmed,
        errors.AlreadyUsed,
        errors.TooLateToChange,
        errors.HoldExpired,
        errors.SalesClosed,
        errors.SeatsTaken,
        errors.TicketsDoNotMatchHold,
        errors.TariffNotForZone,
        errors.ExchangeCostsMore,
        errors.CurrenciesMixed,
        errors.SeatingUnavailable,
    ),
)
async def post_exchange(
    order: FromPath[str],
    data: JSONBody[ExchangeRequest],
    sales: NamedDependency[Sales],
    authorization: Bearer = None,
) -> OrderView:
    return await exchange_ticket(
        sales, order, secret_of(authorization), data.ticket, hold_id=data.hold, tariff=data.tariff
    )


@post(
    "/api/v1/orders/{order:str}/tickets/{ticket:str}/transfer",
    opt=PUBLIC,
    status_code=200,
    summary="Pass a ticket on",
    tags=["orders"],
    responses=problems(
        errors.NoSigningKey,
        errors.UnknownOrder,
        errors.UnknownTicket,
        errors.Unauthenticated,
        errors.OrderNotConfirmed,
        errors.AlreadyUsed,
        errors.TransferNotAllowed,
    ),
)
async def post_transfer(
    order: FromPath[str],
    ticket: FromPath[str],
    data: JSONBody[TransferRequest],
    sales: NamedDependency[Sales],
    authorization: Bearer = None,
) -> OrderView:
    return await transfer_ticket(sales, order, secret_of(authorization), ticket, data.holder)


@post(
    "/api/v1/payments/demo/{order:str}",
    opt=PUBLIC,
    status_code=200,
    summary="Let the demo bank accept or refuse a payment",
    description="Only where the demo bank is switched on. The order's secret may be sent along as for reading "
    "the order; without it the answer leaves out what the secret protects.",
    tags=["payments"],
    responses=problems(
        errors.UnknownOrder, errors.PaymentProviderUnknown, errors.OrderNotPayable, errors.NoSigningKey
    ),
)
async def post_demo_payment(
    order: FromPath[str],
    data: JSONBody[DemoPayment],
    sales: NamedDependency[Sales],
    authorization: Bearer = None,
) -> OrderView:
    secret = secret_of(authorization) if authorization else None
    return await report_demo_payment(sales, order, data.outcome, secret)


@post(
    "/api/v1/payments/{provider:str}/webhook",
    opt=PUBLIC,
    status_code=200,
    summary="What a payment provider tells us",
    description="The provider's own format and signature. 200 once the notice is safe in Postgres.",
    tags=["payments"],
    responses=problems(errors.PaymentProviderUnknown, errors.Unauthenticated),
)
async def post_webhook(
    provider: FromPath[str], request: Request[Any, Any, Any], sales: NamedDependency[Sales]
) -> Received:
    headers = {name.lower(): value for name, value in request.headers.items()}
    notice = sales.providers.offered(provider).read_webhook(headers, await request.body())
    if notice is not None:
        await take_notice(sales, notice)
    return Received()


routes = [
    post_order,
    get_order,
    post_cancellation,
    post_exchange,
    post_transfer,
    post_demo_payment,
    post_webhook,
]
