"""Verdicts and scans: pure."""

import re
import uuid
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from ticketing.accreditation.model import Category
from ticketing.kernel.errors import N_, InvalidField
from ticketing.kernel.ids import ACCREDITATION_SIGN, ALPHABET, TICKET_ID_LENGTH

GATE_SIGNS_MAX: Final = 64
# The most that a QR code can hold: a scanner reads whatever is shown to it, and gets a verdict on it.
CODE_SIGNS_MAX: Final = 7089
SCANS_PER_BATCH_MAX: Final = 500
LATE_AFTER_S: Final = 30
CLOCK_AHEAD_MAX_S: Final = 300
SCAN_AGE_MAX_S: Final = 7 * 86_400

SCANNED_AT_PROBLEM = N_("scanned_at is more than 5 minutes ahead or more than 7 days back: check the gate's clock")

Direction = Literal["in", "out"]

# What stands on a ticket or badge under its code, as a person types it: in groups, in small letters.
_NUMBER = re.compile(f"{ACCREDITATION_SIGN}?[{ALPHABET}]{{{TICKET_ID_LENGTH}}}")
# What is typed by hand may be an old paper's: of the first revision alone nothing else can carry the number.
TYPED_REVISION: Final = 1


class Verdict(StrEnum):
    """What the house says to a code at a gate. The first that applies is given, in this order."""

    FORGED = "forged"
    """Not a code of ours, or not with our signature."""
    UNKNOWN = "unknown"
    """Signed by us, but no ticket or badge of that number is known; on the way out: no entry of it is known."""
    VOID = "void"
    """Given back, exchanged, revoked, or the screening is cancelled. Before ``wrong_screening``: good nowhere."""
    SUPERSEDED = "superseded"
    """An older code of a ticket that was reprinted, moved or passed on since."""
    UNPAID = "unpaid"
    """Reserved, and not paid for."""
    WRONG_SCREENING = "wrong_screening"
    """A good ticket at the wrong gate: the answer says which hall and when. A badge that may not enter this."""
    LEFT = "left"
    """On the way out: noted. No rule of time holds anybody back from leaving."""
    TOO_EARLY = "too_early"
    """The doors are not open yet."""
    ENDED = "ended"
    """The screening is over."""
    ALREADY_ADMITTED = "already_admitted"
    """Somebody is inside with this ticket; or has left, where the festival lets nobody in again."""
    ADMITTED = "admitted"
    """Let them in."""


SCREENING_PATTERN: Final = r"^[a-z0-9][a-z0-9-]{0,62}$"
ScreeningId = Annotated[str, Meta(pattern=SCREENING_PATTERN)]


# No control signs: Postgres takes no NUL, and a gate's name is shown.
GateName = Annotated[str, Meta(min_length=1, max_length=GATE_SIGNS_MAX, pattern=r"^[^\x00-\x1f\x7f]*$")]


class ScanRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code held up at a gate.

    ``scan`` is chosen by the device, new for each scan: sent again, it has one effect and one answer.
    ``screening``: the one that this gate lets in to; left out, any of the house. ``scanned_at``: only for a scan
    that was made while the gate was offline. ``shown``: what the gate showed by itself then; left out, it let in.
    ``code`` may also be a number, typed where the code can't be read: see :func:`typed_number`. A badge needs a
    screening: a gate that names none lets it in to the one whose doors are open there.
    """

    scan: uuid.UUID
    code: Annotated[str, Meta(min_length=1, max_length=CODE_SIGNS_MAX)]
    gate: GateName
    screening: ScreeningId | None = None
    direction: Direction = "in"
    scanned_at: Annotated[datetime, Meta(tz=True)] | None = None
    shown: Verdict | None = None


class ScanBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The scans that a gate made while it was offline, in any order."""

    scans: Annotated[tuple[ScanRequest, ...], Meta(min_length=1, max_length=SCANS_PER_BATCH_MAX)]


class Sighting(msgspec.Struct, frozen=True):
    """When and at which gate a ticket was seen."""

    at: datetime
    gate: str


class Counts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Tickets of a screening that have been let in, and that are sold.

    For scans of badges alone: ``badges`` are people let in by a badge, who are not among them; ``badge_places`` how
    many there may be at once, ``badge_places_left`` how many more may come.
    """

    admitted: int
    sold: int
    badges: int | None = None
    badge_places: int | None = None
    badge_places_left: int | None = None


class BadgeSeen(msgspec.Struct, frozen=True):
    """The badge that was scanned; no personal data. ``photo``: it has one, to be looked at.

    ``used``: how many screenings of the day it has entered, this one included; of ``screenings_per_day``, where
    there is such a bound.
    """

    accreditation: str
    category: Category
    photo: bool
    used: int
    screenings_per_day: int | None = None


class RecordedScan(msgspec.Struct, frozen=True):
    """A scan as it was decided and stored: facts, in no language. Fields as in the API's answer."""

    verdict: Verdict
    direction: Direction
    late: bool
    conflict: bool
    ticket: str | None
    seat: str | None
    tariff: str | None
    screening: str | None
    reason: str | None
    first: Sighting | None
    other: Sighting | None
    counts: Counts | None
    by_hand: bool = False
    badge: BadgeSeen | None = None


def typed_number(code: str) -> str | None:
    """The number of a ticket or badge where that was typed instead of its code: twelve signs, and a B before them
    for a badge; spaces and dashes aside.

    A number says nothing of the revision, and stands on every paper that a ticket ever had. So it is taken for the
    first: a ticket that was reprinted, moved or passed on since is ``superseded``, and needs its new code.
    """
    number = re.sub(r"[\s-]", "", code[: 2 * TICKET_ID_LENGTH]).upper() if len(code) <= 2 * TICKET_ID_LENGTH else ""
    return number if _NUMBER.fullmatch(number) else None


def timing(scanned_at: datetime | None, received_at: datetime) -> tuple[datetime, bool]:
    """When a scan counts as made, and whether it is late: made offline, and judged by how things stood then.

    A clock that runs a little ahead is set back to the moment of receipt, so that nothing happens in the future.

    Raises:
        InvalidField: more than 5 minutes ahead, or more than 7 days old.
    """
    if scanned_at is None:
        return received_at, False
    age_s = (received_at - scanned_at).total_seconds()
    if not -CLOCK_AHEAD_MAX_S <= age_s <= SCAN_AGE_MAX_S:
        raise InvalidField(field="scanned_at", problem=SCANNED_AT_PROBLEM)
    return min(scanned_at, received_at), age_s > LATE_AFTER_S
