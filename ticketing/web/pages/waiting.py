"""The waiting list for visitors: joining, one's place, the seats that are offered. Everything by plain forms."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import N_, InvalidField, TicketingError
from ticketing.kernel.i18n import translate
from ticketing.programme.layout import SeatKind
from ticketing.programme.model import Screening
from ticketing.sales.desk import Sales
from ticketing.sales.model import Email, Name
from ticketing.sales.waiting.joining import (
    change_waiting,
    decline_offer,
    join_waiting_list,
    leave_waiting_list,
    show_waiting,
    take_offer,
)
from ticketing.sales.waiting.model import JoinRequest, Party, WaitingChange, WaitingView, may_join
from ticketing.web.pages.cart import cart_cookie, hold_ids_of, read_cart, secure_cookies
from ticketing.web.pages.formatting import list_text, place_text
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.refusal import Refusal, refusal_of
from ticketing.web.pages.rendering import new_form_key, page, see_other
from ticketing.web.pages.screening_view import names_of_areas, names_of_sections

PUBLIC = {"access": "public"}
JOIN_PATH: Final = "/{language:str}/screenings/{screening:str}/waiting"
PATH: Final = "/{language:str}/waiting/{entry:str}/{secret:str}"
KEY_SIGNS_MAX: Final = 64

MISTAKES: Final = {
    "people": N_("How many are you? A number from 1 on is needed"),
    "wheelchair": N_("No more wheelchair places than people"),
    "email": N_("An e-mail address is needed, for example aigerim@example.kz: offers are sent there"),
    "name": N_("A name is needed"),
    "consent": N_("Without your consent we can't write to you when seats come free"),
}


class Typed(msgspec.Struct, frozen=True):
    """What was typed into the form, as it was typed."""

    people: str = "2"
    wheelchair: str = "0"
    zone: str = ""
    email: str = ""
    name: str = ""
    consent: bool = False
    key: str = ""


@get(JOIN_PATH, opt=PUBLIC, include_in_schema=False)
async def show_join(
    request: AnyRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[str]:
    """The form to join."""
    require_language(language)
    found = await sales.catalogue.public_screening(screening)
    return await _join_page(request, sales, language, found, Typed(key=new_form_key()))


@post(JOIN_PATH, opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_join(
    request: AnyRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """Join, and see one's place; or what is wrong beside its field, with all that was typed."""
    require_language(language)
    found = await sales.catalogue.public_screening(screening)
    typed = _typed(await read_form(request))
    mistakes = _mistakes(typed)
    if mistakes:
        return await _join_page(request, sales, language, found, typed, mistakes=mistakes)
    asked = JoinRequest(
        _party(typed),
        typed.email,
        typed.name,
        consent=typed.consent,
        locale=language,  # type: ignore[arg-type]  # checked above
    )
    client = request.client.host if request.client else "unknown"
    try:
        view = await join_waiting_list(sales, screening, asked, typed.key or None, client)
    except TicketingError as error:
        refusal = refusal_of(error, language, found.timezone)
        return await _join_page(request, sales, language, found, typed, refusal=refusal)
    if view.secret is None:
        # The address waits already, and only its owner is shown the entry: by the link in the letter.
        return await _join_page(request, sales, language, found, typed, known=True)
    return see_other(f"/{language}/waiting/{view.entry}/{view.secret}")


@get(PATH, opt=PUBLIC, include_in_schema=False)
async def show_entry(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    entry: FromPath[str],
    secret: FromPath[str],
) -> Response[str]:
    """One's place in the line, or the seats that are offered."""
    require_language(language)
    return await _entry_page(request, sales, language, await show_waiting(sales, entry, secret))


@post(PATH + "/{verb:str}", opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_entry(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    entry: FromPath[str],
    secret: FromPath[str],
    *,
    verb: FromPath[str],
) -> Response[Any]:
    """Change the party, leave, decline the offer, or take it: then its seats are in the cart."""
    require_language(language)
    view = await show_waiting(sales, entry, secret)
    form = await read_form(request)
    try:
        if verb == "take":
            return await _to_the_cart(request, sales, language, entry, secret)
        if verb == "party":
            typed = _typed(form)
            mistakes = [field for field in _mistakes(typed) if field in ("people", "wheelchair")]
            if mistakes:
                raise InvalidField(problem=MISTAKES[mistakes[0]], field=mistakes[0])
            await change_waiting(sales, entry, secret, WaitingChange(party=_party(typed)))
        elif verb == "decline":
            await decline_offer(sales, entry, secret)
        elif verb == "leave":
            await leave_waiting_list(sales, entry, secret)
        else:
            raise InvalidField(problem=N_("There is nothing like that to do here"), field="")
    except TicketingError as error:
        zone = (await sales.catalogue.screening(view.screening)).timezone
        view = await show_waiting(sales, entry, secret)
        return await _entry_page(request, sales, language, view, refusal=refusal_of(error, language, zone))
    return see_other(f"/{language}/waiting/{entry}/{secret}")


async def _to_the_cart(request: AnyRequest, sales: Sales, language: str, entry: str, secret: str) -> Response[Any]:
    hold = await take_offer(sales, entry, secret)
    hold_ids = [hold_id for hold_id in hold_ids_of(request) if hold_id != hold.hold]
    cart = await read_cart(sales.seating, [*hold_ids, hold.hold])
    cookie = cart_cookie([held.hold for held in cart.holds], secure=secure_cookies(request), ends_at=cart.ends_at)
    return see_other(f"/{language}/cart", [cookie])


async def _join_page(
    request: AnyRequest,
    sales: Sales,
    language: str,
    screening: Screening,
    typed: Typed,
    *,
    mistakes: dict[str, str] | None = None,
    refusal: Refusal | None = None,
    known: bool = False,
) -> Response[Any]:
    layout = await sales.catalogue.layout(screening.layout_id)
    said = {field: translate(words, language) for field, words in (mistakes or {}).items()}
    return page(
        request,
        "waiting_join.html",
        language,
        status_code=422 if mistakes else refusal.status if refusal else 200,
        festival=await sales.catalogue.festival(screening.festival),
        s=screening,
        typed=typed,
        mistakes=said,
        refusal=refusal,
        known=known,
        open=may_join(screening, sales.context.clock.now()),
        people_max=screening.rules.seats_per_hold_max,
        wheelchairs=any(seat.kind is SeatKind.WHEELCHAIR for seat in layout.seats),
    )


async def _entry_page(
    request: AnyRequest, sales: Sales, language: str, view: WaitingView, *, refusal: Refusal | None = None
) -> Response[Any]:
    screening = await sales.catalogue.screening(view.screening)
    layout = await sales.catalogue.layout(screening.layout_id)
    now = sales.context.clock.now()
    sections, areas = names_of_sections(layout, language), names_of_areas(screening, layout, language)
    seats = [place_text(seat, sections, areas, language) for seat in view.offer.seats] if view.offer else []
    return page(
        request,
        "waiting.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=await sales.catalogue.festival(screening.festival),
        s=screening,
        view=view,
        seats=list_text(seats, language),
        too_late=view.offer is not None and view.offer.expires_at <= now,
        minutes_left=max(1, int((view.offer.expires_at - now).total_seconds() // 60)) if view.offer else 0,
        again=may_join(screening, now),
        refusal=refusal,
        people_max=screening.rules.seats_per_hold_max,
        wheelchairs=any(seat.kind is SeatKind.WHEELCHAIR for seat in layout.seats),
    )


def _typed(form: Form) -> Typed:
    return Typed(
        people=form.text("people", 5),
        wheelchair=form.text("wheelchair", 5) or "0",
        zone=form.text("zone", 40),
        email=form.text("email"),
        name=form.text("name"),
        consent=bool(form.text("consent")),
        key=form.text("key", KEY_SIGNS_MAX),
    )


def _party(typed: Typed) -> Party:
    return Party(int(typed.people), int(typed.wheelchair), typed.zone or None)


def _mistakes(typed: Typed) -> dict[str, str]:
    """What is wrong, by field; how large a party may be is the festival's rule, not the form's."""
    numbers = {name: getattr(typed, name) for name in ("people", "wheelchair")}
    whole = {name: int(text) if text.isascii() and text.isdigit() else -1 for name, text in numbers.items()}
    wrong = {
        "people": whole["people"] < 1,
        "wheelchair": not 0 <= whole["wheelchair"] <= max(whole["people"], 0),
        "email": not _fits(typed.email, Email),
        "name": not _fits(typed.name, Name),
        "consent": not typed.consent,
    }
    return {field: MISTAKES[field] for field, is_wrong in wrong.items() if is_wrong}


def _fits(text: str, kind: Any) -> bool:
    try:
        msgspec.convert(text, kind)
    except msgspec.ValidationError:
        return False
    return True


routes = [show_join, post_join, show_entry, post_entry]
