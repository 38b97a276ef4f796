"""A screening at the desk: copied to other days, cancelled with what that does to its tickets."""

import re
from datetime import date, time
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import N_, EntryRefused, InvalidField, TicketingError
from ticketing.kernel.i18n import LOCALES, in_language, translate
from ticketing.programme.desk.copying import copy_screening, starts_between
from ticketing.programme.desk.writing import Writer
from ticketing.programme.model import Screening
from ticketing.sales.desk import Sales
from ticketing.sales.screenings.cancelling import Way, cancel_screening, look_at_screening
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.staff.reach import require_reach
from ticketing.web.pages.formatting import language_text
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page, see_other

ORGANISER: Final = [requires(Role.ORGANISER)]
PLACE: Final = "/{language:str}/desk/programme"
REASON_SIGNS_MAX: Final = 500
DAY_PROBLEM: Final = N_("That is no day, or no time")
WAY_PROBLEM: Final = N_("Choose what becomes of the tickets")
WAYS: Final[tuple[tuple[Way, str], ...]] = (
    (
        "refund",
        N_("Give all money back now: every ticket is void, its price goes back the way it was paid"),
    ),
    (
        "choice",
        N_("Let buyers choose: they exchange tickets, or give them back for the whole sum"),
    ),
)


@get(PLACE + "/copy/{screening:str}", guards=ORGANISER, include_in_schema=False)
async def show_copy(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """Where to copy it to."""
    require_language(language)
    asked = await _screening(request, sales, screening)
    return _copy_page(request, language, asked)


@post(PLACE + "/copy/{screening:str}", guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_copy(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """Copies, all or none; then the week in which the first of them is."""
    require_language(language)
    asked = await _screening(request, sales, screening)
    form = await read_form(request)
    try:
        first, last, times = _days(form)
        status = "published" if form.text("status") == "published" else "draft"
        writer = Writer(request.user.login, request.user.reach)
        await copy_screening(sales.context, writer, screening, starts_between(first, last, times), status)
    except TicketingError as error:
        return _copy_page(request, language, asked, form, error)
    sales.catalogue.forget()
    return see_other(f"/{language}/desk/programme?festival={asked.festival}&from={first}")


@get(PLACE + "/cancellation/{screening:str}", guards=ORGANISER, include_in_schema=False)
async def show_screening_cancellation(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """What cancelling would do; once it is done, how far it is."""
    require_language(language)
    return await _cancellation_page(request, sales, language, await _screening(request, sales, screening))


@post(PLACE + "/cancellation/{screening:str}", guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_screening_cancellation(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """Cancel it: off sale at once, its orders seen to one by one."""
    require_language(language)
    asked = await _screening(request, sales, screening)
    form = await read_form(request)
    try:
        way = next((way for way, _ in WAYS if way == form.text("way")), None)
        if way is None:
            raise InvalidField(field="way", problem=WAY_PROBLEM)
        reason = {code: text for code in LOCALES if (text := form.text(f"reason.{code}", REASON_SIGNS_MAX))}
        await cancel_screening(sales, asked, way, reason, request.user.login)
    except TicketingError as error:
        return await _cancellation_page(request, sales, language, asked, typed=form, refused=error)
    return see_other(f"/{language}/desk/programme/cancellation/{screening}")


async def _screening(request: StaffRequest, sales: Sales, screening: str) -> Screening:
    asked = await sales.catalogue.screening(screening)
    require_reach(request.user.reach, festival=asked.festival, venue=asked.venue.venue)
    return asked


def _days(form: Form) -> tuple[date, date, list[time]]:
    try:
        first = date.fromisoformat(form.text("first", 10))
        last = date.fromisoformat(form.text("last", 10) or first.isoformat())
        times = [time.fromisoformat(part) for part in re.split(r"[\s,;]+", form.text("times")) if part]
    except ValueError:
        raise InvalidField(field="times", problem=DAY_PROBLEM) from None
    if any(at.tzinfo for at in times) or not 2000 <= first.year <= last.year <= 2200:
        raise InvalidField(field="times", problem=DAY_PROBLEM)
    return first, last, times


def _copy_page(
    request: StaffRequest,
    language: str,
    screening: Screening,
    typed: Form | None = None,
    refused: TicketingError | None = None,
) -> Response[Any]:
    refusal = refusal_of(refused, language, screening.timezone) if refused else None
    told = refused.data["problems"] if isinstance(refused, EntryRefused) else ()
    start = screening.starts_at.astimezone(screening.timezone)
    shown = {"first": "", "last": "", "times": f"{start:%H:%M}", "status": "draft"}
    return page(
        request,
        "desk_copy.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        s=screening,
        typed={name: typed.text(name) for name in shown} if typed else shown,
        refusal=refusal,
        problems=[f"{problem.key}: {in_language(problem.expected, language)}" for problem in told],
    )


async def _cancellation_page(
    request: StaffRequest,
    sales: Sales,
    language: str,
    screening: Screening,
    *,
    typed: Form | None = None,
    refused: TicketingError | None = None,
) -> Response[Any]:
    refusal = refusal_of(refused, language, screening.timezone) if refused else None
    names = [f"reason.{code}" for code in LOCALES]
    return page(
        request,
        "desk_cancellation.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        s=screening,
        view=await look_at_screening(sales, screening),
        ways=[(way, translate(words, language)) for way, words in WAYS],
        chosen=typed.text("way") if typed else "",
        reasons={name: typed.raw(name, 10_000_000)[:REASON_SIGNS_MAX] if typed else "" for name in names},
        tongues=[(code, language_text(code, language)) for code in LOCALES],
        refusal=refusal,
    )


routes = [show_copy, post_copy, show_screening_cancellation, post_screening_cancellation]
