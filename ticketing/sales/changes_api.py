"""What buyers change by themselves, over JSON: giving back, exchanging, passing on, finding orders again."""

from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.sales.api import Bearer, secret_of
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.changes.exchange import exchange_tickets, give_up_exchange
from ticketing.sales.changes.finding import find_orders
from ticketing.sales.changes.rules import ExchangeWish
from ticketing.sales.changes.transfer import transfer_ticket
from ticketing.sales.desk import Sales
from ticketing.sales.model import TICKETS_PER_ORDER_MAX, Email, Locale, Name, OrderView
from ticketing.seating.holds import SEATS_PER_REQUEST_MAX
from ticketing.staff.guards import PUBLIC

TicketId = Annotated[str, Meta(min_length=1, max_length=64)]
Tariff = Annotated[str, Meta(min_length=1, max_length=63)]
ONE_WAY = "name either one ticket or a list of tickets"


class CancellationRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which tickets to give back; null gives back all."""

    tickets: Annotated[list[TicketId], Meta(min_length=1, max_length=TICKETS_PER_ORDER_MAX)] | None = None


class TicketExchange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ticket of an exchange; null takes the hold's next seat, and keeps the tariff."""

    ticket: TicketId
    seat: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    tariff: Tariff | None = None


class ExchangeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A hold, and the tickets to be exchanged for its seats: one ``ticket`` with its ``tariff``, or several.

    ``payment`` is how a difference is paid; null takes the order's way, or the first that is offered.
    """

    hold: Annotated[str, Meta(min_length=1, max_length=128)]
    ticket: TicketId | None = None
    tariff: Tariff | None = None
    tickets: Annotated[list[TicketExchange], Meta(min_length=1, max_length=SEATS_PER_REQUEST_MAX)] | None = None
    payment: Annotated[str, Meta(max_length=40)] | None = None

    def wishes(self) -> list[ExchangeWish]:
        """The tickets with their wishes.

        Raises:
            InvalidField: both ways of naming tickets are used, or neither.
        """
        if (self.ticket is None) == (self.tickets is None) or (self.tickets and self.tariff):
            raise errors.InvalidField(problem=ONE_WAY, field="tickets")
        listed = self.tickets or [TicketExchange(self.ticket or "", None, self.tariff)]
        return [ExchangeWish(one.ticket, one.seat, one.tariff) for one in listed]


class TransferRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom the ticket is passed on to. With ``email`` it is mailed there, and the buyer shows it no more."""

    holder: Name
    email: Email | None = None


class FindingRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The address that ordered, and the language of the mail."""

    email: Email
    locale: Locale = "en"


class FindingAnswer(msgspec.Struct, frozen=True):
    """The question is taken; whether there are orders is told by mail alone."""

    taken: bool = True


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
        errors.TicketPassedOn,
        errors.RefundNotAllowed,
        errors.RefundForfeited,
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
    summary="Exchange tickets of one screening for the seats of a hold",
    description="Done at once where nothing is to pay. Else the order's `exchange` tells the difference and where "
    "to pay it; the tickets stay what they are until then.",
    tags=["orders"],
    responses=problems(
        errors.NoSigningKey,
        errors.UnknownOrder,
        errors.UnknownTicket,
        errors.UnknownHold,
        errors.Unauthenticated,
        errors.OrderNotConfirmed,
        errors.ScreeningsMixed,
        errors.AlreadyUsed,
        errors.TicketPassedOn,
        errors.ExchangeNotAllowed,
        errors.ExchangePending,
        errors.TooLateToChange,
        errors.HoldExpired,
        errors.SalesClosed,
        errors.SeatsTaken,
        errors.TicketsDoNotMatchHold,
        errors.TariffNotForZone,
        errors.CurrenciesMixed,
        errors.AnotherFestival,
        errors.NothingPaidBack,
        errors.PaymentProviderUnknown,
        errors.SeatingUnavailable,
        errors.HallChanged,
    ),
)
async def post_exchange(
    order: FromPath[str],
    data: JSONBody[ExchangeRequest],
    sales: NamedDependency[Sales],
    authorization: Bearer = None,
) -> OrderView:
    return await exchange_tickets(
        sales, order, secret_of(authorization), data.wishes(), hold_id=data.hold, payment=data.payment
    )


@post(
    "/api/v1/orders/{order:str}/exchange/withdrawal",
    opt=PUBLIC,
    status_code=200,
    summary="Give up the exchange that waits for its payment",
    tags=["orders"],
    responses=problems(errors.NoSigningKey, errors.UnknownOrder, errors.Unauthenticated),
)
async def post_withdrawal(
    order: FromPath[str], sales: NamedDependency[Sales], authorization: Bearer = None
) -> OrderView:
    return await give_up_exchange(sales, order, secret_of(authorization))


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
        errors.TooLateToChange,
        errors.ExchangePending,
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
    secret = secret_of(authorization)
    return await transfer_ticket(sales, order, secret, ticket, holder=data.holder, email=data.email)


@post(
    "/api/v1/orders/finding",
    opt=PUBLIC,
    status_code=202,
    summary="Have the links of one's orders mailed",
    description="The answer is the same whether or not the address has orders.",
    tags=["orders"],
    responses=problems(errors.TooMany),
)
async def post_finding(
    data: JSONBody[FindingRequest], request: Request[Any, Any, Any], sales: NamedDependency[Sales]
) -> FindingAnswer:
    client = request.client.host if request.client else "unknown"
    await find_orders(sales, data.email, data.locale, client)
    return FindingAnswer()


routes = [post_cancellation, post_exchange, post_withdrawal, post_transfer, post_finding]
