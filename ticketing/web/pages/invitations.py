"""The desk's invitations: the list of screenings, and one round: its terms, who is invited, what they answer."""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import N_, InvalidField, TicketingError
from ticketing.kernel.i18n import translate
from ticketing.programme.model import Screening
from ticketing.sales.allotments import list_allotments
from ticketing.sales.desk import Sales
from ticketing.sales.invitations.model import InvitationTerms, count_answers
from ticketing.sales.invitations.pasting import read_invitees
from ticketing.sales.invitations.rounds import invite, list_rounds, read_round, set_terms, withdraw_invitation
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.staff.reach import reaches, require_reach
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page

ORGANISER: Final = [requires(Role.ORGANISER)]
HOME: Final = "/{language:str}/desk/invitations"
PLACE: Final = HOME + "/{screening:str}"
LIST_SIGNS_MAX: Final = 100_000
BODY_SIGNS_MAX: Final = 10_000_000
FIELDS: Final = ("people_max", "answer_by", "remind_at", "allotment", "people")
TERMS_PROBLEM: Final = N_("A number of people from 0 to 5000 is needed, and a day and time to answer by")
STATUSES: Final = {
    "invited": N_("no answer yet"),
    "accepted": N_("comes"),
    "declined": N_("can't come"),
    "waiting": N_("waits for room"),
    "withdrawn": N_("taken back"),
}


@get(HOME, guards=ORGANISER, include_in_schema=False)
async def show_rounds(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str]
) -> Response[Any]:
    """To which screenings people are invited, and how that stands."""
    require_language(language)
    listed = []
    for one in await list_rounds(sales):
        screening = await sales.catalogue.screening(one.screening)
        if reaches(request.user.reach, festival=screening.festival, venue=screening.venue.venue):
            listed.append((one, screening))
    return page(request, "invitations_home.html", language, festival=None, cart_count=0, listed=listed)


@get(PLACE, guards=ORGANISER, include_in_schema=False)
async def show_round(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """One round, with everybody in it."""
    asked = await screening_within_reach(request, sales, language, screening)
    return await _page(request, sales, language, asked)


@post(PLACE + "/terms", guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_terms(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """How many may come, and until when they answer."""
    asked = await screening_within_reach(request, sales, language, screening)
    form = await read_form(request)
    try:
        await set_terms(sales, asked, _terms(form, asked), request.user.login)
    except TicketingError as error:
        return await _page(request, sales, language, asked, refused=error, typed=form)
    return await _page(request, sales, language, asked, told=translate(N_("The terms are noted."), language))


@post(PLACE + "/guests", guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_guests(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """Invite the people of a list, one or many."""
    asked = await screening_within_reach(request, sales, language, screening)
    form = await read_form(request)
    try:
        people = read_invitees(form.raw("people", LIST_SIGNS_MAX), language)
        new = await invite(sales, asked, people, request.user.login)
    except TicketingError as error:
        return await _page(request, sales, language, asked, refused=error, typed=form)
    words = translate(N_("Invited: %(new)s. Invited before: %(known)s."), language)
    told = words % {"new": len(new), "known": len(people) - len(new)}
    return await _page(request, sales, language, asked, told=told)


@post(PLACE + "/withdrawal", guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_withdrawal(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Response[Any]:
    """Take an invitation back."""
    asked = await screening_within_reach(request, sales, language, screening)
    try:
        invitation = (await read_form(request)).text("invitation", 12)
        await withdraw_invitation(sales, asked, invitation, request.user.login)
    except TicketingError as error:
        return await _page(request, sales, language, asked, refused=error)
    return await _page(
        request, sales, language, asked, told=translate(N_("The invitation is taken back."), language)
    )


async def screening_within_reach(request: StaffRequest, sales: Sales, language: str, screening: str) -> Screening:
    """The screening that a page of the desk is about.

    Raises:
        UnknownScreening, OutOfReach
    """
    require_language(language)
    asked = await sales.catalogue.screening(screening)
    require_reach(request.user.reach, festival=asked.festival, venue=asked.venue.venue)
    return asked


def _terms(form: Form, screening: Screening) -> InvitationTerms:
    def moment(name: str) -> datetime | None:
        text = form.text(name, 32)
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(screening.venue.timezone)) if text else None

    try:
        wish = {
            "people_max": form.number("people_max", 0),
            "answer_by": moment("answer_by"),
            "remind_at": moment("remind_at"),
            "allotment": form.text("allotment", 63) or None,
        }
        return msgspec.convert(wish, InvitationTerms)
    except (ValueError, OverflowError, msgspec.ValidationError):
        raise InvalidField(field="terms", problem=TERMS_PROBLEM) from None


async def _page(
    request: StaffRequest,
    sales: Sales,
    language: str,
    screening: Screening,
    *,
    told: str = "",
    refused: TicketingError | None = None,
    typed: Form | None = None,
) -> Response[Any]:
    found = await read_round(sales, screening)
    refusal = refusal_of(refused, language, screening.timezone) if refused else None
    return page(
        request,
        "invitations.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        s=screening,
        round=found,
        counts=count_answers(found.invitations if found else ()),
        allotments=[one for one in await list_allotments(sales, screening) if not one.released],
        statuses={status: translate(words, language) for status, words in STATUSES.items()},
        told=told,
        refusal=refusal,
        line=refused.data.get("line") if refused else None,
        typed={name: typed.raw(name, BODY_SIGNS_MAX)[:LIST_SIGNS_MAX] if typed else "" for name in FIELDS},
    )


routes = [show_rounds, show_round, post_terms, post_guests, post_withdrawal]
