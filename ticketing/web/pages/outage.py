"""Tickets sold by hand, entered at the counter: the screenings, and the stack of one of them."""

import uuid
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import HandSoldRefused, InvalidField, TicketingError
from ticketing.kernel.i18n import translate
from ticketing.programme.model import Screening
from ticketing.sales.desk import Sales
from ticketing.sales.outage.entering import (
    enter_stack,
    list_batches,
    list_enterable,
    look_at_stack,
    show_batch,
)
from ticketing.sales.outage.model import HandSoldBatch, StackPreview
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.outage_form import (
    LINES_PROBLEM,
    PROBLEMS,
    TypedStack,
    empty_stack,
    lines_wanted,
    problems_by_line,
    read_stack,
    typed_stack,
)
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page, see_other

COUNTER = [requires(Role.BOX_OFFICE)]
PLACE: Final = "/{language:str}/counter/outage/{screening:str}"


@get("/{language:str}/counter/outage", guards=COUNTER, include_in_schema=False)
async def show_outage(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str]
) -> Response[Any]:
    """The screenings whose papers can be entered, the nearest in time first."""
    require_language(language)
    return page(
        request,
        "outage.html",
        language,
        festival=None,
        cart_count=0,
        screenings=await list_enterable(sales, request.user),
    )


@get(PLACE, guards=COUNTER, include_in_schema=False)
async def show_stack(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """Empty lines to be filled in, and what was entered before; `batch` shows one of these."""
    require_language(language)
    asked = await sales.catalogue.screening(screening)
    lines = lines_wanted(request.query_params.get("lines", ""))
    batch = request.query_params.get("batch", "")
    done: HandSoldBatch | None = None
    if batch:
        try:
            done = await show_batch(sales, uuid.UUID(batch), request.user)
        except (ValueError, TicketingError):
            done = None
    now = sales.context.clock.now()
    return await _page(request, sales, language, asked, empty_stack(asked, lines, now), done=done)


@post(PLACE + "/look", guards=COUNTER, include_in_schema=False, status_code=200)
async def post_look(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """What entering these papers would do; nothing is changed."""
    return await _taken(request, sales, language, screening, enter=False)


@post(PLACE, guards=COUNTER, include_in_schema=False, status_code=200)
async def post_stack(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """Enter them, or tell what stands against it. The form carries the name of the stack, so that it is one."""
    return await _taken(request, sales, language, screening, enter=True)


async def _taken(
    request: StaffRequest, sales: Sales, language: str, screening: str, *, enter: bool
) -> Response[Any]:
    require_language(language)
    asked = await sales.catalogue.screening(screening)
    form: Form = await read_form(request)
    typed = typed_stack(form)
    try:
        stack, wrong = read_stack(typed, asked)
    except TicketingError as error:
        return await _page(request, sales, language, asked, typed, refused=error)
    if stack is None:
        told = InvalidField(field="paper", problem=LINES_PROBLEM)
        return await _page(request, sales, language, asked, typed, refused=told, wrong=wrong)
    refused: TicketingError | None = None
    try:
        if enter:
            done = await enter_stack(sales, screening, stack, language, request.user)
            return see_other(f"/{language}/counter/outage/{screening}?batch={done.batch}")
    except HandSoldRefused as error:
        refused = error
    except TicketingError as error:
        return await _page(request, sales, language, asked, typed, refused=error)
    try:
        preview = await look_at_stack(sales, screening, stack.papers, request.user)
    except TicketingError as error:
        return await _page(request, sales, language, asked, typed, refused=error)
    return await _page(request, sales, language, asked, typed, refused=refused, preview=preview)


async def _page(
    request: StaffRequest,
    sales: Sales,
    language: str,
    screening: Screening,
    typed: TypedStack,
    *,
    refused: TicketingError | None = None,
    preview: StackPreview | None = None,
    done: HandSoldBatch | None = None,
    wrong: dict[int, list[str]] | None = None,
) -> Response[Any]:
    if preview is not None:
        wrong = problems_by_line(typed, preview)
    refusal = refusal_of(refused, language, screening.timezone) if refused else None
    tariffs = {price.tariff: price for price in screening.prices}
    return page(
        request,
        "outage_stack.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        s=screening,
        typed=typed,
        tariffs=tuple(tariffs.values()),
        preview=preview,
        wrong=wrong or {},
        problems={name: translate(words, language) for name, words in PROBLEMS.items()},
        done=done,
        batches=await list_batches(sales, screening.screening_id),
        refusal=refusal,
    )


routes = [show_outage, show_stack, post_look, post_stack]
