"""Invitations from the desk to the guest's answer, seat and ticket, without scripts."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest

from tests.factories import PASSWORD, Factory
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context
from ticketing.sales.invitations.answering import invitation_page
from ticketing.staff.model import Role


@pytest.fixture
async def place(visitor: Visitor, factory: Factory, context: Context) -> str:
    """The desk's page of a screening in five days, with an allotment of A-1 … A-6; ten people may come."""
    starts_at = context.clock.now() + timedelta(days=5)
    screening = await factory.screening(starts_at=starts_at)
    await factory.staff(Role.ORGANISER, "olga")
    await visitor.sign_in("olga", PASSWORD)
    await visitor.open(f"/en/desk/allotments/{screening}")
    await visitor.send(visitor.forms()[-1], allotment="embassy", owner="Embassy", seats="A-1 A-2 A-3 A-4 A-5 A-6")
    place = f"/en/desk/invitations/{screening}"
    await visitor.open(place)
    until = (starts_at - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    await visitor.send(visitor.form("/terms"), people_max="4", answer_by=until, allotment="embassy")
    assert "The terms are noted" in visitor.text()
    return place


async def page_of(context: Context, name: str, language: str = "en") -> str:
    """The path of a guest's own page."""
    invitation = await context.postgres.fetchval("select invitation_id from invitation where name = $1", name)
    return invitation_page(context, invitation, language).removeprefix(context.settings.public_url)


async def test_from_the_list_to_the_ticket(visitor: Visitor, place: str, context: Context) -> None:
    people = "Minister Dupont; m@example.fr; fr; 1; 1\nӘсел; asel@example.kz; kk; 3; 10\nDana"
    await visitor.send(visitor.form("/guests"), people=people)
    assert "Invited: 3. Invited before: 0." in visitor.text()
    await visitor.send(visitor.form("/guests"), people=people)
    assert "Invited: 0. Invited before: 3." in visitor.text()
    refused = await visitor.send(visitor.form("/guests"), people="Dana\nSara; nowhere")
    assert refused.status_code == 422
    assert "Line 2" in visitor.text()
    assert "Sara; nowhere" in refused.text

    guest = await page_of(context, "Minister Dupont")
    for language in ("kk", "ru", "fr"):
        assert (await visitor.open(guest.replace("/en/", f"/{language}/"))).status_code == 200
    await visitor.open(guest)
    assert (await visitor.send(visitor.forms()[-1])).status_code == 422
    await visitor.send(
        visitor.forms()[-1], attending="yes", companions="1", **{"companion-1": "Mme Dupont"}, note="par l'entrée B"
    )
    assert "Your answer is noted" in visitor.text()
    assert "You come: 2 people" in visitor.text()
    await visitor.open(await page_of(context, "Әсел"))
    await visitor.send(visitor.forms()[-1], attending="yes", companions="2")
    assert "All places are taken at the moment" in visitor.text()
    await visitor.send(visitor.forms()[-1], attending="yes", companions="1", wheelchairs="0")
    assert "You come: 2 people" in visitor.text()

    await visitor.open(f"{place}/seats")
    await visitor.send(visitor.form("/proposal"))
    assert "Seats are proposed by protocol" in visitor.text()
    moves = [form for form in visitor.forms() if form.action.endswith("/move")]
    seats = [form.value("seats") for form in moves]
    assert set(seats[0].split(", ")) == {"A-3", "A-4"}
    assert (await visitor.send(moves[0], seats="A-1")).status_code == 422
    assert (await visitor.send(moves[0], seats="B-1 B-2")).status_code == 409
    await visitor.send(moves[0], seats=seats[1])
    assert "The party is moved" in visitor.text()
    await visitor.send(visitor.form("/tickets"))
    assert "Parties that got their tickets: 2" in visitor.text()

    await visitor.open(guest)
    assert "Your tickets are ready" in visitor.text()
    link = re.search(r'href="[^"]*(/en/orders/[^"]+)"', visitor.page.text if visitor.page else "")
    assert link is not None
    await visitor.open(link[1])
    assert "Mme Dupont" in visitor.text()

    page = await visitor.open(f"{place}/files/answers.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(page.content)).worksheets[0].values)
    assert [row[1] for row in rows] == ["Name", "Minister Dupont", "Әсел", "Dana"]
    page = await visitor.open(f"{place}/files/answers.csv")
    assert page.content.decode("utf-8-sig").count("\r\n") == 4
    assert (await visitor.open(f"{place}/files/answers.pdf")).status_code == 404
    assert (await visitor.open("/en/desk/invitations")).status_code == 200
    assert "invited: 3 · come: 4 of 4 · silent: 1" in visitor.text()


async def test_without_a_seat_one_is_on_the_doors_list(visitor: Visitor, place: str, context: Context) -> None:
    await visitor.send(visitor.form("/guests"), people="Әсел; asel@example.kz; kk; 3")
    await visitor.open(await page_of(context, "Әсел"))
    await visitor.send(visitor.forms()[-1], attending="yes", companions="2", note="eine\nZeile")
    await visitor.open(f"{place}/seats")
    for new in (1, 0):
        await visitor.send(visitor.form("/list"))
        assert f"New on the door's list of guests: {new}" in visitor.text()
    await visitor.open(f"/en/door/house/{place.rpartition('/')[2]}/guests")
    assert "Әсел + 2" in visitor.text()
    assert "On the list: 3 of 3 people" in visitor.text()


@pytest.mark.parametrize(
    "typed",
    [
        {"people_max": "many", "answer_by": "2099-01-01T10:00"},
        {"people_max": "9999", "answer_by": "2099-01-01T10:00"},
        {"people_max": "4", "answer_by": "soon"},
        {"people_max": "4", "answer_by": "2020-01-01T10:00"},
        {"people_max": "4", "answer_by": "9999-12-31T23:59"},
    ],
)
async def test_terms_that_can_t_be_are_told(visitor: Visitor, place: str, typed: dict[str, str]) -> None:
    await visitor.open(place)
    page = await visitor.send(visitor.form("/terms"), **typed)
    assert page.status_code == 422
    assert f'value="{typed["people_max"]}"' in page.text


async def test_who_may_not(visitor: Visitor, factory: Factory, place: str) -> None:
    await factory.staff(Role.SUPERVISOR, "sara")
    visitor.client.cookies.clear()
    await visitor.sign_in("sara", PASSWORD)
    for address in (place, f"{place}/seats", f"{place}/files/answers.csv", "/en/desk/invitations"):
        assert (await visitor.open(address)).status_code == 403
    assert (await visitor.open(f"/en/invitations/K7Q29XFMK7Q2/{'x' * 22}")).status_code == 404
