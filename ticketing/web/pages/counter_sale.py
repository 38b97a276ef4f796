"""The counter's sale on one screen: choose a screening, hold seats, take the money, print. Works by keys alone."""

import contextlib
import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel import errors
from ticketing.kernel.errors import N_, TicketingError
from ticketing.kernel.money import Money
from ticketing.programme.catalogue import SCREENINGS_LISTED_MAX, ProgrammeFilters
from ticketing.programme.model import Screening, doors_open
from ticketing.sales.api import IDEMPOTENCY_KEY_SIGNS_MAX
from ticketing.sales.counter_rules import check_counter_sells
from ticketing.sales.counter_sale import CounterSale, hold_at_counter, sell_at_counter
from ticketing.sales.desk import Sales, read_order
from ticketing.sales.model import OrderFacts
from ticketing.sales.tills.shifts import shift_of
from ticketing.seating.counts import MirrorCounts
from ticketing.seating.holds import SEATS_PER_REQUEST_MAX, release_hold, show_hold
from ticketing.seating.model import AreaPlaces, BestSeats, Hold, NamedSeats, Wish
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.staff.reach import require_reach
from ticketing.web.pages.counter_sale_view import (
    ListedScreening,
    search,
    seats_to_sell,
    sold_here,
    total_of,
)
from ticketing.web.pages.formatting import money_pattern
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.hall_plan import Plan, plan_of
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.money_typed import minor_units, units_text
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import new_form_key, page, see_other

BOX_OFFICE = [requires(Role.BOX_OFFICE)]
PLACE: Final = "/{language:str}/counter/sale"
SEARCH_SIGNS_MAX: Final = 100
SEATS_SIGNS_MAX: Final = 2_000
TYPED: Final = {"email": 254, "name": 200, "given": 40, "seats": SEATS_SIGNS_MAX, "count": 4}
BODY_SIGNS_MAX: Final = 10_000_000
"""More than a body may have: what was typed is shown again, cut, whatever it was."""
COUNT_PROBLEM: Final = N_("The number of seats must be between 1 and 100")
NO_SEATS_PROBLEM: Final = N_("Choose at least one seat")
SALE_PROBLEM: Final = N_("Something is missing, too long, or no address")


@get(PLACE, guards=BOX_OFFICE, include_in_schema=False)
async def show_sale(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    counts: NamedDependency[MirrorCounts],
    language: FromPath[str],
) -> Response[Any]:
    """Everything on one screen, from where one is: the screening and the hold stand in the address."""
    require_language(language)
    asked = request.query_params
    desk = _Desk(request, sales, counts, language)
    try:
        await desk.look_at(asked.get("screening", ""), asked.get("hold", ""))
        await desk.look_at_sold(asked.get("sold", ""), asked.get("given", ""))
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
    """Hold seats: named ones, the best for a party, or places of an area. What was held before is given up."""
    require_language(language)
    form = await read_form(request)
    screening, before = form.text("screening", 63), form.text("hold", 128)
    desk = _Desk(request, sales, counts, language)
    try:
        hold = await hold_at_counter(sales, screening, _wish(form), request.user, before or None)
    except TicketingError as error:
        with contextlib.suppress(TicketingError):
            await desk.look_at(screening, before)
        return await desk.page(refused=error, typed=form)
    return see_other(f"/{language}/counter/sale?{urlencode({'screening': screening, 'hold': hold.hold})}")


@post(PLACE + "/release", guards=BOX_OFFICE, include_in_schema=False, status_code=200)
async def post_release(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str]
) -> Response[Any]:
    """Give the seats back; the screening stays chosen."""
    require_language(language)
    form = await read_form(request)
    await release_hold(sales.seating, form.text("hold", 128))
    return see_other(f"/{language}/counter/sale?{urlencode({'screening': form.text('screening', 63)})}")


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
    desk = _Desk(request, sales, counts, language)
    try:
        await desk.look_at(form.text("screening", 63), form.text("hold", 128), form)
        if form.text("do") not in ("reckon", "same"):
            key, sale = _key(form), desk.sale(form)
            sold = await sell_at_counter(sales, sale, key, request.user)
            asked = {"sold": sold.order.order, "screening": form.text("screening", 63)}
            asked |= {"given": str(sale.given)} if sale.given is not None else {}
            return see_other(f"/{language}/counter/sale?{urlencode(asked)}")
    except TicketingError as error:
        return await desk.page(refused=error, typed=form)
    return await desk.page(typed=form)


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


class _Desk:
    """One look at the page: what is chosen, what is held, what was sold a moment ago."""

    def __init__(self, request: StaffRequest, sales: Sales, counts: MirrorCounts, language: str) -> None:
        self.request, self.sales, self.counts, self.language = request, sales, counts, language
        self.now = sales.context.clock.now()
        self.screening: Screening | None = None
        self.hold: Hold | None = None
        self.tariffs: dict[str, str] = {}
        self.sold: OrderFacts | None = None
        self.change: Money | None = None

    async def look_at(self, screening: str, hold: str, form: Form | None = None) -> None:
        """The screening and the hold that the address names.

        Raises:
            UnknownScreening, OutOfReach, SalesClosed, ByInvitation
            HoldExpired: the seats were given back meanwhile.
            SeatingUnavailable
        """
        if not screening:
            return
        found = await self.sales.catalogue.public_screening(screening)
        check_counter_sells(found, self.request.user, self.now)
        self.screening = found
        if not hold:
            return
        try:
            self.hold = await show_hold(self.sales.seating, hold)
        except errors.UnknownHold:
            # Sold already, by the same form sent twice: then its key is known, and its seats are asked for there.
            if form is None or not form.text("key"):
                raise errors.HoldExpired(hold=hold) from None
        if self.hold is not None and self.hold.screening != screening:
            self.hold = None
            raise errors.HoldExpired(hold=hold)
        if form is not None:
            named = [name.removeprefix("tariff:") for name in form.names() if name.startswith("tariff:")]
            self.tariffs = {seat: form.text(f"tariff:{seat}", 63) for seat in named}
            if form.text("do") == "same" and named:
                self.tariffs = dict.fromkeys(named, self.tariffs[named[0]])

    async def look_at_sold(self, order: str, given: str) -> None:
        """The order that was sold a moment ago, and what goes back of the cash that was given for it.

        Raises:
            UnknownOrder, OutOfReach
        """
        if not order:
            return
        sold = await read_order(self.sales.context.postgres, order[:8])
        for name in sorted({ticket.screening for ticket in sold.tickets}):
            shown = await self.sales.catalogue.screening(name)
            require_reach(self.request.user.reach, festival=shown.festival, venue=shown.venue.venue)
        self.sold = sold
        if given.isascii() and given.isdigit() and len(given) <= 15:
            self.change = Money(max(0, int(given) - self.sold.total), self.sold.currency)

    def sale(self, form: Form) -> CounterSale:
        """What the form sells.

        Raises:
            InvalidField: something is missing, too long, or no address.
        """
        currency = self.screening.currency if self.screening else ""
        method = form.text("method")
        amount = minor_units(form.text("amount", 40), "amount") or 0
        wish = {
            "holds": [
                {
                    "hold": form.text("hold", 128),
                    "tickets": [{"seat": seat, "tariff": tariff} for seat, tariff in self.tariffs.items()],
                }
            ],
            "money": {"amount": amount, "currency": currency},
            "mode": form.text("mode"),
            "method": method if amount else None,
            "given": minor_units(form.text("given", 40), "given") if method == "cash" else None,
            "email": form.text("email", 254) or None,
            "name": form.text("name", 200) or None,
            "locale": self.language,
        }
        try:
            return msgspec.convert(wish, CounterSale)
        except msgspec.ValidationError:
            raise errors.InvalidField(problem=SALE_PROBLEM, field="") from None

    async def page(self, *, refused: TicketingError | None = None, typed: Form | None = None) -> Response[Any]:
        """The page."""
        language, screening = self.language, self.screening
        refusal: Refusal | None = None
        if refused is not None:
            refusal = refusal_of(refused, language, screening.timezone if screening else None)
        plan: Plan | None = None
        seats: Sequence[Any] = ()
        if screening is not None:
            layout = await self.sales.catalogue.layout(screening.layout_id)
            held = self.hold.seats if self.hold else ()
            plan = await plan_of(self.sales, screening, layout, language, held)
            seats = seats_to_sell(screening, layout, held, self.tariffs, language)
        asked = self.request.query_params.get("q", "")[:SEARCH_SIGNS_MAX]
        total = total_of(seats, screening.currency if screening else "KZT")
        fields = {name: typed.raw(name, BODY_SIGNS_MAX)[:most] if typed else "" for name, most in TYPED.items()}
        return page(
            self.request,
            "counter_sale.html",
            language,
            status_code=refusal.status if refusal else 200,
            festival=None,
            cart_count=0,
            refusal=refusal,
            shift=await shift_of(self.sales, self.request.user),
            screenings=await self._screenings(asked),
            searched=asked,
            s=screening,
            hold=self.hold,
            hold_left_ms=max(0, round((self.hold.expires_at - self.now).total_seconds() * 1000))
            if self.hold
            else 0,
            plan=plan,
            seats=seats,
            total=total,
            amount=units_text(total.amount),
            pattern=money_pattern(total.currency, language),
            change=self._change(typed, total),
            entering=screening is not None and doors_open(screening, self.now),
            mode=typed.text("mode") if typed else "",
            method=typed.text("method") if typed else "",
            typed=fields,
            key=(typed.text("key") if typed and self.hold else "") or new_form_key(),
            sold=self.sold,
            sold_change=self.change,
            changed=refused is not None and isinstance(refused, errors.PriceChanged),
        )

    def _change(self, typed: Form | None, total: Money) -> Money | None:
        """What goes back of what was typed as given; None where that is no sum, or too little."""
        given: int | None = None
        with contextlib.suppress(errors.InvalidField):
            given = minor_units(typed.text("given", 40), "given") if typed else None
        return Money(given - total.amount, total.currency) if given is not None and given >= total.amount else None

    async def _screenings(self, asked: str) -> list[ListedScreening]:
        listed, _ = await self.sales.catalogue.programme(
            ProgrammeFilters(), now=self.now, limit=SCREENINGS_LISTED_MAX
        )
        found = search(sold_here(listed, self.request.user, self.now), asked, self.language)
        free = await self.counts.free_places([one.screening_id for one, _ in found])
        return [ListedScreening(one, free.get(one.screening_id), words) for one, words in found]


routes = [show_sale, post_seats, post_release, post_sale]
