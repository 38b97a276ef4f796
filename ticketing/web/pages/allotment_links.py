"""The desk's links to seats kept back: made for guests, and taken back."""

import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import N_, InvalidField, TicketingError
from ticketing.programme.model import Screening
from ticketing.sales.allotment_links import LinkTerms, make_link, revoke_link
from ticketing.sales.desk import Sales
from ticketing.staff.guards import StaffRequest
from ticketing.staff.reach import require_reach
from ticketing.web.pages.allotments import FIELDS_PROBLEM, PLACE, SUPERVISOR, show_desk_page
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import require_language


@post(PLACE + "/links", guards=SUPERVISOR, include_in_schema=False, status_code=200)
async def post_link(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """A link by which guests choose seats of an allotment."""
    require_language(language)
    asked = await sales.catalogue.screening(screening)
    require_reach(request.user.reach, festival=asked.festival, venue=asked.venue.venue)
    form = await read_form(request)
    try:
        await make_link(sales, asked, form.text("allotment", 63), _terms(form, asked), request.user.login)
    except TicketingError as error:
        return await show_desk_page(request, sales, language, asked, refused=error, typed=form)
    return await show_desk_page(
        request, sales, language, asked, told=N_("The link is made: send it to the guests.")
    )


@post(PLACE + "/links/revocation", guards=SUPERVISOR, include_in_schema=False, status_code=200)
async def post_revocation(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """A link is good for nobody any more."""
    require_language(language)
    asked = await sales.catalogue.screening(screening)
    require_reach(request.user.reach, festival=asked.festival, venue=asked.venue.venue)
    try:
        link = _uuid(await read_form(request))
        await revoke_link(sales, asked, link, request.user.login)
    except TicketingError as error:
        return await show_desk_page(request, sales, language, asked, refused=error)
    return await show_desk_page(request, sales, language, asked, told=N_("The link is taken back."))


def _terms(form: Form, screening: Screening) -> LinkTerms:
    try:
        ends_at = datetime.fromisoformat(form.text("ends_at", 32)).replace(
            tzinfo=ZoneInfo(screening.venue.timezone)
        )
        wish = {
            "link": _uuid(form),
            "ends_at": ends_at,
            "seats_max": form.number("seats_max", 0),
            "seats_per_guest_max": form.number("seats_per_guest_max", 2),
        }
        return msgspec.convert(wish, LinkTerms)
    except (ValueError, OverflowError, msgspec.ValidationError):
        raise InvalidField(field="link", problem=FIELDS_PROBLEM) from None


def _uuid(form: Form) -> uuid.UUID:
    try:
        return uuid.UUID(form.text("link", 36))
    except ValueError:
        raise InvalidField(field="link", problem=FIELDS_PROBLEM) from None


routes = [post_link, post_revocation]
