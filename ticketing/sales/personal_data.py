"""What is kept of a person, shown to them and forgotten: at their request, or when the festival's time is over.

Names and addresses go; amounts, tickets and the ledger stay, and name nobody. Law of the Republic of Kazakhstan
No. 94-V, articles 12, 18 and 24; GDPR, articles 5 (1) e, 15 and 17 (3) b.
"""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from ticketing.accreditation.forgetting import accreditations_of_person, erase_accreditations_of_person
from ticketing.accreditation.model import Accreditation
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.programme.festival_rules import FestivalRules
from ticketing.sales.desk import Sales
from ticketing.sales.model import Email

SQL = load_queries("personal_data")
ORDERS_SHOWN_MAX: Final = 1000
ORDERS_ERASED_AT_ONCE_MAX: Final = 500

WhyKept = Literal["awaiting_payment", "refund_owed", "upcoming"]


class TicketKept(msgspec.Struct, frozen=True):
    """A ticket with whom it names. ``price`` is in minor units of its order's currency."""

    ticket: str
    screening: str
    seat: str
    tariff: str
    price: int
    status: str
    holder: str | None
    holder_email: str | None
    admitted_at: datetime | None


class OrderKept(msgspec.Struct, frozen=True):
    """An order of the person. ``total`` is in minor units; ``notes`` are what the counter wrote down of it."""

    order: str
    festival: str
    status: str
    name: str
    email: str
    locale: str
    placed_at: datetime
    total: int
    currency: str
    tickets: list[TicketKept]
    notes: list[str]


class WaitKept(msgspec.Struct, frozen=True):
    """A place on a waiting list, past or present."""

    entry: str
    screening: str
    name: str
    email: str
    people: int
    status: str
    joined_at: datetime


class InvitationKept(msgspec.Struct, frozen=True):
    """An invitation of the person, with what they answered."""

    invitation: str
    screening: str
    name: str
    email: str
    status: str
    companions: list[str]
    wheelchairs: int
    note: str
    answered_at: datetime | None


class MemberKept(msgspec.Struct, frozen=True):
    """The person as a member of a delegation."""

    delegation: str
    festival: str
    name: str
    email: str
    function: str
    arrives_on: date
    leaves_on: date


class PersonalData(msgspec.Struct, frozen=True):
    """All that names an address: its orders, tickets that others passed on to it, its waits, what it is invited to,
    alone or with a delegation, and its accreditations.
    """

    orders: list[OrderKept]
    passed_on: list[TicketKept]
    waiting: list[WaitKept]
    invitations: list[InvitationKept]
    delegations: list[MemberKept]
    accreditations: list[Accreditation] = []


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose data it is about. Who asks has been asked to prove that the address is theirs."""

    email: Email


class ErasureRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to forget.

    ``upcoming`` says what becomes of orders with a screening that is still to come. Where they are forgotten, their
    tickets stay good, but can't be sent again, and a change of the screening can't be told any more; and badges for
    days that are still to come are revoked.
    """

    email: Email
    upcoming: Literal["keep", "forget"] = "keep"


class OrderStays(msgspec.Struct, frozen=True):
    """An order that still names its buyer, and why."""

    order: str
    reason: WhyKept


class Erasure(msgspec.Struct, frozen=True):
    """What was forgotten, and what was not.

    ``waits`` are places in lines, to be left first. ``invitations`` were forgotten, and memberships of delegations
    with them; ``invitations_kept`` are for what is still to come, and so are ``accreditations_kept``.
    ``more``: there are further orders, ask again.
    """

    orders: int
    tickets: int
    ended_waits: int
    kept: list[OrderStays]
    waits: Annotated[int, Meta(ge=0)]
    more: bool
    invitations: int = 0
    invitations_kept: int = 0
    accreditations: int = 0
    accreditations_kept: int = 0


async def show_personal_data(sales: Sales, email: str, by: str) -> PersonalData:
    """What names this address, whatever its case; at most ``ORDERS_SHOWN_MAX`` of a kind. That it was asked for is
    written down, but not for whom.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        kept = msgspec.json.decode(
            await connection.fetchval(SQL.read_orders_of_person, email, ORDERS_SHOWN_MAX), type=PersonalData
        )
        accreditations = await accreditations_of_person(connection, email)
        await _write_down(sales, connection, by, "personal_data_shown", orders=len(kept.orders))
    return msgspec.structs.replace(kept, accreditations=accreditations)


async def erase_person(sales: Sales, request: ErasureRequest, by: str) -> Erasure:
    """Forget an address and the names beside it, in one transaction. Asked again, it does what is left.

    Orders that wait for money, or are owed some, stay until that is over.

    Raises:
        DatabaseUnavailable
    """
    now = sales.context.clock.now()
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        found = await connection.fetch(SQL.list_orders_to_erase, request.email, now, ORDERS_ERASED_AT_ONCE_MAX)
        spared = ("upcoming",) if request.upcoming == "forget" else ()
        kept = [OrderStays(*row) for row in found if row["reason"] is not None and row["reason"] not in spared]
        staying = {one.order for one in kept}
        erased = [row["order_id"] for row in found if row["order_id"] not in staying]
        await connection.execute(SQL.erase_orders, erased, now, request.email)
        received = await connection.fetch(
            SQL.erase_received_tickets, request.email, now, request.upcoming == "forget"
        )
        ended = await connection.fetch(SQL.erase_waiting, request.email)
        forget = request.upcoming == "forget"
        invited = await connection.fetch(SQL.erase_invitations, request.email, now, forget)
        members = await connection.fetch(SQL.erase_members, request.email, now, forget)
        badges, badges_kept = await erase_accreditations_of_person(connection, request.email, now, upcoming=forget)
        erasure = Erasure(
            orders=len(erased),
            tickets=len(received),
            ended_waits=len(ended),
            kept=kept,
            waits=await connection.fetchval(SQL.count_waits, request.email),
            more=len(found) == ORDERS_ERASED_AT_ONCE_MAX and bool(erased),
            invitations=len(invited) + len(members),
            invitations_kept=await connection.fetchval(SQL.count_invitations, request.email),
            accreditations=badges,
            accreditations_kept=badges_kept,
        )
        await _write_down(
            sales, connection, by, "personal_data_erased", orders=erased, tickets=erasure.tickets, kept=len(kept)
        )
    return erasure


async def forget_old_orders(sales: Sales) -> int:
    """Forget who bought, where the festival's rule ``personal_data_days`` says that it was long enough ago.

    Returns how many orders were forgotten, at most ``ORDERS_ERASED_AT_ONCE_MAX``.

    Raises:
        DatabaseUnavailable
    """
    now = sales.context.clock.now()
    async with database_errors(), sales.context.postgres.acquire() as connection, connection.transaction():
        rows = await connection.fetch(
            SQL.list_old_orders, now, ORDERS_ERASED_AT_ONCE_MAX, FestivalRules().personal_data_days
        )
        await connection.execute(SQL.erase_orders, [row["order_id"] for row in rows], now, None)
    return len(rows)


async def _write_down(sales: Sales, connection: Any, by: str, act: str, **detail: Any) -> None:
    now = sales.context.clock.now()
    await connection.execute(SQL.write_down, now, by, act, msgspec.json.encode(detail).decode())
