"""An order at the counter: found by whatever is shown, its tickets taken back for a reason, and printed anew."""

import uuid
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel import errors
from ticketing.kernel.errors import N_
from ticketing.kernel.postgres import database_errors
from ticketing.sales.after_sale.cancelling import cancel_at_counter, look_at_counter_cancellation
from ticketing.sales.after_sale.finding import find_at_counter, show_at_counter
from ticketing.sales.after_sale.model import (
    TYPED_SIGNS_MAX,
    CancellationChoice,
    CancellationTerms,
    CancellationWish,
    ReprintWish,
)
from ticketing.sales.after_sale.reprinting import reprint_ticket
from ticketing.sales.after_sale.rules import check_supervisor
from ticketing.sales.desk import Sales
from ticketing.sales.providers import order_of_charge
from ticketing.sales.tills.shifts import open_shift_of
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.web.pages.counter import counter_page, found_order
from ticketing.web.pages.counter_order_view import (
    CANCELLATION_REASONS,
    REPRINT_REASONS,
    beyond_words,
    view_order,
)
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import new_form_key, page, see_other

COUNTER = [requires(Role.BOX_OFFICE)]
NOTHING_CHOSEN: Final = N_("Choose at least one ticket")
PLACE: Final = "/{language:str}/counter/orders/{order:str}"


@post("/{language:str}/counter/search", guards=COUNTER, include_in_schema=False, status_code=200)
async def post_search(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str]
) -> Response[Any]:
    """To the order of whatever was typed or scanned. By a form, so that no code stands in an address."""
    require_language(language)
    form = await read_form(request)
    typed = ""
    try:
        typed = form.raw("typed", TYPED_SIGNS_MAX)
        found = await find_at_counter(sales, typed, request.user)
    except errors.TicketingError as error:
        return await counter_page(request, sales, language, "", refusal=refusal_of(error, language), typed=typed)
    number = "".join(typed.split()).upper()
    if order_of_charge(number) is not None and number != found.order:
        # The difference of an exchange: it is paid where payments are.
        return see_other(f"/{language}/counter/payments?order={number}")
    sought = f"?ticket={found.sought}{'&old=yes' if found.superseded else ''}" if found.sought else ""
    return see_other(f"/{language}/counter/orders/{found.order}{sought}")


@get(PLACE, guards=COUNTER, include_in_schema=False)
async def show_order(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], order: FromPath[str]
) -> Response[Any]:
    """An order with its tickets and its history."""
    require_language(language)
    return await _page(request, sales, language, order)


@post(PLACE + "/terms", guards=COUNTER, include_in_schema=False, status_code=200)
async def post_terms(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], order: FromPath[str]
) -> Response[Any]:
    """What taking these tickets back would come to, to be told to the buyer and agreed to."""
    require_language(language)
    form = await read_form(request)
    try:
        choice = _choice(form)
        terms = await look_at_counter_cancellation(sales, order, choice, request.user)
    except errors.TicketingError as error:
        return await _page(request, sales, language, order, refused=error, typed=form)
    return await _page(request, sales, language, order, terms=terms, choice=choice, typed=form)


@post(PLACE + "/cancellation", guards=COUNTER, include_in_schema=False, status_code=200)
async def post_cancellation(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], order: FromPath[str]
) -> Response[Any]:
    """Take the tickets back. The form carries the key of the act, so that sent twice it is one."""
    require_language(language)
    form = await read_form(request)
    try:
        done = await cancel_at_counter(sales, order, _cancellation(form), request.user)
    except errors.TicketingError as error:
        terms = await _terms_again(request, sales, order, form)
        return await _page(request, sales, language, order, refused=error, typed=form, terms=terms)
    return see_other(f"/{language}/counter/orders/{done.order}?done={done.cancellation}")


@post(PLACE + "/reprint", guards=COUNTER, include_in_schema=False, status_code=200)
async def post_reprint(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], order: FromPath[str]
) -> Response[Any]:
    """Another code for a ticket, printed or mailed."""
    require_language(language)
    form = await read_form(request)
    try:
        wish = _converted({**_fields(form, "reprint", "reason", "note"), "way": form.text("way")}, ReprintWish)
        made = await reprint_ticket(sales, form.text("ticket", 64), wish, request.user)
    except errors.TicketingError as error:
        return await _page(request, sales, language, order, refused=error, typed=form)
    return see_other(f"/{language}/counter/orders/{made.order}?done={made.reprint}")


def _fields(form: Form, *names: str) -> dict[str, Any]:
    return {name: form.text(name) for name in names}


def _converted(fields: dict[str, Any], wanted: Any) -> Any:
    try:
        return msgspec.convert(fields, wanted, strict=False)
    except msgspec.ValidationError as error:
        raise errors.InvalidField(problem=str(error), field="") from None


def _choice(form: Form) -> CancellationChoice:
    chosen = {"tickets": form.texts("ticket"), "waive_fee": form.text("waive_fee") == "yes"}
    if not chosen["tickets"]:
        raise errors.InvalidField(problem=NOTHING_CHOSEN, field="ticket")
    choice: CancellationChoice = _converted(chosen, CancellationChoice)
    return choice


def _cancellation(form: Form) -> CancellationWish:
    wish: CancellationWish = _converted(
        {
            **msgspec.to_builtins(_choice(form)),
            **_fields(form, "cancellation", "reason", "note"),
            "money": {"amount": form.text("amount", 18), "currency": form.text("currency", 3)},
            "hand_out": form.text("hand_out") == "yes",
        },
        CancellationWish,
    )
    return wish


async def _terms_again(request: StaffRequest, sales: Sales, order: str, form: Form) -> CancellationTerms | None:
    """What it comes to now, for a form that was refused; None where it can't be done at all."""
    try:
        return await look_at_counter_cancellation(sales, order, _choice(form), request.user)
    except errors.TicketingError:
        return None


async def _page(
    request: StaffRequest,
    sales: Sales,
    language: str,
    order_id: str,
    *,
    refused: errors.TicketingError | None = None,
    terms: CancellationTerms | None = None,
    choice: CancellationChoice | None = None,
    typed: Form | None = None,
) -> Response[Any]:
    try:
        order = await show_at_counter(sales, order_id, request.user)
    except errors.TicketingError as error:
        return await counter_page(request, sales, language, "", refusal=refusal_of(error, language), typed=order_id)
    view = await view_order(sales, order, language)
    done = request.query_params.get("done", "")
    sought = request.query_params.get("ticket", "")
    allowed = True
    if terms is not None:
        taken = [one.screening for one in order.tickets if one.ticket in terms.tickets]
        screenings = [await sales.catalogue.screening(screening) for screening in sorted(set(taken))]
        try:
            check_supervisor(terms.beyond, request.user, screenings)
        except errors.SupervisorNeeded:
            allowed = False
    refusal = refusal_of(refused, language, view.zone) if refused else None
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        till_open = await open_shift_of(connection, request.user.login) is not None
    return page(
        request,
        "counter_order.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        order=order,
        view=view,
        due=await found_order(sales, language, order.order),
        taking="counter" in sales.providers.names,
        receipt=new_form_key(),
        refusal=refusal,
        terms=terms,
        allowed=allowed,
        till_open=till_open,
        chosen=set(typed.texts("ticket")) if typed else {sought},
        waived=bool(typed and typed.text("waive_fee")),
        typed={
            name: typed.raw(name, 10_000_000)[:200] if typed else "" for name in ("reason", "note", "ticket", "way")
        },
        cancellation=uuid.uuid4(),
        reprint=uuid.uuid4(),
        reasons=CANCELLATION_REASONS,
        reprint_reasons=REPRINT_REASONS,
        beyond_words=lambda rules: beyond_words(rules, language),
        sought=sought,
        old=request.query_params.get("old") == "yes",
        cancelled=next((one for one in order.history.cancellations if str(one.cancellation) == done), None),
        reprinted=next((one for one in order.history.reprints if str(one.reprint) == done), None),
    )


routes = [post_search, show_order, post_terms, post_cancellation, post_reprint]
