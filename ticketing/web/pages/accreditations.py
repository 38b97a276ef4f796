"""The desk's accreditations: the list of a festival, people added, badges printed."""

from collections.abc import Sequence
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.accreditation.accrediting import ACCREDITED_MAX, accredit
from ticketing.accreditation.badges import BADGES_PER_PDF_MAX, CATEGORIES, number_of_badge
from ticketing.accreditation.desk import Accreditations
from ticketing.accreditation.model import Accreditation
from ticketing.accreditation.reading import LISTED_MAX, list_accreditations
from ticketing.door.before_film.guests import folded
from ticketing.kernel.errors import TicketingError
from ticketing.kernel.i18n import translate
from ticketing.programme.model import Festival, in_use
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.staff.reach import reaches, require_reach
from ticketing.web.pages.accreditation_fields import at_first, choices_of, read_many, typed_again
from ticketing.web.pages.formatting import sorted_names
from ticketing.web.pages.forms import read_form
from ticketing.web.pages.languages import NAMES, require_language
from ticketing.web.pages.programme_view import current_festival
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page

ORGANISER: Final = [requires(Role.ORGANISER)]
HOME: Final = "/{language:str}/desk/accreditations"
WORDS_SIGNS_MAX: Final = 60


@get(HOME, guards=ORGANISER, include_in_schema=False)
async def show_accreditations(
    request: StaffRequest, accreditations: NamedDependency[Accreditations], language: FromPath[str]
) -> Response[Any]:
    """Who is accredited to a festival; without a choice, to the one that runs or comes next."""
    require_language(language)
    wanted = request.query_params.get("festival", "")[:63]
    if wanted:
        require_reach(request.user.reach, festival=wanted)
    festivals = await _festivals(request, accreditations, wanted)
    now = accreditations.context.clock.now()
    sizes = await accreditations.catalogue.screenings_ahead(now)
    festival = current_festival(festivals, wanted, now.date(), sizes)
    if festival is None:
        return page(request, "empty.html", language, festival=None, cart_count=0)
    return await _page(request, accreditations, language, festival, festivals)


@post(HOME + "/{festival:str}", guards=ORGANISER, include_in_schema=False, status_code=200)
async def post_accreditations(
    request: StaffRequest,
    accreditations: NamedDependency[Accreditations],
    language: FromPath[str],
    festival: FromPath[str],
) -> Response[Any]:
    """Accredit people, as many as there are lines."""
    require_language(language)
    of = await accreditations.catalogue.festival(festival)
    festivals = await _festivals(request, accreditations, festival)
    form = await read_form(request)
    try:
        made = await accredit(accreditations, festival, read_many(form, language), request.user.login)
    except TicketingError as error:
        typed = typed_again(form) | {"request": form.raw("request", 10_000_000)[:36]}
        return await _page(request, accreditations, language, of, festivals, refused=error, typed=typed)
    return await _page(request, accreditations, language, of, festivals, added=made)


async def _festivals(request: StaffRequest, desk: Accreditations, wanted: str) -> list[Festival]:
    listed = in_use(await desk.catalogue.festivals(), wanted)
    return [one for one in listed if reaches(request.user.reach, festival=one.festival)]


async def _page(
    request: StaffRequest,
    desk: Accreditations,
    language: str,
    festival: Festival,
    festivals: Sequence[Festival],
    *,
    refused: TicketingError | None = None,
    typed: dict[str, Any] | None = None,
    added: Sequence[Accreditation] = (),
) -> Response[Any]:
    refusal = refusal_of(refused, language) if refused else None
    asked = {name: request.query_params.get(name, "")[:WORDS_SIGNS_MAX] for name in ("category", "status", "words")}
    everybody = await _everybody(desk, festival.festival)
    listed = [one for one in everybody if _fits(one, asked)]
    names = sorted_names([(one.accreditation, one.name) for one in listed], language)
    found = {one.accreditation: one for one in listed}
    return page(
        request,
        "accreditations.html",
        language,
        status_code=refusal.status if refusal else 200,
        festival=None,
        cart_count=0,
        of=festival,
        festivals=festivals,
        asked=asked,
        badges=[found[accreditation] for accreditation, _ in names][:LISTED_MAX],
        count=len(listed),
        everybody=len(everybody),
        print_max=BADGES_PER_PDF_MAX,
        refusal=refusal,
        line=refused.data.get("line") if refused else None,
        typed=typed or at_first(festival, language),
        added=added,
        choices=await choices_of(desk, festival, language),
        categories=category_words(language),
        locales=NAMES,
        number=number_of_badge,
    )


async def _everybody(desk: Accreditations, festival: str) -> list[Accreditation]:
    found: list[Accreditation] = []
    cursor = None
    while len(found) < ACCREDITED_MAX:
        listed = await list_accreditations(desk, festival, cursor=cursor)
        found += listed.accreditations
        cursor = listed.next
        if cursor is None:
            break
    return found


def _fits(badge: Accreditation, asked: dict[str, str]) -> bool:
    words = folded(f"{badge.name} {badge.organisation} {badge.accreditation}").split()
    return (
        asked["category"] in ("", badge.category)
        and asked["status"] in ("", badge.status)
        and all(any(word.startswith(part) for word in words) for part in folded(asked["words"]).split())
    )


def category_words(language: str) -> dict[str, str]:
    """The categories in a language."""
    return {category: translate(words, language) for category, (words, _) in CATEGORIES.items()}


routes = [show_accreditations, post_accreditations]
