"""What the pages of an exchange tell: which screenings it can be for, and what it comes to."""

import msgspec

from ticketing.kernel.errors import TicketingError
from ticketing.kernel.i18n import pick
from ticketing.programme.catalogue import ProgrammeFilters
from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening
from ticketing.sales.changes.exchange import ExchangeLook
from ticketing.sales.desk import Sales
from ticketing.seating.counts import MirrorCounts
from ticketing.web.pages.order_view import ShownOrder, ShownTicket, place_words
from ticketing.web.pages.programme_view import Row, sale_state
from ticketing.web.pages.screening_view import public_prices

SCREENINGS_OFFERED_MAX = 100


class Swapped(msgspec.Struct, frozen=True):
    """One ticket and its new place; ``tariffs`` are pairs of (tariff, name) to choose among."""

    before: ShownTicket
    place: str
    tariff: str
    tariffs: tuple[tuple[str, str], ...]
    amount: int


class Difference(msgspec.Struct, frozen=True):
    """What an exchange comes to, line by line; minor units. ``due`` below zero comes back."""

    lines: tuple[Swapped, ...]
    before: int
    after: int
    fee: int
    due: int
    currency: str


def tariff_for(screening: Screening, layout: Layout, seat: str, wanted: str) -> str:
    """The tariff for a seat: the wanted one where its zone offers it, else the zone's first: nobody is stuck."""
    offered = [price.tariff for price in public_prices(screening, layout.zone_of[layout.index_of[seat]])]
    return wanted if wanted in offered or not offered else offered[0]


def difference_of(look: ExchangeLook, shown: ShownOrder, layout: Layout, language: str) -> Difference:
    """An exchange in lines, with the tariffs that each new place offers."""
    by_ticket = {one.ticket.ticket: one for one in shown.tickets}
    after = look.claim.screening
    lines = tuple(
        Swapped(
            before=by_ticket[place.ticket],
            place=place_words(place.seat, after, layout, language),
            tariff=place.tariff,
            tariffs=tuple((price.tariff, pick(price.name, language)) for price in public_prices(after, place.zone)),
            amount=place.amount,
        )
        for place in look.terms.places
    )
    return Difference(
        lines=lines,
        before=sum(line.before.ticket.price.amount for line in lines),
        after=sum(line.amount for line in lines),
        fee=look.terms.fee,
        due=look.terms.due,
        currency=after.currency,
    )


async def screenings_for(sales: Sales, counts: MirrorCounts, before: Screening) -> list[Row]:
    """The screenings of the same festival that are on sale with places left: that of the tickets first, then the
    same film, then by start.
    """
    now = sales.context.clock.now()
    filters = ProgrammeFilters(festival=before.festival)
    found, _ = await sales.catalogue.programme(filters, now=now, limit=SCREENINGS_OFFERED_MAX)
    try:
        free = await counts.free_places([one.screening_id for one in found])
    except TicketingError:
        # How many are left is a service: the hall itself says what is free.
        free = {}
    film = before.film.film if before.film else ""
    rows = [
        Row(one, state, free.get(one.screening_id), None)
        for one in found
        if (state := sale_state(one, now, free.get(one.screening_id))) in ("open", "few", "unknown")
        and one.currency == before.currency
    ]

    def order(row: Row) -> tuple[bool, bool, str]:
        one = row.screening
        return (
            one.screening_id != before.screening_id,
            not (one.film and one.film.film == film),
            one.starts_at.isoformat(),
        )

    return sorted(rows, key=order)
