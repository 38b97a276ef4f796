"""What guests do by a link to an allotment: look which of its seats are left, and take some.

No hold is given: a choice is one transaction under the lock of the allotment, so of two guests who press for the
same seat one has it and the other is told so, with everything typed still there.
"""

import hashlib
import uuid
from datetime import datetime
from typing import Annotated, Final

import asyncpg
import msgspec
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.money import Money
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.kernel.throttle import Limit, count_or_refuse
from ticketing.programme.model import Screening
from ticketing.sales.allotment_links import SEATS_PER_GUEST_MAX, SQL, link_of_code
from ticketing.sales.allotments import list_untaken
from ticketing.sales.allotted_tickets import (
    GuestName,
    Parcel,
    lock_untaken,
    require_to_come,
    tariffs_of,
    told_of,
    write_tickets,
)
from ticketing.sales.desk import Sales
from ticketing.sales.free_tickets import price_of_kept_seat, zone_of_place
from ticketing.sales.model import Buyer, Email, Locale, OrderView
from ticketing.sales.orders import SEAT_CONSTRAINTS, order_of_key
from ticketing.seating.model import companions_apart
from ticketing.staff.accounts import add_audit

GUEST: Final = "(guest)"
"""Who acts by a link, in the audit. No login has brackets."""
# Whole towns share an address behind mobile networks; a code can't be guessed at this pace.
LOOKS_PER_CLIENT: Final = Limit("look-at-link", 240, 60)
CHOICES_PER_CLIENT: Final = Limit("choose-by-link", 60, 60)

SeatName = Annotated[str, Meta(min_length=1, max_length=64)]


class GuestChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The seats that a guest wants, all or none; ``companions`` names who sits on those after the first, or nobody.

    ``choice`` is chosen by who asks: sent again, it is one. Without ``email`` the page alone shows the tickets.
    """

    choice: uuid.UUID
    seats: Annotated[tuple[SeatName, ...], Meta(min_length=1, max_length=SEATS_PER_GUEST_MAX)]
    name: GuestName
    companions: Annotated[tuple[GuestName, ...], Meta(max_length=SEATS_PER_GUEST_MAX)] = ()
    email: Email | None = None
    locale: Locale = "en"


class OpenLink(msgspec.Struct, frozen=True):
    """What a link leads to. ``seats`` are those that can be taken, in the order of the hall; none once it is over.

    ``left`` is how many seats the link is still good for. ``prices``: what a seat costs, the lowest first; none
    where all are free.
    """

    screening: str
    allotment: str
    owner: str
    seats: tuple[str, ...]
    seats_per_guest_max: int
    left: int
    ends_at: datetime
    over: bool
    prices: tuple[Money, ...] = ()


async def open_link(sales: Sales, code: str, client: str) -> OpenLink:
    """What the link of ``code`` leads to now. ``client`` is the address that asks.

    Raises:
        UnknownAllotmentLink, TooMany, DatabaseUnavailable
    """
    await count_or_refuse(sales.context, LOOKS_PER_CLIENT, client)
    return await _read(sales, link_of_code(sales.context, code))


async def take_seats(sales: Sales, code: str, choice: GuestChoice, client: str) -> OrderView:
    """Give a guest the chosen seats: tickets by the allotment's tariffs.

    Free ones are confirmed at once, and mailed where there is an address; others are to be paid at the box office.

    Raises:
        UnknownAllotmentLink
        AllotmentLinkOver: revoked, its time is over, or the seats were released.
        AllotmentLinkUsedUp: it is good for fewer seats than these.
        TooManySeats: more than one guest may have.
        SeatsTaken: one of them has a ticket meanwhile, or never was among the seats of the link.
        CompanionApart: a companion's seat without its wheelchair place.
        NoFreeTariff, NoAllotmentTariff, PaymentProviderUnknown: see :func:`write_tickets`.
        SalesClosed, IdempotencyMismatch, TooMany, DatabaseUnavailable
    """
    await count_or_refuse(sales.context, CHOICES_PER_CLIENT, client)
    link = link_of_code(sales.context, code)
    fingerprint = hashlib.sha256(msgspec.json.encode([link, choice])).digest()
    key = f"allotment-link-{link.hex}-{choice.choice}"
    opened = await _read(sales, link)
    screening = await sales.catalogue.screening(opened.screening)
    given: list[str] = []

    def used_up(_error: asyncpg.PostgresError) -> errors.TicketingError:
        return errors.AllotmentLinkUsedUp(left=opened.left)

    async with (
        database_errors({**SEAT_CONSTRAINTS, "allotment_link_not_used_up": used_up}),
        sales.context.postgres.acquire() as connection,
        connection.transaction(),
    ):
        # What was given is answered again, also when the link is over meanwhile.
        order = await order_of_key(connection, key, fingerprint)
        if order is None:
            untaken = await _lock(sales, connection, screening, opened)
            # Looked at again as the only one: the same choice may have been sent twice at once.
            order = await order_of_key(connection, key, fingerprint)
        if order is None:
            holders = _holders(choice)
            has = await connection.fetchval(SQL.count_seats_of_guest, link, choice.email) if choice.email else 0
            if has + len(holders) > opened.seats_per_guest_max:
                raise errors.TooManySeats(max=opened.seats_per_guest_max)
            gone = [seat for seat in holders if seat not in untaken]
            if gone:
                raise errors.SeatsTaken(seats=gone)
            apart = companions_apart(await sales.catalogue.layout(screening.layout_id), list(holders))
            if apart:
                raise errors.CompanionApart(seats=apart)
            buyer = Buyer(choice.email or "", choice.name)
            tariffs = await tariffs_of(connection, screening, opened.allotment)
            parcel = Parcel(buyer, choice.locale, key, fingerprint, holders, tariffs)
            order = await write_tickets(sales, connection, screening, parcel)
            await connection.execute(SQL.use_link, link, order, len(holders))
            told = {"allotment": opened.allotment, "link": str(link), "order": order, "seats": ", ".join(holders)}
            now = sales.context.clock.now()
            await add_audit(connection, now, GUEST, "allotment_seats_taken", screening.screening_id, **told)
            given = [*holders]
    return await told_of(sales, order, given)


async def _lock(sales: Sales, connection: Connection, screening: Screening, opened: OpenLink) -> list[str]:
    if opened.over:
        raise errors.AllotmentLinkOver
    require_to_come(screening, sales.context.clock.now())
    try:
        return await lock_untaken(sales, connection, screening, opened.allotment)
    except errors.AllotmentReleased as error:
        raise errors.AllotmentLinkOver from error


def _holders(choice: GuestChoice) -> dict[str, str]:
    """Who sits where: the guest on the seat chosen first, companions on the next, and the rest for the guest."""
    names = (choice.name, *choice.companions)
    return {
        seat: names[at] if at < len(names) else choice.name for at, seat in enumerate(dict.fromkeys(choice.seats))
    }


async def _read(sales: Sales, link: uuid.UUID) -> OpenLink:
    async with database_errors():
        row = await sales.context.postgres.fetchrow(SQL.read_link, link)
    if row is None:
        raise errors.UnknownAllotmentLink
    now = sales.context.clock.now()
    screening = await sales.catalogue.screening(row["screening"])
    seats = await list_untaken(sales, screening, row["allotment"])
    layout = await sales.catalogue.layout(screening.layout_id)
    zones = {zone_of_place(layout, layout.index_of[seat]) for seat in seats or ()}
    costs = [price_of_kept_seat(screening, zone, row["tariffs"]) for zone in zones]
    amounts = sorted({price.amount for price in costs if price is not None})
    over = row["revoked"] or row["ends_at"] <= now or seats is None or screening.status != "published"
    return OpenLink(
        screening=row["screening"],
        allotment=row["allotment"],
        owner=row["owner"],
        seats=() if over or seats is None else seats,
        seats_per_guest_max=row["seats_per_guest_max"],
        left=row["seats_max"] - row["seats_taken"],
        ends_at=row["ends_at"],
        over=over,
        prices=tuple(Money(amount, screening.currency) for amount in amounts) if any(amounts) else (),
    )
