"""Orders and payments over JSON."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody

from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.sales.demo_bank import report_demo_payment
from ticketing.sales.desk import Sales, show_order
from ticketing.sales.model import OrderRequest, OrderView
from ticketing.sales.orders import place_order
from ticketing.sales.payments import take_what_was_said
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


def key_of(idempotency_key: str | None) -> str:
    """The key of a request that needs one.

    Raises:
        IdempotencyKeyMissing: there is none, or it is too long.
    """
    if not idempotency_key or len(idempotency_key) > IDEMPOTENCY_KEY_SIGNS_MAX:
        raise errors.IdempotencyKeyMissing
    return idempotency_key


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
        errors.HallChanged,
    ),
)
async def post_order(
    data: JSONBody[OrderRequest], sales: NamedDependency[Sales], idempotency_key: IdempotencyKey = None
) -> OrderView:
    return await place_order(sales, data, key_of(idempotency_key))


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
    return await _take(provider, request, sales)


# Its address would otherwise be taken for that of an order called "webhook", see above.
@post("/api/v1/payments/demo/webhook", opt=PUBLIC, status_code=200, include_in_schema=False)
async def post_demo_webhook(request: Request[Any, Any, Any], sales: NamedDependency[Sales]) -> Received:
    return await _take("demo", request, sales)


async def _take(provider: str, request: Request[Any, Any, Any], sales: Sales) -> Received:
    headers = {name.lower(): value for name, value in request.headers.items()}
    said = sales.providers.offered(provider).read_webhook(headers, await request.body())
    await take_what_was_said(sales, provider, said)
    return Received()


routes = [
    post_order,
    get_order,
    post_demo_payment,
    post_webhook,
    post_demo_webhook,
]
