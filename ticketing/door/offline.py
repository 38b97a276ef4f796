"""What a gate needs to go on without the network, and what came of it: snapshots and conflicts."""

import base64
import contextlib
import uuid
from datetime import date, datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from ticketing.accreditation.model import day_of
from ticketing.door.answers import VersionShown, version_of
from ticketing.door.badges import EveningBadge
from ticketing.door.book import SQL
from ticketing.door.desk import Door
from ticketing.door.model import Direction, Sighting, Verdict
from ticketing.kernel.errors import N_, InvalidField, UnknownScreening
from ticketing.kernel.i18n import pick
from ticketing.kernel.postgres import database_errors
from ticketing.programme.model import Screening, ScreeningKind, heading, places_for_badges
from ticketing.staff.reach import EVERYWHERE, Reach, places_in_sql, require_reach
from ticketing.tickets.code import festival_digest, screening_digest
from ticketing.tickets.notices import minors_need_company

CONFLICTS_LISTED_MAX: Final = 200
CURSOR_PROBLEM = N_("cursor is not one that was given out here: begin without it")


class SnapshotTicket(msgspec.Struct, frozen=True, omit_defaults=True):
    """A ticket as a gate needs it; no personal data. ``released``: void, as nobody had come with it in time."""

    ticket: str
    seat: str
    tariff: str
    revision: int
    status: Literal["reserved", "sold", "void"]
    released: bool = False


class AdmittedTicket(msgspec.Struct, frozen=True):
    """A ticket that has been let in: first when and where, and whether its holder is inside."""

    ticket: str
    at: datetime
    gate: str
    inside: bool


class ScreeningShown(msgspec.Struct, frozen=True):
    """The screening of a snapshot: names in the caller's language, and the rules a gate goes by.

    ``digest`` is what codes say of this screening, ``festival_digest`` what those of badges say of its festival, in
    base64. ``proofs``: what to be shown, by tariff. ``sections``: names of the parts of the hall, by what stands
    before the slash in a seat. ``festival``, ``kind``, ``day`` (on which it starts, by the venue's clock), ``city``
    and ``venue_id`` are what badges go by. So many of them are let in: ``accredited_places``, or fewer where of
    ``place_count`` fewer have no ticket.
    """

    digest: str
    festival: str
    festival_digest: str
    kind: ScreeningKind
    day: date
    city: str
    venue_id: str
    place_count: int
    accredited_places: int
    film: str
    age_category: str | None
    minors_need_company: bool
    version: VersionShown | None
    hall: str
    venue: str
    doors_at: datetime
    starts_at: datetime
    ends_at: datetime
    timezone: str
    published: bool
    reentry: bool
    tariffs: dict[str, str]
    proofs: dict[str, str]
    sections: dict[str, str]


class Snapshot(msgspec.Struct, frozen=True):
    """All that a gate of one screening needs to go on alone, as things stood at ``as_of``.

    ``keys``: public Ed25519 keys in base64, by the key id that stands in a code.
    """

    as_of: datetime
    keys: dict[str, str]
    screening: str
    about: ScreeningShown
    tickets: tuple[SnapshotTicket, ...]
    admitted: tuple[AdmittedTicket, ...]
    badges: tuple[EveningBadge, ...]


class ConflictShown(msgspec.Struct, frozen=True):
    """A scan by which a gate that was offline let somebody in whom the house would have refused.

    ``verdict`` is what the house says; ``first`` the ticket's first entry, ``other`` the one it collides with. Of a
    badge there is the ``accreditation`` instead of a ticket. ``reason`` explains a verdict, as in the answer.
    """

    scan: uuid.UUID
    screening: str | None
    ticket: str | None
    accreditation: str | None
    seat: str | None
    direction: Direction
    verdict: Verdict
    gate: str
    scanned_at: datetime
    received_at: datetime
    staff: str
    by_hand: bool
    first: Sighting | None
    other: Sighting | None
    reason: str | None


class Conflicts(msgspec.Struct, frozen=True):
    """A page of conflicts, the latest first; ``next`` is the cursor of the following page, null at the end."""

    conflicts: tuple[ConflictShown, ...]
    next: str | None


class _Listed(msgspec.Struct, frozen=True):
    keys: dict[str, str]
    tickets: tuple[SnapshotTicket, ...]
    admitted: tuple[AdmittedTicket, ...]
    badges: tuple[EveningBadge, ...]


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    received_at: Annotated[datetime, Meta(tz=True)]
    scan: uuid.UUID


async def take_snapshot(door: Door, screening_id: str, reach: Reach, locale: str) -> Snapshot:
    """The tickets of a screening for a gate that may lose the network, in one query.

    Raises:
        UnknownScreening: there is no such screening.
        OutOfReach
        DatabaseUnavailable: Postgres does not answer.
    """
    screening = await door.catalogue.screening(screening_id)
    require_reach(reach, festival=screening.festival, venue=screening.venue.venue)
    as_of = door.context.clock.now()
    async with database_errors():
        text = await door.context.postgres.fetchval(SQL.get_snapshot, screening_id)
    listed = msgspec.json.decode(text, type=_Listed)
    return Snapshot(
        as_of=as_of,
        keys=listed.keys,
        screening=screening_id,
        about=await show_screening(door, screening, locale),
        tickets=listed.tickets,
        admitted=listed.admitted,
        badges=listed.badges,
    )


async def show_screening(door: Door, screening: Screening, locale: str) -> ScreeningShown:
    """What a gate needs to know of a screening, in a language."""
    layout = await door.catalogue.layout(screening.layout_id)
    tariffs = {price.tariff: price for price in screening.prices}
    return ScreeningShown(
        digest=base64.b64encode(screening_digest(screening.screening_id)).decode(),
        festival=screening.festival,
        festival_digest=base64.b64encode(festival_digest(screening.festival)).decode(),
        kind=screening.kind,
        day=day_of(screening),
        city=screening.venue.city,
        venue_id=screening.venue.venue,
        place_count=screening.place_count,
        accredited_places=places_for_badges(screening.place_count, screening.accredited_places, screening.rules),
        film=pick(heading(screening), locale),
        age_category=screening.film.age_category if screening.film else None,
        minors_need_company=minors_need_company(screening),
        version=version_of(screening),
        hall=pick(screening.hall.name, locale),
        venue=pick(screening.venue.name, locale),
        doors_at=screening.doors_at,
        starts_at=screening.starts_at,
        ends_at=screening.ends_at,
        timezone=screening.venue.timezone,
        published=screening.status == "published",
        reentry=screening.rules.reentry,
        tariffs={tariff: pick(price.name, locale) for tariff, price in tariffs.items()},
        proofs={tariff: pick(price.proof, locale) for tariff, price in tariffs.items() if price.proof},
        sections={section.section: pick(section.name, locale) for section in layout.sections if section.section},
    )


async def list_conflicts(
    door: Door, screening_id: str | None, reach: Reach, limit: int, cursor: str | None
) -> Conflicts:
    """Conflicts of a screening, or of all that is within reach, the latest first; ``limit`` is cut to 1 … 200.

    Raises:
        InvalidField: the cursor is none of ours.
        OutOfReach: the screening is; one that is not there has no conflicts.
        DatabaseUnavailable: Postgres does not answer.
    """
    wanted = min(max(limit, 1), CONFLICTS_LISTED_MAX)
    start = _read_cursor(cursor) if cursor else None
    if screening_id is not None and reach != EVERYWHERE:
        with contextlib.suppress(UnknownScreening):
            screening = await door.catalogue.screening(screening_id)
            require_reach(reach, festival=screening.festival, venue=screening.venue.venue)
    async with database_errors():
        rows = await door.context.postgres.fetch(
            SQL.list_conflicts,
            screening_id,
            start.received_at if start else None,
            start.scan if start else None,
            wanted + 1,
            places_in_sql(reach),
        )
    shown = tuple(
        ConflictShown(
            scan=row["scan_id"],
            screening=row["screening_id"],
            ticket=row["ticket_id"],
            accreditation=row["accreditation_id"],
            seat=row["seat"],
            direction=row["direction"],
            verdict=Verdict(row["verdict"]),
            gate=row["gate"],
            scanned_at=row["scanned_at"],
            received_at=row["received_at"],
            staff=row["staff_login"],
            by_hand=row["by_hand"],
            first=msgspec.convert(row["first"], Sighting | None),
            other=msgspec.convert(row["other"], Sighting | None),
            reason=row["reason"],
        )
        for row in rows[:wanted]
    )
    return Conflicts(shown, _write_cursor(shown[-1]) if len(rows) > wanted else None)


def _write_cursor(last: ConflictShown) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(_Cursor(last.received_at, last.scan))).decode()


def _read_cursor(text: str) -> _Cursor:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text.encode()), type=_Cursor)
    except (ValueError, msgspec.DecodeError):
        raise InvalidField(field="cursor", problem=CURSOR_PROBLEM) from None
