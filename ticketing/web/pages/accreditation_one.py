"""The desk's page of one accreditation: what it may enter, its photo; its badge printed, mailed, made anew."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.accreditation.accrediting import change_accreditation, reissue_badge, revoke_accreditation
from ticketing.accreditation.badges import badge_page, mail_badge, number_of_badge
from ticketing.accreditation.desk import Accreditations
from ticketing.accreditation.model import Accreditation, terms_of
from ticketing.accreditation.photos import keep_photo, remove_photo
from ticketing.accreditation.reading import read_accreditation
from ticketing.kernel.errors import N_, ChangedMeanwhile, InvalidField, TicketingError, UnknownAccreditation
from ticketing.kernel.i18n import translate
from ticketing.programme.pictures import PICTURE_BYTES_MAX
from ticketing.staff.guards import StaffRequest
from ticketing.web.pages.accreditation_both import Theirs, both_of, version_typed, written_was
from ticketing.web.pages.accreditation_fields import as_typed, choices_of, read_one, typed_again
from ticketing.web.pages.accreditations import HOME, ORGANISER, category_words
from ticketing.web.pages.forms import Form, read_form
from ticketing.web.pages.languages import NAMES, require_language
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page

ONE: Final = HOME + "/{festival:str}/{accreditation:str}"
REQUEST_PROBLEM: Final = N_("This form is no longer whole: load the page again")


@get(ONE, guards=ORGANISER, include_in_schema=False)
async def show_accreditation(
    request: StaffRequest,
    accreditations: NamedDependency[Accreditations],
    language: FromPath[str],
    festival: FromPath[str],
    accreditation: FromPath[str],
) -> Response[Any]:
    """One accreditation."""
    badge = await _of_festival(accreditations, language, festival, accreditation)
    return await _page(request, accreditations, language, badge)


@post(ONE, guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_change(
    request: StaffRequest,
    accreditations: NamedDependency[Accreditations],
    language: FromPath[str],
    festival: FromPath[str],
    accreditation: FromPath[str],
) -> Response[Any]:
    """Other terms, or another holder."""
    badge = await _of_festival(accreditations, language, festival, accreditation)
    form = await read_form(request)
    try:
        badge = await change_accreditation(
            accreditations, accreditation, read_one(form), request.user.login, made_from=version_typed(form)
        )
    except ChangedMeanwhile as error:
        badge = await read_accreditation(accreditations, accreditation)
        typed, theirs = both_of(form, typed_again(form), terms_of(badge), category_words(language), language)
        return await _page(request, accreditations, language, badge, refused=error, typed=typed, theirs=theirs)
    except TicketingError as error:
        return await _page(request, accreditations, language, badge, refused=error, typed=typed_again(form))
    return await _page(request, accreditations, language, badge, told=N_("Changed. The badge stays good."))


@post(
    ONE + "/photo",
    guards=ORGANISER,
    include_in_schema=False,
    status_code=200,
    request_max_body_size=PICTURE_BYTES_MAX + 10_000,
)
async def post_photo(
    request: StaffRequest,
    accreditations: NamedDependency[Accreditations],
    language: FromPath[str],
    festival: FromPath[str],
    accreditation: FromPath[str],
) -> Response[Any]:
    """A photo for the badge; without a file, none any more."""
    badge = await _of_festival(accreditations, language, festival, accreditation)
    form = await read_form(request)
    try:
        if form.text("remove") == "yes":
            await remove_photo(accreditations, accreditation, request.user.login)
            told = N_("The badge has no photo now.")
        else:
            _, photo = await form.file("photo", PICTURE_BYTES_MAX)
            await keep_photo(accreditations, accreditation, photo, request.user.login)
            told = N_("The photo is kept: print the badge anew.")
    except TicketingError as error:
        return await _page(request, accreditations, language, badge, refused=error)
    badge = await read_accreditation(accreditations, accreditation)
    return await _page(request, accreditations, language, badge, told=told)


@post(ONE + "/{verb:str}", guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_verb(  # noqa: PLR0917 - the parts of the address
    request: StaffRequest,
    accreditations: NamedDependency[Accreditations],
    language: FromPath[str],
    festival: FromPath[str],
    accreditation: FromPath[str],
    verb: FromPath[str],
) -> Response[Any]:
    """Revoke a badge, make it anew, or mail it."""
    badge = await _of_festival(accreditations, language, festival, accreditation)
    form = await read_form(request)
    try:
        told = await _do(accreditations, badge, verb, form, request.user.login)
    except TicketingError as error:
        return await _page(request, accreditations, language, badge, refused=error)
    badge = await read_accreditation(accreditations, accreditation)
    return await _page(request, accreditations, language, badge, told=told)


async def _do(desk: Accreditations, badge: Accreditation, verb: str, form: Form, by: str) -> str:
    if verb == "revocation":
        await revoke_accreditation(desk, badge.accreditation, by)
        return N_("Revoked: the badge lets in nowhere.")
    if verb == "reissue":
        await reissue_badge(desk, badge.accreditation, form.number("revision", 0), by)
        return N_("The new badge is good, earlier ones are not. Print or mail it.")
    if verb != "mail":
        raise UnknownAccreditation
    try:
        wish = uuid.UUID(form.text("request", 36))
    except ValueError:
        raise InvalidField(field="request", problem=REQUEST_PROBLEM) from None
    await mail_badge(desk, badge.accreditation, wish.hex, by)
    return N_("The badge is on its way.")


async def _of_festival(desk: Accreditations, language: str, festival: str, accreditation: str) -> Accreditation:
    """The accreditation of the address. The guard has looked at the festival, so it must be of that one."""
    require_language(language)
    badge = await read_accreditation(desk, accreditation)
    if badge.festival != festival:
        raise UnknownAccreditation
    return badge


async def _page(
    request: StaffRequest,
    desk: Accreditations,
    language: str,
    badge: Accreditation,
    *,
    told: str = "",
    refused: TicketingError | None = None,
    typed: dict[str, Any] | None = None,
    theirs: Sequence[Theirs] = (),
) -> Response[Any]:
    refusal = refusal_of(refused, language) if refused else None
    festival = await desk.catalogue.festival(badge.festival)
    return page(
        request,
        "accreditation.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        of=festival,
        badge=badge,
        number=number_of_badge(badge.accreditation),
        link=badge_page(desk, badge, badge.locale) if badge.status == "active" else "",
        told=translate(told, language) if told else "",
        refusal=refusal,
        typed=typed or as_typed(badge),
        was=written_was(terms_of(badge)),
        theirs=theirs,
        choices=await choices_of(desk, festival, language),
        categories=category_words(language),
        locales=NAMES,
        request_id=uuid.uuid4(),
    )


routes = [show_accreditation, post_change, post_photo, post_verb]
