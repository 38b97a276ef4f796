"""The till's pages: one's own, opened and closed; and for supervisors all shifts with their differences."""

import secrets
import uuid
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.door.book import SQL as DOOR_SQL
from ticketing.door.evening import VENUES_LISTED_MAX
from ticketing.kernel.errors import N_, InvalidField, TicketingError
from ticketing.kernel.i18n import pick, translate
from ticketing.kernel.postgres import database_errors
from ticketing.sales.desk import Sales
from ticketing.sales.tills.api import cursor_of, shift_of_cursor, till_named
from ticketing.sales.tills.model import (
    NOTE_SIGNS_MAX,
    Coins,
    Shift,
    ShiftClosing,
    ShiftOpening,
    TerminalTotal,
    TillTerms,
)
from ticketing.sales.tills.shifts import (
    close_shift,
    list_bookings,
    list_shifts,
    open_shift,
    shift_of,
    show_shift,
    supervises,
)
from ticketing.sales.tills.tills import list_tills, set_till
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role, allows
from ticketing.staff.reach import touches
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.money_typed import minor_units
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page, see_other

BOX_OFFICE = [requires(Role.BOX_OFFICE)]
SUPERVISOR = [requires(Role.SUPERVISOR)]
SHIFTS_A_PAGE: Final = 30
BODY_SIGNS_MAX: Final = 10_000_000
"""More than a body may have: what was typed is shown again, cut, whatever it was."""
AGAIN_PROBLEM: Final = N_("Open the page again")


@get("/{language:str}/counter/till", guards=BOX_OFFICE, include_in_schema=False)
async def show_till(request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str]) -> Response[Any]:
    """One's open till, to be closed; else those that can be opened."""
    require_language(language)
    return await _page(request, sales, language)


@post("/{language:str}/counter/till", guards=BOX_OFFICE, include_in_schema=False, status_code=200)
async def post_opening(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str]
) -> Response[Any]:
    """Open a till, with what lies in it."""
    require_language(language)
    form = await read_form(request)
    try:
        opening = ShiftOpening(_shift_in(form), await _coins_in(sales, form, "float"))
        await open_shift(sales, till_named(form.text("till", 63)), opening, request.user)
    except TicketingError as error:
        return await _page(request, sales, language, refused=error, typed=form)
    return see_other(f"/{language}/counter/till")


@post("/{language:str}/counter/till/closing", guards=BOX_OFFICE, include_in_schema=False, status_code=200)
async def post_closing(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str]
) -> Response[Any]:
    """Close a till with what was counted; its report follows."""
    require_language(language)
    form = await read_form(request)
    try:
        shift = _shift_in(form)
        closing = ShiftClosing(
            await _coins_in(sales, form, "cash"),
            await _terminal_in(sales, form),
            form.text("note", NOTE_SIGNS_MAX),
        )
        await close_shift(sales, shift, closing, request.user)
    except TicketingError as error:
        return await _page(request, sales, language, refused=error, typed=form)
    return see_other(f"/{language}/counter/shifts/{shift}")


@get("/{language:str}/counter/shifts/{shift:uuid}", guards=BOX_OFFICE, include_in_schema=False)
async def show_report(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], shift: FromPath[uuid.UUID]
) -> Response[Any]:
    """One shift on one page, to be printed and signed; a supervisor closes it here for somebody who went home."""
    require_language(language)
    return await _report(request, sales, language, await show_shift(sales, shift, request.user))


@get("/{language:str}/counter/shifts", guards=SUPERVISOR, include_in_schema=False)
async def show_shifts(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str]
) -> Response[Any]:
    """All shifts, the latest first, and the tills."""
    require_language(language)
    return await _list(request, sales, language)


@post("/{language:str}/counter/shifts", guards=SUPERVISOR, include_in_schema=False, status_code=200)
async def post_till(request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str]) -> Response[Any]:
    """Put up a till, or change one."""
    require_language(language)
    form = await read_form(request)
    try:
        wish = {name: form.text(name, 80) for name in ("venue", "name")}
        terms = msgspec.convert({**wish, "in_use": (form.text("turn") or form.text("in_use")) != "no"}, TillTerms)
        await set_till(sales, till_named(form.text("till", 63)), terms, request.user)
    except msgspec.ValidationError as error:
        refusal = InvalidField(problem=str(error), field="name")
        return await _list(request, sales, language, refused=refusal, typed=form)
    except TicketingError as error:
        return await _list(request, sales, language, refused=error, typed=form)
    return see_other(f"/{language}/counter/shifts")


def _shift_in(form: Form) -> uuid.UUID:
    try:
        return uuid.UUID(form.text("shift", 36))
    except ValueError:
        raise InvalidField(problem=AGAIN_PROBLEM, field="shift") from None


async def _coins_in(sales: Sales, form: Form, kind: str) -> tuple[Coins, ...]:
    """What was typed into the fields ``float-KZT``, ``cash-EUR`` and so on; those left empty were not counted."""
    amounts = {
        currency: minor_units(form.text(f"{kind}-{currency}", 40), f"{kind}-{currency}")
        for currency in await _currencies(sales)
    }
    return tuple(Coins(amount, currency) for currency, amount in amounts.items() if amount is not None)


async def _terminal_in(sales: Sales, form: Form) -> tuple[TerminalTotal, ...]:
    """What was typed into the fields ``terminal-KZT`` and so on; those left empty were not read."""
    amounts = {
        currency: minor_units(form.text(f"terminal-{currency}", 40), f"terminal-{currency}", below_zero=True)
        for currency in await _currencies(sales)
    }
    return tuple(TerminalTotal(amount, currency) for currency, amount in amounts.items() if amount is not None)


async def _currencies(sales: Sales) -> list[str]:
    return sorted({festival.currency for festival in await sales.catalogue.festivals()})


async def _venues(request: StaffRequest, sales: Sales, language: str) -> dict[str, str]:
    async with database_errors():
        rows = await sales.context.postgres.fetch(DOOR_SQL.list_venues, VENUES_LISTED_MAX)
    return {
        row["venue_id"]: f"{pick(row['city_name'], language)}, {pick(row['name'], language)}"
        for row in rows
        if touches(request.user.reach, venue=row["venue_id"])
    }


def _typed(form: Form | None, kinds: Sequence[str], currencies: Sequence[str]) -> dict[str, str]:
    names = [f"{kind}-{currency}" for kind in kinds for currency in currencies] + ["till", "venue", "name", "note"]
    return {name: form.raw(name, BODY_SIGNS_MAX)[:NOTE_SIGNS_MAX] if form else "" for name in names}


async def _page(
    request: StaffRequest,
    sales: Sales,
    language: str,
    *,
    refused: TicketingError | None = None,
    typed: Form | None = None,
) -> Response[Any]:
    mine = await shift_of(sales, request.user)
    if mine is not None:
        return await _report(request, sales, language, mine, refused=refused, typed=typed)
    currencies = await _currencies(sales)
    refusal = refusal_of(refused, language) if refused else None
    return page(
        request,
        "till.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        tills=[till for till in await list_tills(sales, request.user) if till.in_use],
        venues=await _venues(request, sales, language),
        currencies=currencies,
        shift=uuid.uuid4(),
        refusal=refusal,
        typed=_typed(typed, ("float",), currencies),
        supervisor=allows(request.user.role, Role.SUPERVISOR),
    )


async def _report(
    request: StaffRequest,
    sales: Sales,
    language: str,
    shift: Shift,
    *,
    refused: TicketingError | None = None,
    typed: Form | None = None,
) -> Response[Any]:
    moved = {money.currency for money in shift.money}
    # Those that this till has had in hand first.
    currencies = sorted(await _currencies(sales), key=lambda currency: (currency not in moved, currency))
    venues = await _venues(request, sales, language)
    bookings = await list_bookings(sales, uuid.UUID(shift.shift), request.user)
    refusal = refusal_of(refused, language) if refused else None
    return page(
        request,
        "till_shift.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        shift=shift,
        bookings=bookings,
        venue=venues.get(shift.venue, shift.venue),
        currencies=currencies,
        refusal=refusal,
        typed=_typed(typed, ("cash", "terminal"), currencies),
        supervisor=supervises(request.user, shift.venue),
        mine=shift.login == request.user.login,
        note_signs_max=NOTE_SIGNS_MAX,
    )


async def _list(
    request: StaffRequest,
    sales: Sales,
    language: str,
    *,
    refused: TicketingError | None = None,
    typed: Form | None = None,
) -> Response[Any]:
    cursor = request.query_params.get("cursor", "")
    before = None
    try:
        before = shift_of_cursor(cursor) if cursor else None
    except TicketingError as error:
        refused = error
    shifts = await list_shifts(sales, request.user, before=before, limit=SHIFTS_A_PAGE)
    refusal = refusal_of(refused, language) if refused else None
    return page(
        request,
        "till_shifts.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        shifts=shifts,
        older=cursor_of(shifts[-1]) if len(shifts) == SHIFTS_A_PAGE else "",
        later=bool(cursor),
        tills=await list_tills(sales, request.user),
        venues=await _venues(request, sales, language),
        new_till=f"till-{secrets.token_hex(4)}",
        refusal=refusal,
        typed=_typed(typed, (), ()),
        words=translate(N_("Change"), language),
    )


routes = [show_till, post_opening, post_closing, show_report, show_shifts, post_till]
