"""The pages: the same use cases as the API, in HTML, in four languages, with and without scripts."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from ticketing.kernel.settings import Settings
from ticketing.web.pages import (
    allotments,
    audit,
    capacity,
    capacity_screening,
    checkout,
    counter,
    devices,
    door,
    door_app,
    door_conflicts,
    evening_guests,
    evening_house,
    exchange,
    exchange_seats,
    feeds,
    film,
    find_order,
    languages,
    order_payment,
    orders,
    payment,
    pictures,
    poster,
    privacy,
    programme,
    screening,
    share,
    sign_ins,
    sitemap,
    staff,
    static_files,
    theme,
    tickets,
    transfer,
    waiting,
)
from ticketing.web.pages.form_guard import form_guard


def pages(settings: Settings) -> list[ControllerRouterHandler]:
    """All handlers of pages, and the styles, scripts and drawings of ours under ``/static``."""
    handlers: list[ControllerRouterHandler] = [
        *programme.routes,
        *film.routes,
        *screening.routes,
        *checkout.routes,
        *payment.routes,
        *counter.routes,
        *orders.routes,
        *order_payment.routes,
        *exchange.routes,
        *exchange_seats.routes,
        *transfer.routes,
        *find_order.routes,
        *tickets.routes,
        *waiting.routes,
        privacy.show_privacy,
        *staff.routes,
        *door.routes,
        *door_conflicts.routes,
        *evening_house.routes,
        *evening_guests.routes,
        *devices.routes,
        *allotments.routes,
        *audit.routes,
        *sign_ins.routes,
        *capacity.routes,
        *capacity_screening.routes,
    ]
    return [
        Router("/", route_handlers=handlers, middleware=[form_guard(settings)]),
        languages.choose_language,
        *door_app.routes,
        poster.show_poster,
        pictures.show_picture,
        theme.show_theme,
        *share.routes,
        *feeds.routes,
        *sitemap.routes,
        static_files.show_static_file,
        tickets.get_tickets_worker,
    ]
