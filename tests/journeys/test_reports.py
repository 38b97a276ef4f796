"""The reports and the monitoring files in Chromium: axe finds nothing, and nothing is wider than the screen."""

from datetime import timedelta

import msgspec
import pytest

from tests.insight.reported_week import ReportedWeek
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import sign_in
from tests.journeys.test_accessibility import findings
from tests.journeys.test_before_film import too_wide
from ticketing.insight.monitoring.exporter import CsvExporter
from ticketing.insight.monitoring.hours import tell_hours
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.settings import Settings
from ticketing.staff.model import Role


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Those of a house that makes monitoring files."""
    return msgspec.structs.replace(settings, monitoring="csv")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing(
    open_page: OpenPage, context: Context, clock: ShiftedClock, scheme: str, width: int
) -> None:
    week = await ReportedWeek.opened(context, clock)
    await week.trade()
    clock.ahead = timedelta(hours=1, minutes=5)
    await tell_hours(context, CsvExporter(None))
    await week.factory.staff(Role.ORGANISER, "olga")
    found: list[str] = []
    async with open_page(width, color_scheme=scheme, complaints_allowed=("status of 422",)) as page:
        await sign_in(page, "olga", "desk/reports")
        for language, asked in (
            ("kk", "report=totals&by=film&by=tariff"),
            ("fr", "report=weekly-return"),
            ("ru", "report=screening-statement"),
            ("en", "report=totals&from=2026-01-01"),
        ):
            await page.goto(f"/{language}/desk/reports?festival=&week={week.week}&{asked}")
            assert not await too_wide(page)
            found += await findings(page)
        await page.goto("/fr/desk/monitoring")
        await page.locator("summary").click()
        assert not await too_wide(page)
        found += await findings(page)
    assert found == []
