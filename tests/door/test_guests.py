"""Guests by name: found, let in once, no more than the list and the name are good for, and forgotten in time."""

import asyncio
import uuid
from datetime import timedelta

import pytest

from tests.door.evening_house import BY, EveningHouse
from ticketing.door.before_film import guests
from ticketing.door.before_film.guests import Guest, GuestArrival, GuestListTerms, NewGuest, folded, found_by
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context


@pytest.fixture
async def house(context: Context) -> EveningHouse:
    house = await EveningHouse.opened(context)
    await guests.set_guest_list(context, house.screening.screening_id, GuestListTerms(10), BY)
    return house


async def added(house: EveningHouse, name: str = "Aigerim", plus_ones: int = 0) -> uuid.UUID:
    guest = NewGuest(uuid.uuid4(), name, plus_ones)
    await guests.add_guest(house.context, house.screening.screening_id, guest, BY)
    return guest.guest


async def let_in(house: EveningHouse, guest: uuid.UUID, people: int = 1, arrival: uuid.UUID | None = None) -> Guest:
    came = GuestArrival(arrival or uuid.uuid4(), people, "north")
    return await guests.let_guests_in(house.context, house.screening.screening_id, guest, came, BY)


async def test_some_come_first_and_the_others_later(house: EveningHouse) -> None:
    guest = await added(house, plus_ones=3)
    assert (await let_in(house, guest, 2)).left == 2
    assert (await let_in(house, guest, 2)).left == 0
    with pytest.raises(errors.GuestsBeyondEntry):
        await let_in(house, guest)
    seen = (await house.look()).guests
    assert (seen.expected, seen.arrived) == (4, 4)


async def test_an_arrival_sent_again_counts_once(house: EveningHouse) -> None:
    guest, arrival = await added(house, plus_ones=3), uuid.uuid4()
    answers = await asyncio.gather(*(let_in(house, guest, 2, arrival) for _ in range(5)))
    assert {answer.arrived for answer in answers} == {2}


async def test_gates_that_let_in_at_once_never_let_in_too_many(house: EveningHouse) -> None:
    guest = await added(house, plus_ones=3)
    answers = await asyncio.gather(*(let_in(house, guest) for _ in range(9)), return_exceptions=True)
    assert sum(isinstance(answer, Guest) for answer in answers) == 4
    assert sum(isinstance(answer, errors.GuestsBeyondEntry) for answer in answers) == 5


async def test_a_list_is_never_overbooked(house: EveningHouse) -> None:
    answers = await asyncio.gather(*(added(house, f"G {n}", 2) for n in range(6)), return_exceptions=True)
    assert sum(isinstance(answer, errors.GuestsBeyondList) for answer in answers) == 3
    listed = await guests.read_guest_list(house.context, house.screening.screening_id)
    assert (listed.places, listed.entries) == (9, 3)
    with pytest.raises(errors.GuestsBeyondList):
        await guests.set_guest_list(house.context, house.screening.screening_id, GuestListTerms(8), BY)


async def test_a_list_has_500_names_at_most(house: EveningHouse) -> None:
    screening = house.screening.screening_id
    await guests.set_guest_list(house.context, screening, GuestListTerms(2000), BY)
    await house.context.postgres.execute(
        "insert into guest (guest_id, screening_id, name, note, owner, plus_ones, added_at, added_by)"
        " select gen_random_uuid(), $1, 'G ' || n, '', '', 0, now(), 'sara' from generate_series(1, 500) as n",
        screening,
    )
    with pytest.raises(errors.GuestsBeyondList):
        await added(house)


async def test_without_a_list_there_are_no_guests(context: Context) -> None:
    house = await EveningHouse.opened(context)
    with pytest.raises(errors.GuestsBeyondList):
        await added(house)


async def test_the_same_guest_twice_is_one_and_who_has_come_stays(house: EveningHouse) -> None:
    screening = house.screening.screening_id
    guest = NewGuest(uuid.uuid4(), "Dana", 1)
    for _ in range(2):
        await guests.add_guest(house.context, screening, guest, BY)
    await let_in(house, guest.guest)
    await guests.take_off_guest(house.context, screening, guest.guest, BY)
    assert [one.arrived for one in await guests.list_guests(house.context, screening)] == [1]
    gone = await added(house, "Erlan")
    for _ in range(2):
        await guests.take_off_guest(house.context, screening, gone, BY)
    assert (await guests.read_guest_list(house.context, screening)).places == 2


async def test_a_list_with_seats_holds_no_more_than_there_are(house: EveningHouse) -> None:
    screening, postgres = house.screening.screening_id, house.context.postgres
    await postgres.execute("insert into allotment values ($1, 'press', 'Press', null, null)", screening)
    await postgres.execute(
        "insert into allotment_seat values ($1, 'A-1', 'press'), ($1, 'A-2', 'press')", screening
    )
    terms = GuestListTerms(2, "press")
    assert (await guests.set_guest_list(house.context, screening, terms, BY)).allotment == "press"
    for wrong in (GuestListTerms(3, "press"), GuestListTerms(1, "jury")):
        with pytest.raises(errors.InvalidField):
            await guests.set_guest_list(house.context, screening, wrong, BY)


async def test_a_guest_of_another_screening_is_unknown(house: EveningHouse) -> None:
    guest = await added(house)
    came = GuestArrival(uuid.uuid4(), 1, "north")
    with pytest.raises(errors.UnknownGuest):
        await guests.let_guests_in(house.context, "another", guest, came, BY)


async def test_names_are_forgotten_after_thirty_days(house: EveningHouse, clock: ShiftedClock) -> None:
    guest = await added(house, "Aigerim", 1)
    await let_in(house, guest, 2)
    clock.ahead = timedelta(days=30)
    assert await guests.erase_guests(house.context) == 0
    clock.ahead = timedelta(days=31)
    assert await guests.erase_guests(house.context) == 1
    row = await house.context.postgres.fetchrow("select name, note, owner, arrived from guest")
    assert row is not None
    assert tuple(row) == ("", "", "", 2)
    assert (
        await house.context.postgres.fetchval("select count(*) from audit where detail::text like '%Aigerim%'") == 0
    )


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("", {"Éloïse Martin", "Қайрат Әлиев", "Ёлкин Андрей"}),
        ("elo", {"Éloïse Martin"}),
        ("MART", {"Éloïse Martin"}),
        ("martin él", {"Éloïse Martin"}),
        ("қай", {"Қайрат Әлиев"}),
        ("әл", {"Қайрат Әлиев"}),
        ("кай", set()),
        ("ёлк", {"Ёлкин Андрей"}),
        ("артин", set()),
        ("%", set()),
    ],
)
def test_a_name_is_found_by_how_its_words_begin(prefix: str, found: set[str]) -> None:
    names = ("Éloïse Martin", "Қайрат Әлиев", "Ёлкин Андрей")
    listed = [Guest(uuid.uuid4(), name, 0, 0, "", "") for name in names]
    assert {guest.name for guest in found_by(listed, prefix)} == found


def test_spaces_say_nothing() -> None:
    assert folded("  Jean   Renoir ") == folded("jean renoir")
