"""A sold screening moved at the desk: the letters to its buyers, and to those to whom tickets were passed on."""

from datetime import datetime, timedelta

import pytest

from tests.programme.desk.entries import seat_map, write
from tests.sales.invited import Hosts
from tests.sales.mailbox import Mailbox, free_port, listening, text_of, work_through
from tests.seating.box_office import BoxOffice
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.mail import SmtpTransport
from ticketing.programme.desk.reading import read_entry
from ticketing.sales.changes.transfer import transfer_ticket
from ticketing.sales.screenings.moving import telling_of_moves


@pytest.fixture
async def office(context: Context) -> BoxOffice:
    """A box office in a hall as a file describes one."""
    return await BoxOffice.opened(context, layout=seat_map().layout)


async def move(office: BoxOffice, by: timedelta, *, confirmed: bool = True) -> None:
    entry = await read_entry(office.context, "screening", office.screening)
    moments = ("starts_at", "doors_at", "sales_close_at")
    moved = {name: (datetime.fromisoformat(entry.fields[name]) + by).isoformat() for name in moments}
    # Long enough for the film, which that of the factory is not.
    moved["ends_at"] = (datetime.fromisoformat(moved["starts_at"]) + timedelta(hours=3)).isoformat()
    telling = telling_of_moves(office.context.clock, confirmed=confirmed)
    await write(office.context, "screening", entry.fields | moved, entry, after_write=telling)
    office.house.catalogue.forget()


async def read_letters(office: BoxOffice, clock: ShiftedClock) -> dict[str, str]:
    """Everything that is mailed once every process has read the new time: its text, by who gets it."""
    clock.ahead += timedelta(seconds=11)
    box = Mailbox()
    async with listening(box, free_port()) as url:
        await work_through(office, SmtpTransport(url))
    assert len({str(message["To"]) for message in box.messages}) == len(box.messages)
    return {str(message["To"]): text_of(message) for message in box.messages}


async def test_everybody_with_a_ticket_is_told_once(office: BoxOffice, clock: ShiftedClock) -> None:
    order = await office.sell("A-1", "A-2")
    passed_on = order.tickets[1].ticket
    await transfer_ticket(
        office.house.sales, order.order, order.secret or "", passed_on, holder="Dana", email="dana@example.org"
    )
    await office.context.postgres.execute("delete from job")
    screening = await office.house.catalogue.screening(office.screening)
    old = screening.starts_at.astimezone(screening.timezone)
    await move(office, timedelta(hours=26))
    letters = await read_letters(office, clock)
    assert set(letters) == {"aigerim@example.org", "dana@example.org"}
    for text in letters.values():
        assert f"{old:%H:%M}" in text
        assert f"{old + timedelta(hours=26):%H:%M}" in text


async def test_nothing_is_moved_and_nobody_told_unless_it_is_confirmed(
    office: BoxOffice, clock: ShiftedClock
) -> None:
    await office.sell("A-1")
    await office.context.postgres.execute("delete from job")
    before = await read_entry(office.context, "screening", office.screening)
    with pytest.raises(errors.MoveUnconfirmed):
        await move(office, timedelta(hours=1), confirmed=False)
    assert await read_entry(office.context, "screening", office.screening) == before
    assert await read_letters(office, clock) == {}


async def test_moved_twice_the_last_time_is_told(office: BoxOffice, clock: ShiftedClock) -> None:
    await office.sell("A-1")
    await office.context.postgres.execute("delete from job")
    await move(office, timedelta(hours=1))
    await move(office, timedelta(hours=2))
    screening = await office.house.catalogue.screening(office.screening)
    letters = await read_letters(office, clock)
    assert f"{screening.starts_at.astimezone(screening.timezone):%H:%M}" in letters["aigerim@example.org"]


async def test_where_nothing_is_sold_nobody_has_to_confirm(office: BoxOffice, clock: ShiftedClock) -> None:
    await move(office, timedelta(hours=1), confirmed=False)
    assert await read_letters(office, clock) == {}


async def test_guests_who_have_no_tickets_yet_are_told_once(context: Context, clock: ShiftedClock) -> None:
    hosts = await Hosts.opened(context)
    dana, sara, _asel = await hosts.invite("Dana", "Sara", "Asel")
    [luc] = await hosts.invite("Luc", locale="en")
    await hosts.answer(dana)
    await hosts.answer(sara, attending=False)
    await hosts.answer(luc)
    office = hosts.office
    await context.postgres.execute("delete from job")
    before = await read_entry(context, "screening", office.screening)
    with pytest.raises(errors.MoveUnconfirmed) as refused:
        await move(office, timedelta(hours=2), confirmed=False)
    assert refused.value.data == {"tickets": 0, "guests": 3}
    assert await read_entry(context, "screening", office.screening) == before
    # Moved, and once more before the letters leave: they say the last time. Who has declined by then gets none.
    await move(office, timedelta(hours=2))
    await move(office, timedelta(hours=3))
    await hosts.answer(luc, attending=False)
    letters = await read_letters(office, clock)
    assert set(letters) == {"dana@example.org", "asel@example.org"}
    screening = await office.house.catalogue.screening(office.screening)
    for text in letters.values():
        assert f"{screening.starts_at.astimezone(screening.timezone):%H:%M}" in text
        assert "/invitations/" in text
    assert "Votre réponse reste valable." in letters["dana@example.org"]
    assert "Merci de répondre avant" in letters["asel@example.org"]
    assert await read_letters(office, clock) == {}
