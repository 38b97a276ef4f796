"""The counter's page: find an order by its number, take the money; and hand out what goes back."""

import contextlib
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel import errors
from ticketing.kernel.i18n import pick
from ticketing.kernel.money import Money
from ticketing.programme.model import Screening
from ticketing.sales.charges import charge_of
from ticketing.sales.counter import (
    CounterPayment,
    hand_out_refund,
    list_hand_refunds,
    require_charge,
    require_refund,
    take_counter_payment,
)
from ticketing.sales.desk import Sales, read_order
from ticketing.sales.model import OrderFacts
from ticketing.sales.providers import Charge, order_of_charge
from ticketing.sales.tills.shifts import shift_of
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import heading_text, new_form_key, page, see_other

COUNTER = [requires(Role.BOX_OFFICE)]
CHARGE_SIGNS_MAX: Final = 40


class FoundOrder(msgspec.Struct, frozen=True):
    """An order as the counter needs it. ``due`` is None where nothing is to pay."""

    charge: str
    status: str
    name: str
    seats: list[str]
    due: Money | None
    expires_at: datetime | None
    zone: ZoneInfo


@get("/{language:str}/counter/payments", guards=COUNTER, include_in_schema=False)
async def show_counter(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str]
) -> Response[str]:
    """The field for the number, the order that was found, and the refunds to hand out."""
    require_language(language)
    number = _number(request.query_params.get("order", ""))
    return await counter_page(request, sales, language, number, done=request.query_params.get("done", ""))


@post("/{language:str}/counter/payments", guards=COUNTER, include_in_schema=False, status_code=200)
async def post_counter(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str]
) -> Response[Any]:
    """Take the money. The form carries the receipt, so that sent twice it is taken once."""
    require_language(language)
    form = await read_form(request)
    number = _number(form.text("order"))
    try:
        await require_charge(sales, number, request.user.reach)
        await take_counter_payment(sales, number, _payment_in(form), request.user.login)
    except errors.TicketingError as error:
        return await counter_page(request, sales, language, number, refusal=refusal_of(error, language))
    return see_other(f"/{language}/counter/payments?order={number}&done=paid")


@post("/{language:str}/counter/refunds/{refund:int}", guards=COUNTER, include_in_schema=False, status_code=200)
async def post_refund(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], refund: FromPath[int]
) -> Response[Any]:
    """A refund was handed out."""
    require_language(language)
    try:
        if not 0 < refund < 2**63:
            raise errors.UnknownRefund
        await require_refund(sales, refund, request.user.reach)
        await hand_out_refund(sales, refund, request.user.login)
    except errors.TicketingError as error:
        return await counter_page(request, sales, language, "", refusal=refusal_of(error, language))
    return see_other(f"/{language}/counter/payments?done=refund")


def _number(typed: str) -> str:
    """As it is written down, whatever way it was typed: small letters, a space in the middle."""
    return "".join(typed.split()).upper()[:CHARGE_SIGNS_MAX]


def _payment_in(form: Form) -> CounterPayment:
    try:
        return msgspec.convert(
            {
                "receipt": form.text("receipt", 64),
                "method": form.text("method"),
                "money": {"amount": form.text("amount", 12), "currency": form.text("currency", 3)},
            },
            CounterPayment,
            strict=False,
        )
    except msgspec.ValidationError as error:
        raise errors.InvalidField(problem=str(error), field="") from None


async def counter_page(
    request: StaffRequest,
    sales: Sales,
    language: str,
    number: str,
    *,
    refusal: Refusal | None = None,
    done: str = "",
    typed: str = "",
) -> Response[str]:
    """The counter's page, with the charge of that ``number`` where there is one; ``typed``: what was looked for."""
    found: FoundOrder | None = None
    if number:
        try:
            await require_charge(sales, number, request.user.reach)
            found = await found_order(sales, language, number)
        except errors.TicketingError as error:
            refusal = refusal or refusal_of(error, language)
    return page(
        request,
        "counter.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        found=found,
        receipt=new_form_key(),
        till_open=await shift_of(sales, request.user) is not None,
        refunds=await list_hand_refunds(sales, request.user.reach),
        taking="counter" in sales.providers.names,
        refusal=refusal,
        done=done,
        cart_count=0,
        typed=typed or number,
    )


async def found_order(sales: Sales, language: str, number: str) -> FoundOrder:
    """The order of a charge, and what is to pay for that.

    Raises:
        UnknownOrder, DatabaseUnavailable
    """
    order_id = order_of_charge(number)
    if order_id is None:
        raise errors.UnknownOrder
    order = await read_order(sales.context.postgres, order_id)
    names = {ticket.screening for ticket in order.tickets}
    screenings = {name: await sales.catalogue.screening(name) for name in names}
    charge: Charge | None = None
    with contextlib.suppress(errors.OrderNotPayable):
        charge = await charge_of(sales, number)
    payable = charge is not None and (
        number != order_id or order.status in ("awaiting_payment", "expired", "refused")
    )
    return FoundOrder(
        charge=number,
        status=order.status,
        name=order.name,
        seats=_seats(order, screenings, language),
        due=charge.money if charge is not None and payable else None,
        expires_at=charge.expires_at if charge is not None else None,
        zone=next(iter(screenings.values())).timezone,
    )


def _seats(order: OrderFacts, screenings: dict[str, Screening], language: str) -> list[str]:
    shown = {
        name: f"{heading_text(screening, language)} · {pick(screening.hall.name, language)}"
        for name, screening in screenings.items()
    }
    return [f"{shown[ticket.screening]} · {ticket.seat}" for ticket in order.tickets]


routes = [show_counter, post_counter, post_refund]
