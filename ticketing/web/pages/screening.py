"""The page of a screening: the film, the hall, and the choice of seats, with and without scripts."""

import dataclasses
from collections.abc import Sequence
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from ticketing.kernel.errors import Missing, TicketingError
from ticketing.kernel.i18n import translate
from ticketing.programme.model import Screening
from ticketing.sales.desk import Sales
from ticketing.sales.waiting.joining import decline_offers_of
from ticketing.seating.counts import MirrorCounts
from ticketing.seating.holds import Seating
from ticketing.seating.live import Live
from ticketing.web.pages.cart import Cart
from ticketing.web.pages.choosing import seats_of
from ticketing.web.pages.choosing_place import ChoosingPlace, standing_cart
from ticketing.web.pages.choosing_steps import STEPS, take_step
from ticketing.web.pages.hall_parts import hall_parts
from ticketing.web.pages.instead import hint_of, leftover_of, refusal_for
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.other_screenings import other_screenings
from ticketing.web.pages.programme_view import row_of, sale_state
from ticketing.web.pages.refusal import Refusal
from ticketing.web.pages.rendering import page, see_other
from ticketing.web.pages.screening_view import OfferedSeats
from ticketing.web.pages.structured import screening_head

PUBLIC = {"access": "public"}
PATH = "/{language:str}/screenings/{screening:str}"
SELLING: Final = ("open", "few", "sold_out", "unknown")
"""The states in which the hall is shown: sold out too, since seats that are given back appear in it."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Desk:
    """What the handlers of this page share: the request, its screening, and whom to ask."""

    request: AnyRequest
    seating: Seating
    live: Live
    counts: MirrorCounts
    language: str
    screening: Screening

    @property
    def place(self) -> ChoosingPlace:
        """Choosing for the cart."""
        address = f"/{self.language}/screenings/{self.screening.screening_id}"
        return ChoosingPlace(address, f"{address}/continue", translate("To the payment", self.language))

    async def cart(self) -> Cart:
        """What stands kept; nothing where that can't be said now: the page then says so by itself."""
        try:
            return await standing_cart(self.request, self.seating, self.place)
        except TicketingError:
            return Cart((), 0)

    async def go_on(self) -> Response[Any]:
        """To the checkout, or the hall with what to do first."""
        screening, cart = self.screening, await self.cart()
        if not seats_of(cart, screening.screening_id):
            return see_other(self.place.address)
        layout = await self.seating.catalogue.layout(screening.layout_id)
        leftover = await leftover_of(self.live, screening, layout, cart)
        if leftover is None:
            return see_other(f"/{self.language}/cart")
        hint = hint_of(leftover, screening, layout, self.language)
        return await self.show(cart, refusal_for(hint), [hint.offer])

    async def show(
        self, cart: Cart, refusal: Refusal | None = None, offers: Sequence[OfferedSeats] = ()
    ) -> Response[Any]:
        """The page."""
        screening = self.screening
        now = self.seating.context.clock.now()
        hall = await hall_parts(
            self.seating,
            self.live,
            self.language,
            screening=screening,
            place=self.place,
            cart=cart,
            refusal=refusal,
            offers=offers,
        )
        state = sale_state(screening, now, hall.free)
        catalogue = self.seating.catalogue
        others = await other_screenings(catalogue, self.counts, screening, now) if state != "open" else []
        return page(
            self.request,
            "screening.html",
            self.language,
            status_code=refusal.status if refusal else 200,
            compress=refusal is None,
            head=None
            if refusal
            else screening_head(self.request, row_of(screening, hall.free, now), self.language),
            festival=await catalogue.festival(screening.festival),
            s=screening,
            state=state,
            selling=state in SELLING,
            hall=hall,
            others=others,
            cart_count=len(cart.holds),
        )


async def desk_of(
    request: AnyRequest,
    *,
    seating: NamedDependency[Seating],
    live: NamedDependency[Live],
    seat_counts: NamedDependency[MirrorCounts],
    language: FromPath[str],
    screening: FromPath[str],
) -> _Desk:
    """The page that the address names.

    Raises:
        Missing, UnknownScreening, DatabaseUnavailable
    """
    require_language(language)
    found = await seating.catalogue.public_screening(screening)
    return _Desk(request, seating, live, seat_counts, language, found)


DESK: Final = {"desk": Provide(desk_of)}


@get(PATH, opt=PUBLIC, dependencies=DESK, include_in_schema=False)
async def show_screening(
    desk: NamedDependency[_Desk],
) -> Response[str]:
    """The film and the hall as it is now, with the visitor's own seats marked."""
    return await desk.show(await desk.cart())


@post(PATH + "/{step:str}", opt=PUBLIC, dependencies=DESK, include_in_schema=False, status_code=200)
async def post_step(
    desk: NamedDependency[_Desk],
    sales: NamedDependency[Sales],
    step: FromPath[str],
) -> Response[Any]:
    """Take seats or give them back, find the best, add time: one form each; see ``choosing_steps``."""

    async def show(refusal: Refusal, cart: Cart, offers: Sequence[OfferedSeats]) -> Response[Any]:
        return await desk.show(cart, refusal, offers)

    before = await desk.cart() if step == "release" else Cart((), 0)
    answer = await take_step(
        desk.request,
        desk.seating,
        desk.live,
        desk.language,
        screening=desk.screening,
        place=desk.place,
        step=step,
        show=show,
    )
    # Seats of the waiting list that are given back here are declined, as on the list's own page.
    if (answer.status_code or 200) < 400:
        await decline_offers_of(
            sales, [hold.hold for hold in before.holds if hold.screening == desk.screening.screening_id]
        )
    return answer


@get(PATH + "/{step:str}", opt=PUBLIC, dependencies=DESK, include_in_schema=False)
async def show_step(
    desk: NamedDependency[_Desk],
    step: FromPath[str],
) -> Response[Any]:
    """``continue``: to the checkout, unless a single seat would be left over. A reloaded form: back to the hall."""
    if step in STEPS:
        return see_other(desk.place.address)
    if step != "continue":
        raise Missing
    return await desk.go_on()


routes = [show_screening, post_step, show_step]
