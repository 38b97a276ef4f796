"""Every way of paying, switched on; Stripe on a port of this machine."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from tests.sales.providers.stripe_server import SECRET_KEY, WEBHOOK_SECRET, StripeServer, localstripe
from tests.sales.providers.tellers import CounterTeller, DemoTeller, StripeTeller, Teller
from tests.seating.box_office import BoxOffice
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.settings import Settings


@pytest.fixture(scope="session")
def localstripe_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("localstripe")
    with localstripe(folder) as url:
        yield url


@pytest.fixture
def stripe_server(localstripe_url: str) -> Iterator[StripeServer]:
    server = StripeServer(localstripe_url)
    yield server
    server.close()


@pytest.fixture
def settings(settings: Settings, stripe_server: StripeServer) -> Settings:
    return msgspec.structs.replace(
        settings,
        payment_providers="stripe,counter,demo",
        stripe_secret_key=SECRET_KEY,
        stripe_webhook_secret=WEBHOOK_SECRET,
        stripe_api_base=stripe_server.url,
    )


@pytest.fixture
async def office(context: Context, clock: ShiftedClock) -> BoxOffice:
    """A box office whose screening is a week ahead: early enough to be paid at the counter."""
    return await BoxOffice.opened(context, starts_at=clock.now() + timedelta(days=7))


@pytest.fixture(params=["demo", "stripe", "counter"])
def teller(request: pytest.FixtureRequest, office: BoxOffice, stripe_server: StripeServer) -> Teller:
    """Each way of paying in turn."""
    if request.param == "stripe":
        return StripeTeller(office, stripe_server)
    return DemoTeller(office) if request.param == "demo" else CounterTeller(office)


@pytest.fixture
def stripe_teller(office: BoxOffice, stripe_server: StripeServer) -> StripeTeller:
    return StripeTeller(office, stripe_server)
