"""The list of guests of a screening: people who are let in by name, and those who come along."""

import unicodedata
import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Annotated, Final

import asyncpg
import msgspec
from msgspec import Meta

from ticketing.door.before_film.presence import SQL
from ticketing.door.model import GateName
from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_
from ticketing.kernel.postgres import database_errors

PLACES_MAX: Final = 2000
PLUS_ONES_MAX: Final = 20
KEPT_AFTER_END: Final = timedelta(days=30)
ERASED_AT_ONCE_MAX: Final = 500
ALLOTMENT_PROBLEM: Final = N_("This screening has no allotment of that name, or one with fewer seats")

_NO_CONTROLS: Final = r"^[^\x00-\x1f\x7f]*$"
# One sign at least that is not a space.
PersonName = Annotated[str, Meta(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")]


class GuestList(msgspec.Struct, frozen=True):
    """What a list holds, and what is on it: people, names. ``allotment``: with seats kept back for them."""

    places_max: int
    allotment: str | None
    places: int
    entries: int


class GuestListTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many people a list may come to: with an ``allotment`` no more than its seats."""

    places_max: Annotated[int, Meta(ge=0, le=PLACES_MAX)]
    allotment: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] | None = None


class NewGuest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry. ``guest`` is chosen by who adds it: added again, it is one. ``owner``: who has invited."""

    guest: uuid.UUID
    name: PersonName
    plus_ones: Annotated[int, Meta(ge=0, le=PLUS_ONES_MAX)] = 0
    note: Annotated[str, Meta(max_length=200, pattern=_NO_CONTROLS)] = ""
    owner: Annotated[str, Meta(max_length=120, pattern=_NO_CONTROLS)] = ""


class GuestArrival(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People let in on a name, some or all. ``arrival`` is chosen by the device: sent again, it counts once."""

    arrival: uuid.UUID
    people: Annotated[int, Meta(ge=1, le=PLUS_ONES_MAX + 1)]
    gate: GateName


class Guest(msgspec.Struct, frozen=True):
    """An entry as the door needs it: ``arrived`` of ``plus_ones`` + 1 people are in."""

    guest: uuid.UUID
    name: str
    plus_ones: int
    arrived: int
    note: str
    owner: str

    @property
    def left(self) -> int:
        """How many more may come in on this name."""
        return self.plus_ones + 1 - self.arrived


def _list_is_full(_error: asyncpg.PostgresError) -> errors.TicketingError:
    return errors.GuestsBeyondList()


_BOUNDS: Final[dict[str, Callable[[asyncpg.PostgresError], errors.TicketingError]]] = {
    "guest_list_not_overbooked": _list_is_full,
    "guest_list_not_too_long": _list_is_full,
}


def folded(text: str) -> str:
    """A name without regard to case, accents and spaces at its ends: Éloïse is found by eloise, Қайрат by қайрат.

    Letters of the Kazakh alphabet that Unicode takes apart (й, ё) are kept whole: they are letters of their own.
    """
    signs = unicodedata.normalize("NFC", text.casefold())
    return " ".join("".join(sign if sign in "йё" else _bare(sign) for sign in signs).split())


def _bare(sign: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFD", sign) if not unicodedata.combining(part))


def found_by(guests: Iterable[Guest], prefix: str) -> list[Guest]:
    """Those of whose name a word begins as ``prefix`` does, in any order of the words; all for an empty one."""
    wanted = folded(prefix).split()
    return [
        guest
        for guest in guests
        if all(any(word.startswith(part) for word in folded(guest.name).split()) for part in wanted)
    ]


async def read_guest_list(context: Context, screening_id: str) -> GuestList:
    """What the list of a screening holds; one that was never set holds nobody.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        row = await context.postgres.fetchrow(SQL.read_guest_list, screening_id)
    return msgspec.convert(dict(row), GuestList) if row else GuestList(0, None, 0, 0)


async def set_guest_list(context: Context, screening_id: str, terms: GuestListTerms, by: str) -> GuestList:
    """How many people a list holds from now on.

    Raises:
        GuestsBeyondList: more are on it.
        InvalidField: there is no such allotment, or it has fewer seats.
        DatabaseUnavailable
    """
    async with database_errors(_BOUNDS), context.postgres.acquire() as connection, connection.transaction():
        if terms.allotment is not None:
            seats = await connection.fetchval(SQL.count_allotment, screening_id, terms.allotment)
            if seats is None or seats < terms.places_max:
                raise errors.InvalidField(field="allotment", problem=ALLOTMENT_PROBLEM)
        await connection.execute(
            SQL.set_guest_list, screening_id, terms.places_max, terms.allotment, by, context.clock.now()
        )
    return await read_guest_list(context, screening_id)


async def list_guests(context: Context, screening_id: str, prefix: str = "") -> list[Guest]:
    """The guests whose name fits, 500 at most. In no order: the edge sorts by the alphabet of its language.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        rows = await context.postgres.fetch(SQL.list_guests, screening_id)
    return found_by((msgspec.convert(dict(row), Guest) for row in rows), prefix)


async def add_guest(context: Context, screening_id: str, guest: NewGuest, by: str) -> None:
    """Put a name on the list. The same ``guest`` again changes nothing.

    Raises:
        GuestsBeyondList: the list holds no more people, or has 500 names, or there is none.
        DatabaseUnavailable
    """
    async with database_errors({**_BOUNDS, "guest_screening_id_fkey": _list_is_full}):
        await context.postgres.execute(
            SQL.add_guest,
            guest.guest,
            screening_id,
            guest.name.strip(),
            guest.note.strip(),
            guest.owner.strip(),
            guest.plus_ones,
            context.clock.now(),
            by,
        )


async def take_off_guest(context: Context, screening_id: str, guest: uuid.UUID, by: str) -> None:
    """Take a name off the list, as long as nobody has come on it. One that is not there: nothing changes.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        await context.postgres.execute(SQL.take_off_guest, screening_id, guest, context.clock.now(), by)


async def let_guests_in(
    context: Context, screening_id: str, guest: uuid.UUID, arrival: GuestArrival, by: str
) -> Guest:
    """Let people in on a name, as many as have come: the others may follow. Two gates at once take turns.

    Raises:
        UnknownGuest: not on the list of this screening.
        GuestsBeyondEntry: the name is not good for so many more. Nobody is counted.
        DatabaseUnavailable
    """
    async with database_errors(), context.postgres.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(SQL.read_guest, screening_id, guest)
        if row is None:
            raise errors.UnknownGuest
        known = msgspec.convert(dict(row), Guest)
        if await connection.fetchval(SQL.find_arrival, arrival.arrival) is not None:
            return known
        if arrival.people > known.left:
            raise errors.GuestsBeyondEntry(left=known.left)
        await connection.execute(
            SQL.let_guests_in, arrival.arrival, guest, arrival.people, context.clock.now(), arrival.gate, by
        )
    return msgspec.structs.replace(known, arrived=known.arrived + arrival.people)


async def erase_guests(context: Context) -> int:
    """Forget names and notes of guests, 30 days after their screening has ended; how many were forgotten.

    Raises:
        DatabaseUnavailable
    """
    now = context.clock.now()
    async with database_errors():
        tag = await context.postgres.execute(SQL.erase_guests, now - KEPT_AFTER_END, now, ERASED_AT_ONCE_MAX)
    return int(tag.rpartition(" ")[2])
