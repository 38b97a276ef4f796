"""The letters of a waiting list: in the reader's language, once, and none that is no longer true."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from tests.sales.waiting_room import CLIENT, WaitingRoom
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.jobs import do_jobs
from ticketing.sales.letters.registry import letter_jobs
from ticketing.sales.waiting.joining import decline_offer, join_waiting_list
from ticketing.sales.waiting.model import JoinRequest, Party


class Postbox:
    """A mail server that takes everything."""

    def __init__(self, room: WaitingRoom) -> None:
        self.room = room
        self.taken: list[EmailMessage] = []

    async def send(self, message: EmailMessage) -> None:
        self.taken.append(message)

    async def empty(self) -> list[str]:
        """Work off all that is queued of the waiting list; what was written since the last time, as plain text."""
        await self.room.context.postgres.execute("delete from job where kind not like 'mail_waiting%'")
        before = len(self.taken)
        while await do_jobs(self.room.context, letter_jobs(self.room.house.sales, self)):
            pass
        texts = [message.get_body(("plain",)) for message in self.taken[before:]]
        return [text.get_content() for text in texts if isinstance(text, EmailMessage)]


@pytest.fixture
async def room(context: Context) -> WaitingRoom:
    """A hall of 2 rows of 5, sold out."""
    return await WaitingRoom.opened(context)


async def test_from_joining_to_too_late(room: WaitingRoom, clock: ShiftedClock) -> None:
    box = Postbox(room)
    await room.join("anna")
    entry, secret = room.secret_of("anna")
    address = f"http://tickets.test/en/waiting/{entry}/{secret}"
    (joined,) = await box.empty()
    assert address in joined
    assert "Your place in the line: 1" in joined
    await room.give_back("A-3")
    await room.offer()
    (offer,) = await box.empty()
    assert address in offer
    assert "A-3" in offer
    clock.ahead += timedelta(minutes=31)
    await room.offer()
    (ended,) = await box.empty()
    assert "run out" in ended
    assert len({message["Message-ID"] for message in box.taken}) == 3
    assert {str(message["To"]) for message in box.taken} == {"anna@example.org"}


async def test_the_link_is_sent_again_once_an_hour_at_most(room: WaitingRoom, clock: ShiftedClock) -> None:
    box = Postbox(room)
    now = room.context.clock.now()
    # From the begin of an hour, so that the hour does not change in mid-test.
    clock.ahead += timedelta(minutes=60 - now.minute) if now.minute > 50 else timedelta()
    for _ in range(3):
        await room.join("anna")
    assert len(await box.empty()) == 1
    clock.ahead += timedelta(hours=1)
    await room.join("anna")
    assert len(await box.empty()) == 1


async def test_what_is_no_longer_true_is_not_written(room: WaitingRoom) -> None:
    box = Postbox(room)
    await room.join("anna")
    await room.give_back("A-3")
    await room.offer()
    await decline_offer(room.house.sales, *room.secret_of("anna"))
    assert await box.empty() == []


@pytest.mark.parametrize(
    ("locale", "words"), [("kk", "Кезектегі"), ("ru", "Ваш номер"), ("fr", "Votre position"), ("en", "Your place")]
)
async def test_in_the_readers_language(room: WaitingRoom, locale: str, words: str) -> None:
    request = JoinRequest(Party(1), "anna@example.org", "<b>Anna</b>", consent=True, locale=locale)  # type: ignore[arg-type]  # one of the four
    await join_waiting_list(room.house.sales, room.screening, request, None, CLIENT)
    (joined,) = await Postbox(room).empty()
    assert words in joined
