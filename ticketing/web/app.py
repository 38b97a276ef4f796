"""The application: every package's routes, the dependencies they ask for, and how errors are answered."""

import contextlib
import gc
from collections.abc import AsyncIterator, Callable
from typing import Any

from litestar import Litestar
from litestar.di import Provide

from ticketing.accreditation import api as accreditation_api
from ticketing.accreditation import badges_api
from ticketing.door import api as door_api
from ticketing.door.before_film import api as before_film_api
from ticketing.insight import api as insight_api
from ticketing.insight import monitoring_api, reports_api
from ticketing.kernel.context import Context, open_context
from ticketing.kernel.logs import set_up_logs
from ticketing.kernel.processes import die_with_parent
from ticketing.kernel.settings import Settings, read_settings
from ticketing.programme import api as programme_api
from ticketing.programme import archive_api, halls_api
from ticketing.sales import (
    allotment_links_api,
    allotments_api,
    changes_api,
    counter_api,
    counter_sale_api,
    guests_api,
    hall_moves_api,
    held_tickets_api,
    personal_data_api,
    tickets_api,
)
from ticketing.sales import api as sales_api
from ticketing.sales.after_sale import api as after_sale_api
from ticketing.sales.delegations import api as delegations_api
from ticketing.sales.invitations import api as invitations_api
from ticketing.sales.outage import api as outage_api
from ticketing.sales.screenings import api as screenings_api
from ticketing.sales.screenings import workbooks_api
from ticketing.sales.tills import api as tills_api
from ticketing.sales.waiting import api as waiting_api
from ticketing.sales.webhooks import api as webhooks_api
from ticketing.seating import api as seating_api
from ticketing.staff import api as staff_api
from ticketing.staff import people_api, second_factor_api, tokens_api
from ticketing.web import health, openapi
from ticketing.web.failures import exception_handlers
from ticketing.web.house import House, build_house
from ticketing.web.pages import pages
from ticketing.web.shell import middleware, outermost

# What handlers may ask for by name, and what it is called in the house.
DEPENDENCIES = {
    "context": "context",
    "catalogue": "catalogue",
    "seat_counts": "counts",
    "counts": "counts",
    "live": "live",
    "seating": "seating",
    "keys": "keys",
    "accreditations": "accreditations",
    "sales": "sales",
    "door": "door",
    "insight": "insight",
    "festival_live": "festival_live",
}


def create_app(settings: Settings | None = None, context: Context | None = None) -> Litestar:
    """The application, with its own context unless one is given (which then stays open at the end).

    Raises:
        SettingsInvalid: a setting has a value that it can't have.
    """
    die_with_parent()
    settings = settings or (context.settings if context else read_settings())
    set_up_logs(settings.log_format)
    built: list[House] = []

    @contextlib.asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            ground = context if context is not None else await stack.enter_async_context(open_context(settings))
            house = build_house(ground)
            built[:] = [house]
            app.state.context = ground
            app.state.house = house
            await stack.enter_async_context(house.live.running())
            await stack.enter_async_context(house.festival_live.running())
            if context is None:
                # In a process of our own, what stands now stands for good: the garbage collector need not walk
                # through it at every turn, which cost a hold a tenth of its time.
                gc.collect()
                gc.freeze()
            yield

    def of_the_house(name: str) -> Callable[[], Any]:
        def provide() -> Any:
            return getattr(built[0], name)

        return provide

    return Litestar(
        route_handlers=[
            *programme_api.routes,
            *workbooks_api.routes,
            *archive_api.routes,
            *halls_api.routes,
            *hall_moves_api.routes,
            *seating_api.routes,
            *sales_api.routes,
            *counter_api.routes,
            *counter_sale_api.routes,
            *tills_api.routes,
            *after_sale_api.routes,
            *outage_api.routes,
            *changes_api.routes,
            *tickets_api.routes,
            *waiting_api.routes,
            *personal_data_api.routes,
            *held_tickets_api.routes,
            *screenings_api.routes,
            *allotments_api.routes,
            *allotment_links_api.routes,
            *accreditation_api.routes,
            *badges_api.routes,
            *invitations_api.routes,
            *delegations_api.routes,
            *guests_api.routes,
            *webhooks_api.routes,
            *staff_api.routes,
            *people_api.routes,
            *second_factor_api.routes,
            *tokens_api.routes,
            *door_api.routes,
            *before_film_api.routes,
            *insight_api.routes,
            *reports_api.routes,
            *monitoring_api.routes,
            *health.routes,
            *openapi.routes,
            *pages(settings),
        ],
        lifespan=[lifespan],
        dependencies={
            name: Provide(of_the_house(attribute), use_cache=True, sync_to_thread=False)
            for name, attribute in DEPENDENCIES.items()
        },
        exception_handlers=exception_handlers(),
        middleware=middleware(settings),
        before_send=[outermost(settings)],
        openapi_config=openapi.openapi_config(),
        request_max_body_size=settings.body_bytes_max,
        debug=False,
        pdb_on_exception=False,
        logging_config=None,
    )
