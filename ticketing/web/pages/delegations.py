"""The desk's delegations: the list, and one with its members, programme, answers, seats and badges."""

import uuid
from datetime import date
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import N_, InvalidField, TicketingError
from ticketing.kernel.i18n import LOCALES, translate
from ticketing.programme.model import Screening, in_use
from ticketing.sales.delegations.heading import delegation_page
from ticketing.sales.delegations.keeping import (
    accredit_delegation,
    invite_delegation,
    list_delegations,
    read_delegation,
    set_delegation,
)
from ticketing.sales.delegations.model import Delegation, DelegationTerms, programme_of, read_members
from ticketing.sales.desk import Sales
from ticketing.sales.invitations.rounds import list_rounds
from ticketing.staff.guards import StaffRequest
from ticketing.staff.reach import reaches, require_reach
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.invitations import ORGANISER, STATUSES
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page, see_other

HOME: Final = "/{language:str}/desk/delegations"
ONE: Final = HOME + "/{delegation:uuid}"
LIST_SIGNS_MAX: Final = 20_000
BODY_SIGNS_MAX: Final = 10_000_000
FIELDS: Final = (
    "festival",
    "name",
    "organisation",
    "country",
    "locale",
    "arrives_on",
    "leaves_on",
    "members",
    "notes",
)
TERMS_PROBLEM: Final = N_("A name, the days of arrival and departure, and a country of two letters are needed")


@get(HOME, guards=ORGANISER, include_in_schema=False)
async def show_delegations(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str]
) -> Response[Any]:
    """All delegations of the festivals within reach."""
    require_language(language)
    return await _home(request, sales, language)


@post(HOME, guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_delegation(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str]
) -> Response[Any]:
    """A new delegation; its page is open then."""
    require_language(language)
    form = await read_form(request)
    try:
        delegation = _uuid(form.text("delegation", 36))
        festival = form.text("festival", 63)
        require_reach(request.user.reach, festival=festival)
        await set_delegation(sales, festival, delegation, _terms(form, delegation), request.user.login)
    except TicketingError as error:
        return await _home(request, sales, language, refused=error, typed=form)
    return see_other(f"/{language}/desk/delegations/{delegation}")


@get(ONE, guards=ORGANISER, include_in_schema=False)
async def show_delegation(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], delegation: FromPath[uuid.UUID]
) -> Response[Any]:
    """One delegation."""
    return await _page(request, sales, language, await _within_reach(request, sales, language, delegation))


@post(ONE + "/{verb:str}", guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_verb(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    delegation: FromPath[uuid.UUID],
    verb: FromPath[str],
) -> Response[Any]:
    """Change a delegation, invite it, or give its members badges."""
    known = await _within_reach(request, sales, language, delegation)
    by = request.user.login
    form = await read_form(request)
    try:
        if verb == "invitations":
            screenings = form.texts("screening")
            if not screenings:
                raise InvalidField(field="screening", problem=N_("Choose what they are invited to"))
            for asked in screenings:
                screening = await sales.catalogue.screening(asked)
                require_reach(request.user.reach, festival=screening.festival, venue=screening.venue.venue)
            known = await invite_delegation(sales, delegation, screenings, by)
            told = N_("The delegation is invited.")
        elif verb == "badges":
            known = await accredit_delegation(sales, delegation, by)
            told = N_("All members are accredited.")
        else:
            terms = _terms(form, delegation)
            known = await set_delegation(sales, known.festival, delegation, terms, by)
            told = N_("The delegation is as you wrote.")
    except TicketingError as error:
        return await _page(request, sales, language, known, refused=error, typed=form)
    return await _page(request, sales, language, known, told=translate(told, language))


async def _within_reach(request: StaffRequest, sales: Sales, language: str, delegation: uuid.UUID) -> Delegation:
    require_language(language)
    known = await read_delegation(sales, delegation)
    require_reach(request.user.reach, festival=known.festival)
    return known


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise InvalidField(field="delegation", problem=TERMS_PROBLEM) from None


def _terms(form: Form, delegation: uuid.UUID) -> DelegationTerms:
    members = read_members(form.raw("members", LIST_SIGNS_MAX), delegation)
    wish = {
        "name": " ".join(form.text("name").split()),
        "organisation": form.text("organisation"),
        "country": form.text("country", 20).upper(),
        "locale": form.text("locale", 20),
        "arrives_on": form.text("arrives_on", 20),
        "leaves_on": form.text("leaves_on", 20),
        "notes": form.raw("notes", LIST_SIGNS_MAX).strip(),
        "members": [msgspec.to_builtins(one) for one in members],
    }
    try:
        return msgspec.convert(wish, DelegationTerms)
    except msgspec.ValidationError:
        raise InvalidField(field="delegation", problem=TERMS_PROBLEM) from None


def _typed(form: Form | None) -> dict[str, str] | None:
    if form is None:
        return None
    return {name: form.raw(name, BODY_SIGNS_MAX)[:LIST_SIGNS_MAX] for name in FIELDS}


async def _home(
    request: StaffRequest,
    sales: Sales,
    language: str,
    *,
    refused: TicketingError | None = None,
    typed: Form | None = None,
) -> Response[Any]:
    in_lists = in_use(await sales.catalogue.festivals())
    festivals = [one for one in in_lists if reaches(request.user.reach, festival=one.festival)]
    listed = [(one, await list_delegations(sales, one.festival)) for one in festivals]
    refusal = refusal_of(refused, language) if refused else None
    today = sales.context.clock.now().date()
    first = next((one for one in festivals if one.ends_on >= today), festivals[0] if festivals else None)
    usual = {
        "festival": first.festival if first else "",
        "locale": language,
        "arrives_on": (first.starts_on if first else today).isoformat(),
        "leaves_on": (first.ends_on if first else today).isoformat(),
    }
    return page(
        request,
        "delegations_home.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        listed=listed,
        festivals=festivals,
        locales=LOCALES,
        refusal=refusal,
        line=refused.data.get("line") if refused else None,
        typed=_typed(typed) or {**dict.fromkeys(FIELDS, ""), **usual},
        new=uuid.uuid4(),
    )


async def _page(
    request: StaffRequest,
    sales: Sales,
    language: str,
    delegation: Delegation,
    *,
    told: str = "",
    refused: TicketingError | None = None,
    typed: Form | None = None,
) -> Response[Any]:
    points = programme_of(delegation)
    programme = [(await sales.catalogue.screening(point.screening), point) for point in points]
    programme.sort(key=lambda pair: (pair[0].starts_at, pair[0].screening_id))
    refusal = refusal_of(refused, language) if refused else None
    address = delegation_page(sales.context, delegation, delegation.locale)
    return page(
        request,
        "delegation_desk.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        d=delegation,
        of=await sales.catalogue.festival(delegation.festival),
        programme=programme,
        open_screenings=await _open_screenings(request, sales, delegation),
        statuses={status: translate(words, language) for status, words in STATUSES.items()},
        address=address,
        head_page=address.removeprefix(sales.context.settings.public_url),
        locales=LOCALES,
        told=told,
        refusal=refusal,
        line=refused.data.get("line") if refused else None,
        typed=_typed(typed) if typed and "name" in typed.names() else _as_it_is(delegation),
    )


async def _open_screenings(request: StaffRequest, sales: Sales, delegation: Delegation) -> list[Screening]:
    """What a delegation can be invited to: screenings of its festival with terms and time to answer."""
    now = sales.context.clock.now()
    found = []
    for one in await list_rounds(sales):
        if one.answer_by is None or one.answer_by <= now:
            continue
        screening = await sales.catalogue.screening(one.screening)
        if screening.festival == delegation.festival and reaches(
            request.user.reach, festival=screening.festival, venue=screening.venue.venue
        ):
            found.append(screening)
    return found


def _as_it_is(delegation: Delegation) -> dict[str, str]:
    def day(one: date) -> str:
        return one.isoformat()

    return {
        "festival": delegation.festival,
        "name": delegation.name,
        "organisation": delegation.organisation,
        "country": delegation.country,
        "locale": delegation.locale,
        "arrives_on": day(delegation.arrives_on),
        "leaves_on": day(delegation.leaves_on),
        "members": "\n".join(
            f"{one.name}; {one.email or ''}; {one.function}; {one.rank}; {one.accreditation or ''}".rstrip("; ")
            for one in sorted(delegation.members, key=lambda one: not one.head)
        ),
        "notes": delegation.notes,
    }


routes = [show_delegations, post_delegation, show_delegation, post_verb]
