"""The checkout as an answer: what stands, what was lost, what it comes to, and everything that was typed."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import msgspec
from litestar import Response
from litestar.datastructures import Cookie

from ticketing.kernel import errors
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import translate
from ticketing.sales.desk import Sales, show_order
from ticketing.sales.model import OrderView, Voucher
from ticketing.sales.providers import Offer
from ticketing.sales.vouchers import look_up_voucher
from ticketing.seating.holds import release_hold
from ticketing.seating.live import Live
from ticketing.web.pages.cart import Cart, cart_cookie, hold_ids_of, secure_cookies
from ticketing.web.pages.checkout_rescue import Loss, loss_of
from ticketing.web.pages.checkout_view import (
    Part,
    Sum,
    Typed,
    by_currency,
    part_of,
    price_after,
    soonest_end,
    sum_of,
)
from ticketing.web.pages.email_spelling import USUAL_DOMAINS, spelled_right
from ticketing.web.pages.formatting import moment_text, money_pattern
from ticketing.web.pages.forms import Form
from ticketing.web.pages.languages import AnyRequest
from ticketing.web.pages.payment_policy import let_forms_lead_to_payment
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import page

ORDER_COOKIE: Final = "order"
ORDER_COOKIE_AGE_S: Final = 86_400
# Losses that a form may make us look into: each costs a look at a hall.
LOSSES_MAX: Final = 12

VOUCHER_PROBLEMS: Final = {
    "unknown": N_("There is no voucher %(voucher)s. Check its letters and digits"),
    "elsewhere": N_("The voucher %(voucher)s belongs to another festival"),
    "past": N_("The voucher %(voucher)s could be used until its date, which is past"),
    "used_up": N_("The voucher %(voucher)s has been used as often as it can be"),
}


@dataclasses.dataclass(frozen=True)
class Desk:
    """Who asks, in which language, and whom the checkout asks in turn."""

    request: AnyRequest
    sales: Sales
    live: Live
    language: str

    @property
    def client(self) -> str:
        """The address that asks."""
        return self.request.client.host if self.request.client else "unknown"


class Way(msgspec.Struct, frozen=True):
    """A way of paying on the page; ``does`` is what the button then says, with ``{}`` for the sum."""

    name: str
    title: str
    sentence: str
    does: str


@dataclasses.dataclass(frozen=True)
class Stand:
    """How a cart stands: the parts of this order, those of other currencies for later, and what was lost."""

    parts: list[Part]
    later: list[Part]
    losses: list[Loss]
    typed: Typed
    voucher: Voucher | None
    voucher_problem: str
    ended: int

    @property
    def sum(self) -> Sum | None:
        """What this order comes to."""
        return sum_of(self.parts, self.voucher)

    @property
    def kept(self) -> list[Part]:
        """Everything that is kept."""
        return [*self.parts, *self.later]


async def stand_of(desk: Desk, cart: Cart, typed: Typed) -> Stand:
    """How a cart stands beside what a form knew of it. Seats of a screening that was cancelled are given back.

    Raises:
        SeatingUnavailable, DatabaseUnavailable
    """
    parts: list[Part] = []
    for hold in cart.holds:
        screening = await desk.sales.catalogue.public_screening(hold.screening)
        if screening.status == "published":
            layout = await desk.sales.catalogue.layout(screening.layout_id)
            parts.append(part_of(hold, screening, layout, typed, desk.language))
        else:
            await release_hold(desk.sales.seating, hold.hold)
            typed = _known(typed, hold.hold, hold.seats)
    groups = by_currency(parts)
    first = groups[0] if groups else []
    voucher, problem = await _voucher(desk, typed, first)
    return Stand(
        parts=first,
        later=[part for group in groups[1:] for part in group],
        losses=await _losses(desk, parts, typed),
        typed=typed,
        voucher=voucher,
        voucher_problem=problem,
        ended=cart.ended,
    )


def _known(typed: Typed, hold_id: str, seats: Sequence[str]) -> Typed:
    """What was typed, with seats that the form may not have known: so that they are told as lost."""
    fields = {f"tariff:{hold_id}:{seat}": "" for seat in seats}
    return msgspec.structs.replace(typed, tariffs=fields | typed.tariffs)


async def _losses(desk: Desk, parts: Sequence[Part], typed: Typed) -> list[Loss]:
    standing = {(part.hold.hold, seat) for part in parts for seat in part.hold.seats}
    lost = {
        hold_id: [s for s in typed.seats_of(hold_id) if (hold_id, s) not in standing] for hold_id in typed.hold_ids
    }
    lost = {hold_id: seats for hold_id, seats in lost.items() if seats}
    if not lost:
        return []
    latest = await _latest_order(desk)
    found = [
        await loss_of(desk.sales, desk.live, hold_id, seats, latest=latest, language=desk.language)
        for hold_id, seats in list(lost.items())[:LOSSES_MAX]
    ]
    return [loss for loss in found if loss is not None]


async def _voucher(desk: Desk, typed: Typed, parts: Sequence[Part]) -> tuple[Voucher | None, str]:
    """The voucher as it counts now, or why it does not."""
    if not typed.voucher or not parts:
        return None, ""
    try:
        return await look_up_voucher(desk.sales, typed.voucher, [part.screening.festival for part in parts]), ""
    except errors.VoucherRefused as error:
        problem = VOUCHER_PROBLEMS[error.data["reason"]]
        return None, translate(problem, desk.language) % {"voucher": error.data["voucher"]}


async def checkout_page(
    desk: Desk,
    stand: Stand,
    *,
    refusal: Refusal | None = None,
    mistakes: Mapping[str, str] | None = None,
    lost: bool = False,
    ask_email: bool = False,
) -> Response[str]:
    """The page. ``lost``: seats of the order were gone, so it was not placed; ``ask_email``: nor was it, until the
    buyer has looked at the address again.
    """
    let_forms_lead_to_payment(desk.request, desk.sales)
    now, language = desk.sales.context.clock.now(), desk.language
    kept, total, typed = stand.kept, stand.sum, stand.typed
    ways = _ways(desk, stand) if total and total.total.amount else []
    status = refusal.status if refusal else 422 if mistakes or ask_email else 409 if lost else 200
    screenings = [part.screening for part in kept] or [loss.screening for loss in stand.losses]
    festival = await desk.sales.catalogue.festival(screenings[0].festival) if screenings else None
    meant = spelled_right(typed.email)
    return page(
        desk.request,
        "checkout.html",
        language,
        status_code=status,
        cookies=[_cookie(desk, kept)],
        festival=festival,
        stand=stand,
        parts=stand.parts,
        later=stand.later,
        losses=stand.losses,
        total=total,
        off=price_after,
        pattern=money_pattern(total.total.currency, language) if total else "{}",
        typed=typed,
        chosen_way=next((way for way in ways if way.name == typed.payment), ways[0] if ways else None),
        ways=ways,
        free_does=translate(FREE_DOES, language),
        refusal=refusal,
        mistakes=dict(mistakes or {}),
        meant=meant if meant and (ask_email or typed.email_asked == typed.email) else "",
        ask_email=ask_email,
        domains=" ".join(USUAL_DOMAINS),
        ended=stand.ended if not stand.losses else 0,
        ended_screenings=await _ended_screenings(desk, kept) if stand.ended and not stand.losses else [],
        expires_in_ms=soonest_end(kept, now),
        extendable=any(part.hold.extendable_until > part.hold.expires_at + timedelta(seconds=1) for part in kept),
        last_order=last_order(desk.request),
        cart_count=0,
    )


FREE_DOES: Final = N_("Get the tickets")
PAY_DOES: Final = N_("Pay %(sum)s")
COUNTER_DOES: Final = N_("Keep the seats, pay at the box office until %(moment)s")


def _ways(desk: Desk, stand: Stand) -> list[Way]:
    screenings = [part.screening for part in stand.parts]
    offers = desk.sales.providers.offers(screenings, desk.sales.context.clock.now(), desk.language)
    return [Way(offer.provider, offer.title, offer.sentence, _does(desk, stand, offer)) for offer in offers]


def _does(desk: Desk, stand: Stand, offer: Offer) -> str:
    if offer.provider == "counter":
        moment = moment_text(offer.until, stand.parts[0].screening.timezone, desk.language)
        return translate(COUNTER_DOES, desk.language) % {"moment": moment}
    return translate(PAY_DOES, desk.language) % {"sum": "{}"}


async def _ended_screenings(desk: Desk, kept: Sequence[Part]) -> list[Any]:
    """The screenings of holds that the cookie names and that have ended: to choose there again."""
    standing = {part.hold.hold for part in kept}
    names = {hold_id.partition(".")[0] for hold_id in hold_ids_of(desk.request) if hold_id not in standing}
    found = []
    for name in sorted(names - {part.screening.screening_id for part in kept}):
        try:
            found.append(await desk.sales.catalogue.public_screening(name))
        except errors.UnknownScreening:
            continue
    return found


def kept_page(desk: Desk, form: Form, typed: Typed, error: errors.Unavailable) -> Response[str]:
    """All that was typed, while a part of the house is away: one button sends it again as it was."""
    refusal = refusal_of(error, desk.language)
    shown = {"email", "name", "consent", "voucher", "payment", "_csrf_token"}
    fields = [(name, value) for name in form.names() if name not in shown for value in form.texts(name)]
    response = page(
        desk.request,
        "checkout_kept.html",
        desk.language,
        status_code=refusal.status,
        festival=None,
        refusal=refusal,
        fields=fields,
        typed=typed,
        seat_count=len(typed.tariffs),
        cart_count=0,
    )
    response.headers["retry-after"] = str(error.data.get("retry_after_s", 3))
    return response


def _cookie(desk: Desk, kept: Sequence[Part]) -> Cookie:
    ends_at = min((part.hold.expires_at for part in kept), default=None)
    ids = (part.hold.hold for part in kept)
    return cart_cookie(ids, secure=secure_cookies(desk.request), ends_at=ends_at)


def order_cookie(order: OrderView, *, secure: bool) -> Cookie:
    """Leads back to the latest order for a day; no script can read it."""
    return Cookie(
        key=ORDER_COOKIE,
        value=f"{order.order}~{order.secret}",
        max_age=ORDER_COOKIE_AGE_S,
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def last_order(request: AnyRequest) -> tuple[str, str] | None:
    """The reference and the secret of the latest order, as the cookie says; whether it stands is not looked up."""
    order, _, secret = request.cookies.get(ORDER_COOKIE, "").partition("~")
    return (order, secret) if order.isalnum() and secret.replace("-", "").replace("_", "").isalnum() else None


async def _latest_order(desk: Desk) -> OrderView | None:
    named = last_order(desk.request)
    if named is None:
        return None
    try:
        return await show_order(desk.sales, *named)
    except errors.UnknownOrder:
        return None
