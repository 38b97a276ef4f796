"""The counter over JSON: money taken, and money handed out."""

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.sales.counter import (
    CounterPayment,
    HandedOut,
    HandRefund,
    hand_out_refund,
    list_hand_refunds,
    require_charge,
    require_refund,
    take_counter_payment,
)
from ticketing.sales.desk import Sales, view_of
from ticketing.sales.model import OrderView
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role

COUNTER = [requires(Role.BOX_OFFICE)]


class HandRefunds(msgspec.Struct, frozen=True):
    """What is to be handed out, the oldest first."""

    refunds: list[HandRefund]


@post(
    "/api/v1/orders/{order:str}/counter-payment",
    guards=COUNTER,
    status_code=200,
    summary="Enter money that was taken at the counter",
    description="For an order, or for the difference of an exchange. `receipt` names this taking: the same one "
    "again changes nothing.",
    tags=["counter"],
    responses=problems(
        errors.Unauthenticated,
        errors.Forbidden,
        errors.UnknownOrder,
        errors.OrderNotPayable,
        errors.PriceChanged,
        errors.IdempotencyMismatch,
        errors.PaymentProviderUnknown,
        errors.NoSigningKey,
        errors.NoOpenShift,
    ),
)
async def post_counter_payment(
    request: StaffRequest, order: FromPath[str], data: JSONBody[CounterPayment], sales: NamedDependency[Sales]
) -> OrderView:
    await require_charge(sales, order, request.user.reach)
    paid = await take_counter_payment(sales, order, data, request.user.login)
    return await view_of(sales, paid, known_to_caller=False)


@get(
    "/api/v1/counter/refunds",
    guards=COUNTER,
    summary="Money that a person has to hand out",
    tags=["counter"],
    responses=problems(errors.Unauthenticated, errors.Forbidden),
)
async def get_hand_refunds(request: StaffRequest, sales: NamedDependency[Sales]) -> HandRefunds:
    return HandRefunds(await list_hand_refunds(sales, request.user.reach))


@post(
    "/api/v1/counter/refunds/{refund:int}/settlement",
    guards=COUNTER,
    status_code=204,
    summary="Enter that a refund was handed out",
    tags=["counter"],
    responses=problems(errors.Unauthenticated, errors.Forbidden, errors.UnknownRefund, errors.NoOpenShift),
)
async def post_refund_settlement(
    request: StaffRequest,
    refund: FromPath[int],
    sales: NamedDependency[Sales],
    method: FromQuery[HandedOut | None] = None,
) -> None:
    """Without `method` as it was paid, else in cash. It is booked to one's open till, but for a transfer."""
    if not 0 < refund < 2**63:
        raise errors.UnknownRefund
    await require_refund(sales, refund, request.user.reach)
    await hand_out_refund(sales, refund, request.user.login, method)


routes = [post_counter_payment, get_hand_refunds, post_refund_settlement]
