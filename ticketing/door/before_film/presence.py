"""Who is in the house and who is missing."""

import msgspec

from ticketing.door.before_film.model import BrokenSeat, GuestCounts, House, TicketThere, house_of
from ticketing.kernel.errors import Forbidden
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.model import Screening
from ticketing.sales.desk import Sales
from ticketing.staff.model import Principal

SQL = load_queries("before_film")


class _Listed(msgspec.Struct, frozen=True):
    tickets: tuple[TicketThere, ...]
    broken: tuple[BrokenSeat, ...]
    guests: GuestCounts


async def screening_for(sales: Sales, screening_id: str, principal: Principal) -> Screening:
    """A screening that somebody may see the house of: a device of the door, those of its own venues alone.

    Raises:
        UnknownScreening, Forbidden, DatabaseUnavailable
    """
    screening = await sales.catalogue.screening(screening_id)
    if principal.post is not None and screening.venue.venue not in principal.post.venues:
        raise Forbidden
    return screening


async def look_at_house(sales: Sales, screening: Screening) -> House:
    """Who is there and who is missing, in one query.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        text = await sales.context.postgres.fetchval(SQL.list_presence, screening.screening_id)
    listed = msgspec.json.decode(text, type=_Listed)
    now = sales.context.clock.now()
    return house_of(screening, listed.tickets, listed.broken, listed.guests, now)
