"""The dates of an order and of a ticket, for their holder's own calendar.

No secret stands in them: calendars are shared, and whoever has the secret has the tickets.
"""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from ticketing.kernel.i18n import pick, translate
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.threads import Threads
from ticketing.programme.calendar import CalendarEntry, calendar_of, screening_entry
from ticketing.programme.model import Screening
from ticketing.sales.desk import Sales
from ticketing.sales.held_tickets import SQL
from ticketing.sales.model import OrderFacts, TicketFacts
from ticketing.sales.sheets import face_of, held_by_buyer
from ticketing.tickets.sheet import TicketFace, seat_text, time_text

_THREADS = Threads("calendar", threads_max=1, waiting_max=64)


async def order_calendar(sales: Sales, order: OrderFacts, locale: str) -> bytes:
    """All dates that an order ever had, as iCalendar: one a screening, whatever the number of its tickets.

    What was exchanged or given back since is cancelled, so that it goes from calendars that have it.

    Raises:
        DatabaseUnavailable
        TooMany: too many calendars are wanted at once.
    """
    async with database_errors():
        rows = await sales.context.postgres.fetch(SQL.list_dates_of_order, order.order)
    entries = []
    for row in rows:
        screening = await sales.catalogue.screening(row["screening_id"])
        live = [ticket for ticket in held_by_buyer(order) if ticket.screening == row["screening_id"]]
        faces = [await face_of(sales, order, ticket, locale) for ticket in live]
        entries.append(
            _entry(
                sales,
                screening,
                faces,
                locale,
                name=f"{order.order}-{row['screening_id']}",
                changed_at=row["changed_at"],
                sequence=row["changes"],
            )
        )
    return await _calendar(sales, order, entries, locale)


async def ticket_calendar(sales: Sales, order: OrderFacts, ticket: TicketFacts, locale: str) -> bytes:
    """The date of one ticket, as iCalendar.

    Raises:
        TooMany
    """
    screening = await sales.catalogue.screening(ticket.screening)
    entry = _entry(
        sales,
        screening,
        [await face_of(sales, order, ticket, locale)],
        locale,
        name=ticket.ticket,
        changed_at=order.placed_at,
        sequence=ticket.revision,
    )
    return await _calendar(sales, order, [entry], locale)


async def _calendar(sales: Sales, order: OrderFacts, entries: Iterable[CalendarEntry], locale: str) -> bytes:
    name = pick((await sales.catalogue.festival(order.festival)).name, locale)
    return await _THREADS.run(calendar_of, list(entries), name=name, locale=locale)


def _entry(
    sales: Sales,
    screening: Screening,
    faces: list[TicketFace],
    locale: str,
    *,
    name: str,
    changed_at: datetime,
    sequence: int,
) -> CalendarEntry:
    doors = translate("Doors open at %(time)s", locale) % {
        "time": time_text(screening.doors_at, screening.venue.timezone)
    }
    first = faces[:1]
    return screening_entry(
        screening,
        locale,
        uid=f"{name}@{urlsplit(sales.context.settings.public_url).hostname}",
        changed_at=changed_at,
        lines=[
            *(f"{seat_text(face, locale)} ({face.tariff})" for face in faces),
            doors,
            *(line for face in first for line in (face.version, face.subtitles)),
        ],
        sequence=sequence,
        cancelled=not faces,
    )
