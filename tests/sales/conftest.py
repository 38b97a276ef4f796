"""A box office that is open."""

import pytest

from tests.seating.box_office import BoxOffice
from ticketing.kernel.context import Context


@pytest.fixture
async def office(context: Context) -> BoxOffice:
    """A box office with one screening in a hall of 5 rows (A–E) of 10."""
    return await BoxOffice.opened(context)
