"""A badge in hand: what its holder shows at the door, until it is made anew or revoked."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.accreditation.badges import (
    CATEGORIES,
    badge_secret,
    names_of_places,
    number_of_badge,
    open_badge,
    what_it_enters,
)
from ticketing.accreditation.desk import Accreditations
from ticketing.kernel.errors import BadgeSuperseded
from ticketing.kernel.i18n import translate
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.refusal import refusal_of
from ticketing.web.pages.rendering import page

PUBLIC = {"access": "public"}


@get("/{language:str}/badges/{accreditation:str}/{secret:str}", opt=PUBLIC, include_in_schema=False)
async def show_badge(
    request: AnyRequest,
    accreditations: NamedDependency[Accreditations],
    language: FromPath[str],
    accreditation: FromPath[str],
    secret: FromPath[str],
) -> Response[Any]:
    """The badge with its code; whoever has an old link is told that it no longer counts."""
    require_language(language)
    try:
        badge = await open_badge(accreditations, accreditation, secret)
    except BadgeSuperseded as error:
        refusal = refusal_of(error, language)
        return page(
            request,
            "ticket_gone.html",
            language,
            status_code=refusal.status,
            festival=None,
            refusal=refusal,
            cart_count=0,
        )
    festival = await accreditations.catalogue.festival(badge.festival)
    names = await names_of_places(accreditations, [badge], language)
    address = f"/api/v1/accreditations/{badge.accreditation}"
    query = f"?secret={badge_secret(accreditations, badge)}"
    return page(
        request,
        "badge.html",
        language,
        festival=festival,
        organisers=festival.organisers,
        badge=badge,
        category=translate(CATEGORIES[badge.category][0], language),
        number=number_of_badge(badge.accreditation),
        lines=what_it_enters(badge.entitlement, names, language),
        qr=f"{address}/qr.svg{query}",
        pdf=f"{address}/badge.pdf{query}",
        cart_count=0,
    )


routes = [show_badge]
