"""Calendars as another program reads them: times in the venue's zone, texts that stay texts, the same bytes."""

from datetime import UTC, datetime, timedelta

import icalendar

from ticketing.programme.calendar import CalendarEntry, calendar_of

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def entry(**differing: object) -> CalendarEntry:
    facts: dict[str, object] = {
        "uid": "K7Q29XFM@tickets.test",
        "starts_at": datetime(2026, 11, 28, 14, 30, tzinfo=UTC),
        "ends_at": datetime(2026, 11, 28, 16, 30, tzinfo=UTC),
        "timezone": "Asia/Almaty",
        "summary": "Королевство зверей (16+)",
        "changed_at": NOW,
    }
    return CalendarEntry(**(facts | differing))  # type: ignore[arg-type]  # facts of one entry, by name


def read(body: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(body).events)


def test_times_are_the_venues_and_the_zone_comes_along() -> None:
    body = calendar_of([entry(), entry(uid="b@c", timezone="Europe/Paris")], name="Апта", locale="kk")
    almaty, paris = read(body)
    assert almaty.start == paris.start == datetime(2026, 11, 28, 14, 30, tzinfo=UTC)
    assert (almaty.start.strftime("%H:%M"), paris.start.strftime("%H:%M")) == ("19:30", "15:30")
    zones = {str(zone["TZID"]) for zone in icalendar.Calendar.from_ical(body).walk("VTIMEZONE")}
    assert zones == {"Asia/Almaty", "Europe/Paris"}


def test_lines_are_as_long_as_the_format_allows() -> None:
    body = calendar_of([entry(summary="Ә" * 300, description="line\n" * 90)], name="n", locale="en")
    lines = body.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in body.replace(b"\r\n", b"")


def test_a_text_stays_a_text() -> None:
    typed = "Ә;,\\ \r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:two \x07😀"
    [event] = read(calendar_of([entry(summary=typed, location=typed)], name=typed, locale="en"))
    assert event["SUMMARY"] == typed.replace("\r", "").replace("\x07", "")


def test_a_date_that_is_off_says_so_and_counts_its_changes() -> None:
    [event] = read(calendar_of([entry(cancelled=True, sequence=4)], name="n", locale="en"))
    assert (event["STATUS"], event["SEQUENCE"], event["UID"]) == ("CANCELLED", 4, "K7Q29XFM@tickets.test")


def test_the_same_entries_are_the_same_bytes() -> None:
    once, again = (
        calendar_of([entry()], name="n", locale="en", refresh=timedelta(hours=1)) for _attempt in range(2)
    )
    assert once == again
    assert b"REFRESH-INTERVAL" in once


def test_a_calendar_may_be_empty() -> None:
    assert read(calendar_of([], name="n", locale="en")) == []
