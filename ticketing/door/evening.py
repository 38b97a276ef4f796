"""The evening of a venue: what a gate needs to go on alone, asked again every few seconds, so only what is new."""

import asyncio
import hashlib
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec
from asyncpg import Record

from ticketing.door.badges import EveningBadge
from ticketing.door.book import SQL
from ticketing.door.desk import Door
from ticketing.door.offline import ScreeningShown, show_screening
from ticketing.kernel.errors import OutOfReach
from ticketing.kernel.i18n import pick
from ticketing.kernel.postgres import database_errors
from ticketing.programme.model import Screening
from ticketing.staff.model import Post, Principal
from ticketing.staff.reach import Reach, places_in_sql, touches

# People leave after the end, and what two gates did is settled then.
ENDED_WITHIN: Final = timedelta(hours=6)
OPENS_WITHIN: Final = timedelta(hours=24)
SCREENINGS_MAX: Final = 60
VENUES_LISTED_MAX: Final = 200
MARK_MAX: Final = 2**63 - 1


class EveningTicket(msgspec.Struct, frozen=True, omit_defaults=True):
    """A ticket as a gate needs it, no personal data: where and when first let in, whether its holder is inside.

    ``released``: void because nobody came with it in time, and the place was given to others.
    """

    ticket: str
    screening: str
    seat: str
    tariff: str
    revision: int
    status: Literal["reserved", "sold", "void"]
    entries: int = 0
    inside: bool = False
    at: datetime | None = None
    gate: str | None = None
    released: bool = False


class Evening(msgspec.Struct, frozen=True):
    """What a gate goes by, as things stood at ``as_of``.

    Sent back as ``since``, ``mark`` gets what has changed; ``whole``: these are all tickets, forget the others.
    ``keys``: public Ed25519 keys in base64, by the key id that stands in a code. ``post``: where an enrolled device
    stands. ``venues``: those that a person may choose from, where the device does not say. ``badges`` are those of
    the festivals of these screenings.
    """

    as_of: datetime
    mark: int
    whole: bool
    keys: dict[str, str]
    post: Post | None
    venues: dict[str, str]
    screenings: dict[str, ScreeningShown]
    tickets: tuple[EveningTicket, ...]
    badges: tuple[EveningBadge, ...]

    def nothing_new(self) -> bool:
        """Whether whoever knows the evening by its tag has all of it: no ticket and no badge has changed."""
        return not (self.whole or self.tickets or self.badges)

    def tag(self) -> str:
        """The same for the same keys, screenings and post, whatever has happened to tickets and badges."""
        lasting = (self.keys, self.post, self.venues, self.screenings)
        return hashlib.sha256(msgspec.json.encode(lasting, order="deterministic")).hexdigest()[:32]


class _Listed(msgspec.Struct, frozen=True):
    mark: int
    whole: bool
    keys: dict[str, str]
    tickets: tuple[EveningTicket, ...]
    badges: tuple[EveningBadge, ...]


async def venues_of_house(door: Door, locale: str, reach: Reach) -> dict[str, str]:
    """The venues where something is within reach, by id, named in a language; at most ``VENUES_LISTED_MAX``."""
    async with database_errors():
        rows = await door.context.postgres.fetch(SQL.list_venues, VENUES_LISTED_MAX)
    return {row["venue_id"]: _named(row, locale) for row in rows if touches(reach, venue=row["venue_id"])}


def _named(venue: Record, locale: str) -> str:
    return f"{pick(venue['name'], locale)}, {pick(venue['city_name'], locale)}"


async def take_evening(
    door: Door, venue: str | None, since: int | None, principal: Principal, locale: str
) -> tuple[Evening, list[Screening]]:
    """The screenings of a venue around now, their tickets and badges, or what has changed of them ``since`` a mark.

    A device has its own venues; for a person who names none the answer lists those there are. Beside it the
    screenings themselves, for pages. All of it is what is within reach.

    Raises:
        OutOfReach: nothing at that venue is theirs to see.
        DatabaseUnavailable: Postgres does not answer.
    """
    now = door.context.clock.now()
    post = principal.post
    if venue and not touches(principal.reach, venue=venue):
        raise OutOfReach(festival=None, venue=venue)
    places = places_in_sql(principal.reach)
    wanted = [venue] if venue else list(post.venues) if post else []
    begins, ends = now - ENDED_WITHIN, now + OPENS_WITHIN
    async with database_errors():
        ids = [
            row[0]
            for row in await door.context.postgres.fetch(
                SQL.list_evening, wanted, begins, ends, SCREENINGS_MAX, places
            )
        ]
        rows = (
            []
            if post
            else await door.context.postgres.fetch(
                SQL.list_venues_of_evening, begins, ends, VENUES_LISTED_MAX, places
            )
        )
        text = await door.context.postgres.fetchval(SQL.get_evening, ids, since)
    listed = msgspec.json.decode(text, type=_Listed)
    screenings = await asyncio.gather(*(door.catalogue.screening(screening) for screening in ids))
    shown = [await show_screening(door, screening, locale) for screening in screenings]
    return Evening(
        as_of=now,
        mark=listed.mark,
        whole=listed.whole,
        keys=listed.keys,
        post=post,
        venues={row["venue_id"]: _named(row, locale) for row in rows},
        screenings=dict(zip(ids, shown, strict=True)),
        tickets=listed.tickets,
        badges=listed.badges,
    ), list(screenings)
