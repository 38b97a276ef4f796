"""What a gate needs to go on without the network."""

import base64
from datetime import date, datetime
from typing import Literal

import msgspec

from ticketing.accreditation.model import day_of
from ticketing.door.answers import VersionShown, version_of
from ticketing.door.badges import EveningBadge
from ticketing.door.book import SQL
from ticketing.door.desk import Door
from ticketing.kernel.i18n import pick
from ticketing.kernel.postgres import database_errors
from ticketing.programme.model import Screening, ScreeningKind, heading, places_for_badges
from ticketing.staff.reach import Reach, require_reach
from ticketing.tickets.code import festival_digest, screening_digest
from ticketing.tickets.notices import minors_need_company


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


class _Listed(msgspec.Struct, frozen=True):
    keys: dict[str, str]
    tickets: tuple[SnapshotTicket, ...]
    admitted: tuple[AdmittedTicket, ...]
    badges: tuple[EveningBadge, ...]


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
