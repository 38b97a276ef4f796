"""The pages of a delegation, for its head: who comes to what, the programme to print, the dates for a calendar."""

from typing import Any, Final, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.i18n import translate
from ticketing.programme.calendar import MEDIA_TYPE
from ticketing.programme.model import Screening
from ticketing.sales import links
from ticketing.sales.delegations.heading import (
    Refused,
    answer_for_members,
    delegation_calendar,
    delegation_page,
    open_delegation,
)
from ticketing.sales.delegations.model import Delegation, ProgrammePoint, programme_of
from ticketing.sales.desk import Sales
from ticketing.sales.invitations.rounds import read_round
from ticketing.staff.guards import PUBLIC
from ticketing.web.pages.delegation_paper import programme_pdf
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.invitations import STATUSES
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import PRIVATE, page, see_other
from ticketing.web.pages.screening_view import places_words

PATH: Final = "/{language:str}/delegations/{delegation:str}/{secret:str}"
Said = dict[str, Literal["yes", "no"]]


@get(PATH, opt=PUBLIC, include_in_schema=False)
async def show_head(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    delegation: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """The programme of a delegation, with who comes to what."""
    require_language(language)
    opened = await open_delegation(sales, delegation, secret, _client(request))
    return await _page(request, sales, language, opened)


@post(PATH, opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_answers(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    delegation: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """Answers for the members, those that were said."""
    require_language(language)
    opened = await open_delegation(sales, delegation, secret, _client(request))
    refused = await answer_for_members(sales, opened, _said(await read_form(request), opened), _client(request))
    if refused:
        opened = await open_delegation(sales, delegation, secret, _client(request))
        return await _page(request, sales, language, opened, refused=refused)
    return see_other(f"/{language}/delegations/{delegation}/{secret}?answered=1")


@get(PATH + "/programme", opt=PUBLIC, include_in_schema=False)
async def show_programme(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    delegation: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """The programme on a sheet, to be printed."""
    require_language(language)
    opened = await open_delegation(sales, delegation, secret, _client(request))
    return await _page(request, sales, language, opened, template="delegation_programme.html")


@get(PATH + "/programme.pdf", opt=PUBLIC, include_in_schema=False)
async def get_paper(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    delegation: FromPath[str],
    secret: FromPath[str],
) -> Response[bytes]:
    """The programme as a PDF, to be sent on or printed."""
    require_language(language)
    opened = await open_delegation(sales, delegation, secret, _client(request))
    festival = await sales.catalogue.festival(opened.festival)
    body = await programme_pdf(opened, festival, await _programme(sales, opened, language), language)
    return Response(
        body,
        media_type="application/pdf",
        headers={**PRIVATE, "content-disposition": 'inline; filename="programme.pdf"'},
    )


@get(PATH + "/programme.ics", opt=PUBLIC, include_in_schema=False)
async def get_calendar(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    delegation: FromPath[str],
    secret: FromPath[str],
) -> Response[bytes]:
    """The dates of a delegation, for a calendar; it can be subscribed to."""
    require_language(language)
    opened = await open_delegation(sales, delegation, secret, _client(request))
    body = await delegation_calendar(sales, opened)
    return Response(
        body,
        media_type=MEDIA_TYPE,
        headers={**PRIVATE, "content-disposition": 'inline; filename="programme.ics"'},
    )


def _said(form: Form, delegation: Delegation) -> Said:
    said: Said = {}
    for point in programme_of(delegation):
        for guest in point.guests:
            match form.text(f"answer-{guest.invitation.invitation}", 10):
                case "yes":
                    said[guest.invitation.invitation] = "yes"
                case "no":
                    said[guest.invitation.invitation] = "no"
    return said


async def _page(
    request: AnyRequest,
    sales: Sales,
    language: str,
    delegation: Delegation,
    *,
    template: str = "delegation.html",
    refused: Refused | None = None,
) -> Response[Any]:
    programme = await _programme(sales, delegation, language)
    address = delegation_page(sales.context, delegation, language)
    refusals = {
        invitation: refusal_of(error, language, _zone_of(programme, invitation))
        for invitation, error in (refused or {}).items()
    }
    return page(
        request,
        template,
        language,
        status_code=max((one.status for one in refusals.values()), default=200),
        festival=await sales.catalogue.festival(delegation.festival),
        d=delegation,
        programme=programme,
        to=address.removeprefix(sales.context.settings.public_url),
        statuses={status: translate(words, language) for status, words in STATUSES.items()},
        refusals=refusals,
        told="answered" in request.query_params and not refusals,
    )


async def _programme(sales: Sales, delegation: Delegation, language: str) -> list[dict[str, Any]]:
    """The points of the programme, by start."""
    programme = [await _point(sales, point, language) for point in programme_of(delegation)]
    return sorted(programme, key=lambda one: (one["screening"].starts_at, one["screening"].screening_id))


async def _point(sales: Sales, point: ProgrammePoint, language: str) -> dict[str, Any]:
    """A point of the programme for the page; ``open`` while answers can change."""
    screening: Screening = await sales.catalogue.screening(point.screening)
    layout = await sales.catalogue.layout(screening.layout_id)
    base = sales.context.settings.public_url
    held = await read_round(sales, screening)
    until = min(held.terms.answer_by, screening.starts_at) if held else screening.starts_at
    on_time = screening.status == "published" and sales.context.clock.now() < until
    return {
        "screening": screening,
        "until": until,
        "open": on_time and any(guest.invitation.order is None for guest in point.guests),
        "guests": [
            {
                "member": guest.member,
                "invitation": guest.invitation,
                "open": on_time and guest.invitation.order is None,
                "seats": places_words(guest.invitation.seats, screening, layout, language)
                if guest.invitation.order
                else [],
                # Members with an address of their own get their tickets there, and show them to whom they like.
                "tickets": links.order_page(sales.context, guest.invitation.order, language).removeprefix(base)
                if guest.invitation.order and (guest.member.head or guest.member.email is None)
                else "",
            }
            for guest in point.guests
        ],
    }


def _zone_of(programme: list[dict[str, Any]], invitation: str) -> Any:
    return next(
        point["screening"].timezone
        for point in programme
        for guest in point["guests"]
        if guest["invitation"].invitation == invitation
    )


def _client(request: AnyRequest) -> str:
    return request.client.host if request.client else "unknown"


routes = [show_head, post_answers, show_programme, get_paper, get_calendar]
