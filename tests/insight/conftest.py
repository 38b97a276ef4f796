"""A week to report on."""

import pytest

from tests.insight.reported_week import ReportedWeek
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context


@pytest.fixture
async def week(context: Context, clock: ShiftedClock) -> ReportedWeek:
    """Two festivals, nothing sold yet."""
    return await ReportedWeek.opened(context, clock)
