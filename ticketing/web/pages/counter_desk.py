"""One look at the counter's sale: what is chosen, what the basket holds, what was sold a moment ago."""

import contextlib
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Response

from ticketing.kernel import errors
from ticketing.kernel.errors import N_, TicketingError
from ticketing.kernel.ids import screening_of_hold
from ticketing.kernel.money import Money
from ticketing.programme.catalogue import SCREENINGS_LISTED_MAX, ProgrammeFilters
from ticketing.programme.model import Screening, doors_open
from ticketing.sales.counter_rules import check_counter_sells
from ticketing.sales.counter_sale import CounterSale
from ticketing.sales.desk import Sales, read_order
from ticketing.sales.model import OrderFacts
from ticketing.sales.tills.shifts import shift_of
from ticketing.seating.counts import MirrorCounts
from ticketing.seating.holds import show_hold
from ticketing.staff.guards import StaffRequest
from ticketing.staff.reach import require_reach
from ticketing.web.pages.counter_basket import (
    SLUG_SIGNS_MAX,
    USUAL_MODE,
    BasketPart,
    Choices,
    basket_total,
    carried,
    choices_of,
    first_to_end,
)
from ticketing.web.pages.counter_sale_view import ListedScreening, search, seats_to_sell, sold_here
from ticketing.web.pages.formatting import money_pattern
from ticketing.web.pages.forms import Form
from ticketing.web.pages.hall_plan import Plan, plan_of
from ticketing.web.pages.money_typed import minor_units, units_text
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import new_form_key, page

SEARCH_SIGNS_MAX: Final = 100
SEATS_SIGNS_MAX: Final = 2_000
TYPED: Final = {"email": 254, "name": 200, "given": 40, "seats": SEATS_SIGNS_MAX, "count": 4}
BODY_SIGNS_MAX: Final = 10_000_000
"""More than a body may have: what was typed is shown again, cut, whatever it was."""
SALE_PROBLEM: Final = N_("Something is missing, too long, or no address")


class CounterDesk:
    """What the page shows, gathered step by step."""

    def __init__(self, request: StaffRequest, sales: Sales, counts: MirrorCounts, language: str) -> None:
        self.request, self.sales, self.counts, self.language = request, sales, counts, language
        self.now = sales.context.clock.now()
        self.choices = Choices()
        self.screening: Screening | None = None
        self.basket: list[BasketPart] = []
        self.lost: list[Screening] = []
        self.sold: OrderFacts | None = None
        self.change: Money | None = None

    async def look_at(self, asked: Form, *, selling: bool = False) -> None:
        """The screening and the basket that an address or a form names. All that can be shown is, before a refusal.

        ``selling``: holds that are gone are none of its business. By the same form sent twice they are sold, which
        the sale itself knows by its key.

        Raises:
            UnknownScreening, OutOfReach, SalesClosed, ByInvitation, InvalidField
            HoldExpired: some seats were given back meanwhile.
            SeatingUnavailable
        """
        self.choices = choices_of(asked)
        refused: list[TicketingError] = []
        for hold_id in self.choices.holds:
            try:
                self.basket.append(await self._part(hold_id))
            except errors.HoldExpired as error:
                if not selling:
                    refused.append(error)
            except TicketingError as error:
                refused.append(error)
        screening = asked.text("screening", SLUG_SIGNS_MAX)
        try:
            if screening:
                self.screening = await self._sold_here(screening)
            elif self.basket:
                self.screening = self.basket[-1].screening
        except TicketingError as error:
            refused.append(error)
        if refused:
            raise refused[0]

    async def _part(self, hold_id: str) -> BasketPart:
        screening_id = screening_of_hold(hold_id)
        if screening_id is None:
            raise errors.HoldExpired(hold=hold_id)
        screening = await self._sold_here(screening_id)
        try:
            hold = await show_hold(self.sales.seating, hold_id)
        except errors.UnknownHold:
            self.lost.append(screening)
            raise errors.HoldExpired(hold=hold_id) from None
        layout = await self.sales.catalogue.layout(screening.layout_id)
        chosen = self.choices.tariffs_of(screening_id)
        seats = seats_to_sell(screening, layout, hold.seats, chosen, self.language)
        entering = doors_open(screening, self.now)
        mode = self.choices.modes.get(screening_id, USUAL_MODE) if entering else USUAL_MODE
        return BasketPart(hold, screening, tuple(seats), mode, entering)

    async def _sold_here(self, screening_id: str) -> Screening:
        screening = await self.sales.catalogue.public_screening(screening_id)
        check_counter_sells(screening, self.request.user, self.now)
        return screening

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
        method = form.text("method")
        amount = minor_units(form.text("amount", 40), "amount") or 0
        wish = {
            "holds": [
                {
                    "hold": hold,
                    "tickets": [
                        {"seat": seat, "tariff": tariff}
                        for seat, tariff in self.choices.tariffs_of(screening_of_hold(hold) or "").items()
                    ],
                    "mode": self.choices.modes.get(screening_of_hold(hold) or ""),
                }
                for hold in self.choices.holds
            ],
            "money": {"amount": amount, "currency": form.text("currency", 3)},
            "mode": USUAL_MODE,
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
        part: BasketPart | None = None
        plan: Plan | None = None
        if screening is not None:
            part = next((one for one in self.basket if one.screening.screening_id == screening.screening_id), None)
            layout = await self.sales.catalogue.layout(screening.layout_id)
            plan = await plan_of(self.sales, screening, layout, language, part.hold.seats if part else ())
        asked = self.request.query_params.get("q", "")[:SEARCH_SIGNS_MAX]
        total = basket_total(self.basket, screening.currency if screening else "KZT")
        fields = {name: typed.raw(name, BODY_SIGNS_MAX)[:most] if typed else "" for name, most in TYPED.items()}
        along = carried(self.basket)
        return page(
            self.request,
            "counter_sale.html",
            language,
            status_code=refusal.status if refusal else 200,
            festival=None,
            cart_count=0,
            refusal=refusal,
            lost=self.lost if isinstance(refused, errors.HoldExpired) else (),
            shift=await shift_of(self.sales, self.request.user),
            screenings=await self._screenings(asked),
            searched=asked,
            s=screening,
            basket=self.basket,
            part=part,
            carried=along,
            along=f"&{urlencode(along)}" if along else "",
            ends_at=first_to_end(self.basket),
            plan=plan,
            total=total,
            amount=units_text(total.amount),
            pattern=money_pattern(total.currency, language),
            change=self._change(typed, total),
            method=typed.text("method") if typed else "",
            typed=fields,
            key=(typed.text("key") if typed and self.basket else "") or new_form_key(),
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
