"""Who is in the house and who is missing."""

import asyncio

import msgspec

from ticketing.door.before_film.model import BrokenSeat, GuestCounts, House, TicketThere, house_of
from ticketing.door.book import SQL as DOOR_SQL
from ticketing.door.evening import ENDED_WITHIN, OPENS_WITHIN, SCREENINGS_MAX, VENUES_LISTED_MAX
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.model import Screening, places_for_badges
from ticketing.sales.desk import Sales
from ticketing.staff.model import Principal
from ticketing.staff.reach import places_in_sql, require_reach

SQL = load_queries("before_film")


class _Listed(msgspec.Struct, frozen=True):
    tickets: tuple[TicketThere, ...]
    broken: tuple[BrokenSeat, ...]
    guests: GuestCounts
    badges: int


async def screening_for(sales: Sales, screening_id: str, principal: Principal) -> Screening:
    """A screening that somebody may see the house of.

    Raises:
        UnknownScreening, OutOfReach, DatabaseUnavailable
    """
    screening = await sales.catalogue.screening(screening_id)
    require_reach(principal.reach, festival=screening.festival, venue=screening.venue.venue)
    return screening


async def screenings_of_evening(sales: Sales, principal: Principal) -> list[Screening]:
    """The screenings around now that are within reach, by start.

    Raises:
        DatabaseUnavailable
    """
    now, postgres = sales.context.clock.now(), sales.context.postgres
    async with database_errors():
        venues = [row["venue_id"] for row in await postgres.fetch(DOOR_SQL.list_venues, VENUES_LISTED_MAX)]
        rows = await postgres.fetch(
            DOOR_SQL.list_evening,
            venues,
            now - ENDED_WITHIN,
            now + OPENS_WITHIN,
            SCREENINGS_MAX,
            places_in_sql(principal.reach),
        )
    return list(await asyncio.gather(*(sales.catalogue.screening(row["screening_id"]) for row in rows)))


async def look_at_house(sales: Sales, screening: Screening) -> House:
    """Who is there and who is missing, in one query.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        text = await sales.context.postgres.fetchval(SQL.list_presence, screening.screening_id)
    listed = msgspec.json.decode(text, type=_Listed)
    now = sales.context.clock.now()
    house = house_of(screening, listed.tickets, listed.broken, listed.guests, now)
    places = places_for_badges(
        screening.place_count, screening.accredited_places, screening.rules, house.counts.sold
    )
    return msgspec.structs.replace(house, badges=listed.badges, badge_places=places)
