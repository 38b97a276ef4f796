"""The page of an invitation, for its guest: what it is to, the answer, and the tickets once there are some."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import N_, InvalidField, TicketingError
from ticketing.kernel.i18n import translate
from ticketing.sales import links
from ticketing.sales.desk import Sales
from ticketing.sales.invitations.answering import OpenInvitation, answer_invitation, open_invitation
from ticketing.sales.invitations.model import Answer
from ticketing.staff.guards import PUBLIC
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page, see_other
from ticketing.web.pages.screening_view import places_words

PATH: Final = "/{language:str}/invitations/{invitation:str}/{secret:str}"
TYPED_SIGNS_MAX: Final = 300
BODY_SIGNS_MAX: Final = 10_000_000
ANSWER_PROBLEM: Final = N_("Say whether you come, and with how many")


@get(PATH, opt=PUBLIC, include_in_schema=False)
async def show_invitation(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    invitation: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """What somebody is invited to, and what they have answered."""
    require_language(language)
    opened = await open_invitation(sales, invitation, secret, _client(request))
    return await _page(request, sales, language, opened, secret)


@post(PATH, opt=PUBLIC, include_in_schema=False, status_code=200)
async def post_answer(
    request: AnyRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    invitation: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """An answer, or another one."""
    require_language(language)
    opened = await open_invitation(sales, invitation, secret, _client(request))
    form = await read_form(request)
    try:
        await answer_invitation(sales, invitation, secret, _answer(form, opened), _client(request))
    except TicketingError as error:
        return await _page(request, sales, language, opened, secret, refused=error, typed=form)
    return see_other(f"/{language}/invitations/{invitation}/{secret}?answered=1#answer")


def _answer(form: Form, opened: OpenInvitation) -> Answer:
    attending = form.text("attending", 3)
    count = form.number("companions", 0) if attending == "yes" else 0
    names = [" ".join(form.text(f"companion-{at}", 120).split()) for at in range(1, min(count, 10) + 1)]
    wish = {
        "attending": {"yes": True, "no": False}.get(attending),
        "companions": [*names, *[""] * (count - len(names))],
        "wheelchairs": form.number("wheelchairs", 0) if attending == "yes" else 0,
        "note": form.raw("note", BODY_SIGNS_MAX).strip(),
    }
    try:
        return msgspec.convert(wish, Answer)
    except msgspec.ValidationError:
        raise InvalidField(field="attending", problem=ANSWER_PROBLEM) from None


async def _page(
    request: AnyRequest,
    sales: Sales,
    language: str,
    opened: OpenInvitation,
    secret: str,
    *,
    refused: TicketingError | None = None,
    typed: Form | None = None,
) -> Response[Any]:
    guest = opened.invitation
    screening = await sales.catalogue.screening(guest.screening)
    layout = await sales.catalogue.layout(screening.layout_id)
    now, base = sales.context.clock.now(), sales.context.settings.public_url
    refusal = refusal_of(refused, language, screening.timezone) if refused else None
    until = min(opened.answer_by, screening.starts_at)
    return page(
        request,
        "invitation.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=await sales.catalogue.festival(screening.festival),
        s=screening,
        guest=guest,
        secret=secret,
        until=until,
        open=now < until
        and guest.order is None
        and guest.status != "withdrawn"
        and screening.status == "published",
        cancelled=screening.status != "published",
        told=translate(N_("Your answer is noted. Thank you."), language)
        if "answered" in request.query_params and not refusal
        else "",
        tickets=links.order_page(sales.context, guest.order, language).removeprefix(base) if guest.order else "",
        seats=places_words(guest.seats, screening, layout, language) if guest.order else [],
        refusal=refusal,
        typed=_typed(guest.companions, opened, typed),
    )


def _typed(companions: tuple[str, ...], opened: OpenInvitation, form: Form | None) -> dict[str, Any]:
    """What stands in the form: what was typed last, else the answer there is."""
    guest = opened.invitation
    if form is None:
        attending = {"accepted": "yes", "waiting": "yes", "declined": "no"}.get(guest.status, "")
        names = dict(enumerate(companions, start=1))
        return {
            "attending": attending,
            "companions": str(len(companions)),
            "names": names,
            "wheelchairs": str(guest.wheelchairs),
            "note": guest.note,
        }

    def cut(name: str) -> str:
        return form.raw(name, BODY_SIGNS_MAX)[:TYPED_SIGNS_MAX]

    return {
        "attending": cut("attending"),
        "companions": cut("companions"),
        "names": {at: cut(f"companion-{at}") for at in range(1, guest.companions_max + 1)},
        "wheelchairs": cut("wheelchairs"),
        "note": cut("note"),
    }


def _client(request: AnyRequest) -> str:
    return request.client.host if request.client else "unknown"


routes = [show_invitation, post_answer]
