"""Rows beside those of the desk."""

import pytest

from tests.factories import Factory
from ticketing.kernel.context import Context


@pytest.fixture
def factory(context: Context) -> Factory:
    return Factory(context)
