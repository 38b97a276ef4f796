"""Screenings as iCalendar (RFC 5545): a ticket's date for one's own calendar, a festival's week as a feed. Pure."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from icalendar import Calendar, Event
from icalendar.enums import STATUS

from ticketing.kernel.i18n import pick
from ticketing.programme.model import Screening, heading

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
PRODUCT: Final = "-//ticketing//Screenings//EN"
TEXT_SIGNS_MAX: Final = 2000
MARGIN: Final = timedelta(days=366)


class CalendarEntry(msgspec.Struct, frozen=True):
    """One date. ``uid`` stays the same as long as it is the same date to its reader, whatever changes about it.

    ``sequence`` counts those changes from 0; a calendar takes an entry it knows only with a higher one, or one
    ``changed_at`` later. ``timezone`` is the venue's IANA name, in which the times are written. A date that is off
    is ``cancelled``, not left out: what is left out stays in everybody's calendar.
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    summary: str
    changed_at: datetime
    location: str = ""
    description: str = ""
    address: str = ""
    sequence: int = 0
    cancelled: bool = False


def screening_entry(
    screening: Screening,
    locale: str,
    *,
    uid: str,
    changed_at: datetime,
    address: str = "",
    lines: Sequence[str] = (),
    sequence: int = 0,
    cancelled: bool = False,
) -> CalendarEntry:
    """The entry of a screening, in a language. ``lines`` say what else to know, ``address`` where."""
    venue, title = screening.venue, pick(heading(screening), locale)
    where = (pick(venue.name, locale), pick(venue.address, locale), pick(venue.city_name, locale))
    return CalendarEntry(
        uid=uid,
        starts_at=screening.starts_at,
        ends_at=screening.ends_at,
        timezone=venue.timezone,
        summary=f"{title} ({screening.film.age_category})" if screening.film else title,
        changed_at=changed_at,
        location=", ".join(part for part in (pick(screening.hall.name, locale), *where) if part),
        description="\n".join(line for line in lines if line),
        address=address,
        sequence=sequence,
        cancelled=cancelled or screening.status == "cancelled",
    )


def calendar_of(
    entries: Iterable[CalendarEntry], *, name: str, locale: str, refresh: timedelta | None = None
) -> bytes:
    """A calendar of these entries, with the rules of their time zones, as UTF-8 with CRLF.

    ``refresh`` tells those who subscribed how often to look again (RFC 7986). The same entries give the same bytes.
    """
    listed = list(entries)
    calendar = Calendar.new(
        # Without one the library draws one at random, and the same calendar would never be the same again.
        uid=str(uuid.uuid5(uuid.NAMESPACE_OID, "\n".join([name, locale, *(entry.uid for entry in listed)]))),
        prodid=PRODUCT,
        method="PUBLISH",
        calscale="GREGORIAN",
        name=" ".join(_clean(name).split()),
        language=locale,
        refresh_interval=refresh,
        subcomponents=[_event(entry) for entry in listed],
    )
    if listed:
        # The rules of a zone around these dates, not its history since 1970.
        first, last = (edge(entry.starts_at for entry in listed).date() for edge in (min, max))
        calendar.add_missing_timezones(first - MARGIN, last + MARGIN)
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry) -> Event:
    zone = ZoneInfo(entry.timezone)
    return Event.new(
        uid=entry.uid,
        stamp=entry.changed_at,
        last_modified=entry.changed_at,
        sequence=entry.sequence,
        start=entry.starts_at.astimezone(zone),
        end=entry.ends_at.astimezone(zone),
        summary=_clean(entry.summary),
        location=_clean(entry.location) or None,
        description=_clean(entry.description) or None,
        url=entry.address or None,
        status=STATUS.CANCELLED if entry.cancelled else STATUS.CONFIRMED,
    )


def _clean(text: str) -> str:
    # RFC 5545, 3.1: no control signs but the line end, which the library writes as \n.
    return "".join(sign for sign in text if sign == "\n" or sign.isprintable())[:TEXT_SIGNS_MAX]
