"""The door, open."""

import pytest

from tests.door.gate import Gate
from ticketing.kernel.context import Context


@pytest.fixture
async def gate(context: Context) -> Gate:
    """A gate of a house that has a signing key and nothing else."""
    return await Gate.opened(context)
