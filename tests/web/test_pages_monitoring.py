"""The desk's monitoring files: listed with how they fare, taken along, and for nobody else."""

import dataclasses
import re
from datetime import timedelta
from typing import Any, cast

import httpx
import msgspec
import pytest

from tests.factories import PASSWORD
from tests.insight.reported_week import ReportedWeek
from tests.web.conftest import running
from tests.web.visitor import Visitor
from ticketing.insight.monitoring.exporter import CsvExporter
from ticketing.insight.monitoring.hours import tell_hours
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.settings import Settings
from ticketing.staff.model import Role
from ticketing.web.app import create_app

PAGE = "/en/desk/monitoring"


@pytest.fixture
async def week(context: Context, clock: ShiftedClock) -> ReportedWeek:
    """An hour and more after something was sold."""
    week = await ReportedWeek.opened(context, clock)
    await week.office.sell("A-1", "A-2", screening=week.midnight)
    await week.seal()
    await week.factory.staff(Role.ORGANISER, "olga")
    clock.ahead += timedelta(hours=1, minutes=5)
    return week


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Those of a house that makes the files."""
    return msgspec.structs.replace(settings, monitoring="csv")


async def test_files_are_listed_with_how_they_fare_and_taken_along(visitor: Visitor, week: ReportedWeek) -> None:
    await visitor.sign_in("olga", PASSWORD)
    await visitor.open(PAGE)
    assert "Nothing was sold yet in an hour that is over" in visitor.text()
    await tell_hours(week.context, CsvExporter(None))
    page = await visitor.open(PAGE)
    text = visitor.text()
    assert "Every field is assumed" in text
    assert "Films without a certificate number" in text
    assert "The Animal Kingdom – 5 screenings" in text
    assert " 2 0 2 ready" in text
    (name,) = set(re.findall(r"desk/monitoring/(monitoring_[^\"]+)", page.text))
    file = await visitor.open(f"{PAGE}/{name}")
    assert file.headers["content-type"].startswith("text/csv")
    assert file.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert file.text.count("\n") == 3
    listed = (await visitor.open("/api/v1/monitoring-files")).json()
    assert (listed["exporter"], listed["told"]["hours"][0]["name"]) == ("csv", name)
    assert all(field["assumed"] for field in listed["fields"])
    assert (await visitor.open(f"/api/v1/monitoring-files/{name}")).content == file.content
    assert (await visitor.open(f"{PAGE}/monitoring_2020-01-01T00Z.csv")).status_code == 404
    earlier = name.removeprefix("monitoring_").removesuffix(".csv")
    assert (await visitor.open(f"/api/v1/monitoring-files?cursor={earlier}")).json()["told"]["hours"] == []
    assert (await visitor.open("/api/v1/monitoring-files?cursor=2026-99-99T99Z")).status_code == 422
    assert (await visitor.open(f"{PAGE}?before=soon")).status_code == 200


async def test_it_is_off_unless_it_is_switched_on(week: ReportedWeek) -> None:
    settings = msgspec.structs.replace(week.context.settings, monitoring="off")
    app = create_app(context=dataclasses.replace(week.context, settings=settings))
    transport = httpx.ASGITransport(app=cast("Any", app))
    async with running(app), httpx.AsyncClient(transport=transport, base_url="http://tickets.test") as client:
        client.headers["authorization"] = f"Bearer {await week.factory.staff(Role.ORGANISER)}"
        assert "TICKETING_MONITORING" in (await client.get(PAGE)).text
        assert (await client.get("/api/v1/monitoring-files")).json()["exporter"] is None
        assert (await client.get("/api/v1/monitoring-files/x.csv")).status_code == 404
        assert (await client.get(f"{PAGE}/x.csv")).status_code == 404
        client.headers["authorization"] = f"Bearer {await week.factory.staff(Role.SUPERVISOR)}"
        for address in (PAGE, f"{PAGE}/x.csv", "/api/v1/monitoring-files", "/api/v1/monitoring-files/x.csv"):
            assert (await client.get(address)).status_code == 403
