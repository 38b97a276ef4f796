"""What a monitoring file says, and which of it is assumed. Pure.

The list of fields and the interface of the Kazakh system are not public. What stands here follows the Russian
system of the same name: film, certificate number, day and time, row, seat, price, at least every hour.
"""

from datetime import UTC, date, datetime, time
from typing import Final, Literal

import msgspec

from ticketing.kernel.errors import N_

COUNTRY: Final = "KZ"
"""Whose system is told: of venues there, and of no others."""
HOUR_PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}Z$"

Event = Literal["sold", "returned", "moved"]


class Field(msgspec.Struct, frozen=True):
    """A field of a file. ``assumed``: no rule that we know of says that it is asked for, or how it is written."""

    name: str
    meaning: str
    assumed: bool


class MonitoredSale(msgspec.Struct, frozen=True):
    """One right of entry sold, returned, or moved to another seat. No buyer, order or ticket is named.

    ``entry`` is its position in the sealed ledger: never used twice, so a file that comes twice is recognised.
    ``at``, ``session_date`` and ``session_time`` are by the clock of the venue. ``late``: it belongs to an earlier
    hour, whose file was made without it. ``seat`` is a number in a row; places of an area have its name as their
    row. ``price`` is in minor units, as it was paid or given back. ``country`` is always that whose system is told:
    what festivals show elsewhere is in no file.
    """

    entry: int
    event: Event
    at: datetime
    late: bool
    film_title: str
    original_title: str
    certificate_number: str
    country: str
    festival: str
    session: str
    session_date: date
    session_time: time
    city: str
    venue: str
    hall: str
    section: str
    row: str
    seat: str
    tariff: str
    price: int
    currency: str
    right_number: int | None


FIELDS: Final = (
    Field("entry", N_("position of the entry in the sealed ledger"), True),
    Field("event", N_("sold, returned, or moved to this seat"), True),
    Field("at", N_("when, by the clock of the venue"), True),
    Field("late", N_("yes: of an earlier hour, whose file was made without it"), True),
    Field("film_title", N_("title of the film in Russian, else as it is announced"), True),
    Field("original_title", N_("original title"), True),
    Field("certificate_number", N_("number of the certificate (прокатное удостоверение); empty: missing"), True),
    Field("country", N_("country of the venue (ISO 3166); always KZ, as nothing else is told"), True),
    Field("festival", N_("festival that holds the screening"), True),
    Field("session", N_("name of the screening in this system"), True),
    Field("session_date", N_("day of the screening, by the clock of the venue"), True),
    Field("session_time", N_("start of the screening, by the clock of the venue"), True),
    Field("city", N_("city of the venue"), True),
    Field("venue", N_("cinema"), True),
    Field("hall", N_("hall"), True),
    Field("section", N_("section of the hall; empty where it has one only"), True),
    Field("row", N_("row; of places without a number, their area"), True),
    Field("seat", N_("seat"), True),
    Field("tariff", N_("tariff"), True),
    Field("price", N_("price paid or given back, in whole units of the currency"), True),
    Field("currency", N_("currency (ISO 4217)"), True),
    Field("right_number", N_("number of the right, where one was issued"), True),
)


class HourFile(msgspec.Struct, frozen=True):
    """What happened in the hour that begins at ``hour``, UTC, and late entries of hours before."""

    hour: datetime
    sales: tuple[MonitoredSale, ...]


def seat_parts(label: str) -> tuple[str, str, str]:
    """Section, row and seat of a label: ``balcony/C-4`` is balcony, C, 4; ``parterre#17`` is in row parterre."""
    area, mark, number = label.partition("#")
    if mark:
        return "", area, number
    section, _, rest = label.rpartition("/")
    row, _, number = rest.partition("-")
    return section, row, number


def hour_text(hour: datetime) -> str:
    """An hour in UTC as files and cursors name it: ``2026-11-26T14Z``."""
    return f"{hour:%Y-%m-%dT%H}Z"


def read_hour(text: str) -> datetime | None:
    """The hour that such a text names; None where it names none."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%HZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def file_name(hour: datetime, ending: str) -> str:
    """The name of an hour's file, which sorts by time: ``monitoring_2026-11-26T14Z.csv``."""
    return f"monitoring_{hour_text(hour)}.{ending}"
