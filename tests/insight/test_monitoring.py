"""What the Kazakh monitoring system is told: each hour once, each right once, and nobody by name."""

import asyncio
import csv
import io
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from prometheus_client import REGISTRY

from tests.insight.reported_week import ReportedWeek
from ticketing.insight.monitoring.exporter import CsvExporter, DeliveryFailed, JsonExporter, MonitoringExporter
from ticketing.insight.monitoring.hours import HOURS_AT_ONCE_MAX, make_hour, measure_hours, tell_hours
from ticketing.insight.monitoring.listing import films_without_certificate, list_hours, read_file
from ticketing.insight.monitoring.model import FIELDS, MonitoredSale, seat_parts
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.errors import UnknownMonitoringFile
from ticketing.sales.changes.cancellation import cancel_order

KEPT = CsvExporter(None)


@pytest.fixture
async def week(context: Context, clock: ShiftedClock) -> ReportedWeek:
    """At ten minutes past an hour, so that what a test sells is of one hour."""
    into_the_hour = context.clock.now() - context.clock.now().replace(minute=10, second=0, microsecond=0)
    clock.ahead = timedelta(hours=2) - into_the_hour
    week = await ReportedWeek.opened(context, clock)
    await week.execute("update film set certificate_number = '111000123' where visa_number = '155123'")
    return week


async def later(week: ReportedWeek, hours: float) -> None:
    """So much later, with everything sealed."""
    await week.seal()
    week.clock.ahead += timedelta(hours=hours)


async def told(week: ReportedWeek, exporter: MonitoringExporter = KEPT) -> list[dict[str, str]]:
    """The rows of all files, the oldest first."""
    hours = await list_hours(week.context, exporter, 200)
    rows: list[dict[str, str]] = []
    for hour in reversed(hours.hours):
        body = await read_file(week.context, exporter, hour.name)
        lines = csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True)
        rows += [{name.partition(" ")[0]: text for name, text in line.items()} for line in lines]
    return rows


async def test_an_hour_seat_by_seat(week: ReportedWeek) -> None:
    assert await tell_hours(week.context, KEPT) == 0  # nothing was ever sold
    order = await week.office.sell("A-1", "B-2", screening=week.midnight)
    await week.office.sell("A-3", screening=week.screenings[-1])  # in Paris
    await cancel_order(week.office.house.sales, order.order, order.secret or "", [order.tickets[0].ticket])
    await later(week, 0.5)
    assert await tell_hours(week.context, KEPT) == 0  # the hour is not over
    await later(week, 0.5)
    assert await tell_hours(week.context, KEPT) == 2  # made, and ready
    rows = await told(week)
    assert [(row["event"], row["row"], row["seat"], row["price"], row["late"]) for row in rows] == [
        ("sold", "A", "1", "3500.00", "no"),
        ("sold", "B", "2", "3500.00", "no"),
        ("returned", "A", "1", "3500.00", "no"),
    ]
    first = rows[0]
    starts_at = week.at(0, 1, 0, ZoneInfo("Asia/Almaty")).astimezone(ZoneInfo("Asia/Almaty"))
    assert (first["session_date"], first["session_time"]) == (str(starts_at.date()), "01:00")
    assert (first["certificate_number"], first["session"]) == ("111000123", week.midnight)
    assert (first["country"], first["festival"]) == ("KZ", "Неделя французских премьер")
    assert first["currency"] == "KZT"
    assert first["at"].endswith("+05:00")
    assert [row["right_number"] for row in rows] == ["1", "2", ""]
    assert all(first[name] for name in ("film_title", "original_title", "city", "venue", "hall", "tariff"))
    # A title that a spreadsheet would run is a text.
    assert first["original_title"].startswith("'=")
    assert await tell_hours(week.context, KEPT) == 0


async def test_every_right_is_told_once_whatever_happens(week: ReportedWeek) -> None:
    """Sales over four hours, workers that come late or three at once: in the end, the ledger's rights."""
    for hour in range(4):
        for seat in ("A", "C", "E"):
            order = await week.office.sell(f"{seat}-{hour + 1}", screening=week.midnight)
            await week.office.sell(f"{seat}-{hour + 1}", screening=week.screenings[-2])
        await cancel_order(week.office.house.sales, order.order, order.secret or "")
        await later(week, 1)
        if hour != 1:
            await asyncio.gather(*(tell_hours(week.context, KEPT) for _ in range(3)))
    await later(week, 1)
    await tell_hours(week.context, KEPT)
    rows = await told(week)
    expected = await week.fetch(
        "select position from ledger_seal join screening using (screening_id) join hall using (hall_id)"
        " join venue using (venue_id) where country = 'KZ' order by position"
    )
    assert [int(row["entry"]) for row in rows] == [row["position"] for row in expected]
    assert len(rows) == 16
    hours = await week.fetch("select * from monitoring_hour order by hour")
    assert [row["hour"] for row in hours] == [hours[0]["hour"] + timedelta(hours=n) for n in range(len(hours))]
    assert [row["after_position"] for row in hours[1:]] == [row["last_position"] for row in hours[:-1]]


async def test_what_comes_too_late_is_in_the_next_file_and_says_so(week: ReportedWeek) -> None:
    await week.office.sell("A-1", screening=week.midnight)
    await week.seal()
    await week.office.sell("A-3", screening=week.midnight)  # sealed after its hour was told
    week.clock.ahead += timedelta(hours=1)
    assert await make_hour(week.context, KEPT)
    await week.seal()
    await week.office.sell("A-5", screening=week.midnight)
    await later(week, 1)
    await tell_hours(week.context, KEPT)
    assert [(row["seat"], row["late"]) for row in await told(week)] == [("1", "no"), ("3", "yes"), ("5", "no")]
    latest, first = (await list_hours(week.context, KEPT, 10)).hours
    assert (first.entries, first.late, latest.entries, latest.late) == (1, 0, 2, 1)


async def test_quiet_hours_are_counted_and_have_no_file(week: ReportedWeek) -> None:
    await week.office.sell("A-1", screening=week.midnight)
    await later(week, 30)
    assert await tell_hours(week.context, KEPT) == HOURS_AT_ONCE_MAX + 1
    await tell_hours(week.context, KEPT)
    found = await list_hours(week.context, KEPT, 10)
    assert len(found.hours) == 1
    assert await week.fetchval("select count(*) from monitoring_hour") == 30
    assert found.made_until == week.clock.now().replace(minute=0, second=0, microsecond=0)


class Unwilling(CsvExporter):
    """Refuses as long as it is told to."""

    def __init__(self) -> None:
        super().__init__(None)
        self.refuses = True
        self.taken: list[str] = []

    async def deliver(self, name: str, body: bytes) -> None:
        if self.refuses:
            raise DeliveryFailed("the other side is closed")
        assert body.startswith(b"\xef\xbb\xbf")
        self.taken.append(name)


def gauges() -> tuple[float | None, float | None]:
    """Until when everything was told, in seconds of Unix; files that wait after a failure."""
    names = ("ticketing_monitoring_told_until_seconds", "ticketing_monitoring_files_failed")
    told_until, failed = (REGISTRY.get_sample_value(name) for name in names)
    return told_until, failed


async def test_files_wait_in_their_order_until_they_are_taken(week: ReportedWeek) -> None:
    exporter = Unwilling()
    await measure_hours(week.context, exporter)
    assert gauges() == (0, 0)
    first_hour = week.clock.now().replace(minute=0, second=0, microsecond=0)
    for seat in ("A-1", "A-3"):
        await week.office.sell(seat, screening=week.midnight)
        await later(week, 1)
    await tell_hours(week.context, exporter)
    second, first = (await list_hours(week.context, exporter, 10)).hours
    assert (first.attempts, first.last_error, first.delivered_at) == (1, "the other side is closed", None)
    assert second.attempts == 0
    await measure_hours(week.context, exporter)
    assert gauges() == (first_hour.timestamp(), 1)
    exporter.refuses = False
    assert await tell_hours(week.context, exporter) == 2
    assert exporter.taken == [first.name, second.name]
    told_again = (await list_hours(week.context, exporter, 10)).hours
    assert all(hour.delivered_at and hour.last_error is None for hour in told_again)
    await measure_hours(week.context, exporter)
    assert gauges() == ((first_hour + timedelta(hours=2)).timestamp(), 0)


@pytest.mark.parametrize("make", [CsvExporter, JsonExporter])
async def test_any_exporter_delivers_whole_files_twice_without_harm(
    week: ReportedWeek, tmp_path: Path, make: type[CsvExporter] | type[JsonExporter]
) -> None:
    """The contract, for every exporter that ships."""
    exporter: MonitoringExporter = make(tmp_path / "out")
    await week.office.sell("A-1", screening=week.midnight)
    await later(week, 1)
    assert await tell_hours(week.context, exporter) == 2
    (file,) = (tmp_path / "out").iterdir()
    (hour,) = (await list_hours(week.context, exporter, 10)).hours
    body = await read_file(week.context, exporter, hour.name)
    assert (file.name, file.read_bytes()) == (hour.name, body)
    await exporter.deliver(hour.name, body)
    assert [one.name for one in (tmp_path / "out").iterdir()] == [hour.name]
    (tmp_path / "blocked").write_text("no folder")
    with pytest.raises(DeliveryFailed):
        await make(tmp_path / "blocked").deliver(hour.name, body)
    text = body.decode("utf-8-sig").lower()
    assert text.count("assumed") >= len(FIELDS)
    (row,) = await week.fetch(
        "select ticket_id, order_id, buyer_email, buyer_name from ticket join orders using (order_id)"
    )
    assert not [secret for secret in row.values() if secret.lower() in text]
    with pytest.raises(UnknownMonitoringFile):
        await read_file(week.context, exporter, "../../etc/passwd")


async def test_films_without_a_certificate_are_named(week: ReportedWeek) -> None:
    assert {film.title["en"] for film in await films_without_certificate(week.context)} == {"The Animal Kingdom"}
    await week.execute("update film set certificate_number = '1' where certificate_number is null")
    assert await films_without_certificate(week.context) == ()


def test_fields_and_seats() -> None:
    assert tuple(field.name for field in FIELDS) == MonitoredSale.__struct_fields__
    assert seat_parts("F-11") == ("", "F", "11")
    assert seat_parts("balcony/C-4") == ("balcony", "C", "4")
    assert seat_parts("parterre#17") == ("", "parterre", "17")
