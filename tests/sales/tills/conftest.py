"""A house that takes money at its counter."""

import msgspec
import pytest

from ticketing.kernel.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, payment_providers="demo,counter")
