"""The waiting list by plain forms: joining, one's place, taking and declining an offer, and every mistake."""

import asyncio
import re
from datetime import timedelta

import pytest

from tests.sales.waiting_room import WaitingRoom
from tests.web.visitor import Visitor
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.sales.waiting.joining import take_offer

JOINING = {"people": "1", "email": "dana@example.kz", "name": "Дана", "consent": "yes"}


@pytest.fixture
async def room(context: Context) -> WaitingRoom:
    """A hall of 2 rows of 5, sold out."""
    return await WaitingRoom.opened(context)


async def join(visitor: Visitor, room: WaitingRoom, language: str = "en", **typed: str) -> int:
    """Open the form from the screening's page, fill it in and send it; the status of the answer."""
    await visitor.open(f"/{language}/screenings/{room.screening}/waiting")
    answer = await visitor.send(visitor.form("/waiting"), **{**JOINING, **typed})
    return answer.status_code


async def test_a_sold_out_screening_leads_to_its_list(visitor: Visitor, room: WaitingRoom) -> None:
    page = await visitor.open(f"/en/screenings/{room.screening}")
    assert f'href="/en/screenings/{room.screening}/waiting"' in page.text


async def test_from_joining_to_the_tickets(visitor: Visitor, room: WaitingRoom) -> None:
    assert await join(visitor, room) == 200
    assert "Your place in the line 1" in visitor.text()
    address = visitor.page.url.path if visitor.page else ""
    await room.give_back("A-3")
    await room.offer()
    await visitor.open(address)
    assert "Row A, seat 3" in visitor.text()
    await visitor.send(visitor.form("/take"))
    assert visitor.page is not None
    assert visitor.page.url.path == "/en/cart"
    await visitor.check_out()
    await visitor.send(visitor.forms()[0], outcome="paid")
    await room.offer()
    await visitor.open(address)
    assert "You have your seats" in visitor.text()


async def offered(visitor: Visitor, room: WaitingRoom, *seats: str) -> None:
    """Somebody waits for as many seats, these come free, and they take the offer: the cart is open."""
    await join(visitor, room, people=str(len(seats)))
    address = visitor.page.url.path if visitor.page else ""
    await room.give_back(*seats)
    await room.offer()
    await visitor.open(address)
    await visitor.send(visitor.form("/take"))
    assert visitor.page is not None
    assert visitor.page.url.path == "/en/cart"


@pytest.mark.parametrize("where", ["cart", "hall"])
async def test_seats_of_an_offer_given_back_where_seats_are_given_back_are_declined(
    visitor: Visitor, room: WaitingRoom, where: str
) -> None:
    await offered(visitor, room, "A-3")
    await room.join("anna")
    if where == "cart":
        form = visitor.form("/cart")
        await visitor.send(form, action=f"release:{form.value('hold')}")
    else:
        await visitor.open(f"/en/screenings/{room.screening}")
        await visitor.send(visitor.form("/release"))
    rows = await room.context.postgres.fetch("select status from waiting_offer")
    assert [row["status"] for row in rows] == ["declined"]
    await room.offer()
    assert await room.standing() == "anna offered A-3"


async def test_offered_seats_are_not_asked_to_move_over(visitor: Visitor, room: WaitingRoom) -> None:
    await offered(visitor, room, "A-2", "A-3")
    await room.give_back("A-1", "A-4")
    await room.offer()
    # Chosen by themselves, they would be: stay free one by one.
    for _ in range(50):
        page = await visitor.open(f"/en/screenings/{room.screening}/continue")
        if page.status_code == 409:
            break
        await asyncio.sleep(0.05)  # The live picture hears of a change a moment later.
    assert page.status_code == 409
    page = await visitor.open("/en/cart")
    assert (page.status_code, page.url.path) == (200, "/en/cart")


async def test_a_double_click_is_one_place(visitor: Visitor, room: WaitingRoom) -> None:
    await visitor.open(f"/en/screenings/{room.screening}/waiting")
    form = visitor.form("/waiting")
    first = await visitor.send(form, **JOINING)
    second = await visitor.send(form, **JOINING)
    assert first.url == second.url
    assert await room.office.fetchval("select count(*) from waiting_entry") == 1


async def test_who_joins_with_anothers_address_is_shown_nothing_of_theirs(
    visitor: Visitor, room: WaitingRoom
) -> None:
    await room.join("dana", 1)
    assert await join(visitor, room, email="dana@example.org", name="Somebody") == 200
    assert "on the list already" in visitor.text()
    entry, secret = room.secret_of("dana")
    assert visitor.page is not None
    assert entry not in visitor.page.text
    assert secret not in visitor.page.text
    assert "Dana" not in visitor.text()


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"people": "0"}, 422, "A number from 1 on"),
        ({"people": ""}, 422, "A number from 1 on"),
        ({"people": "two"}, 422, "A number from 1 on"),
        ({"people": "-1"}, 422, "A number from 1 on"),
        ({"people": "1000"}, 409, "At most 10 seats"),
        ({"people": "99999"}, 409, "At most 10 seats"),
        ({"people": "123456"}, 422, "too long"),
        ({"people": "6"}, 409, "Even the empty hall"),
        ({"wheelchair": "2"}, 422, "No more wheelchair places"),
        ({"wheelchair": "1"}, 409, "Even the empty hall"),
        ({"zone": "nowhere"}, 422, "no such price zone"),
        ({"email": "dana"}, 422, "An e-mail address is needed"),
        ({"email": "a@b.kz\r\nBcc: c@d.kz"}, 422, "An e-mail address is needed"),
        ({"name": ""}, 422, "A name is needed"),
        ({"name": "a" * 201}, 422, "A name is needed"),
        ({"consent": ""}, 422, "Without your consent"),
    ],
)
async def test_a_mistake_is_told_beside_its_field(
    visitor: Visitor, room: WaitingRoom, typed: dict[str, str], status: int, words: str
) -> None:
    assert await join(visitor, room, **typed) == status
    assert words in visitor.text()
    assert await room.office.fetchval("select count(*) from waiting_entry") == 0


async def test_html_in_a_name_stays_text(visitor: Visitor, room: WaitingRoom) -> None:
    await join(visitor, room, name="<script>alert(1)</script>", consent="")
    assert visitor.page is not None
    assert "<script>alert" not in visitor.page.text
    await join(visitor, room, name="<b>bold</b>")
    assert "<b>bold" not in visitor.page.text


async def test_where_there_are_seats_nobody_waits(visitor: Visitor, context: Context) -> None:
    room = await WaitingRoom.opened(context, free="A-3")
    assert await join(visitor, room) == 409
    assert "Nobody needs to wait" in visitor.text()


async def test_changing_the_party_and_leaving(visitor: Visitor, room: WaitingRoom) -> None:
    await join(visitor, room)
    await visitor.send(visitor.form("/party"), people="3")
    assert "3 people" in visitor.text()
    answer = await visitor.send(visitor.form("/party"), people="11")
    assert answer.status_code == 409
    answer = await visitor.send(visitor.form("/party"), people="0")
    assert answer.status_code == 422
    await visitor.send(visitor.form("/leave"))
    assert "You have left the list" in visitor.text()


async def test_an_offer_after_its_deadline(visitor: Visitor, room: WaitingRoom, clock: ShiftedClock) -> None:
    await join(visitor, room)
    address = visitor.page.url.path if visitor.page else ""
    await room.give_back("A-3")
    await room.offer()
    await visitor.open(address)
    take = visitor.form("/take")
    clock.ahead += timedelta(minutes=31)
    answer = await visitor.send(take)
    assert answer.status_code == 409
    assert "The offer is over" in visitor.text()
    await room.offer()
    await visitor.open(address)
    assert "Too late" in visitor.text()
    assert (await visitor.send(take)).status_code == 409


async def test_an_offer_that_is_declined(visitor: Visitor, room: WaitingRoom) -> None:
    await join(visitor, room)
    await room.join("berik")
    await room.give_back("A-3")
    await room.offer()
    await visitor.open(visitor.page.url.path if visitor.page else "")
    await visitor.send(visitor.form("/decline"))
    assert "You have left the list" in visitor.text()
    await room.offer()
    assert (await take_offer(room.house.sales, *room.secret_of("berik"))).seats == ("A-3",)


@pytest.mark.parametrize("language", ["kk", "ru", "fr", "en"])
async def test_the_pages_speak_each_language(visitor: Visitor, room: WaitingRoom, language: str) -> None:
    assert await join(visitor, room, language) == 200
    assert visitor.page is not None
    assert f'<html lang="{language}"' in visitor.page.text
    english = "Your place in the line" in visitor.page.text
    assert english == (language == "en")


async def test_crafted_addresses_change_nothing(visitor: Visitor, room: WaitingRoom) -> None:
    await join(visitor, room)
    assert visitor.page is not None
    address = visitor.page.url.path
    token = re.findall(r'name="_csrf_token" value="([^"]+)"', visitor.page.text)[0]
    entry = address.split("/")[3]
    for path, status in (
        (f"/en/waiting/{entry}/wrong", 404),
        ("/en/waiting/nothing/wrong", 404),
        ("/en/screenings/nothing/waiting", 404),
        (f"/xx/screenings/{room.screening}/waiting", 404),
    ):
        assert (await visitor.open(path)).status_code == status
    posted = await visitor.client.post(f"/en/waiting/{entry}/wrong/leave", data={"_csrf_token": token})
    assert posted.status_code == 404
    posted = await visitor.client.post(f"{address}/anything", data={"_csrf_token": token})
    assert posted.status_code == 422
    posted = await visitor.client.post(f"{address}/leave", data={})
    assert posted.status_code == 403
    await visitor.open(address)
    assert "Your place in the line 1" in visitor.text()
