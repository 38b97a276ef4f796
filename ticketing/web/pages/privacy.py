"""What is kept of a buyer, for what, for how long, and by whom: one short page in plain words."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import UnknownFestival
from ticketing.programme.catalogue import Catalogue
from ticketing.programme.model import Festival
from ticketing.web.pages.languages import AnyRequest, require_language
from ticketing.web.pages.rendering import page


@get("/{language:str}/privacy", opt={"access": "public"}, include_in_schema=False)
async def show_privacy(
    request: AnyRequest, catalogue: NamedDependency[Catalogue], language: FromPath[str]
) -> Response[Any]:
    """The page for the festival that the address names, else for the one that is shown first."""
    require_language(language)
    festival = await _festival(catalogue, request.query_params.get("festival", ""))
    return page(request, "privacy.html", language, festival=festival)


async def _festival(catalogue: Catalogue, name: str) -> Festival | None:
    if name:
        try:
            return await catalogue.festival(name)
        except UnknownFestival:
            pass
    festivals = await catalogue.festivals()
    return festivals[0] if festivals else None
