"""The pages: the same use cases as the API, in HTML, in four languages, with and without scripts."""

from litestar import Router
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

from ticketing.kernel.settings import Settings
from ticketing.web.pages import (
    capacity,
    checkout,
    door,
    languages,
    orders,
    payment,
    poster,
    privacy,
    programme,
    screening,
    staff,
    theme,
)
from ticketing.web.pages.form_guard import form_guard
from ticketing.web.pages.rendering import STATIC

# Scripts import each other without the mark of their content, so an old one must not live long.
STATIC_CACHE_S = 300


def pages(settings: Settings) -> list[ControllerRouterHandler]:
    """All handlers of pages, and the styles, scripts and drawings of ours under ``/static``."""
    handlers: list[ControllerRouterHandler] = [
        programme.show_programme,
        *screening.routes,
        *checkout.routes,
        *payment.routes,
        *orders.routes,
        privacy.show_privacy,
        *staff.routes,
        *door.routes,
        *capacity.routes,
    ]
    return [
        Router("/", route_handlers=handlers, middleware=[form_guard(settings)]),
        languages.choose_language,
        poster.show_poster,
        theme.show_theme,
        create_static_files_router(
            path="/static",
            directories=[STATIC],
            opt={"access": "public"},
            include_in_schema=False,
            cache_control=CacheControlHeader(public=True, max_age=STATIC_CACHE_S),
        ),
    ]
