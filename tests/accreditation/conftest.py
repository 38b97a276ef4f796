"""The accreditation desk, open."""

import pytest

from tests.factories import Factory
from ticketing.accreditation.desk import Accreditations
from ticketing.kernel.context import Context
from ticketing.programme.catalogue import Catalogue
from ticketing.tickets.keys import SigningKeys, ensure_key


@pytest.fixture
async def desk(context: Context) -> Accreditations:
    """The desk of a house that has a signing key."""
    await ensure_key(context)
    return Accreditations(context, Catalogue(context), SigningKeys(context))


@pytest.fixture
async def factory(context: Context) -> Factory:
    return Factory(context)
