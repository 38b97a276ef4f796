"""The counter's sale on one screen: choose screenings, hold seats, take the money, print. Works by keys alone."""

import contextlib
import re
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel import errors
from ticketing.kernel.errors import N_, TicketingError
from ticketing.kernel.ids import screening_of_hold
from ticketing.sales.api import IDEMPOTENCY_KEY_SIGNS_MAX
from ticketing.sales.counter_sale import hold_at_counter, sell_at_counter, take_out
from ticketing.sales.desk import Sales
from ticketing.sales.model import HOLDS_PER_ORDER_MAX
from ticketing.seating.counts import MirrorCounts
from ticketing.seating.holds import SEATS_PER_REQUEST_MAX
from ticketing.seating.model import AreaPlaces, BestSeats, NamedSeats, Wish
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.web.pages.counter_basket import FULL_PROBLEM, SLUG_SIGNS_MAX, Choices, choices_of
from ticketing.web.pages.counter_desk import SALE_PROBLEM, SEATS_SIGNS_MAX, CounterDesk
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.rendering import see_other

BOX_OFFICE = [requires(Role.BOX_OFFICE)]
PLACE: Final = "/{language:str}/counter/sale"
COUNT_PROBLEM: Final = N_("The number of seats must be between 1 and 100")
NO_SEATS_PROBLEM: Final = N_("Choose at least one seat")


@get(PLACE, guards=BOX_OFFICE, include_in_schema=False)
async def show_sale(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    counts: NamedDependency[MirrorCounts],
    language: FromPath[str],
) -> Response[Any]:
    """Everything on one screen, from where one is: the screening and the holds stand in the address."""
    require_language(language)
    asked = Form(request.query_params)
    desk = CounterDesk(request, sales, counts, language)
    try:
        await desk.look_at(asked)
        await desk.look_at_sold(asked.text("sold"), asked.text("given"))
    except TicketingError as error:
        return await desk.page(refused=error)
    return await desk.page()


@post(PLACE + "/seats", guards=BOX_OFFICE, include_in_schema=False, status_code=200)
async def post_seats(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    counts: NamedDependency[MirrorCounts],
    language: FromPath[str],
) -> Response[Any]:
    """Hold seats: named ones, the best for a party, or places of an area. What was held of this screening before is
    given up; what is held of others stays.
    """
    require_language(language)
    form = await read_form(request)
    desk = CounterDesk(request, sales, counts, language)
    try:
        screening, choices = form.text("screening", SLUG_SIGNS_MAX), choices_of(form)
        before = choices.hold_of(screening)
        await _check_fits(sales, screening, [hold for hold in choices.holds if hold != before])
        hold = await hold_at_counter(sales, screening, _wish(form), request.user, before)
    except TicketingError as error:
        with contextlib.suppress(TicketingError):
            await desk.look_at(form)
        return await desk.page(refused=error, typed=form)
    return see_other(_address(language, screening, choices.with_hold(hold.hold, before)))


@post(PLACE + "/release", guards=BOX_OFFICE, include_in_schema=False, status_code=200)
async def post_release(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    counts: NamedDependency[MirrorCounts],
    language: FromPath[str],
) -> Response[Any]:
    """Give back what ``out`` names: a hold, a seat of one (behind a space), or all where it is empty. The screening
    stays chosen.
    """
    require_language(language)
    form = await read_form(request)
    desk = CounterDesk(request, sales, counts, language)
    try:
        screening, choices = form.text("screening", SLUG_SIGNS_MAX), choices_of(form)
        out, _, seat = form.text("out").partition(" ")
        for hold in choices.holds:
            if out in ("", hold):
                await take_out(sales, hold, seat or None)
    except TicketingError as error:
        with contextlib.suppress(TicketingError):
            await desk.look_at(form)
        return await desk.page(refused=error, typed=form)
    with contextlib.suppress(errors.HoldExpired):
        await desk.look_at(form)
    standing = tuple(part.hold.hold for part in desk.basket)
    return see_other(_address(language, screening, Choices(standing, choices.tariffs, choices.modes)))


@post(PLACE, guards=BOX_OFFICE, include_in_schema=False, status_code=200)
async def post_sale(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    counts: NamedDependency[MirrorCounts],
    language: FromPath[str],
) -> Response[Any]:
    """Sell; or, where no script does it, reckon the sum and the change first (``do``: ``reckon``, ``same``)."""
    require_language(language)
    form = await read_form(request)
    desk = CounterDesk(request, sales, counts, language)
    try:
        selling = form.text("do") not in ("reckon", "same")
        await desk.look_at(form, selling=selling)
        if selling:
            key, sale = _key(form), desk.sale(form)
            sold = await sell_at_counter(sales, sale, key, request.user)
            asked = {"sold": sold.order.order, "screening": form.text("screening", SLUG_SIGNS_MAX)}
            asked |= {"given": str(sale.given)} if sale.given is not None else {}
            return see_other(f"/{language}/counter/sale?{urlencode(asked)}")
    except TicketingError as error:
        return await desk.page(refused=error, typed=form)
    return await desk.page(typed=form)


def _address(language: str, screening: str, choices: Choices) -> str:
    return f"/{language}/counter/sale?{urlencode([('screening', screening), *choices.fields()])}"


async def _check_fits(sales: Sales, screening_id: str, others: list[str]) -> None:
    """Go on where seats of a screening can be sold together with those that are held.

    Raises:
        UnknownScreening, CurrenciesMixed
        InvalidField: the basket is full.
    """
    if len(others) >= HOLDS_PER_ORDER_MAX:
        raise errors.InvalidField(problem=FULL_PROBLEM, field="hold")
    named = [screening_id, *filter(None, map(screening_of_hold, others))]
    currencies = {(await sales.catalogue.public_screening(one)).currency for one in named}
    if len(currencies) > 1:
        raise errors.CurrenciesMixed(currencies=sorted(currencies))


def _key(form: Form) -> str:
    key = form.text("key", IDEMPOTENCY_KEY_SIGNS_MAX)
    if not key:
        raise errors.InvalidField(problem=SALE_PROBLEM, field="key")
    return key


def _wish(form: Form) -> Wish:
    wish = form.text("wish")
    if wish == "named":
        seats = tuple(
            dict.fromkeys(seat for seat in re.split(r"[\s,;]+", form.text("seats", SEATS_SIGNS_MAX)) if seat)
        )
        if not seats or len(seats) > SEATS_PER_REQUEST_MAX:
            raise errors.InvalidField(problem=NO_SEATS_PROBLEM, field="seats")
        return NamedSeats(seats)
    count = form.number("count", 0)
    if not 1 <= count <= SEATS_PER_REQUEST_MAX:
        raise errors.InvalidField(problem=COUNT_PROBLEM, field="count")
    if wish == "area":
        return AreaPlaces(form.text("area", 64), count)
    return BestSeats(count, form.text("zone", 40) or None)


routes = [show_sale, post_seats, post_release, post_sale]
