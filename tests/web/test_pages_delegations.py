"""A delegation at the desk and on its head's pages, without scripts."""

import re
from datetime import timedelta

import icalendar
import pypdfium2
import pytest

from tests.factories import PASSWORD, Factory
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context
from ticketing.staff.model import Role

MEMBERS = "Anne Petit; anne@example.fr; présidente; 1\nLuc"


@pytest.fixture
async def screening(visitor: Visitor, factory: Factory, context: Context) -> str:
    """A meeting in five days that ten people can be invited to; an organiser is signed in."""
    starts_at = context.clock.now() + timedelta(days=5)
    made = await factory.screening(
        starts_at=starts_at,
        kind="meeting",
        title={"en": "Co-production", "fr": "Coproduction"},
        audience="invitation",
    )
    await factory.staff(Role.ORGANISER, "olga")
    await visitor.sign_in("olga", PASSWORD)
    await visitor.open(f"/en/desk/invitations/{made}")
    until = (starts_at - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    await visitor.send(visitor.form("/terms"), people_max="10", answer_by=until)
    return made


def head_page(text: str) -> str:
    """The path of the page for the head, from the desk's."""
    found = re.search(r'href="[^"]*(/(?:fr|en)/delegations/[^"/]+/[^"/]+)/programme"', text)
    assert found is not None
    return found[1]


async def test_from_the_list_to_the_answers(visitor: Visitor, screening: str) -> None:
    await visitor.open("/en/desk/delegations")
    form = visitor.form("/desk/delegations")
    refused = await visitor.send(form, name="CNC", country="FR", members="Anne\nLuc; nowhere", notes="<b>")
    assert refused.status_code == 422
    assert "Line 2" in visitor.text()
    assert "Luc; nowhere" in refused.text
    assert (await visitor.send(form, name="CNC", country="France", members=MEMBERS)).status_code == 422
    page = await visitor.send(form, name="CNC", country="FR", locale="fr", members=MEMBERS, notes="Hotel")
    desk = str(page.url.path)
    assert "Anne Petit · head" in visitor.text()
    await visitor.send(visitor.form("/change"), members=f"{MEMBERS}\nMarie")
    assert "Marie" in visitor.text()
    assert (await visitor.send(visitor.form("/invitations"), screening=[])).status_code == 422
    await visitor.send(visitor.form("/invitations"), screening=[screening])
    assert "The delegation is invited" in visitor.text()
    assert (await visitor.send(visitor.form("/change"), members="Anne Petit; anne@example.fr")).status_code == 409
    await visitor.open(desk)
    await visitor.send(visitor.form("/badges"))
    assert "All members are accredited" in visitor.text()
    assert (await visitor.open("/en/desk/delegations")).status_code == 200
    assert "3 members" in visitor.text()

    page = await visitor.open(desk)
    head = head_page(page.text)
    visitor.client.cookies.clear()
    await visitor.open(head)
    assert "Coproduction" in visitor.text()
    form = visitor.forms()[-1]
    answers = [name for name, _ in form.fields if name.startswith("answer-")]
    assert len(answers) == 3
    await visitor.send(form, **{answers[0]: "yes", answers[1]: "no"})
    assert "Les réponses sont notées" in visitor.text()
    again = visitor.forms()[-1]
    assert [again.value(name) for name in answers] == ["yes", "no", ""]
    for language in ("kk", "ru", "en"):
        there = head.replace("/fr/", f"/{language}/")
        assert (await visitor.open(there)).status_code == 200
        assert (await visitor.open(f"{there}/programme")).status_code == 200
    assert "Anne Petit, présidente" in visitor.text()
    assert "Badge B" in visitor.text()
    page = await visitor.open(f"{head}/programme.pdf")
    told = "".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(page.content))
    assert "Coproduction" in told
    assert "Anne Petit" in told
    # Luc has declined this point, and is a member all the same.
    assert told.count("Luc") == 1
    page = await visitor.open(f"{head}/programme.ics")
    assert len(icalendar.Calendar.from_ical(page.content).events) == 1
    for forged in (head[:-1], head[:-1] + "/programme", head[:-1] + "/programme.pdf", head.replace("-", "x", 1)):
        assert (await visitor.open(forged)).status_code == 404


async def test_too_late_is_told_beside_the_name(visitor: Visitor, screening: str, context: Context) -> None:
    await visitor.open("/en/desk/delegations")
    await visitor.send(visitor.form("/desk/delegations"), name="CNC", members=MEMBERS)
    await visitor.send(visitor.form("/invitations"), screening=[screening])
    assert visitor.page is not None
    await visitor.open(head_page(visitor.page.text))
    form = visitor.forms()[-1]
    await context.postgres.execute("update invitation_round set answer_by = now() - interval '1 hour'")
    answers = [name for name, _ in form.fields if name.startswith("answer-")]
    page = await visitor.send(form, **{answers[0]: "yes"})
    assert page.status_code == 409
    assert "Not all answers could be noted" in visitor.text()
    assert "The time to answer is over" in visitor.text()
